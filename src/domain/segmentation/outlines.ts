import type { Plane } from '../geometry/crossing.ts'
import { add, dot, scale, subtract } from '../geometry/plane.ts'
import type { WorldPoint } from '../geometry/points.ts'
import { isClosed, type Contour } from './structures.ts'

/** A line on a picture; closed: the last point joins the first. */
export type Outline = { readonly points: readonly WorldPoint[]; readonly closed: boolean }

/**
 * What is seen of a contour on a plane: all of it where it lies within half a slice of the plane, else the lines in which what it encloses meets
 * the plane, else nothing.
 */
export const outlinesOn = ({ point, normal }: Plane, halfMm: number, contour: Pick<Contour, 'kind' | 'points'>): readonly Outline[] => {
  const { points } = contour
  const heights = points.map((one) => dot(subtract(one, point), normal))
  if (heights.every((height) => Math.abs(height) <= halfMm)) return [{ points, closed: isClosed(contour) }]
  if (!isClosed(contour)) return []
  // Half open, so that a corner on the plane is met by one of its two edges.
  const crossings = points.flatMap((a, index): WorldPoint[] => {
    const [b, from, to] = [points[(index + 1) % points.length] ?? a, heights[index] ?? 0, heights[(index + 1) % points.length] ?? 0]
    return from > 0 === to > 0 ? [] : [add(a, scale(subtract(b, a), from / (from - to)))]
  })
  const [first] = crossings
  if (!first) return []
  const far = crossings.reduce((best, one) => (dot(subtract(one, first), subtract(one, first)) > dot(subtract(best, first), subtract(best, first)) ? one : best), first)
  const along = subtract(far, first)
  const sorted = crossings.toSorted((a, b) => dot(subtract(a, first), along) - dot(subtract(b, first), along))
  return Array.from({ length: Math.floor(sorted.length / 2) }, (_, pair) => ({ points: sorted.slice(2 * pair, 2 * pair + 2), closed: false }))
}
