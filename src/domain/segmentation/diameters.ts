import { gridPoint, type Grid } from '../geometry/grid.ts'
import { add, distanceMm, dot, norm, scale, subtract } from '../geometry/plane.ts'
import type { Vec3, WorldPoint } from '../geometry/points.ts'
import type { LabelMap } from './types.ts'

/** Two voxel centres and how far apart they are. */
export type Diameter = { readonly mm: number; readonly from: WorldPoint; readonly to: WorldPoint }
/** The two axes of RECIST in one slice; the short one stands across the middle of what it measures, perpendicular to the long one. */
export type AxialPair = { readonly slice: number; readonly long: Diameter; readonly short: Diameter }

/** A cell of a slice: column, row. */
type Cell = readonly [number, number]

/** Corners of the convex hull of cells that come row by row, by Andrew's monotone chain; whole numbers, so it is exact and the affine step to mm changes nothing. */
const hullOf = (cells: readonly Cell[]): Cell[] => {
  if (cells.length < 3) return [...cells]
  const chain = (list: readonly Cell[]): Cell[] => {
    const corners: Cell[] = []
    for (const [x, y] of list) {
      for (;;) {
        const [a, b] = [corners.at(-2), corners.at(-1)]
        if (!a || !b || (b[1] - a[1]) * (x - a[0]) - (b[0] - a[0]) * (y - a[1]) > 0) break
        corners.pop()
      }
      corners.push([x, y])
    }
    return corners.slice(0, -1)
  }
  return [...chain(cells), ...chain(cells.toReversed())]
}

/** Corners of each slice's hull that is not empty: the ends of any diameter are among them. */
const hullsOf = ({ columns, rows, slices, data }: LabelMap, label: number): { readonly slice: number; readonly corners: readonly Cell[] }[] =>
  Array.from({ length: slices }, (_, slice) => {
    const cells: Cell[] = []
    for (let row = 0; row < rows; row++) {
      const start = (slice * rows + row) * columns
      const line = data.subarray(start, start + columns)
      const first = line.indexOf(label)
      if (first < 0) continue
      const last = line.lastIndexOf(label)
      cells.push([first, row])
      if (last > first) cells.push([last, row])
    }
    return { slice, corners: hullOf(cells) }
  }).filter(({ corners }) => corners.length > 0)

/** The two points farthest apart; the first such pair where several are. */
const farthest = (points: readonly WorldPoint[]): Diameter | undefined => {
  let best: Diameter | undefined
  points.forEach((from, index) => {
    for (let other = index; other < points.length; other++) {
      const to = points[other] ?? from
      const mm = distanceMm(from, to)
      if (!best || mm > best.mm) best = { mm, from, to }
    }
  })
  return best
}

/** The longest distance between centres of voxels with a label, in any direction; undefined where none has it. */
export const longestDiameter = (labelMap: LabelMap, grid: Grid, label: number): Diameter | undefined => {
  const hulls = hullsOf(labelMap, label)
  // A corner of the hull in space is one in its slice and in the plane of its row along the slices.
  const inRow = new Map<number, Cell[]>()
  for (const { slice, corners } of hulls) for (const [column, row] of corners) inRow.set(row, [...(inRow.get(row) ?? []), [column, slice]])
  const points = [...inRow].flatMap(([row, cells]) => hullOf(cells.toSorted((a, b) => a[1] - b[1] || a[0] - b[0])).map(([column, slice]) => gridPoint(grid, [column, row, slice])))
  return farthest(points)
}

/**
 * The longest diameter within one slice as acquired, between voxel centres, and the longest extent perpendicular to it in that slice (RECIST
 * 1.1); of several slices as long the first. Undefined where no voxel has the label.
 */
export const recistPair = (labelMap: LabelMap, grid: Grid, label: number): AxialPair | undefined => {
  let best: { readonly slice: number; readonly long: Diameter; readonly points: readonly WorldPoint[] } | undefined
  for (const { slice, corners } of hullsOf(labelMap, label)) {
    const points = corners.map(([column, row]) => gridPoint(grid, [column, row, slice]))
    const long = farthest(points)
    if (long && (!best || long.mm > best.long.mm + 1e-9)) best = { slice, long, points }
  }
  if (!best) return undefined
  const { slice, long, points } = best
  const along = long.mm > 0 ? scale(subtract(long.to, long.from), 1 / long.mm) : scale(grid.steps[0], 1 / norm(grid.steps[0]))
  const offset = (point: WorldPoint): Vec3 => { const from = subtract(point, long.from); return subtract(from, scale(along, dot(from, along))) }
  const far = points.reduce((found, point) => (norm(offset(point)) > norm(offset(found)) ? point : found), long.from)
  const width = norm(offset(far))
  if (width < 1e-9) return { slice, long, short: { mm: 0, from: long.from, to: long.from } }
  const across = scale(offset(far), 1 / width)
  const heights = points.map((point) => dot(subtract(point, long.from), across))
  const [low, high] = [Math.min(...heights), Math.max(...heights)]
  const foot = (height: number): number => dot(subtract(points[heights.indexOf(height)] ?? long.from, long.from), along)
  const middle = add(long.from, scale(along, Math.min(long.mm, Math.max(0, (foot(low) + foot(high)) / 2))))
  return { slice, long, short: { mm: high - low, from: add(middle, scale(across, low)), to: add(middle, scale(across, high)) } }
}
