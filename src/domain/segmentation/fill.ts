import { gridIndex, type Grid } from '../geometry/grid.ts'
import { cross, dot, norm, scale, subtract } from '../geometry/plane.ts'
import type { Vec3, WorldPoint } from '../geometry/points.ts'
import { isClosed, type Contour } from './structures.ts'
import type { LabelMap } from './types.ts'

/**
 * Why a contour is not on the grid: it encloses nothing; it lies half a spacing and more beyond the slices; it crosses slices; or another
 * plane of contours lies nearer to its slice, so that putting both there would make holes of what overlaps.
 */
export type NotPlaced = 'notClosed' | 'noSlice' | 'crossesSlices' | 'otherPlaneNearer'
export type FilledMask = {
  /** 0 and 1. */
  readonly labelMap: LabelMap
  /** Contours that are not in it, by their place in what was given. */
  readonly notPlaced: readonly { readonly contour: number; readonly reason: NotPlaced }[]
}

type Placed = { readonly contour: number; readonly slice: number; /** Spacings from the slice. */ readonly off: number; /** Column and row, pixel centres whole. */ readonly flat: readonly (readonly [number, number])[] }

/** Planes closer than this, in spacings, are one. */
const samePlane = 0.01

/** Where contours lie on the slices; each point goes to its slice along the normal, for in a tilted stack the step would move it. */
const placer = (grid: Grid): ((points: readonly WorldPoint[]) => Omit<Placed, 'contour'> | NotPlaced) => {
  const across = cross(grid.steps[0], grid.steps[1])
  const normal = scale(across, 1 / norm(across))
  const spacing = dot(grid.steps[2], normal)
  const height = (point: WorldPoint): number => dot(subtract(point, grid.origin), normal) / spacing
  return (points) => {
    const heights = points.map(height)
    const mean = heights.reduce((sum, one) => sum + one, 0) / heights.length
    const slice = Math.min(grid.dimensions[2] - 1, Math.max(0, Math.round(mean)))
    if (Math.abs(mean - slice) > 0.5 + 1e-6) return 'noSlice'
    if (heights.some((one) => Math.abs(one - mean) > 0.5)) return 'crossesSlices'
    const flat = points.map((point, index) => {
      const [column, row] = gridIndex(grid, subtract(point, scale(normal, ((heights[index] ?? slice) - slice) * spacing)) as Vec3)
      return [column, row] as const
    })
    return { slice, off: Math.abs(mean - slice), flat }
  }
}

/** Sets the pixels of a slice whose centres contours enclose: even-odd over all of them, so that one inside another is a hole. */
const fill = (labels: Uint8Array, columns: number, rows: number, contours: readonly Placed[]): void => {
  const crossings = Array.from({ length: rows }, (): number[] => [])
  for (const { flat } of contours) {
    flat.forEach(([x0, y0], index) => {
      const [x1, y1] = flat[(index + 1) % flat.length] ?? [x0, y0]
      // Half open: a row through a corner meets one of its two edges.
      const [from, to] = [Math.max(0, Math.ceil(Math.min(y0, y1))), Math.min(rows, Math.ceil(Math.max(y0, y1)))]
      for (let row = from; row < to; row++) crossings[row]?.push(x0 + ((row - y0) / (y1 - y0)) * (x1 - x0))
    })
  }
  crossings.forEach((list, row) => {
    list.sort((a, b) => a - b)
    for (let pair = 0; pair + 1 < list.length; pair += 2) {
      const [from, to] = [Math.max(0, Math.ceil(list[pair] ?? 0)), Math.min(columns, Math.ceil(list[pair + 1] ?? 0))]
      if (from < to) labels.fill(1, row * columns + from, row * columns + to)
    }
  })
}

/**
 * The voxels whose centres closed contours enclose, by even-odd in the plane of each slice: holes may be keyholes or contours of their own.
 * A contour belongs to the slice within half a spacing; contours are placed by coordinates alone, whatever images they name.
 */
export const maskOf = (contours: readonly Pick<Contour, 'kind' | 'points'>[], grid: Grid): FilledMask => {
  const [columns, rows, slices] = grid.dimensions
  const data = new Uint8Array(columns * rows * slices)
  const place = placer(grid)
  const notPlaced: { contour: number; reason: NotPlaced }[] = []
  const bySlice = new Map<number, Placed[]>()
  contours.forEach((one, contour) => {
    const found = isClosed(one) ? place(one.points) : 'notClosed'
    if (typeof found === 'string') notPlaced.push({ contour, reason: found })
    else bySlice.set(found.slice, [...(bySlice.get(found.slice) ?? []), { ...found, contour }])
  })
  for (const [slice, found] of bySlice) {
    const nearest = Math.min(...found.map(({ off }) => off))
    const here = found.filter(({ off }) => off - nearest < samePlane)
    for (const { contour } of found.filter((one) => !here.includes(one))) notPlaced.push({ contour, reason: 'otherPlaneNearer' })
    fill(data.subarray(slice * columns * rows, (slice + 1) * columns * rows), columns, rows, here)
  }
  return { labelMap: { columns, rows, slices, data }, notPlaced: notPlaced.toSorted((a, b) => a.contour - b.contour) }
}
