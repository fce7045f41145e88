import { add, dot, scale, subtract } from '../geometry/plane.ts'
import type { Vec3, WorldPoint } from '../geometry/points.ts'
import { insideEllipse, insideOutline, planeFrame, type Flat } from './shape.ts'
import type { MeasurementKind, Place, Unit } from './types.ts'

/** Values after the modality LUT; padding (an inclusive range of such values) is never counted (PS3.3 C.7.5.1.1.2). */
type Samples = { readonly values: ArrayLike<number>; readonly unit: Unit; readonly padding?: readonly [number, number] }

/** The voxels a region is measured on: the one frame drawn on, or the volume whose reformatted plane was drawn on. */
export type Pixels = Samples & (
  | { readonly kind: 'frame'; readonly rows: number; readonly columns: number }
  | {
      readonly kind: 'volume'
      readonly dimensions: readonly [number, number, number]
      /** mm: column, row, slice. */
      readonly spacingMm: Vec3
      /** Centre of the first voxel. */
      readonly origin: WorldPoint
      /** Unit vectors: along a row, down a column, from slice to slice. */
      readonly directions: readonly [Vec3, Vec3, Vec3]
    }
)

export type RoiStatistics = { readonly voxels: number; readonly mean?: number; readonly sd?: number; readonly min?: number; readonly max?: number }

/** Mean, SD (n - 1), minimum and maximum; without voxels only their number, with one no SD. */
export const statisticsOf = (values: readonly number[]): RoiStatistics => {
  const n = values.length
  if (n === 0) return { voxels: 0 }
  let [sum, min, max] = [0, Infinity, -Infinity]
  for (const value of values) {
    sum += value
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  const mean = sum / n
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0)
  return { voxels: n, mean, min, max, ...(n > 1 ? { sd: Math.sqrt(squares / (n - 1)) } : {}) }
}

/**
 * Source voxels whose centres lie inside the region or on its edge: of the frame drawn on, or, on a reformatted plane, those within
 * half the voxel's extent along the plane's normal. `undefined` where the voxels given cannot belong to the place.
 */
export const regionStatistics = (kind: MeasurementKind, place: Place, pixels: Pixels): RoiStatistics | undefined => {
  const inside = kind === 'ellipse' ? insideEllipse : kind === 'freehand' ? insideOutline : undefined
  if (!inside || place.points.length < 3) return undefined
  const counts = (value: number | undefined): value is number =>
    value !== undefined && Number.isFinite(value) && !(pixels.padding && value >= pixels.padding[0] && value <= pixels.padding[1])
  if (place.kind === 'image') return pixels.kind === 'frame' ? statisticsOf(onFrame(inside(place.points), bounds(outline(kind, place.points)), pixels).filter(counts)) : undefined
  return pixels.kind === 'volume' ? statisticsOf(inVolume(kind, inside, place, pixels).filter(counts)) : undefined
}

type Frame = Extract<Pixels, { kind: 'frame' }>
type Volume = Extract<Pixels, { kind: 'volume' }>
type Box = { readonly low: Flat; readonly high: Flat }

/** Points whose bounding box holds the region: an ellipse lies within the parallelogram around its axes. */
const outline = (kind: MeasurementKind, points: readonly Flat[]): Flat[] => {
  if (kind !== 'ellipse') return [...points]
  const [a = [0, 0], b = a, c = a, d = a] = points
  return [a, b].flatMap((p) => [c, d].map((q): Flat => [p[0] + q[0] - (a[0] + b[0]) / 2, p[1] + q[1] - (a[1] + b[1]) / 2]))
}

const bounds = (points: readonly Flat[]): Box => ({
  low: [Math.min(...points.map(([x]) => x)), Math.min(...points.map(([, y]) => y))],
  high: [Math.max(...points.map(([x]) => x)), Math.max(...points.map(([, y]) => y))],
})

const onFrame = (inside: (point: Flat) => boolean, { low, high }: Box, { rows, columns, values }: Frame): (number | undefined)[] => {
  const found: (number | undefined)[] = []
  for (let row = Math.max(0, Math.floor(low[1]) - 1); row <= Math.min(rows - 1, Math.ceil(high[1])); row++) {
    for (let column = Math.max(0, Math.floor(low[0]) - 1); column <= Math.min(columns - 1, Math.ceil(high[0])); column++) {
      if (inside([column + 0.5, row + 0.5])) found.push(values[row * columns + column])
    }
  }
  return found
}

const inVolume = (kind: MeasurementKind, inside: (points: readonly Flat[]) => (point: Flat) => boolean, place: Extract<Place, { kind: 'plane' }>, volume: Volume): (number | undefined)[] => {
  const { dimensions, spacingMm, origin, directions, values } = volume
  const [first] = place.points
  if (!first) return []
  const frame = planeFrame(place.normal, first)
  const flat = place.points.map(frame.flat)
  const isInside = inside(flat)
  const steps = [scale(directions[0], spacingMm[0]), scale(directions[1], spacingMm[1]), scale(directions[2], spacingMm[2])] as const
  const height = (p: Vec3): number => frame.heightMm(add(first, p))
  const halfExtentMm = steps.reduce((sum, step) => sum + Math.abs(height(step)), 0) / 2 + 1e-6
  const [from, to] = voxelBox(kind, place.points, directions, spacingMm, origin)
  const found: (number | undefined)[] = []
  for (let k = Math.max(0, from[2]); k <= Math.min(dimensions[2] - 1, to[2]); k++) {
    for (let j = Math.max(0, from[1]); j <= Math.min(dimensions[1] - 1, to[1]); j++) {
      for (let i = Math.max(0, from[0]); i <= Math.min(dimensions[0] - 1, to[0]); i++) {
        const centre = add(origin, add(add(scale(steps[0], i), scale(steps[1], j)), scale(steps[2], k))) as WorldPoint
        if (Math.abs(frame.heightMm(centre)) <= halfExtentMm && isInside(frame.flat(centre))) found.push(values[(k * dimensions[1] + j) * dimensions[0] + i])
      }
    }
  }
  return found
}

/** First and last index along column, row and slice between which all voxels of a region lie, two voxels wider than its points; not cut at the volume's ends. */
export const voxelBox = (kind: MeasurementKind, points: readonly WorldPoint[], directions: Volume['directions'], spacingMm: Vec3, origin: WorldPoint): [Vec3, Vec3] => {
  const centre = scale(points.reduce<Vec3>((sum, p) => add(sum, p), [0, 0, 0]), 1 / points.length)
  // The corners of the parallelogram around an ellipse stand at most sqrt 2 half axes from its centre.
  const reach = kind === 'ellipse' ? Math.SQRT2 : 1
  const indices = points.map((point) => {
    const wider = add(centre, scale(subtract(point, centre), reach))
    const index = (axis: 0 | 1 | 2): number => dot(subtract(wider, origin), directions[axis]) / spacingMm[axis]
    return [index(0), index(1), index(2)] as const
  })
  const along = (axis: 0 | 1 | 2): [number, number] => {
    const all = indices.map((index) => index[axis])
    return [Math.floor(Math.min(...all)) - 2, Math.ceil(Math.max(...all)) + 2]
  }
  const [x, y, z] = [along(0), along(1), along(2)]
  return [[x[0], y[0], z[0]], [x[1], y[1], z[1]]]
}
