import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gridsOf } from '../../testing/grids.ts'
import { gridPoint, type Grid } from '../geometry/grid.ts'
import { add, distanceMm, scale } from '../geometry/plane.ts'
import type { Vec3 } from '../geometry/points.ts'
import { placeMask, type Mask, type PlacedMask } from './regrid.ts'

const size = [5, 4, 3] as const
const grids = gridsOf(size)
const voxelAt = ([columns, rows]: readonly [number, number, number], [i, j, k]: Vec3): number => (k * rows + j) * columns + i
/** The same voxels with axes exchanged and turned round: what is said of a place stays. */
const inOtherOrder = ({ grid, values }: Mask, order: readonly number[], flipped: readonly boolean[]): Mask => {
  const turned = grid.steps.map((step, axis) => (flipped[axis] ? scale(step, -1) : step))
  const start = gridPoint(grid, grid.dimensions.map((count, axis) => (flipped[axis] ? count - 1 : 0)) as unknown as Vec3)
  const dimensions = order.map((axis) => grid.dimensions[axis] ?? 1) as unknown as Grid['dimensions']
  const other = new Uint16Array(values.length)
  for (let k = 0; k < grid.dimensions[2]; k++) for (let j = 0; j < grid.dimensions[1]; j++) for (let i = 0; i < grid.dimensions[0]; i++) {
    const own = [i, j, k].map((index, axis) => (flipped[axis] ? (grid.dimensions[axis] ?? 1) - 1 - index : index))
    other[voxelAt(dimensions, order.map((axis) => own[axis] ?? 0) as unknown as Vec3)] = values[voxelAt(grid.dimensions, [i, j, k])] ?? 0
  }
  return { grid: { dimensions, origin: start, steps: order.map((axis) => turned[axis] ?? [0, 0, 0]) as unknown as Grid['steps'] }, values: other }
}
const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
const placed = (result: ReturnType<typeof placeMask>): PlacedMask => {
  if ('reason' in result) throw new Error(`another lattice: ${result.reason}`)
  return result
}
const some = Uint16Array.from({ length: 60 }, (_, v) => (v % 3 === 0 ? 300 : v % 7 === 0 ? 2 : 0))

describe('a mask on the voxels of the series', () => {
  it('is the same mask, whatever the order and direction of its axes', () => {
    fc.assert(fc.property(fc.constantFrom(...Object.values(grids)), fc.constantFrom(...orders), fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), fc.array(fc.nat(9), { minLength: 60, maxLength: 60 }), (grid, order, flipped, list) => {
      fc.pre(list.some(Boolean))
      const values = Uint16Array.from(list, (value) => value * 1000)
      const { labelMap, labels, resampled } = placed(placeMask(inOtherOrder({ grid, values }, order, flipped), grid))
      expect(resampled).toBe(false)
      const valueOf = new Map(labels.map(({ value, number }) => [number, value]))
      expect(Array.from(labelMap.data, (number) => valueOf.get(number) ?? 0)).toEqual([...values])
      expect(labels.map(({ value }) => value)).toEqual([...new Set(values)].filter(Boolean).sort((a, b) => a - b))
      labels.forEach(({ value, voxels }) => expect(voxels).toBe(values.filter((one) => one === value).length))
    }))
  })
})

describe('a mask on another lattice', () => {
  const grid = grids.oblique
  const onto = (change: Partial<Grid>) => placeMask({ grid: { ...grid, ...change }, values: some }, grid)
  it.each<[string, Partial<Grid>]>([
    ['direction', { steps: grids.axial.steps }],
    ['spacing', { steps: [grid.steps[0], scale(grid.steps[1], 1.1), grid.steps[2]] }],
    ['position', { origin: add(grid.origin, scale(grid.steps[0], 0.4)) }],
    ['position', { origin: add(grid.origin, scale(grid.steps[2], 1)) }],
  ])('of another %s is refused by that name', (reason, change) => expect(onto(change)).toMatchObject({ reason }))
  it('of another size is refused with both sizes', () => {
    expect(placeMask({ grid: { ...grid, dimensions: [5, 4, 2] }, values: some.slice(0, 40) }, grid)).toEqual({ reason: 'size', mask: [5, 4, 2], series: [5, 4, 3] })
  })
  it('takes the nearest voxels where that is said, as by brute force over all of them', () => {
    fc.assert(fc.property(fc.constantFrom(...Object.values(grids)), fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -1.4, max: 1.4, noNaN: true }))), fc.double({ min: 0.6, max: 1.7, noNaN: true }), (series, shift, stretch) => {
      const mask: Grid = { dimensions: [6, 5, 4], origin: gridPoint(series, shift as unknown as Vec3), steps: [scale(series.steps[0], stretch), series.steps[1], scale(series.steps[2], 1 / stretch)] }
      const values = Uint8Array.from({ length: 120 }, (_, v) => 1 + (v % 5))
      const { labelMap } = placed(placeMask({ grid: mask, values }, series, true))
      // Perpendicular axes, so that the nearest centre is the nearest along each axis.
      fc.pre(series !== grids.tilted)
      const points = Array.from({ length: 120 }, (_, v) => ({ at: gridPoint(mask, [v % 6, Math.floor(v / 6) % 5, Math.floor(v / 30)]), value: values[v] ?? 0 }))
      labelMap.data.forEach((label, v) => {
        const here = gridPoint(series, [v % 5, Math.floor(v / 5) % 4, Math.floor(v / 20)])
        const sorted = points.map(({ at, value }) => ({ mm: distanceMm(at, here), value })).sort((a, b) => a.mm - b.mm)
        // Outside the mask there is nothing; on the edge between two voxels either is right.
        if (label > 0) expect(sorted.filter(({ mm }) => mm < (sorted[0]?.mm ?? 0) + 1e-6).map(({ value }) => value)).toContain(label)
      })
    }), { numRuns: 40 })
  })
  it('says that it was resampled, and keeps a label that has no voxel left', () => {
    const values = new Uint8Array(10 * 8 * 3)
    values.fill(1, 0, 240).fill(2, 1, 2)
    const fine: Grid = { dimensions: [10, 8, 3], origin: grids.axial.origin, steps: [scale(grids.axial.steps[0], 0.5), scale(grids.axial.steps[1], 0.5), grids.axial.steps[2]] }
    expect(placed(placeMask({ grid: fine, values }, grids.axial, true))).toMatchObject({ resampled: true, labels: [{ value: 1, voxels: 60 }, { value: 2, voxels: 0 }] })
  })
  it('that lies nowhere on the series, is empty, or has too many labels is refused', () => {
    expect(() => placeMask({ grid: { ...grid, origin: add(grid.origin, [900, 0, 0]) }, values: some }, grid, true)).toThrow('no voxel on this series')
    expect(() => placeMask({ grid, values: new Uint8Array(60) }, grid)).toThrow('the mask is empty')
    const many: Grid = { ...grid, dimensions: [300, 1, 1] }
    expect(() => placeMask({ grid: many, values: Uint16Array.from({ length: 300 }, (_, v) => v) }, many)).toThrow('the mask has 299 labels')
  })
})
