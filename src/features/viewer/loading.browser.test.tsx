import { MantineProvider } from '@mantine/core'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { EngineSeries, FailureKind } from '../../engine/port.ts'
import { EngineProvider } from '../../engine/react.tsx'
import { createI18n, I18nextProvider } from '../../i18n/index.ts'
import type { Measurement } from '../../domain/measurement/types.ts'
import type { GeneratedSeries } from '../../testing/engineSeries.ts'
import { drawn, showGenerated } from '../../testing/engineView.ts'
import { openScreen } from './testScreen.tsx'
import { ViewportFailure } from './components/ViewportFailure.tsx'
import { goToMark } from './index.ts'
import { useViewerStore } from './store.ts'

let close = (): void => undefined
afterEach(() => close())
const open = (options: GeneratedSeries, more?: Parameters<typeof openScreen>[1]) => {
  const screen = openScreen(showGenerated(options, {}), more)
  close = screen.close
  return screen
}
const [cos, sin] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)]
/** The series turned by 30 degrees about x: it lies in no plane of the body. */
const oblique = (series: EngineSeries): EngineSeries => ({
  ...series, frames: series.frames.map((frame, slice) => (frame.plane ? { ...frame, plane: { ...frame.plane, columnDirection: [0, cos, sin], origin: [-20, -30 - 2 * slice * sin, 100 + 2 * slice * cos] } } : frame)),
})

describe('planes and a volume whose images are on their way', () => {
  it('say how many are here, also of a series that has no stack beside them', async () => {
    const held: (() => void)[] = []
    let asked = 0
    let holds = true
    const answer = () => (++asked <= 3 || !holds ? undefined : new Promise<undefined>((resolve) => held.push(() => resolve(undefined))))
    const { engine, page, viewport } = open({ name: 'loading', slices: 8, answer }, { layout: 'four', change: oblique })
    const ids = ['axial', 'coronal', 'sagittal', 'volume']
    await expect.poll(() => [...page.querySelectorAll<HTMLElement>('[data-viewport]')].map((one) => one.dataset['viewport'])).toEqual(ids)
    for (const id of ids) {
      await expect.poll(() => viewport(id).querySelector('[role="status"]')?.textContent).toBe('The images are being loaded\n3 of 8 loaded')
      expect(viewport(id).querySelector('[role="progressbar"]')?.getAttribute('aria-valuenow')).toBe('3')
    }
    expect(viewport('axial').textContent).not.toContain('1 / 1')
    holds = false
    for (const release of held.splice(0)) release()
    await Promise.all(ids.map((id) => drawn(engine, undefined, id)))
    await expect.poll(() => page.querySelector('[role="status"]')).toBeNull()
    expect(viewport('axial').textContent).toMatch(/\d+ \/ \d+/)
  })
})

