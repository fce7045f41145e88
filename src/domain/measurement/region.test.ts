import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cross, dot, norm, subtract } from '../geometry/plane.ts'
import type { ImagePoint, Vec3 } from '../geometry/points.ts'
import { constrainShortAxis } from './bidirectional.ts'
import { measure, roundPlace } from './measure.ts'
import { statisticsOf, type Pixels } from './roi.ts'
import type { Place, Quantity, Value } from './types.ts'

const frame = { studyInstanceUid: '1.2.1', seriesInstanceUid: '1.2.2', sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '1.2.3', frameNumber: 1 }
const onImage = (...points: ImagePoint[]): Place => roundPlace({ kind: 'image', frame, points })
const number = (values: readonly Value[], quantity: Quantity): number | undefined => values.find((value) => value.quantity === quantity)?.number
const wide = { rowSpacingMm: 0.9, columnSpacingMm: 0.6 }
/** Every figure of a slope over columns and rows can be written down. */
const slope = (columns: number, rows: number): Pixels => ({
  kind: 'frame', columns, rows, unit: '1', values: Array.from({ length: rows * columns }, (_, index) => (index % columns) + 100 * Math.floor(index / columns)),
})

describe('areas', () => {
  it('is pi a b in mm, also with non-square pixels', () => {
    expect(number(measure('ellipse', onImage([0, 50], [100, 50], [50, 30], [50, 70]), wide), 'area')).toBeCloseTo(Math.PI * 30 * 18, 9)
  })
  it('is the shoelace area, whichever way round', () => {
    const corners: ImagePoint[] = [[10, 10], [30, 10], [30, 20], [20, 15], [10, 20]]
    expect(number(measure('freehand', onImage(...corners), undefined), 'area')).toBe(150)
    expect(number(measure('freehand', onImage(...corners.reverse()), wide), 'area')).toBeCloseTo(150 * 0.54, 9)
  })
  it('has a unit in pixels without calibration; an arrow has no value, too few points give none', () => {
    expect(measure('ellipse', onImage([0, 5], [20, 5], [10, 0], [10, 10]), undefined)[0]).toMatchObject({ quantity: 'area', unit: 'px2' })
    expect(measure('arrow', onImage([0, 0], [3, 4]), wide)).toEqual([])
    expect(measure('bidirectional', onImage([0, 0], [3, 4]), wide)).toEqual([])
  })
})

describe('the voxels of a region', () => {
  it('are those whose centres lie inside or on the edge', () => {
    const square = measure('freehand', onImage([2, 3], [6, 3], [6, 5], [2, 5]), undefined, slope(10, 10))
    expect(number(square, 'voxels')).toBe(8)
    expect(number(square, 'mean')).toBe(3.5 + 350)
    expect([number(square, 'min'), number(square, 'max')]).toEqual([302, 405])
    // Corners in voxel centres: the centres on the edge count.
    expect(number(measure('freehand', onImage([2.5, 3.5], [5.5, 3.5], [5.5, 4.5], [2.5, 4.5]), undefined, slope(10, 10)), 'voxels')).toBe(8)
  })
  it('are those of a circle by brute force, 200 circles', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 90 }), (x8, y8, r8) => {
      const [x, y, r] = [x8 / 8, y8 / 8, r8 / 8]
      const n = number(measure('ellipse', onImage([x - r, y], [x + r, y], [x, y - r], [x, y + r]), undefined, slope(50, 50)), 'voxels')
      let expected = 0
      for (let row = 0; row < 50; row++) for (let column = 0; column < 50; column++) if ((column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2 <= r * r * (1 + 1e-9)) expected += 1
      expect(n).toBe(expected)
    }), { numRuns: 200 })
  })
  it('leave padding out, and without any voxel say so', () => {
    const padded: Pixels = { kind: 'frame', columns: 4, rows: 1, unit: '1', values: [-2000, 1, 3, -2000], padding: [-2000, -1500] }
    const values = measure('freehand', onImage([0, 0], [4, 0], [4, 1], [0, 1]), undefined, padded)
    expect(number(values, 'voxels')).toBe(2)
    expect(number(values, 'sd')).toBeCloseTo(Math.SQRT2, 12)
    const none = measure('freehand', onImage([1.6, 0.6], [1.9, 0.6], [1.9, 0.9]), undefined, padded)
    expect(none.map(({ quantity }) => quantity)).toEqual(['area', 'voxels'])
    expect(number(none, 'voxels')).toBe(0)
  })
  it('on a reformatted plane lie within half the voxel along the normal', () => {
    const volume: Pixels = {
      kind: 'volume', dimensions: [10, 10, 10], spacingMm: [1, 1, 2], origin: [0, 0, 0], directions: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], unit: '1',
      values: Array.from({ length: 1000 }, (_, index) => Math.floor(index / 10) % 10),
    }
    const at = (y: number): Place => ({ kind: 'plane', studyInstanceUid: '1', seriesInstanceUid: '2', frameOfReferenceUid: '3', normal: [0, 1, 0], points: [[2, y, 4], [5, y, 4], [5, y, 8], [2, y, 8]] })
    const values = measure('freehand', at(4.2), undefined, volume)
    // Columns 2-5, slices 2-4 of row 4 alone.
    expect([number(values, 'voxels'), number(values, 'min'), number(values, 'max'), number(values, 'area')]).toEqual([12, 4, 4, 12])
    expect(number(measure('freehand', at(4.5), undefined, volume), 'voxels')).toBe(24)
  })
  it('have the SD of n - 1, and one voxel none', () => {
    expect(statisticsOf([2, 4, 4, 4, 5, 5, 7, 9]).sd).toBeCloseTo(Math.sqrt(32 / 7), 12)
    expect(statisticsOf([3])).toEqual({ voxels: 1, mean: 3, min: 3, max: 3 })
  })
})

describe('the short axis', () => {
  const coordinate = fc.float({ min: -500, max: 500, noNaN: true })
  const point = fc.tuple(coordinate, coordinate, fc.constant(0))
  const step = fc.double({ min: 0.2, max: 5, noNaN: true })
  it('is perpendicular in mm and crosses between the long one\'s ends', () => {
    fc.assert(fc.property(point, point, point, point, step, step, (a, b, c, d, sx, sy) => {
      const mm = ([x, y, z]: Vec3): Vec3 => [x * sx, y * sy, z]
      const long = subtract(mm(b), mm(a))
      fc.pre(norm(long) > 1)
      const [, , e, f] = constrainShortAxis([a, b, c, d], [sx, sy, 1])
      const short = subtract(mm(f), mm(e))
      expect(Math.abs(dot(long, short)) / norm(long)).toBeLessThan(1e-6)
      const along = dot(subtract(mm(e), mm(a)), long) / dot(long, long)
      expect(along).toBeGreaterThan(-1e-6)
      expect(along).toBeLessThan(1 + 1e-6)
      expect(norm(cross(long, short)) / norm(long)).toBeCloseTo(norm(short), 4)
    }))
  })
})
