import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gridsOf } from '../../testing/grids.ts'
import { gridPoint, voxelVolumeMm3, type Grid } from '../geometry/grid.ts'
import { add, cross, norm, scale } from '../geometry/plane.ts'
import type { Vec3, WorldPoint } from '../geometry/points.ts'
import { maskOf } from './fill.ts'
import { regionsOf, splitKeyholes } from './rings.ts'
import { contoursOf } from './trace.ts'
import type { LabelMap } from './types.ts'

const dimensions = [7, 6, 3] as const
const grids = Object.entries(gridsOf(dimensions))
const closed = (points: readonly WorldPoint[]) => ({ kind: 'CLOSED_PLANAR' as const, points })
const mapOf = (label: (column: number, row: number, slice: number) => number, [columns, rows, slices]: Grid['dimensions'] = dimensions): LabelMap =>
  ({ columns, rows, slices, data: Uint8Array.from({ length: columns * rows * slices }, (_, v) => label(v % columns, Math.floor(v / columns) % rows, Math.floor(v / (columns * rows)))) })
const outlinesOf = (map: LabelMap, grid: Grid, number?: number) => contoursOf(map, grid, number).map(({ points }) => closed(points))
/** Normal of the slices, from one to the next. */
const normalOf = ({ steps }: Grid): Vec3 => {
  const normal = cross(steps[0], steps[1])
  return scale(normal, 1 / norm(normal))
}
const [, axial] = grids[0] as [string, Grid]
/** A square of index coordinates on slice 1. */
const square = (from: number, to: number, k = 1): WorldPoint[] => ([[from, from], [to, from], [to, to], [from, to]] as const).map(([i, j]) => gridPoint(axial, [i, j, k]))
const filled = (contours: readonly WorldPoint[][]): number => maskOf(contours.map(closed), axial).labelMap.data.reduce((sum, value) => sum + value, 0)

describe.each(grids)('voxels on a lattice that is %s', (_, grid) => {
  it('come back from their contours, whatever their shape; the area enclosed is theirs', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 126, maxLength: 126 }), (labels) => {
      const map: LabelMap = { columns: 7, rows: 6, slices: 3, data: Uint8Array.from(labels) }
      for (const number of [1, 2]) {
        const outlines = outlinesOf(map, grid, number)
        const { labelMap, notPlaced } = maskOf(outlines, grid)
        expect(notPlaced).toEqual([])
        expect([...labelMap.data]).toEqual(labels.map((label) => (label === number ? 1 : 0)))
        const stepMm = voxelVolumeMm3(grid) / norm(cross(grid.steps[0], grid.steps[1]))
        const volume = regionsOf(outlines).reduce((sum, { areaMm2 }) => sum + areaMm2 * stepMm, 0)
        expect(Math.abs(volume - labels.filter((label) => label === number).length * voxelVolumeMm3(grid))).toBeLessThan(1e-6)
      }
    }), { numRuns: 15 })
  })
  it('of a block with a hole have an outer ring and one around the hole, four corners each, on each slice', () => {
    const outlines = contoursOf(mapOf((column, row) => (column > 0 && column < 6 && row > 0 && row < 5 && !(column === 3 && row === 2) ? 1 : 0)), grid)
    expect(outlines.map(({ slice, points }) => [slice, points.length])).toEqual([[0, 4], [0, 4], [1, 4], [1, 4], [2, 4], [2, 4]])
    const regions = regionsOf(outlines.map(({ points }) => closed(points)))
    expect(regions.map(({ rings }) => rings.map(({ hole }) => hole))).toEqual([[false, true], [false, true], [false, true]])
    expect(regions[0]?.areaMm2).toBeCloseTo(19 * norm(cross(grid.steps[0], grid.steps[1])), 8)
  })
  it('take a contour within half a spacing of their slice, and name one beyond the last', () => {
    const map = mapOf((column, row, slice) => (slice === 2 && column > 1 && column < 5 && row > 1 && row < 4 ? 1 : 0))
    const [found] = contoursOf(map, grid)
    const away = Math.sign(normalOf(grid)[2] * grid.steps[2][2] || normalOf(grid)[0] * grid.steps[2][0]) * (voxelVolumeMm3(grid) / norm(cross(grid.steps[0], grid.steps[1])))
    const moved = (spacings: number) => closed((found?.points ?? []).map((point) => add(point, scale(normalOf(grid), spacings * away)) as WorldPoint))
    expect(maskOf([moved(0.45)], grid)).toEqual({ labelMap: map, notPlaced: [] })
    expect(maskOf([moved(0.45), moved(0.6)], grid)).toEqual({ labelMap: map, notPlaced: [{ contour: 1, reason: 'noSlice' }] })
  })
})

