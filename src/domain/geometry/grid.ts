import { add, cross, dot, norm, scale, subtract } from './plane.ts'
import type { FramePlane, Vec3, WorldPoint } from './points.ts'

/** A regular lattice of voxels in patient space: voxel centres lie at whole indices (column, row, slice). */
export type Grid = {
  readonly dimensions: readonly [number, number, number]
  /** Centre of the first voxel, mm. */
  readonly origin: WorldPoint
  /** mm of one step along each index. */
  readonly steps: readonly [Vec3, Vec3, Vec3]
}

/** Index to index of another grid: `offset` + i * `columns[0]` + j * `columns[1]` + k * `columns[2]`. */
export type IndexMap = { readonly offset: Vec3; readonly columns: readonly [Vec3, Vec3, Vec3] }

export const spacingOf = ({ steps }: Pick<Grid, 'steps'>): Vec3 => [norm(steps[0]), norm(steps[1]), norm(steps[2])]
export const voxelVolumeMm3 = ({ steps }: Pick<Grid, 'steps'>): number => Math.abs(dot(cross(steps[0], steps[1]), steps[2]))

/** Patient mm of an index, whole or not. */
export const gridPoint = ({ origin, steps }: Pick<Grid, 'origin' | 'steps'>, [i, j, k]: Vec3): WorldPoint =>
  add(add(origin, scale(steps[0], i)), add(scale(steps[1], j), scale(steps[2], k)))

/**
 * The index of a vector in patient mm, as a function; not rounded.
 * @throws Error where the steps do not span space
 */
export const inverseOf = ([a, b, c]: Grid['steps']): ((v: Vec3) => Vec3) => {
  const volume = dot(cross(a, b), c)
  if (Math.abs(volume) < 1e-12) throw new Error('the steps of the grid do not span space')
  const rows = [scale(cross(b, c), 1 / volume), scale(cross(c, a), 1 / volume), scale(cross(a, b), 1 / volume)] as const
  return (v) => [dot(rows[0], v), dot(rows[1], v), dot(rows[2], v)]
}

/** Index of a point in patient mm, not rounded. */
export const gridIndex = (grid: Pick<Grid, 'origin' | 'steps'>, point: WorldPoint): Vec3 => inverseOf(grid.steps)(subtract(point, grid.origin))

/** Snaps what is whole but for rounding, so that a grid onto itself is exact. */
const snapped = (x: number): number => (Math.abs(x - Math.round(x)) < 1e-6 ? Math.round(x) : x)
const snap = ([x, y, z]: Vec3): Vec3 => [snapped(x), snapped(y), snapped(z)]

/** Where the indices of one grid lie in another. */
export const indexMap = (from: Pick<Grid, 'origin' | 'steps'>, to: Pick<Grid, 'origin' | 'steps'>): IndexMap => {
  const inverse = inverseOf(to.steps)
  return { offset: snap(inverse(subtract(from.origin, to.origin))), columns: [snap(inverse(from.steps[0])), snap(inverse(from.steps[1])), snap(inverse(from.steps[2]))] }
}

/**
 * The lattice of evenly spaced parallel frames in geometric order (see `whyNotAVolume`). The slice step is taken from the first
 * frame to the last, so that rounding in single positions does not add up.
 * @throws Error without a frame
 */
export const gridOfFrames = (planes: readonly FramePlane[]): Grid => {
  const [first] = planes
  const last = planes.at(-1)
  if (!first || !last) throw new Error('there is no frame')
  const across = scale(first.rowDirection, first.columnSpacingMm)
  const down = scale(first.columnDirection, first.rowSpacingMm)
  const normal = cross(first.rowDirection, first.columnDirection)
  const step = planes.length > 1 ? scale(subtract(last.origin, first.origin), 1 / (planes.length - 1)) : normal
  return { dimensions: [first.columns, first.rows, planes.length], origin: first.origin, steps: [across, down, step] }
}