describe('going to a mark of the stack', () => {
  const markOn = ({ frames }: EngineSeries, slice: number): Measurement => {
    const ref = frames[slice]?.ref
    if (!ref) throw new Error('no frame')
    return { trackingUid: '2.25.1', trackingId: 'M1', kind: 'length', label: '', place: { kind: 'image', frame: ref, points: [[20, 20], [30, 40]] }, values: [] }
  }
  it('changes to a layout that shows the stack where an oblique series had none, and stands at its slice', async () => {
    const { engine, series } = open({ name: 'go-oblique' }, { layout: 'four', change: oblique })
    await drawn(engine, undefined, 'axial')
    const arrived = vi.fn<() => void>()
    goToMark(engine, series, markOn(series, 6), arrived)
    await expect.poll(() => arrived.mock.calls.length).toBe(1)
    expect(useViewerStore.getState()).toMatchObject({ layout: 'mpr', active: 'one' })
    await drawn(engine, 6)
    const [x, y] = engine.toCanvas('one', series.frames[6]?.plane ? [-20 + 24.5, -30 - 12 * sin + 29.5 * cos, 100 + 12 * cos + 29.5 * sin] : [0, 0, 0]) ?? [NaN, NaN]
    const box = document.querySelector('[data-viewport="one"]')?.getBoundingClientRect()
    expect(Math.hypot(x - (box?.width ?? 0) / 2, y - (box?.height ?? 0) / 2)).toBeLessThan(3)
  })
  it('stays in planes and volume where the stack is one of them', async () => {
    const { engine, series } = open({ name: 'go-four' }, { layout: 'four' })
    await drawn(engine)
    const arrived = vi.fn<() => void>()
    goToMark(engine, series, markOn(series, 6), arrived)
    await expect.poll(() => arrived.mock.calls.length).toBe(1)
    expect(useViewerStore.getState().layout).toBe('four')
    expect(engine.snapshot('one')?.slice).toBe(6)
  })
  it('lets go of who scrolls on before the picture is there', async () => {
    let release = (): void => undefined
    const late = new Promise<undefined>((resolve) => { release = () => resolve(undefined) })
    const { engine, series } = open({ name: 'go-late', answer: (slice) => (slice === 6 ? late : undefined) })
    await drawn(engine)
    const arrived = vi.fn<() => void>()
    goToMark(engine, series, markOn(series, 6), arrived)
    expect([engine.snapshot('one')?.slice, arrived.mock.calls.length]).toEqual([6, 0])
    engine.setSlice('one', 2)
    expect(arrived.mock.calls.length).toBe(1)
    await drawn(engine, 2)
    release()
    engine.setSlice('one', 6)
    await drawn(engine, 6)
    expect(arrived.mock.calls.length).toBe(1)
  })
})

describe('a picture that does not come', () => {
  it.each([
    ['forbidden', 403, /not allowed to see this image.*Try again/], ['not there', 404, /does not have this image.*Try again/], ['away', 502, /Check the connection.*Try again/], ['unreadable', 422, /tell the hospital.*Try again/],
  ])('says why and what to do: %s', async (name, status, words) => {
    let answer: Response | undefined = new Response('', { status })
    const { engine, viewport } = open({ name: `fail-${name}`, slices: 1, answer: () => answer })
    await expect.poll(() => viewport('one').querySelector('[role="alert"]')?.textContent).toMatch(words)
    answer = undefined
    viewport('one').querySelector<HTMLButtonElement>('[role="alert"] button')?.click()
    await drawn(engine)
    await expect.poll(() => viewport('one').querySelector('[role="alert"]')).toBeNull()
  })
})

describe('the words in place of a picture', () => {
  const kinds: Readonly<Record<FailureKind, string | undefined>> = {
    signedOut: 'Sign in', forbidden: 'Try again', notFound: 'Try again', network: 'Try again', undecodable: 'Try again', timeLimit: 'Try again', contextLost: 'Draw again', noWebGL: 'Load the page again',
    // Asking again brings the same.
    tooLarge: undefined, unsupported: undefined,
  }
  it.each(Object.entries(kinds))('say what the person can do: %s', async (kind, button) => {
    const { engine } = open({ name: `words-${kind}` })
    const retry = vi.fn<(id: string) => void>()
    const page = document.createElement('div')
    document.body.append(page)
    const root = createRoot(page)
    root.render(<MantineProvider><I18nextProvider i18n={createI18n()}><EngineProvider value={{ ...engine, retry }}><ViewportFailure viewportId="one" kind={kind as FailureKind} /></EngineProvider></I18nextProvider></MantineProvider>)
    await expect.poll(() => page.querySelector('span')?.textContent).toMatch(/[Tt]ry again|Sign in|Choose|choose|load the page|Nothing you made is lost/)
    const offered = page.querySelector<HTMLElement>('button, a')
    expect(offered?.textContent).toBe(button)
    if (button === 'Try again' || button === 'Draw again') {
      offered?.click()
      expect(retry).toHaveBeenCalledWith('one')
    }
    root.unmount()
    page.remove()
  })
})
