import { add, scale, subtract } from '../geometry/plane.ts'
import type { Vec3 } from '../geometry/points.ts'
import type { MeasurementKind } from './types.ts'

/** A line of points; closed: the last is joined to the first. */
export type Stroke = { readonly points: readonly Vec3[]; readonly closed: boolean }

/** Chords of an ellipse leave its curve by less than 0.04 % of the half axis. */
const chords = 128

const ellipse = ([a, b, c, d]: readonly Vec3[]): Vec3[] => {
  if (!a || !b || !c || !d) return []
  const centre = scale(add(add(a, b), add(c, d)), 0.25)
  const [u, v] = [scale(subtract(b, a), 0.5), scale(subtract(d, c), 0.5)]
  return Array.from({ length: chords }, (_, index) => {
    const angle = (2 * Math.PI * index) / chords
    return add(centre, add(scale(u, Math.cos(angle)), scale(v, Math.sin(angle))))
  })
}

/** The lines a mark is made of, in the coordinates of its points. */
export const strokesOf = (kind: MeasurementKind, points: readonly Vec3[]): Stroke[] => {
  if (kind === 'ellipse') return [{ points: ellipse(points), closed: true }]
  if (kind === 'freehand') return [{ points, closed: true }]
  return kind === 'bidirectional' ? [{ points: points.slice(0, 2), closed: false }, { points: points.slice(2, 4), closed: false }] : [{ points: points.slice(0, 2), closed: false }]
}
