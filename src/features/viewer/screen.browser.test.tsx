import { getRenderingEngines } from '@cornerstonejs/core'
import { MantineProvider } from '@mantine/core'
import { afterEach, describe, expect, it } from 'vitest'
import { createRoot } from 'react-dom/client'
import { toWorld } from '../../domain/geometry/plane.ts'
import type { EngineSeries } from '../../engine/port.ts'
import { EngineProvider } from '../../engine/react.tsx'
import { createI18n, I18nextProvider } from '../../i18n/index.ts'
import type { GeneratedSeries } from '../../testing/engineSeries.ts'
import { drawn, grey, showGenerated } from '../../testing/engineView.ts'
import { ViewerScreen, type SeriesFacts } from './index.ts'
import { useViewerStore, type Layout } from './store.ts'

let close = (): void => undefined
afterEach(() => close())
const facts: SeriesFacts = { patientName: 'Generated', patientId: 'G-1', studyDate: '20260105', studyDescription: 'Generated chest', first: {} }
const cube = { rows: 40, columns: 40, slices: 20, pixelSpacing: [0.9, 0.6], hu: (column: number, row: number, slice: number) => (Math.hypot(column - 20, row - 20, slice - 10) < 8 ? 900 : -900) } as const

const open = (options: GeneratedSeries, layout: Layout, change: (series: EngineSeries) => EngineSeries = (series) => series) => {
  const { engine, series: generated, close: end } = showGenerated(options, {})
  const series = change(generated)
  const page = document.createElement('div')
  page.style.cssText = 'position:fixed;inset:0;width:1100px;height:520px'
  document.body.append(page)
  const root = createRoot(page)
  useViewerStore.setState({ layout, tool: 'window', active: 'one' })
  root.render(
    <MantineProvider><I18nextProvider i18n={createI18n()}><EngineProvider value={engine}>
      <ViewerScreen series={series} facts={facts} choices={[]} onChoose={() => undefined} back="/" marks={[]} selected={undefined} onFinished={() => undefined} onSelect={() => undefined} onKey={() => undefined} overlay={undefined} chip={null} panel={null} />
    </EngineProvider></I18nextProvider></MantineProvider>,
  )
  close = () => { root.unmount(); end(); page.remove() }
  const viewport = (id: string): HTMLElement => page.querySelector<HTMLElement>(`[data-viewport="${id}"]`) ?? document.createElement('div')
  return { engine, series, page, viewport }
}
/** Presses the left button at the middle of a viewport and moves it. */
const drag = (viewport: HTMLElement, dx: number, dy: number): void => {
  viewport.setPointerCapture = () => undefined
  const box = viewport.getBoundingClientRect()
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
  const send = (type: string, by: readonly [number, number]) => viewport.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, pointerId: 1, clientX: x + by[0], clientY: y + by[1] }))
  send('pointerdown', [0, 0])
  send('pointermove', [dx, dy])
  send('pointerup', [dx, dy])
}

describe('the scale bar', () => {
  const barOf = (viewport: HTMLElement) => {
    const bar = viewport.querySelector<HTMLElement>('[data-scale]')
    return { mm: Number(bar?.dataset['scale']), pixels: bar?.firstElementChild?.getBoundingClientRect().width ?? NaN, text: bar?.textContent }
  }
  it('is as long as the millimetres it says, before and after zoom, in a stack and a plane', async () => {
    const { engine, series, viewport } = open({ ...cube, name: 'scale' }, 'mpr')
    await Promise.all(['one', 'sagittal'].map((id) => drawn(engine, undefined, id)))
    const plane = series.frames[0]?.plane
    if (!plane) throw new Error('no plane')
    const seen = new Set<string | null | undefined>()
    for (const factor of [1, 1.7, 3, 5, 0.02]) {
      for (const id of ['one', 'sagittal']) engine.zoom(id, factor, [90, 70])
      await expect.poll(() => {
        const bar = barOf(viewport('one'))
        const [a, b] = [engine.toCanvas('one', toWorld(plane, [0, 0])) ?? [NaN, NaN], engine.toCanvas('one', toWorld(plane, [bar.mm / plane.columnSpacingMm, 0])) ?? [NaN, NaN]]
        return Math.abs(b[0] - a[0] - bar.pixels)
      }).toBeLessThan(1)
      const bar = barOf(viewport('sagittal'))
      const [a, b] = [engine.toCanvas('sagittal', [0, 0, 0]) ?? [NaN, NaN], engine.toCanvas('sagittal', [0, bar.mm, 0]) ?? [NaN, NaN]]
      expect(Math.abs(Math.abs(b[0] - a[0]) - bar.pixels)).toBeLessThan(1)
      expect(bar.pixels).toBeGreaterThan(40)
      seen.add(barOf(viewport('one')).text)
    }
    expect(seen.size).toBeGreaterThan(3)
    expect([...seen].every((text) => /^[\d.]+ (mm|cm)$/.test(text ?? ''))).toBe(true)
  })
  it('is not there where the image says no size', async () => {
    const { engine, viewport } = open({ ...cube, name: 'no-scale', slices: 1 }, 'stack', (series) => ({ ...series, notAVolume: 'noPosition', frames: series.frames.map(({ ref, pixels, rescale, windows, transferSyntaxUid }) => ({ ref, pixels, rescale, windows, transferSyntaxUid })) }))
    await drawn(engine)
    expect(viewport('one').querySelector('[data-scale]')).toBeNull()
  })
})

