import { gridPoint, indexMap, spacingOf, type Grid } from '../../domain/geometry/grid.ts'
import { add, scale } from '../../domain/geometry/plane.ts'
import type { Vec3 } from '../../domain/geometry/points.ts'
import { voxelsOf, type Volume } from '../volume.ts'

/** Letter of each axis of patient space (LPS): towards plus, towards minus. */
const letters = [['L', 'R'], ['P', 'A'], ['S', 'I']] as const
const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] as const

/** Which own axis goes into each wanted one so that all together turn the least; ties go to the first. */
const assignment = (wanted: readonly Vec3[], own: readonly Vec3[]): readonly [number, number, number] => {
  const along = (a: Vec3 = [0, 0, 0], b: Vec3 = [0, 0, 0]): number => Math.abs(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])
  const fit = (order: readonly [number, number, number]): number => order.reduce((sum: number, axis, to) => sum + along(wanted[to], own[axis]), 0)
  return orders.reduce((best, order) => (fit(order) > fit(best) + 1e-9 ? order : best))
}

/**
 * Axes permuted and turned so that each index grows nearest to where its letter says ("LPS": column left, row posterior, slice
 * superior; the letter names the side the index grows towards). No value changes.
 */
export const orient = (volume: Volume, axes: string): Volume => {
  const wanted = [...axes].map((letter): Vec3 => {
    const axis = letters.findIndex((pair) => (pair as readonly string[]).includes(letter))
    const direction: [number, number, number] = [0, 0, 0]
    direction[axis] = letters[axis]?.[0] === letter ? 1 : -1
    return direction
  })
  const spacing = spacingOf(volume)
  const own = volume.steps.map((step, axis): Vec3 => scale(step, 1 / (spacing[axis] ?? 1)))
  const from = assignment(wanted, own)
  const turned = from.map((axis, to) => {
    const [a, b] = [own[axis] ?? [0, 0, 0], wanted[to] ?? [0, 0, 0]]
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] < 0
  })
  const size = (axis: number): number => volume.dimensions[axis] ?? 1
  const first = from.reduce((origin, axis, to) => (turned[to] ? add(origin, scale(volume.steps[axis] ?? [0, 0, 0], size(axis) - 1)) : origin), volume.origin as Vec3)
  const stepOf = (to: number): Vec3 => scale(volume.steps[from[to] ?? 0] ?? [0, 0, 0], turned[to] ? -1 : 1)
  return resampleOnto(volume, { dimensions: [size(from[0]), size(from[1]), size(from[2])], origin: first, steps: [stepOf(0), stepOf(1), stepOf(2)] }, 0)
}

/**
 * A lattice over the same space. `extent` keeps the outer edges of the voxels (half-pixel rule, as nnU-Net), `centre` the centres of
 * the first and last voxels (as MONAI's Spacing).
 * @param spacingMm wanted spacing, or `shape`: wanted counts (null: as it is)
 */
export const latticeOf = (grid: Grid, { spacingMm, shape, grid: rule }: { spacingMm?: Vec3; shape?: readonly (number | null)[]; grid: 'extent' | 'centre' }): Grid => {
  const spacing = spacingOf(grid)
  const axis = (a: 0 | 1 | 2): { count: number; factor: number; shift: number } => {
    const n = grid.dimensions[a]
    const wanted = spacingMm?.[a]
    if (rule === 'centre') {
      const count = shape ? shape[a] ?? n : Math.round(((n - 1) * spacing[a]) / (wanted ?? spacing[a])) + 1
      return { count, factor: shape ? (count > 1 ? (n - 1) / (count - 1) : 1) : (wanted ?? spacing[a]) / spacing[a], shift: 0 }
    }
    const count = shape ? shape[a] ?? n : Math.max(1, Math.round((n * spacing[a]) / (wanted ?? spacing[a])))
    const factor = n / count
    return { count, factor, shift: factor / 2 - 0.5 }
  }
  const [x, y, z] = [axis(0), axis(1), axis(2)]
  return {
    dimensions: [x.count, y.count, z.count], origin: gridPoint(grid, [x.shift, y.shift, z.shift]),
    steps: [scale(grid.steps[0], x.factor), scale(grid.steps[1], y.factor), scale(grid.steps[2], z.factor)],
  }
}

const clamp = (x: number, last: number): number => (x < 0 ? 0 : x > last ? last : x)

/** Reads values between voxel centres: nearest (order 0) or trilinear (order 1); beyond the edge the edge's own. */
export const samplerOf = (data: Float32Array, [nx, ny, nz]: Grid['dimensions'], order: 0 | 1): ((i: number, j: number, k: number) => number) => {
  const at = (i: number, j: number, k: number): number => data[i + nx * (j + ny * k)] ?? 0
  if (order === 0) return (i, j, k) => at(clamp(Math.round(i), nx - 1), clamp(Math.round(j), ny - 1), clamp(Math.round(k), nz - 1))
  return (i, j, k) => {
    const [x, y, z] = [clamp(i, nx - 1), clamp(j, ny - 1), clamp(k, nz - 1)]
    const [i0, j0, k0] = [Math.floor(x), Math.floor(y), Math.floor(z)]
    const [u, v, w] = [x - i0, y - j0, z - k0]
    const [i1, j1, k1] = [u > 0 ? i0 + 1 : i0, v > 0 ? j0 + 1 : j0, w > 0 ? k0 + 1 : k0]
    const row = (j1_: number, k1_: number): number => at(i0, j1_, k1_) * (1 - u) + at(i1, j1_, k1_) * u
    return (row(j0, k0) * (1 - v) + row(j1, k0) * v) * (1 - w) + (row(j0, k1) * (1 - v) + row(j1, k1) * v) * w
  }
}

/** The values of a volume on another lattice. */
export const resampleOnto = (volume: Volume, grid: Grid, order: 0 | 1): Volume => {
  const { dimensions: [nx, ny, nz] } = grid
  const { offset, columns: [cx, cy, cz] } = indexMap(grid, volume)
  const data = new Float32Array(voxelsOf(grid))
  const sample = samplerOf(volume.data, volume.dimensions, order)
  let to = 0
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      const [x, y, z] = [offset[0] + j * cy[0] + k * cz[0], offset[1] + j * cy[1] + k * cz[1], offset[2] + j * cy[2] + k * cz[2]]
      for (let i = 0; i < nx; i++) data[to++] = sample(x + i * cx[0], y + i * cx[1], z + i * cx[2])
    }
  }
  return { dimensions: grid.dimensions, origin: grid.origin, steps: grid.steps, data }
}
