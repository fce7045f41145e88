import { describe, expect, it } from 'vitest'
import { extentOf, hullOf } from './extent.ts'
import type { ViewPoint } from './outline.ts'

describe('the extent of a border', () => {
  it('of an ellipse is its two axes and its middle, whichever way it lies', () => {
    const turn = 0.7
    const ellipse = Array.from({ length: 180 }, (_, i): ViewPoint => {
      const [x, y] = [7 * Math.cos((i * Math.PI) / 90), 4 * Math.sin((i * Math.PI) / 90)]
      return [3 + x * Math.cos(turn) - y * Math.sin(turn), -2 + x * Math.sin(turn) + y * Math.cos(turn)]
    })
    const { longest, shortest, centre } = extentOf(ellipse)
    expect(longest).toBeCloseTo(14, 2)
    expect(shortest).toBeCloseTo(8, 2)
    expect(centre[0]).toBeCloseTo(3, 6)
    expect(centre[1]).toBeCloseTo(-2, 6)
  })

  it('of scattered points is that of their hull', () => {
    const hull = hullOf([[0, 0], [4, 0], [2, 1], [4, 3], [0, 3], [1, 1], [2, 0]])
    expect(hull).toEqual([[0, 0], [4, 0], [4, 3], [0, 3]])
    expect(extentOf(hull).longest).toBe(5)
  })
})
