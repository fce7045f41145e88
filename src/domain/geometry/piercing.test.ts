import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heightMm, meetings, sameDirection, voxelExtentMm } from './piercing.ts'
import { add, cross, dot, norm, scale, subtract } from './plane.ts'
import type { Vec3, WorldPoint } from './points.ts'

const number = fc.double({ min: -300, max: 300, noNaN: true })
const vec = fc.tuple(number, number, number)
const unit = vec.filter((v) => norm(v) > 1).map((v): Vec3 => scale(v, 1 / norm(v)))
const plane = fc.record({ point: vec, normal: unit })
const line = fc.array(vec, { minLength: 2, maxLength: 12 })

describe('where a mark meets a plane', () => {
  it('is on the plane and on the mark', () => {
    fc.assert(fc.property(line, plane, (points, shown) => {
      for (const found of meetings(points, false, shown, 0)) {
        if (found.kind !== 'point') continue
        expect(Math.abs(heightMm(shown, found.at))).toBeLessThan(1e-9 * 1000)
        const off = points.slice(1).map((to, index) => {
          const from = points[index] ?? to
          const [along, away] = [subtract(to, from), subtract(found.at, from)]
          const size = norm(along)
          return size === 0 ? norm(away) : dot(away, along) < -1e-6 * size || dot(away, along) > size * size + 1e-6 * size ? Infinity : norm(cross(along, away)) / size
        })
        expect(Math.min(...off)).toBeLessThan(1e-6)
      }
    }))
  })
  it('of a closed outline is an even number of points', () => {
    fc.assert(fc.property(fc.array(vec, { minLength: 3, maxLength: 12 }), plane, (points, shown) => {
      expect(meetings(points, true, shown, -1).length % 2).toBe(0)
    }))
  })
  it('is found whichever way the plane faces and from whichever end the line is drawn', () => {
    fc.assert(fc.property(vec, vec, plane, (a, b, shown) => {
      fc.pre(Math.abs(heightMm(shown, a)) > 1e-6 && Math.abs(heightMm(shown, b)) > 1e-6)
      const turned = { ...shown, normal: scale(shown.normal, -1) }
      const all = [meetings([a, b], false, shown, 0), meetings([b, a], false, shown, 0), meetings([a, b], false, turned, 0)]
      const passes = heightMm(shown, a) * heightMm(shown, b) < 0
      for (const found of all) {
        expect(found).toHaveLength(passes ? 1 : 0)
        const [one] = found
        const [first] = all[0] ?? []
        if (one?.kind === 'point' && first?.kind === 'point') expect(norm(subtract(one.at, first.at))).toBeLessThan(1e-6)
      }
    }))
  })
  it('is the stretch itself where both ends lie within half a slice, else where it passes through', () => {
    const shown = { point: [0, 0, 100], normal: [0, 0, 1] } as const
    const [a, b, c]: WorldPoint[] = [[0, 0, 99.5], [10, 0, 100.9], [10, 10, 104]]
    expect(meetings([a, b, c] as WorldPoint[], false, shown, 1)).toEqual([{ kind: 'segment', from: a, to: b }])
    expect(meetings([[0, 0, 98], [10, 0, 103]], false, shown, 1)).toEqual([{ kind: 'point', at: [4, 0, 100] }])
    expect(meetings([[0, 0, 98], [10, 0, 97]], false, shown, 1)).toEqual([])
  })
  it('joins the last point of a closed outline to the first', () => {
    const shown = { point: [0, 0, 0], normal: [1, 0, 0] } as const
    const outline: WorldPoint[] = [[-5, -5, 0], [5, -5, 0], [5, 5, 0], [-5, 5, 0]]
    expect(meetings(outline, true, shown, 0.5)).toEqual([{ kind: 'point', at: [0, -5, 0] }, { kind: 'point', at: [0, 5, 0] }])
    expect(meetings(outline, false, shown, 0.5)).toHaveLength(2)
    expect(meetings(outline.slice(0, 2), true, shown, 0.5)).toHaveLength(1)
  })
})

describe('directions and voxels', () => {
  it('a direction is the same to 0.1 degrees, from either side', () => {
    const turned = (degrees: number): Vec3 => [Math.sin((degrees * Math.PI) / 180), 0, Math.cos((degrees * Math.PI) / 180)]
    expect([0, 0.09, 180.05].map((degrees) => sameDirection([0, 0, 1], turned(degrees)))).toEqual([true, true, true])
    expect(sameDirection([0, 0, 1], turned(0.2))).toBe(false)
  })
  it('a voxel reaches its own spacing along each of its directions, and no less than that between', () => {
    const frame = { origin: [0, 0, 0], rowDirection: [1, 0, 0], columnDirection: [0, 1, 0], rowSpacingMm: 0.9, columnSpacingMm: 0.6, rows: 4, columns: 4 } as const
    const axes: Vec3[] = [[1, 0, 0], [0, 1, 0], [0, 0, -1]]
    expect(axes.map((n) => voxelExtentMm(frame, [0, 0, 1], 2, n))).toEqual([0.6, 0.9, 2])
    fc.assert(fc.property(unit, (n) => {
      const corners = [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [-1, 1].map((z) => dot(add(add(scale([0.6, 0, 0], x / 2), scale([0, 0.9, 0], y / 2)), scale([0, 0, 2], z / 2)), n))))
      expect(voxelExtentMm(frame, [0, 0, 1], 2, n)).toBeCloseTo(Math.max(...corners) - Math.min(...corners), 9)
    }))
  })
})