describe('contours on slices', () => {
  it('inside one another are holes and islands; a keyhole is the same hole', () => {
    const [outer, inner] = [square(0.5, 5.5), square(1.5, 3.5)]
    expect(filled([outer])).toBe(25)
    expect(filled([outer, inner])).toBe(21)
    const [a, b, c, d] = outer as [WorldPoint, WorldPoint, WorldPoint, WorldPoint]
    const [e, f, g, h] = inner as [WorldPoint, WorldPoint, WorldPoint, WorldPoint]
    const keyhole = [a, e, h, g, f, e, a, b, c, d]
    expect(filled([keyhole])).toBe(21)
    expect(splitKeyholes(keyhole).map((ring) => ring.length)).toEqual([4, 4])
    const regions = regionsOf([closed(keyhole)])
    expect(regions.map(({ rings }) => rings.map(({ hole }) => hole).sort())).toEqual([[false, true]])
    expect(regions[0]?.areaMm2).toBeCloseTo(21 * 0.49, 8)
  })
  it('parts a keyhole wherever it begins, over several corners and into two holes, and keeps what is none', () => {
    const p = (x: number, y: number): WorldPoint => [x, y, 0]
    const twoHoles = [p(0, 0), p(2, 1), p(2, 2), p(3, 2), p(3, 1), p(2, 1), p(0, 0), p(9, 0), p(9, 9), p(7, 8), p(6, 7), p(6, 6), p(5, 6), p(5, 7), p(6, 7), p(7, 8), p(9, 9), p(0, 9)]
    for (let start = 0; start < twoHoles.length; start++) {
      const rings = splitKeyholes([...twoHoles.slice(start), ...twoHoles.slice(0, start)])
      expect(rings.map((ring) => ring.length).sort(), `from ${start}`).toEqual([4, 4, 4])
    }
    expect(splitKeyholes(square(0, 3))).toEqual([square(0, 3)])
    expect(splitKeyholes([...square(0, 3), ...square(0, 3).slice(0, 1)])).toEqual([square(0, 3)])
    expect(splitKeyholes([p(0, 0), p(1, 1)])).toEqual([])
  })
  it('that are no outline, or cross slices, or lie between nearer ones are named, each by why', () => {
    const leaning = ([[0.5, 0.5, 0], [5.5, 0.5, 0], [5.5, 5.5, 2], [0.5, 5.5, 2]] as const).map((index) => gridPoint(axial, index))
    const { notPlaced, labelMap } = maskOf([
      { kind: 'POINT', points: square(0, 1).slice(0, 1) }, { kind: 'OPEN_PLANAR', points: square(0, 3) }, closed(square(0, 3).slice(0, 2)), closed(leaning), closed(square(0.5, 5.5, 1.3)), closed(square(0.5, 4.5, 1.1)), closed(square(0.5, 2.5, -0.7)),
      { kind: 'CLOSEDPLANAR_XOR', points: square(0.5, 2.5, 0) },
    ], axial)
    expect(notPlaced).toEqual([[0, 'notClosed'], [1, 'notClosed'], [2, 'notClosed'], [3, 'crossesSlices'], [4, 'otherPlaneNearer'], [6, 'noSlice']].map(([contour, reason]) => ({ contour, reason })))
    expect(labelMap.data.reduce((sum, value) => sum + value, 0)).toBe(16 + 4)
  })
  it('of a label map of another size are refused', () => expect(() => contoursOf(mapOf(() => 1, [7, 6, 2]), axial)).toThrow('does not hold a label map of 7 x 6 x 2'))
})
