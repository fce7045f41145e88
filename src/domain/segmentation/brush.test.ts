import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gridPoint, type Grid } from '../geometry/grid.ts'
import type { Vec3, WorldPoint } from '../geometry/points.ts'
import { applyPatch, decodePatch, encodePatch, mergePatches, patchBytes, revertPatch, strokePatch, type Brush } from './brush.ts'

const grids: Record<string, Grid> = {
  axial: { dimensions: [13, 11, 7], origin: [-10, 4, 30], steps: [[1, 0, 0], [0, 1, 0], [0, 0, 2]] },
  'not square': { dimensions: [13, 11, 7], origin: [0, 0, 0], steps: [[0.6, 0, 0], [0, 1.3, 0], [0, 0, 5]] },
  oblique: { dimensions: [13, 11, 7], origin: [5, -3, 1], steps: [[0.8, 0.6, 0], [-0.36, 0.48, 0.8], [0.96, -1.28, 1.2]] },
  'leaning gantry': { dimensions: [13, 11, 7], origin: [0, 0, 0], steps: [[1, 0, 0], [0, 0.966, 0.259], [0, 0, 2]] },
  'feet first': { dimensions: [13, 11, 7], origin: [9, 9, 90], steps: [[-1, 0, 0], [0, -1, 0], [0, 0, -3]] },
}
const everyVoxel = ({ dimensions: [nx, ny, nz] }: Grid): Vec3[] => Array.from({ length: nx * ny * nz }, (_, at) => [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))])
const blank = ({ dimensions: [nx, ny, nz] }: Grid): Uint8Array => new Uint8Array(nx * ny * nz)
const distance = (a: Vec3, b: Vec3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])

const place = fc.tuple(fc.double({ min: -1, max: 13, noNaN: true }), fc.double({ min: -1, max: 11, noNaN: true }), fc.double({ min: -0.4, max: 6.4, noNaN: true }))
const brushes = fc.record({ shape: fc.constantFrom('disc' as const, 'ball' as const), radiusMm: fc.double({ min: 0.2, max: 6, noNaN: true }), value: fc.integer({ min: 0, max: 3 }) })
const labels = fc.uint8Array({ minLength: 13 * 11 * 7, maxLength: 13 * 11 * 7, max: 3 })
const wayOn = (grid: Grid, places: readonly Vec3[]): WorldPoint[] => places.map((at) => gridPoint(grid, at))

describe.each(Object.entries(grids))('a stroke on a lattice that is %s', (_, grid) => {
  it('made of the pieces of its way is the stroke of the whole way', () => {
    fc.assert(fc.property(labels, fc.array(place, { minLength: 2, maxLength: 6 }), brushes, (first, places, brush) => {
      const way = wayOn(grid, places)
      const data = first.slice()
      const pieces = way.map((_to, index) => {
        const patch = strokePatch(data, grid, way.slice(Math.max(0, index - 1), index + 1), brush)
        applyPatch(data, patch)
        return patch
      })
      const whole = strokePatch(first, grid, way, brush)
      expect(mergePatches(pieces) ?? { ...whole, starts: new Uint32Array() }).toEqual(whole)
    }))
  })
  it('a dab of a ball covers what lies within its radius in mm, whatever the voxels are; a disc the same in its slice alone', () => {
    fc.assert(fc.property(place, fc.double({ min: 0.3, max: 6, noNaN: true }), (at, radiusMm) => {
      const centre = gridPoint(grid, at)
      for (const shape of ['ball', 'disc'] as const) {
        const data = blank(grid)
        applyPatch(data, strokePatch(data, grid, [centre], { shape, radiusMm, value: 1 }))
        const slice = Math.round(at[2])
        const middle = shape === 'disc' ? gridPoint(grid, [at[0], at[1], slice]) : centre
        const wrong = everyVoxel(grid).filter((voxel, index) => {
          const away = distance(gridPoint(grid, voxel), middle) - radiusMm
          // On the rim itself rounding decides.
          return Math.abs(away) > 1e-6 && (data[index] === 1) !== ((shape === 'ball' || voxel[2] === slice) && away < 0)
        })
        expect(wrong).toEqual([])
      }
    }), { numRuns: 40, endOnFailure: true })
  })
  it('undone, everything is as it was; done again, as it was after; and the log brings back the same', () => {
    fc.assert(fc.property(labels, fc.array(fc.tuple(fc.array(place, { minLength: 1, maxLength: 4 }), brushes, fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined })), { minLength: 1, maxLength: 5 }), (first, strokes) => {
      const data = first.slice()
      const states = [data.slice()]
      const patches = strokes.map(([places, brush, only]) => {
        const patch = strokePatch(data, grid, wayOn(grid, places), { ...brush, ...(only === undefined ? {} : { only }) })
        applyPatch(data, patch)
        states.push(data.slice())
        expect(decodePatch(encodePatch(patch), data.length)).toEqual(patch)
        return patch
      })
      for (let index = patches.length - 1; index >= 0; index--) {
        const patch = patches[index]
        if (patch) revertPatch(data, patch)
        expect(data).toEqual(states[index])
      }
      for (const [index, patch] of patches.entries()) {
        applyPatch(data, patch)
        expect(data).toEqual(states[index + 1])
      }
    }), { numRuns: 40, endOnFailure: true })
  })
})

