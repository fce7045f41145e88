import { indexMap, spacingOf, type Grid, type IndexMap } from '../geometry/grid.ts'
import { cross, norm, scale } from '../geometry/plane.ts'
import type { Vec3 } from '../geometry/points.ts'
import type { LabelMap } from './types.ts'

/** Labels on a lattice of their own; the index runs as in a label map, 0 is background. */
export type Mask = { readonly grid: Grid; readonly values: Uint8Array | Uint16Array }
/** How a mask's lattice differs from the series', with the two values: directions as unit normals, sizes in voxels, spacings and places in mm. */
export type Mismatch = { readonly reason: 'direction' | 'size' | 'spacing' | 'position'; readonly mask: Vec3; readonly series: Vec3 }
/** A label of a mask: its value there, the segment it becomes, and how many voxels that has on the series. */
export type PlacedLabel = { readonly value: number; readonly number: number; readonly voxels: number }
export type PlacedMask = { readonly labelMap: LabelMap; readonly labels: readonly PlacedLabel[]; /** Whether voxels were taken from another lattice. */ readonly resampled: boolean }

/** In voxels, over the whole of an axis: further off, a lattice is another one. */
const tolerance = 0.1
/** A label map of 8 bits holds so many. */
const mostLabels = 255

const at = (v: Vec3, axis: number): number => v[axis] ?? 0
const vec = (of: (axis: number) => number): Vec3 => [of(0), of(1), of(2)]
const normalOf = ({ steps }: Grid): Vec3 => { const normal = cross(steps[0], steps[1]); return scale(normal, 1 / norm(normal)) }

/**
 * How the axes of a series lie on those of a mask: for each, the mask's axis that runs along it, either way.
 * @returns the mismatch where they are not the same voxels
 */
const alignedTo = (mask: Grid, series: Grid, { offset, columns }: IndexMap): readonly number[] | Mismatch => {
  const axes = columns.map((column) => [0, 1, 2].reduce((best, axis) => (Math.abs(at(column, axis)) > Math.abs(at(column, best)) ? axis : best), 0))
  const length = (axis: number): number => (series.dimensions[axis] ?? 1) - 1
  const turned = new Set(axes).size < 3 || columns.some((column, axis) => [0, 1, 2].some((other) => other !== axes[axis] && Math.abs(at(column, other)) * length(axis) > tolerance))
  if (turned) return { reason: 'direction', mask: normalOf(mask), series: normalOf(series) }
  const sizes = vec((axis) => mask.dimensions[axes[axis] ?? 0] ?? 0)
  if (series.dimensions.some((size, axis) => size !== at(sizes, axis))) return { reason: 'size', mask: sizes, series: series.dimensions }
  const stretched = columns.some((column, axis) => Math.abs(Math.abs(at(column, axes[axis] ?? 0)) - 1) * length(axis) > tolerance)
  const [own, theirs] = [spacingOf(mask), spacingOf(series)]
  if (stretched) return { reason: 'spacing', mask: vec((axis) => at(own, axes[axis] ?? 0)), series: theirs }
  const first = vec((axis) => (at(columns[axes.indexOf(axis)] ?? [0, 0, 0], axis) > 0 ? 0 : (mask.dimensions[axis] ?? 1) - 1))
  const moved = [0, 1, 2].some((axis) => Math.abs(at(offset, axis) - at(first, axis)) > tolerance)
  return moved ? { reason: 'position', mask: mask.origin, series: series.origin } : axes
}

/**
 * Puts a mask onto the voxels of a series. The same voxels in another order (axes flipped or exchanged) are the same; of another lattice the
 * nearest voxels are taken only where that is asked for.
 * @throws Error where the mask has too many labels, has none, or lies nowhere on the series
 */
export const placeMask = ({ grid, values }: Mask, series: Grid, nearest = false): PlacedMask | Mismatch => {
  const map = indexMap(series, grid)
  const aligned = alignedTo(grid, series, map)
  const resampled = 'reason' in aligned
  if (resampled && !nearest) return aligned
  const seen = new Uint8Array(65_536)
  for (let v = 0; v < values.length; v++) seen[values[v] ?? 0] = 1
  const found = [...seen.keys()].filter((value) => value > 0 && seen[value] === 1)
  if (found.length === 0) throw new Error('the mask is empty')
  if (found.length > mostLabels) throw new Error(`the mask has ${found.length} labels, and at most ${mostLabels} are taken`)
  const numbers = new Uint8Array(65_536)
  found.forEach((value, index) => { numbers[value] = index + 1 })
  const [columns, rows, slices] = series.dimensions
  const [width, height, depth] = grid.dimensions
  const data = new Uint8Array(columns * rows * slices)
  const voxels = new Uint32Array(found.length + 1)
  const { offset: [x0, y0, z0], columns: [[xi, yi, zi], [xj, yj, zj], [xk, yk, zk]] } = map
  let target = 0
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++, target++) {
        const x = Math.round(x0 + i * xi + j * xj + k * xk)
        const y = Math.round(y0 + i * yi + j * yj + k * yk)
        const z = Math.round(z0 + i * zi + j * zj + k * zk)
        if (x < 0 || y < 0 || z < 0 || x >= width || y >= height || z >= depth) continue
        const number = numbers[values[(z * height + y) * width + x] ?? 0] ?? 0
        data[target] = number
        voxels[number] = (voxels[number] ?? 0) + 1
      }
    }
  }
  if (!data.some(Boolean)) throw new Error('the mask has no voxel on this series')
  return { labelMap: { columns, rows, slices, data }, labels: found.map((value, index) => ({ value, number: index + 1, voxels: voxels[index + 1] ?? 0 })), resampled }
}
