import { afterEach, describe, expect, it } from 'vitest'
import type { EngineFrame } from '../../engine/port.ts'
import { drawn, showGenerated } from '../../testing/engineView.ts'
import { openScreen, stroke, withoutPlane } from './testScreen.tsx'

let close = (): void => undefined
afterEach(() => close())

/** A length drawn across 300 and down 200 CSS pixels of an image of 100 x 80 pixels without a plane, and what is said beside it. */
const measured = async (name: string, more: Partial<EngineFrame>) => {
  const screen = openScreen(showGenerated({ name, rows: 80, columns: 100, slices: 1 }, {}), { tool: 'length', change: (series) => withoutPlane(series, more) })
  close = screen.close
  const { engine, page, viewport } = screen
  await drawn(engine)
  await expect.poll(() => viewport('one').dataset['waiting']).toBe('false')
  const layer = page.querySelector('svg[data-marks="one"]')
  if (!layer) throw new Error('no layer')
  stroke(layer, [[200, 200], [350, 300], [500, 400]])
  await expect.poll(() => layer.querySelector('[data-mark="M1"] text')?.textContent).toBeTruthy()
  const [a = [0, 0, 0], b = [0, 0, 0]] = ([[200, 200], [500, 400]] as const).map((point) => engine.toWorld('one', point))
  return { viewport, label: layer.querySelector('[data-mark="M1"] text')?.textContent ?? '', across: Math.abs(b[0] - a[0]), down: Math.abs(b[1] - a[1]) }
}

describe('a length on an image without a place in the patient', () => {
  it('is in pixels on screen where nothing calibrates it, and the view says so', async () => {
    const { viewport, label, across, down } = await measured('px', {})
    expect(label).toBe(`M1 ${Math.hypot(across, down).toFixed(1)} px`)
    expect(viewport('one').textContent).toContain('Not calibrated: lengths in pixels')
    expect(viewport('one').querySelector('[data-scale]')).toBeNull()
  })
  it('is in mm where its pixels have a size, drawn in their shape, with a scale bar as long as it says', async () => {
    const { viewport, label, across, down } = await measured('mm', { pixelRatio: 1.5, calibrations: [{ rowSpacingMm: 0.9, columnSpacingMm: 0.6, kind: 'magnification', detail: '1.06' }] })
    // In the plane it is drawn in a pixel is 1 wide and 1.5 high.
    expect(Math.abs(across / down - 1.5)).toBeLessThan(1e-3)
    const perCss = (across * 0.6) / 300
    expect(label).toBe(`M1 ${Math.hypot(across * 0.6, (down / 1.5) * 0.9).toFixed(1)} mm`)
    expect(viewport('one').textContent).toContain('Corrected for magnification 1.06')
    const bar = viewport('one').querySelector<HTMLElement>('[data-scale]')
    expect(Math.abs((bar?.firstElementChild?.getBoundingClientRect().width ?? NaN) * perCss - Number(bar?.dataset['scale']))).toBeLessThan(perCss)
  })
  it('is in mm within a region of ultrasound only', async () => {
    const region = { rowSpacingMm: 0.2, columnSpacingMm: 0.2, kind: 'region', within: { from: [0, 0], to: [20, 80] } } as const
    const { viewport, label, across, down } = await measured('us', { calibrations: [region] })
    expect(label).toBe(`M1 ${Math.hypot(across, down).toFixed(1)} px`)
    expect(viewport('one').textContent).toContain('Calibrated within the ultrasound region only')
  })
})
