import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cross, dot, norm, scale, subtract } from '../geometry/plane.ts'
import type { Vec3 } from '../geometry/points.ts'
import { fromSet, handlesOf, moveWhole, settle, takeEnd, type Sheet } from './edit.ts'

const flat: Sheet = { right: [1, 0, 0], down: [0, 1, 0] }
const coronal: Sheet = { right: [1, 0, 0], down: [0, 0, -1] }
const sheets = fc.constantFrom(flat, coronal)
const pair = fc.tuple(fc.double({ min: -200, max: 200, noNaN: true }), fc.double({ min: -200, max: 200, noNaN: true }))
const on = ({ right, down }: Sheet, [x, y]: readonly [number, number]): Vec3 => {
  const [a, b] = [scale(right, x), scale(down, y)]
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}
const limits = { nearest: 0.5, shortest: 3 }
const at = (points: readonly Vec3[], index: number): Vec3 => points[index] ?? [NaN, NaN, NaN]
const axesOf = (points: readonly Vec3[]) => [subtract(at(points, 1), at(points, 0)), subtract(at(points, 3), at(points, 2))] as const
const perpendicular = (points: readonly Vec3[]): number => {
  const [u, v] = axesOf(points)
  return Math.abs(dot(u, v)) / Math.max(1, norm(u) * norm(v))
}
/** Where along the first axis the second crosses it, 0 to 1, and how far its ends stand to either side. */
const crossing = (points: readonly Vec3[]) => {
  const [u] = axesOf(points)
  const from = subtract(at(points, 2), at(points, 0))
  const normal = cross(u, cross(u, from))
  const side = (index: number) => dot(subtract(at(points, index), at(points, 0)), normal)
  return { along: dot(from, u) / dot(u, u), opposite: side(2) * side(3) <= 1e-6 * norm(normal) ** 2 }
}

describe('drawing', () => {
  it('a bidirectional mark has a short axis half as long, perpendicular through the middle', () => {
    expect(fromSet('bidirectional', [[10, 20, 0], [50, 20, 0]], flat)).toEqual([[10, 20, 0], [50, 20, 0], [30, 10, 0], [30, 30, 0]])
    fc.assert(fc.property(sheets, pair, pair, (sheet, p, q) => {
      const [a, b] = [on(sheet, p), on(sheet, q)]
      fc.pre(norm(subtract(a, b)) > 1)
      const points = fromSet('bidirectional', [a, b], sheet)
      const [u, v] = axesOf(points)
      expect(norm(v)).toBeCloseTo(norm(u) / 2, 6)
      expect(perpendicular(points)).toBeLessThan(1e-9)
      expect(crossing(points).along).toBeCloseTo(0.5, 6)
    }))
  })
  it('an ellipse goes from corner to corner, along right and down of the screen', () => {
    expect(fromSet('ellipse', [[10, 20, 0], [50, 40, 0]], flat)).toEqual([[10, 30, 0], [50, 30, 0], [30, 20, 0], [30, 40, 0]])
    expect(fromSet('ellipse', [[10, 7, 40], [50, 7, 20]], coronal)).toEqual([[10, 7, 30], [50, 7, 30], [30, 7, 40], [30, 7, 20]])
  })
  it('a bidirectional mark set point by point keeps its rule wherever the last two are', () => {
    fc.assert(fc.property(sheets, fc.tuple(pair, pair, pair, pair), (sheet, set) => {
      const world = set.map((p) => on(sheet, p))
      fc.pre(norm(subtract(at(world, 0), at(world, 1))) > 1)
      for (const count of [3, 4]) {
        const points = fromSet('bidirectional', world.slice(0, count), sheet)
        expect(perpendicular(points)).toBeLessThan(1e-6)
        expect(crossing(points).along).toBeGreaterThan(-1e-6)
        expect(crossing(points).along).toBeLessThan(1 + 1e-6)
        expect(crossing(points).opposite).toBe(true)
      }
    }))
  })
})

