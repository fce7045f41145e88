import { describe, expect, it } from 'vitest'
import { extentsOf } from './outline.ts'

const ellipse = (longMm: number, shortMm: number, degrees: number, spacing: number): Uint8Array => {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  return Uint8Array.from({ length: 120 * 120 }, (_, at) => {
    const [x, y] = [((at % 120) - 60) * spacing, (Math.floor(at / 120) - 60) * spacing]
    return ((x * c + y * s) / (longMm / 2)) ** 2 + ((y * c - x * s) / (shortMm / 2)) ** 2 <= 1 ? 1 : 0
  })
}

describe('extents of a flat shape', () => {
  it.each([0, 17, 45, 90])('are the axes of an ellipse turned by %i degrees, to a pixel\'s width', (degrees) => {
    const extents = extentsOf(ellipse(20, 12, degrees, 0.25), 120, 0.25, 0.25)
    expect(Math.abs((extents?.longestMm ?? 0) - 20)).toBeLessThan(0.3)
    expect(Math.abs((extents?.shortestMm ?? 0) - 12)).toBeLessThan(0.3)
  })

  it('are none of nothing', () => expect(extentsOf(new Uint8Array(100), 10, 1, 1)).toBeUndefined())
})
