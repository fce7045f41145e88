import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scaleBar } from './scaleBar.ts'

describe('the scale bar', () => {
  it.each([[0.5, 100, 50], [0.499, 100, 20], [0.2, 100, 20], [0.1, 100, 10], [0.099, 100, 5], [3, 100, 200], [0.001, 100, 0.1], [1, 100, 100]])('of %f mm a pixel in at most %i pixels is %f mm', (mmPerPixel, most, mm) => {
    expect(scaleBar(mmPerPixel, most)?.mm).toBeCloseTo(mm, 9)
  })
  it('fits, is more than two fifths of the room, round, and true', () => {
    fc.assert(fc.property(fc.double({ min: 1e-4, max: 100, noNaN: true }), fc.integer({ min: 20, max: 400 }), (mmPerPixel, most) => {
      const bar = scaleBar(mmPerPixel, most)
      if (!bar) throw new Error('no bar')
      expect(bar.pixels).toBeLessThanOrEqual(most * (1 + 1e-8))
      expect(bar.pixels).toBeGreaterThan(most * 0.4 * (1 - 1e-8))
      expect(bar.pixels * mmPerPixel).toBeCloseTo(bar.mm, 6)
      expect([1, 2, 5].map((factor) => Math.log10(bar.mm / factor)).some((power) => Math.abs(power - Math.round(power)) < 1e-9)).toBe(true)
    }))
  })
  it('is not there without a scale', () => {
    for (const wrong of [0, NaN, Infinity, -1]) expect(scaleBar(wrong, 100)).toBeUndefined()
  })
})
