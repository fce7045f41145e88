import { cross, dot, norm, scale, subtract } from '../geometry/plane.ts'
import type { Vec3, WorldPoint } from '../geometry/points.ts'

/** A point in the mark's own plane; its unit is the caller's (image coordinates or mm). */
export type Flat = readonly [number, number]

/** Voxel centres this close to an outline lie on it: far above the rounding of float32, far below a voxel. */
const onEdge = 1e-6

/** Centre and the two half axes of an ellipse from its four axis ends (PS3.3 C.18.6.1.2: major ends, then minor ends). */
export const ellipseAxes = (ends: readonly Flat[]): { centre: Flat; u: Flat; v: Flat } => {
  const [a = [0, 0], b = a, c = a, d = a] = ends
  return {
    centre: [(a[0] + b[0] + c[0] + d[0]) / 4, (a[1] + b[1] + c[1] + d[1]) / 4],
    u: [(b[0] - a[0]) / 2, (b[1] - a[1]) / 2], v: [(d[0] - c[0]) / 2, (d[1] - c[1]) / 2],
  }
}

/** pi a b; the cross product of the half axes, so it also holds where non-square pixels make them oblique. */
export const ellipseArea = (ends: readonly Flat[]): number => {
  const { u, v } = ellipseAxes(ends)
  return Math.PI * Math.abs(u[0] * v[1] - u[1] * v[0])
}

/** Area of a closed outline by the shoelace formula. */
export const outlineArea = (outline: readonly Flat[]): number => {
  let twice = 0
  outline.forEach((a, index) => {
    const b = outline[(index + 1) % outline.length] ?? a
    twice += a[0] * b[1] - b[0] * a[1]
  })
  return Math.abs(twice) / 2
}

/** Says of a point whether it lies inside the ellipse or on its edge. */
export const insideEllipse = (ends: readonly Flat[]): ((point: Flat) => boolean) => {
  const { centre, u, v } = ellipseAxes(ends)
  const area = u[0] * v[1] - u[1] * v[0]
  if (area === 0) return () => false
  return ([x, y]) => {
    const [dx, dy] = [x - centre[0], y - centre[1]]
    const s = (dx * v[1] - dy * v[0]) / area
    const t = (u[0] * dy - u[1] * dx) / area
    return s * s + t * t <= 1 + onEdge
  }
}

/** Says of a point whether it lies inside the closed outline (even-odd) or on its edge. */
export const insideOutline = (outline: readonly Flat[]): ((point: Flat) => boolean) => {
  const edges = outline.map((a, index) => [a, outline[(index + 1) % outline.length] ?? a] as const)
  return ([x, y]) => {
    let inside = false
    for (const [a, b] of edges) {
      const [ex, ey] = [b[0] - a[0], b[1] - a[1]]
      const lengthSquared = ex * ex + ey * ey
      const along = lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, ((x - a[0]) * ex + (y - a[1]) * ey) / lengthSquared))
      if (Math.hypot(x - a[0] - along * ex, y - a[1] - along * ey) <= onEdge) return true
      if (a[1] > y !== b[1] > y && x < a[0] + ((y - a[1]) / ey) * ex) inside = !inside
    }
    return inside
  }
}

/** A frame in a plane of patient space: turns world points (mm) into flat ones (mm) along two unit vectors. */
export const planeFrame = (normal: Vec3, origin: WorldPoint): { flat: (point: WorldPoint) => Flat; heightMm: (point: WorldPoint) => number } => {
  const n = scale(normal, 1 / norm(normal))
  const away: Vec3 = Math.abs(n[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]
  const e1 = cross(n, away)
  const first = scale(e1, 1 / norm(e1))
  const second = cross(n, first)
  return {
    flat: (point) => [dot(subtract(point, origin), first), dot(subtract(point, origin), second)],
    heightMm: (point) => dot(subtract(point, origin), n),
  }
}