describe('a stroke', () => {
  const grid: Grid = { dimensions: [20, 20, 3], origin: [0, 0, 0], steps: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }
  it('covers the way between two points of a fast pointer without a gap', () => {
    const data = blank(grid)
    applyPatch(data, strokePatch(data, grid, [gridPoint(grid, [2, 10, 1]), gridPoint(grid, [17, 10, 1])], { shape: 'disc', radiusMm: 1, value: 2 }))
    const row = (y: number): string => data.slice(400 + y * 20, 420 + y * 20).join('')
    expect([9, 10, 11].map(row)).toEqual(['00222222222222222200', '02222222222222222220', '00222222222222222200'])
    expect(data.filter(Boolean)).toHaveLength(16 + 18 + 16)
  })
  it('an eraser takes the one segment it is for, and no other', () => {
    const data = blank(grid).fill(1, 400, 600)
    data.fill(2, 600, 800)
    applyPatch(data, strokePatch(data, grid, [gridPoint(grid, [10, 10, 1])], { shape: 'disc', radiusMm: 3, value: 0, only: 1 }))
    expect(data.slice(400, 600).includes(0)).toBe(true)
    expect(data.slice(600, 800).every((label) => label === 2)).toBe(true)
  })
  it('beside the picture changes nothing', () => {
    expect(strokePatch(blank(grid), grid, [gridPoint(grid, [-30, -30, 1])], { shape: 'ball', radiusMm: 5, value: 1 }).starts).toHaveLength(0)
  })
  it('from a log of another picture, or cut, is refused', () => {
    const brush: Brush = { shape: 'disc', radiusMm: 3, value: 1 }
    const bytes = encodePatch(strokePatch(blank(grid), grid, [gridPoint(grid, [10, 10, 1])], brush))
    expect(() => decodePatch(bytes, 300)).toThrow('does not lie in this label map')
    expect(() => decodePatch(bytes.slice(0, -1), 1200)).toThrow()
    expect(() => decodePatch(new Uint8Array(0), 1200)).toThrow('empty')
  })
  it('500 of them on 512 x 512 x 300 hold under a MB for undo', () => {
    const large: Grid = { dimensions: [512, 512, 300], origin: [0, 0, 0], steps: [[0.7, 0, 0], [0, 0.7, 0], [0, 0, 1]] }
    const data = blank(large)
    let bytes = 0
    for (let stroke = 0; stroke < 500; stroke++) {
      const [x, y, z] = [60 + (stroke * 37) % 240, 60 + (stroke * 53) % 240, (stroke * 7) % 300]
      const way = Array.from({ length: 20 }, (_, step) => gridPoint({ origin: [0, 0, 0], steps: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }, [x + step * 2, y + 10 * Math.sin(step / 3), z]))
      const patch = strokePatch(data, large, way, { shape: stroke % 5 === 0 ? 'ball' : 'disc', radiusMm: 5, value: 1 + (stroke % 3) })
      applyPatch(data, patch)
      bytes += patchBytes(patch)
    }
    expect(bytes).toBeLessThan(1e6)
  })
})
