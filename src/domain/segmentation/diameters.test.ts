import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gridsOf } from '../../testing/grids.ts'
import { gridPoint, voxelVolumeMm3, type Grid } from '../geometry/grid.ts'
import { cross, dot, norm, scale, subtract } from '../geometry/plane.ts'
import type { Vec3, WorldPoint } from '../geometry/points.ts'
import { longestDiameter, recistPair } from './diameters.ts'
import type { LabelMap } from './types.ts'

/** Voxels of a shape whose centres lie inside, on an axial lattice whose voxels are nowhere symmetric about it: 5 mm slices through its very middle would miss 6.3 % of a ball. */
const shapeOf = (inside: (point: Vec3) => boolean, spacing: Vec3, extentMm: Vec3): { grid: Grid; labelMap: LabelMap } => {
  const dimensions = [0, 1, 2].map((axis) => 2 * Math.ceil((extentMm[axis] ?? 0) / 2 / (spacing[axis] ?? 1)) + 3) as unknown as Grid['dimensions']
  const [columns, rows, slices] = dimensions
  const grid: Grid = { dimensions, origin: [0.13 - (columns >> 1) * spacing[0], 0.29 - (rows >> 1) * spacing[1], (0.37 - (slices >> 1)) * spacing[2]], steps: [[spacing[0], 0, 0], [0, spacing[1], 0], [0, 0, spacing[2]]] }
  return { grid, labelMap: { columns, rows, slices, data: Uint8Array.from({ length: columns * rows * slices }, (_, v) => Number(inside(gridPoint(grid, [v % columns, Math.floor(v / columns) % rows, Math.floor(v / columns / rows)])))) } }
}
const ball = (point: Vec3): boolean => norm(point) <= 10
const ellipsoid = ([x, y, z]: Vec3): boolean => { const [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)]; return ((c * x + s * y) / 15) ** 2 + ((c * y - s * x) / 6) ** 2 + (z / 4) ** 2 <= 1 }

const pointsOf = ({ columns, rows, data }: LabelMap, grid: Grid, label: number, slice?: number): WorldPoint[] =>
  [...data].flatMap((value, v) => { const at = Math.floor(v / columns / rows); return value === label && (slice === undefined || at === slice) ? [gridPoint(grid, [v % columns, Math.floor(v / columns) % rows, at])] : [] })
const longestOf = (points: readonly WorldPoint[]): number => {
  let best = 0
  for (const [x, y, z] of points) for (const [u, v, w] of points) best = Math.max(best, (x - u) ** 2 + (y - v) ** 2 + (z - w) ** 2)
  return Math.sqrt(best)
}
/** All voxels with all others, and their extent perpendicular to the axis that was found. */
const byBruteForce = (labelMap: LabelMap, grid: Grid, label: number) => {
  const slices = Array.from({ length: labelMap.slices }, (_, slice) => pointsOf(labelMap, grid, label, slice)).filter((points) => points.length > 0)
  const inSpace = longestOf(pointsOf(labelMap, grid, label))
  const inPlane = Math.max(...slices.map(longestOf))
  const pair = recistPair(labelMap, grid, label)
  if (!pair) throw new Error('nothing has the label')
  const normal = cross(grid.steps[0], grid.steps[1])
  const along = pair.long.mm > 0 ? subtract(pair.long.to, pair.long.from) : grid.steps[0]
  const across = cross(normal, along)
  const heights = pointsOf(labelMap, grid, label, pair.slice).map((point) => dot(point, scale(across, 1 / norm(across))))
  return { inSpace, inPlane, across: Math.max(...heights) - Math.min(...heights) }
}
const expectAsBruteForce = (labelMap: LabelMap, grid: Grid, label: number): void => {
  const { inSpace, inPlane, across } = byBruteForce(labelMap, grid, label)
  expect(Math.abs((longestDiameter(labelMap, grid, label)?.mm ?? Number.NaN) - inSpace)).toBeLessThan(0.01)
  const pair = recistPair(labelMap, grid, label)
  expect(Math.abs((pair?.long.mm ?? Number.NaN) - inPlane)).toBeLessThan(0.01)
  expect(Math.abs((pair?.short.mm ?? Number.NaN) - across)).toBeLessThan(0.01)
}

describe('a ball of 20.0 mm', () => {
  it.each<[Vec3, number]>([[[0.7, 0.7, 1], 0.01], [[0.7, 0.7, 5], 0.06]])('in voxels of %j mm has its volume within %f and long diameters of 19.3 to 20.0 mm', (spacing, share) => {
    const { grid, labelMap } = shapeOf(ball, spacing, [20, 20, 20])
    const volume = labelMap.data.reduce((sum, value) => sum + value, 0) * voxelVolumeMm3(grid)
    expect(Math.abs(volume / 4188.8 - 1)).toBeLessThan(share)
    for (const found of [longestDiameter(labelMap, grid, 1), recistPair(labelMap, grid, 1)?.long]) {
      expect(found?.mm).toBeGreaterThanOrEqual(19.3)
      expect(found?.mm).toBeLessThanOrEqual(20)
    }
    expectAsBruteForce(labelMap, grid, 1)
  })
})
describe('an ellipsoid of 30 x 12 x 8 mm, turned by 30 degrees in its slice', () => {
  const { grid, labelMap } = shapeOf(ellipsoid, [0.7, 0.7, 1], [30, 30, 8])
  const pair = recistPair(labelMap, grid, 1)
  it('measures 29.1 to 30.0 by 11.6 to 12.0 mm', () => {
    expect(pair?.long.mm).toBeGreaterThanOrEqual(29.1)
    expect(pair?.long.mm).toBeLessThanOrEqual(30)
    expect(pair?.short.mm).toBeGreaterThanOrEqual(11.6)
    expect(pair?.short.mm).toBeLessThanOrEqual(12)
    expectAsBruteForce(labelMap, grid, 1)
  })
  it('has axes that cross at a right angle, as a bidirectional mark must', () => {
    const [long, short] = [pair?.long, pair?.short].map((axis) => subtract(axis?.to ?? [0, 0, 0], axis?.from ?? [0, 0, 0]))
    expect(Math.abs(dot(long ?? [0, 0, 0], short ?? [0, 0, 0]))).toBeLessThan(1e-9)
    expect(Math.abs(norm(short ?? [0, 0, 0]) - (pair?.short.mm ?? 0))).toBeLessThan(1e-9)
  })
})

describe('any voxels', () => {
  it('measure as by brute force over the same voxels, on every kind of lattice', () => {
    const size = [7, 6, 4] as const
    fc.assert(fc.property(fc.constantFrom(...Object.values(gridsOf(size))), fc.uint8Array({ minLength: 168, maxLength: 168, max: 12 }), (grid, values) => {
      const labelMap = { columns: 7, rows: 6, slices: 4, data: values.map((value) => (value < 3 ? value : 0)) }
      fc.pre(labelMap.data.includes(1))
      expectAsBruteForce(labelMap, grid, 1)
    }), { numRuns: 200 })
  })
  it('that are none have no diameter, and a single one has zero', () => {
    const { axial } = gridsOf([2, 2, 1])
    const nothing = { columns: 2, rows: 2, slices: 1, data: new Uint8Array(4) }
    expect([longestDiameter(nothing, axial, 1), recistPair(nothing, axial, 1)]).toEqual([undefined, undefined])
    const one = { ...nothing, data: Uint8Array.of(0, 0, 1, 0) }
    expect([longestDiameter(one, axial, 1)?.mm, recistPair(one, axial, 1)?.long.mm, recistPair(one, axial, 1)?.short.mm]).toEqual([0, 0, 0])
  })
})