describe('a graphics card that is lost', () => {
  it('is said with a button that draws again', async () => {
    const { engine, page, viewport } = open({ ...cube, name: 'screen-lost' }, 'stack')
    await drawn(engine)
    const context = getRenderingEngines()?.[0]?.getOffscreenMultiRenderWindow('one').getOpenGLRenderWindow().get3DContext() as WebGL2RenderingContext | undefined
    context?.getExtension('WEBGL_lose_context')?.loseContext()
    const again = () => [...viewport('one').querySelectorAll<HTMLButtonElement>('[role="alert"] button')].find(({ textContent }) => textContent === 'Draw again')
    await expect.poll(again).toBeDefined()
    again()?.click()
    await drawn(engine)
    await expect.poll(() => page.querySelector('[role="alert"]')).toBeNull()
    const [x, y] = engine.toCanvas('one', [-20 + 20 * 0.6, -30 + 20 * 0.9, 120]) ?? [0, 0]
    expect(grey(viewport('one'), [x, y])).toBe(255)
  })
})

describe('planes and volume', () => {
  it('stand in four quarters; a drag turns the volume, its letters follow, and the look can be chosen', async () => {
    const { engine, page, viewport } = open({ ...cube, name: 'four' }, 'four')
    await Promise.all(['one', 'coronal', 'sagittal', 'volume'].map((id) => drawn(engine, undefined, id)))
    expect([...page.querySelectorAll<HTMLElement>('[data-viewport]')].map((one) => one.dataset['viewport'])).toEqual(['one', 'coronal', 'sagittal', 'volume'])
    const letters = () => [...viewport('volume').querySelectorAll('[data-letter]')].map((letter) => letter.textContent).join(' ')
    expect(letters()).toBe('R L H F')
    const side = Math.min(viewport('volume').clientWidth, viewport('volume').clientHeight) - 2
    drag(viewport('volume'), side / 2, 0)
    await expect.poll(letters).toBe('P A H F')
    expect(viewport('volume').querySelector('[data-scale]')).toBeNull()
    const look = viewport('volume').querySelector('select')
    expect([...(look?.options ?? [])].map(({ value }) => value)).toEqual(['bone', 'vessels', 'lung', 'mip'])
    if (look) look.value = 'mip'
    look?.dispatchEvent(new Event('change', { bubbles: true }))
    await expect.poll(() => engine.snapshot('volume')?.volume?.preset).toBe('mip')
    const zoomed = engine.toCanvas('volume', [0, 0, 0])
    viewport('volume').dispatchEvent(new WheelEvent('wheel', { deltaY: -100, cancelable: true, clientX: 5, clientY: 5 }))
    expect(engine.toCanvas('volume', [0, 0, 0])).not.toEqual(zoomed)
    expect(engine.snapshot('one')?.slice).toBe(10)
  })
  it('are not offered for what is no volume, and it says why', async () => {
    const { engine, page } = open({ ...cube, name: 'no-volume' }, 'four', (series) => ({ ...series, notAVolume: 'unevenSpacing' }))
    await drawn(engine)
    expect([...page.querySelectorAll<HTMLElement>('[data-viewport]')].map((one) => one.dataset['viewport'])).toEqual(['one'])
    const layouts = page.querySelector('[aria-label="Layout"]')
    expect([...(layouts?.querySelectorAll('input') ?? [])].map(({ disabled }) => disabled)).toEqual([false, true, true])
    expect(layouts?.getAttribute('aria-description')).toContain('not evenly spaced')
  })
})
