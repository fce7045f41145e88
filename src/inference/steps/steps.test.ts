import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gridIndex, gridPoint, spacingOf, type Grid } from '../../domain/geometry/grid.ts'
import { cross, norm, scale } from '../../domain/geometry/plane.ts'
import type { Vec3 } from '../../domain/geometry/points.ts'
import { voxelsOf, type Volume } from '../volume.ts'
import { clip, minmax, percentile, percentileOf, windowed, zscore } from './intensity.ts'
import { latticeOf, orient, resampleOnto } from './spatial.ts'

/** A value that is linear in patient x, y and z. */
const linear = ([x, y, z]: Vec3): number => 2 * x - 3 * y + 5 * z
const filled = (grid: Grid, value: (point: Vec3, index: Vec3) => number): Volume => {
  const [nx, ny] = grid.dimensions
  return { ...grid, data: Float32Array.from({ length: voxelsOf(grid) }, (_, v) => {
    const index: Vec3 = [v % nx, Math.floor(v / nx) % ny, Math.floor(v / (nx * ny))]
    return value(gridPoint(grid, index), index)
  }) }
}
const axes48 = ['LPS', 'LSP', 'PLS', 'PSL', 'SLP', 'SPL'].flatMap((order) => Array.from({ length: 8 }, (_, turn) => [...order].map((letter, at) => ((turn >> at) % 2 ? { L: 'R', P: 'A', S: 'I' }[letter] ?? letter : letter)).join('')))

const spacing = fc.double({ min: 0.4, max: 5, noNaN: true })
/** Grids of any spacing, some oblique. */
const grids = fc.record({ spacing: fc.tuple(spacing, spacing, spacing), tilt: fc.double({ min: -0.4, max: 0.4, noNaN: true }), turn: fc.double({ min: -0.4, max: 0.4, noNaN: true }), dimensions: fc.tuple(fc.integer({ min: 4, max: 9 }), fc.integer({ min: 4, max: 9 }), fc.integer({ min: 4, max: 9 })) })
  .map(({ spacing: [sx, sy, sz], tilt, turn, dimensions }): Grid => {
    const row: Vec3 = [Math.cos(turn), Math.sin(turn), 0]
    const column: Vec3 = [-Math.sin(turn) * Math.cos(tilt), Math.cos(turn) * Math.cos(tilt), Math.sin(tilt)]
    return { dimensions, origin: [-31.5, 12.25, 7], steps: [scale(row, sx), scale(column, sy), scale(cross(row, column), sz)] }
  })

