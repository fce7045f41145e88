import { gridPoint, type Grid } from '../geometry/grid.ts'
import type { WorldPoint } from '../geometry/points.ts'
import { roundPoints } from './structures.ts'
import type { LabelMap } from './types.ts'

/** A closed contour on a slice of a grid; of an outline with holes each hole is a contour of its own, turning the other way. */
export type SliceContour = { readonly slice: number; readonly points: readonly WorldPoint[] }

/** Steps along edges of pixels: right, down, left, up; with what is labelled to the right of the way. */
const steps = [[1, 0], [0, 1], [-1, 0], [0, -1]] as const

/** Corners of pixels of a slice, as index coordinates times two, so that they are whole: the corner of pixel 0\0 is -1\-1. */
type Corner = readonly [number, number]

/** From each corner, one bit a direction, the edges between labelled and other pixels. */
const edgesOf = (inside: (column: number, row: number) => boolean, columns: number, rows: number): Uint8Array => {
  const width = columns + 1
  const edges = new Uint8Array(width * (rows + 1))
  const set = (x: number, y: number, direction: number): void => { edges[y * width + x] = (edges[y * width + x] ?? 0) | (1 << direction) }
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      if (!inside(x, y)) continue
      if (!inside(x, y - 1)) set(x, y, 0)
      if (!inside(x + 1, y)) set(x + 1, y, 1)
      if (!inside(x, y + 1)) set(x + 1, y + 1, 2)
      if (!inside(x - 1, y)) set(x, y + 1, 3)
    }
  }
  return edges
}

/** Follows edges from a corner until the first comes again. Where pixels touch at a corner alone, each keeps its own ring. */
const follow = (edges: Uint8Array, width: number, start: number): Corner[] => {
  const corners: Corner[] = []
  const first = [0, 1, 2, 3].find((direction) => ((edges[start] ?? 0) >> direction) & 1) ?? 0
  let at = start
  let direction = first
  do {
    corners.push([2 * (at % width) - 1, 2 * Math.floor(at / width) - 1])
    const [dx, dy] = steps[direction] ?? [0, 0]
    const step = dy * width + dx
    let turn = direction
    do {
      at += step
      const [right, left] = [(direction + 1) % 4, (direction + 3) % 4]
      const out = edges[at] ?? 0
      turn = [right, direction, left].find((one) => (out >> one) & 1) ?? direction
      edges[at] = out & ~(1 << turn)
    } while (turn === direction && at !== start)
    direction = turn
  } while (at !== start || direction !== first)
  return corners
}

/**
 * Closed contours along the edges of the voxels with a label, slice by slice along the grid's third step: the area they enclose is that
 * of the voxels. Corners alone are points, LPS mm, rounded to what RTSTRUCT carries.
 * @param grid where the label map lies; any direction and spacing, tilted stacks too
 * @param number the label; by default everything that has one
 * @throws Error where grid and label map differ in size
 */
export const contoursOf = ({ columns, rows, slices, data }: LabelMap, grid: Grid, number?: number): SliceContour[] => {
  if (grid.dimensions.join() !== [columns, rows, slices].join()) throw new Error(`a grid of ${grid.dimensions.join(' x ')} voxels does not hold a label map of ${columns} x ${rows} x ${slices}`)
  const has = number === undefined ? (value: number | undefined) => (value ?? 0) > 0 : (value: number | undefined) => value === number
  const found: SliceContour[] = []
  for (let slice = 0; slice < slices; slice++) {
    const labels = data.subarray(slice * columns * rows, (slice + 1) * columns * rows)
    if (!labels.some(has)) continue
    const edges = edgesOf((column, row) => column >= 0 && row >= 0 && column < columns && row < rows && has(labels[row * columns + column]), columns, rows)
    for (let corner = 0; corner < edges.length; corner++) {
      while (edges[corner]) found.push({ slice, points: roundPoints(follow(edges, columns + 1, corner).map(([x, y]) => gridPoint(grid, [x / 2, y / 2, slice]))) })
    }
  }
  return found
}
