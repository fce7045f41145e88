import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crossingLine, stretch } from './crossing.ts'
import { dot, norm, scale, subtract } from './plane.ts'
import type { Vec3 } from './points.ts'

const vec = fc.tuple(fc.double({ min: -300, max: 300, noNaN: true }), fc.double({ min: -300, max: 300, noNaN: true }), fc.double({ min: -300, max: 300, noNaN: true }))
const unit = vec.filter((v) => norm(v) > 1).map((v): Vec3 => scale(v, 1 / norm(v)))

describe('where planes cross', () => {
  it('is where both are', () => {
    const line = crossingLine({ point: [5, 7, 100], normal: [0, 0, 1] }, { point: [-3, 20, 0], normal: [0, 1, 0] })
    expect(line?.point).toEqual([0, 20, 100])
    expect(line?.direction.map(Math.abs)).toEqual([1, 0, 0])
  })
  it('lies on both planes whichever they are', () => {
    fc.assert(fc.property(vec, unit, vec, unit, (p, n, q, m) => {
      fc.pre(Math.abs(dot(n, m)) < 0.99)
      const line = crossingLine({ point: p, normal: n }, { point: q, normal: m })
      if (!line) return false
      return [-100, 0, 100].every((t) => {
        const on: Vec3 = [line.point[0] + line.direction[0] * t, line.point[1] + line.direction[1] * t, line.point[2] + line.direction[2] * t]
        return Math.abs(dot(subtract(on, p), n)) < 1e-6 && Math.abs(dot(subtract(on, q), m)) < 1e-6
      })
    }))
  })
  it('is nowhere between parallel planes', () => {
    expect(crossingLine({ point: [0, 0, 0], normal: [0, 0, 1] }, { point: [0, 0, 5], normal: [0, 0, -1] })).toBeUndefined()
  })
})

describe('a line over a canvas', () => {
  it('reaches as far to either side of its place nearest to the corner', () => {
    expect(stretch([50, 30], [60, 30], 100)).toEqual([[-100, 30], [100, 30]])
    const [[x1, y1], [x2, y2]] = stretch([0, 10], [10, 0], Math.SQRT2 * 100) ?? [[0, 0], [0, 0]]
    for (const [value, expected] of [[x1, -95], [y1, 105], [x2, 105], [y2, -95]] as const) expect(value).toBeCloseTo(expected, 9)
  })
  it('is nothing through one point', () => {
    expect(stretch([5, 5], [5, 5], 100)).toBeUndefined()
  })
})