describe('spatial steps', () => {
  it.each(axes48)('turned to %s every voxel keeps its value and its place, bit for bit', (axes) => {
    fc.assert(fc.property(grids, (grid) => {
      const volume = filled(grid, (_, [i, j, k]) => i + 10 * j + 100 * k)
      const turned = orient(volume, axes)
      expect([...turned.data].sort()).toEqual([...volume.data].sort())
      for (const v of [0, 1, turned.data.length - 1]) {
        const [nx, ny] = turned.dimensions
        const point = gridPoint(turned, [v % nx, Math.floor(v / nx) % ny, Math.floor(v / (nx * ny))])
        const [i, j, k] = gridIndex(volume, point).map(Math.round) as [number, number, number]
        expect(turned.data[v]).toBe(i + 10 * j + 100 * k + 0)
        gridIndex(volume, point).forEach((x) => expect(Math.abs(x - Math.round(x))).toBeLessThan(1e-6))
      }
    }), { numRuns: 10 })
  })
  it('turned to RAS the first index grows towards the right', () => {
    const turned = orient(filled({ dimensions: [4, 4, 4], origin: [0, 0, 0], steps: [[1, 0, 0], [0, 1, 0], [0, 0, 2]] }, ([x]) => x), 'RAS')
    expect(turned.steps[0][0]).toBe(-1)
    expect(turned.data.slice(0, 4)).toEqual(Float32Array.of(3, 2, 1, 0))
  })
  it('what is linear in patient space stays linear under every chain of order 1, away from the edge', () => {
    fc.assert(fc.property(grids, fc.tuple(spacing, spacing, spacing), fc.constantFrom('extent', 'centre'), fc.constantFrom(...axes48), (grid, spacingMm, rule, axes) => {
      const turned = orient(filled(grid, linear), axes)
      const out = resampleOnto(turned, latticeOf(turned, { spacingMm, grid: rule as 'extent' }), 1)
      const [nx, ny] = out.dimensions
      out.data.forEach((value, v) => {
        const point = gridPoint(out, [v % nx, Math.floor(v / nx) % ny, Math.floor(v / (nx * ny))])
        const inside = gridIndex(grid, point).every((x, axis) => x >= 0 && x <= (grid.dimensions[axis] ?? 0) - 1)
        if (inside) expect(Math.abs(value - linear(point))).toBeLessThan(1e-3)
      })
    }), { numRuns: 60 })
  })
  it('extent keeps the outer edges, centre the outer centres', () => {
    fc.assert(fc.property(grids, fc.tuple(spacing, spacing, spacing), (grid, spacingMm) => {
      const shape = grid.dimensions.map((n, axis) => Math.max(1, Math.round((n * spacingOf(grid)[axis as 0]) / spacingMm[axis as 0]))) as [number, number, number]
      const edges = latticeOf(grid, { shape, grid: 'extent' })
      const last = (g: Grid, plus: number): Vec3 => gridPoint(g, [g.dimensions[0] - 1 + plus, g.dimensions[1] - 1 + plus, g.dimensions[2] - 1 + plus])
      const apart = (a: Vec3, b: Vec3): number => norm([a[0] - b[0], a[1] - b[1], a[2] - b[2]])
      expect(apart(gridPoint(edges, [-0.5, -0.5, -0.5]), gridPoint(grid, [-0.5, -0.5, -0.5]))).toBeLessThan(1e-9)
      expect(apart(last(edges, 0.5), last(grid, 0.5))).toBeLessThan(1e-9)
      const centres = latticeOf(grid, { shape: shape.map((n) => Math.max(2, n)) as [number, number, number], grid: 'centre' })
      expect(apart(centres.origin, grid.origin)).toBe(0)
      expect(apart(last(centres, 0), last(grid, 0))).toBeLessThan(1e-9)
    }))
  })
  it('onto its own lattice every voxel comes back bit for bit', () => {
    fc.assert(fc.property(grids, fc.constantFrom(0, 1), (grid, order) => {
      const volume = filled(grid, (point) => Math.sin(point[0] * 99 + point[1] * 7 + point[2]))
      expect(resampleOnto(volume, grid, order as 0).data).toEqual(volume.data)
    }))
  })
})

describe('value steps', () => {
  const volume = filled({ dimensions: [2, 2, 2], origin: [0, 0, 0], steps: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }, (_, [i, j, k]) => i + 2 * j + 10 * k)
  it('are what numpy says of the same eight numbers', () => {
    expect([...clip(volume, 1, 11).data]).toEqual([1, 1, 2, 3, 10, 11, 11, 11])
    expect([...windowed(volume, 0, 10).data].map((x) => Number(x.toFixed(6)))).toEqual([0, 0.1, 0.2, 0.3, 1, 1, 1, 1])
    expect([...minmax(volume, 'slice').data].map((x) => Number(x.toFixed(6)))).toEqual([0, 0.333333, 0.666667, 1, 0, 0.333333, 0.666667, 1])
    // numpy: ((x - 6.5) / x.std()); std 5.123475
    expect([...zscore(volume, { over: 'volume', epsilon: 0 }).data].map((x) => Number(x.toFixed(4)))).toEqual([-1.2687, -1.0735, -0.8783, -0.6831, 0.6831, 0.8783, 1.0735, 1.2687])
    // numpy.percentile(x, [10, 50, 95]) = 0.7, 6.5, 12.65
    const sorted = volume.data.slice().sort()
    expect([10, 50, 95].map((percent) => Number(percentileOf(sorted, percent).toFixed(4)))).toEqual([0.7, 6.5, 12.65])
    expect(percentile(volume, 10, 95).data[0]).toBe(0)
  })
  it('a constant has no spread', () => {
    const flat = { ...volume, data: new Float32Array(8).fill(7) }
    expect([...minmax(flat, 'volume').data, ...percentile(flat, 1, 99).data].every((x) => x === 0)).toBe(true)
  })
})
