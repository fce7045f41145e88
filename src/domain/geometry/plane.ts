import type { FramePlane, ImagePoint, Vec3, WorldPoint } from './points.ts'

export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
export const add = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
export const subtract = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
export const scale = (a: Vec3, s: number): Vec3 => [a[0] * s, a[1] * s, a[2] * s]
export const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0],
]
export const norm = (a: Vec3): number => Math.hypot(a[0], a[1], a[2])
export const distanceMm = (a: WorldPoint, b: WorldPoint): number => norm(subtract(a, b))

/** The frame's normal: row direction x column direction (PS3.3 C.7.6.2.1.1). */
export const planeNormal = (plane: FramePlane): Vec3 => cross(plane.rowDirection, plane.columnDirection)

/**
 * The plane a frame is drawn in: its own; without a position one of its own pixels, as wide as 1, so that points in it are no
 * place in a patient and no mm.
 */
export const drawnPlane = ({ plane, pixelRatio = 1, pixels: { rows, columns } }: { readonly plane?: FramePlane; readonly pixelRatio?: number; readonly pixels: Pick<FramePlane, 'rows' | 'columns'> }): FramePlane =>
  plane ?? { origin: [0, 0, 0], rowDirection: [1, 0, 0], columnDirection: [0, 1, 0], rowSpacingMm: pixelRatio, columnSpacingMm: 1, rows, columns }

/**
 * Image coordinates (0\0 = top-left corner of the first pixel) to patient mm, by PS3.3 C.7.6.2.1.1 with the half
 * pixel of C.18.6.1.2: Image Position is the centre of the first pixel, which SCOORD calls 0.5\0.5.
 */
export const toWorld = (plane: FramePlane, [column, row]: ImagePoint): WorldPoint =>
  add(plane.origin, add(
    scale(plane.rowDirection, (column - 0.5) * plane.columnSpacingMm),
    scale(plane.columnDirection, (row - 0.5) * plane.rowSpacingMm),
  )) as WorldPoint

/** The inverse of `toWorld`: the point's orthogonal projection onto the frame, in image coordinates. */
export const toImage = (plane: FramePlane, point: WorldPoint): ImagePoint => {
  const d = subtract(point, plane.origin)
  return [dot(d, plane.rowDirection) / plane.columnSpacingMm + 0.5, dot(d, plane.columnDirection) / plane.rowSpacingMm + 0.5]
}

/** Signed distance in mm of a point from the frame along its normal. */
export const offPlaneMm = (plane: FramePlane, point: WorldPoint): number =>
  dot(subtract(point, plane.origin), planeNormal(plane))
