import { afterEach, describe, expect, it } from 'vitest'
import type { GeneratedSeries } from '../../testing/engineSeries.ts'
import { drawn, showGenerated, until } from '../../testing/engineView.ts'
import { openScreen, stroke } from './testScreen.tsx'
import { keepsKey } from './keys.ts'
import { useViewerStore } from './store.ts'

let close = (): void => undefined
afterEach(() => close())
const open = (options: GeneratedSeries, more?: Parameters<typeof openScreen>[1]) => {
  const screen = openScreen(showGenerated(options, {}), more)
  close = screen.close
  const select = (): HTMLSelectElement => {
    const found = screen.page.querySelector<HTMLSelectElement>('select[aria-label="Window presets"]')
    if (!found) throw new Error('no list of windows')
    return found
  }
  const choose = (value: string): void => {
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')?.set?.call(select(), value)
    select().dispatchEvent(new Event('change', { bubbles: true }))
  }
  const shown = () => select().selectedOptions[0]?.textContent
  return { ...screen, select, choose, shown }
}

describe('the list of windows', () => {
  it('says the window there is; a preset can be chosen again after a drag; another series has its own', async () => {
    const { engine, series, viewport, choose, shown, showSeries } = open({ name: 'windows', window: { width: 350, centre: 50 } })
    await drawn(engine)
    await expect.poll(shown).toBe('As stored')
    choose('presetLung')
    await expect.poll(shown).toBe('Lung')
    expect(engine.snapshot('one')?.window?.width).toBeCloseTo(1500, 6)
    stroke(viewport('one'), [[300, 300], [340, 310]])
    await expect.poll(shown).toBe('Custom')
    choose('presetLung')
    await expect.poll(shown).toBe('Lung')
    expect(engine.snapshot('one')?.window?.centre).toBeCloseTo(-500, 6)
    showSeries({ ...series, seriesInstanceUid: `${series.seriesInstanceUid}.9` })
    await expect.poll(shown).toBe('As stored')
    await drawn(engine)
    expect(engine.snapshot('one')?.window?.width).toBeCloseTo(350, 6)
    expect(shown()).toBe('As stored')
  })
  it('has presets of HU for CT alone, for others the windows of the file by their names', async () => {
    const windows = [{ width: 900, centre: 450, name: 'NORMAL' }, { width: 700, centre: 400, name: 'HARDER' }]
    const { engine, select, choose, shown } = open({ name: 'windows-mr' }, { change: (series) => ({ ...series, modality: 'MR', frames: series.frames.map((frame) => ({ ...frame, windows })) }) })
    await drawn(engine)
    await expect.poll(shown).toBe('As stored: NORMAL')
    expect([...select().options].map(({ textContent }) => textContent)).toEqual(['As stored: NORMAL', 'As stored: HARDER'])
    choose('own1')
    expect((await until(engine, (now) => Math.abs((now.window?.width ?? 0) - 700) < 1e-6)).window?.centre).toBeCloseTo(400, 6)
    await expect.poll(shown).toBe('As stored: HARDER')
  })
})

describe('keys while something has the focus', () => {
  const press = (target: Element, key: string, more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
    target.dispatchEvent(event)
    return event
  }
  it('act from a choice of the row, and are left to a field of text', async () => {
    const { engine, page, heard, select } = open({ name: 'keys' })
    await drawn(engine)
    const radio = page.querySelector('[aria-label="Layout"] input[type="radio"]')
    const field = page.querySelector('input[aria-label="words"]')
    if (!radio || !field) throw new Error('nothing to focus')
    const press4 = (target: Element): void => {
      press(target, 'Delete')
      press(target, 'z', { ctrlKey: true })
      press(target, 'Escape')
      press(target, 'l')
    }
    press4(field)
    expect([heard, useViewerStore.getState().tool]).toEqual([[], 'window'])
    press4(radio)
    expect([heard, useViewerStore.getState().tool]).toEqual([['delete', 'undo', 'deselect'], 'length'])
    // The list would else go to the entry of that letter.
    expect(press(select(), 'w').defaultPrevented).toBe(true)
    expect(useViewerStore.getState().tool).toBe('window')
    const before = engine.snapshot('one')?.slice
    press(radio, 'ArrowDown')
    press(select(), 'End')
    expect(engine.snapshot('one')?.slice).toBe(before)
    press(page.querySelector('button') ?? page, 'ArrowDown')
    expect(engine.snapshot('one')?.slice).toBe((before ?? 0) + 1)
  })
  it('are those of what is typed into, whatever kind of text it takes', () => {
    const made = (tag: string, type?: string) => Object.assign(document.createElement(tag), type === undefined ? {} : { type })
    for (const target of [made('textarea'), made('input', 'text'), made('input', 'search'), made('input', 'number'), made('input', 'date')]) expect(keepsKey(target, 'Delete')).toBe(true)
    for (const target of [made('input', 'checkbox'), made('input', 'range'), made('button'), made('select'), window]) expect(keepsKey(target, 'Delete')).toBe(false)
    expect([made('input', 'range'), made('select'), made('input', 'checkbox'), made('button')].map((target) => keepsKey(target, 'ArrowDown'))).toEqual([true, true, false, false])
  })
})