describe('ends that are taken', () => {
  it('a line moves the one end only', () => {
    expect(takeEnd('length', [[1, 2, 0], [5, 6, 0]], 1, [9, 9, 0], flat)).toEqual([[1, 2, 0], [9, 9, 0]])
  })
  it('bidirectional axes stay perpendicular and cross between their ends, whichever end goes wherever', () => {
    fc.assert(fc.property(sheets, pair, pair, fc.array(fc.tuple(fc.nat(3), pair), { minLength: 1, maxLength: 6 }), (sheet, p, q, moves) => {
      let points = fromSet('bidirectional', [on(sheet, p), on(sheet, q)], sheet)
      for (const [index, to] of moves) {
        const target = on(sheet, to)
        const before = points
        points = takeEnd('bidirectional', points, index, target, sheet)
        const [u] = axesOf(points)
        if (norm(u) < 1 || norm(axesOf(before)[0]) < 1) return
        expect(perpendicular(points)).toBeLessThan(1e-6)
        expect(crossing(points).along).toBeGreaterThan(-1e-6)
        expect(crossing(points).along).toBeLessThan(1 + 1e-6)
        expect(crossing(points).opposite).toBe(true)
        if (index < 2) expect(at(points, index)).toEqual(target)
        else expect([at(points, 0), at(points, 1)]).toEqual([at(before, 0), at(before, 1)])
      }
    }))
  })
  it('an end of the short axis follows the hand, the other keeps its distance', () => {
    const points = fromSet('bidirectional', [[10, 20, 0], [50, 20, 0]], flat)
    expect(takeEnd('bidirectional', points, 2, [20, 4, 0], flat)).toEqual([[10, 20, 0], [50, 20, 0], [20, 4, 0], [20, 30, 0]])
    expect(takeEnd('bidirectional', points, 2, [90, 25, 0], flat)).toEqual([[10, 20, 0], [50, 20, 0], [50, 20, 0], [50, 30, 0]])
  })
  it('an ellipse stays an ellipse about its centre; the end is where the hand is; the other axis keeps its length', () => {
    fc.assert(fc.property(sheets, pair, pair, fc.nat(3), pair, (sheet, p, q, index, to) => {
      const points = fromSet('ellipse', [on(sheet, p), on(sheet, q)], sheet)
      const target = on(sheet, to)
      const [u, v] = axesOf(points)
      const centre = scale([0, 1, 2].map((k) => at(points, 0)[k as 0] + at(points, 1)[k as 0]) as [number, number, number], 0.5)
      fc.pre(norm(u) > 1 && norm(v) > 1 && norm(subtract(target, centre)) > 1)
      const next = takeEnd('ellipse', points, index, target, sheet)
      expect(perpendicular(next)).toBeLessThan(1e-9)
      expect(norm(subtract(at(next, index), target))).toBeLessThan(1e-9 * 1000)
      const [nu, nv] = axesOf(next)
      expect(norm(index < 2 ? nv : nu)).toBeCloseTo(norm(index < 2 ? v : u), 6)
      expect(dot(cross(u, v), cross(nu, nv))).toBeGreaterThan(0)
    }))
  })
  it('an outline moves the point taken, the ones between handles less the farther they are, the others not', () => {
    const points = Array.from({ length: 16 }, (_, index): Vec3 => [index, 0, 0])
    const moved = takeEnd('freehand', points, 4, [4, 8, 0], flat, [0, 4, 8, 12])
    expect(moved.map(([, y]) => y)).toEqual([0, 2, 4, 6, 8, 6, 4, 2, 0, 0, 0, 0, 0, 0, 0, 0])
    expect(takeEnd('freehand', points.slice(0, 3), 0, [0, 5, 0], flat, [0, 1, 2]).map(([, y]) => y)).toEqual([5, 0, 0])
    expect(takeEnd('freehand', points, 0, [0, 4, 0], flat, [0, 4, 8, 12]).map(([, y]) => y)).toEqual([4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3])
  })
  it('the whole keeps its shape', () => {
    expect(moveWhole([[1, 2, 3], [4, 5, 6]], [10, 0, -1])).toEqual([[11, 2, 2], [14, 5, 5]])
  })
})

describe('letting go', () => {
  it('keeps no two points of an outline nearer than asked, the closing stretch included', () => {
    fc.assert(fc.property(fc.array(pair, { minLength: 3, maxLength: 60 }), fc.double({ min: 0.5, max: 30, noNaN: true }), (list, nearest) => {
      const kept = settle('freehand', list.map((p) => on(flat, p)), { nearest, shortest: 0 })
      if (!kept) return
      expect(kept.length).toBeGreaterThanOrEqual(3)
      kept.forEach((point, index) => expect(norm(subtract(point, at(kept, (index + 1) % kept.length)))).toBeGreaterThanOrEqual(nearest))
    }))
  })
  it('abandons outlines of fewer than three points and what is shorter than asked', () => {
    expect(settle('freehand', [[0, 0, 0], [9, 0, 0], [9, 0.1, 0]], limits)).toBeUndefined()
    expect(settle('freehand', [[0, 0, 0], [9, 0, 0], [9, 9, 0]], limits)).toHaveLength(3)
    expect(settle('length', [[0, 0, 0], [2, 0, 0]], limits)).toBeUndefined()
    expect(settle('ellipse', fromSet('ellipse', [[0, 0, 0], [40, 1, 0]], flat), limits)).toBeUndefined()
    expect(settle('bidirectional', fromSet('bidirectional', [[0, 0, 0], [2, 0, 0]], flat), limits)).toBeUndefined()
  })
  it('puts the longer axis first', () => {
    expect(settle('ellipse', fromSet('ellipse', [[0, 0, 0], [10, 40, 0]], flat), limits)).toEqual([[5, 0, 0], [5, 40, 0], [0, 20, 0], [10, 20, 0]])
    expect(settle('bidirectional', [[0, 0, 0], [10, 0, 0], [5, -20, 0], [5, 8, 0]], limits)).toEqual([[5, -20, 0], [5, 8, 0], [0, 0, 0], [10, 0, 0]])
  })
  it('offers every end, and of an outline points far enough apart to be taken', () => {
    expect(handlesOf('bidirectional', fromSet('bidirectional', [[0, 0, 0], [1, 0, 0]], flat), 10)).toEqual([0, 1, 2, 3])
    expect(handlesOf('freehand', Array.from({ length: 40 }, (_, index): Vec3 => [index < 20 ? index : 39 - index, index < 20 ? 0 : 8, 0]), 10)).toEqual([0, 10, 20, 30])
  })
})
