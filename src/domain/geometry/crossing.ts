import { add, cross, dot, norm, scale } from './plane.ts'
import type { Vec3, WorldPoint } from './points.ts'

/** An endless plane in the patient: a point on it (mm, LPS) and its unit normal. */
export type Plane = { readonly point: WorldPoint; readonly normal: Vec3 }

/** The line two planes share: a point on it and its unit direction; undefined where they are parallel to 0.1 degrees. */
export const crossingLine = (a: Plane, b: Plane): { point: WorldPoint; direction: Vec3 } | undefined => {
  const along = cross(a.normal, b.normal)
  const size = norm(along)
  if (size < Math.sin((0.1 * Math.PI) / 180)) return undefined
  const [da, db] = [dot(a.normal, a.point), dot(b.normal, b.point)]
  const point = scale(add(scale(cross(b.normal, along), da), scale(cross(along, a.normal), db)), 1 / (size * size))
  return { point, direction: scale(along, 1 / size) }
}

/**
 * The line through two points of a canvas, `half` to either side of where it is nearest to the top left corner; undefined where
 * the points are one.
 */
export const stretch = (a: readonly [number, number], b: readonly [number, number], half: number): readonly [readonly [number, number], readonly [number, number]] | undefined => {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const size = Math.hypot(dx, dy)
  if (size < 1e-9) return undefined
  const [ux, uy] = [dx / size, dy / size]
  const back = a[0] * ux + a[1] * uy
  const [x, y] = [a[0] - ux * back, a[1] - uy * back]
  return [[x - ux * half, y - uy * half], [x + ux * half, y + uy * half]]
}
