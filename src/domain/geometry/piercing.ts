import type { Plane } from './crossing.ts'
import { add, dot, scale, subtract } from './plane.ts'
import type { FramePlane, Vec3, WorldPoint } from './points.ts'

/** Where a stretch of a mark meets a plane: in a point, or along all of it. */
export type Meeting = { readonly kind: 'point'; readonly at: WorldPoint } | { readonly kind: 'segment'; readonly from: WorldPoint; readonly to: WorldPoint }

/** Signed distance in mm of a point from an endless plane along its normal. */
export const heightMm = ({ point, normal }: Plane, of: WorldPoint): number => dot(subtract(of, point), normal)

/** Whether two unit normals name one direction to 0.1 degrees, whichever way they point. */
export const sameDirection = (a: Vec3, b: Vec3): boolean => Math.abs(dot(a, b)) > Math.cos((0.1 * Math.PI) / 180)

/**
 * Where a line of points meets a plane: points where it passes through, and the stretches both of whose ends lie within `halfMm` of it.
 * @param closed the last point is joined to the first
 * @param halfMm half the thickness of what the plane shows, mm
 */
export const meetings = (points: readonly WorldPoint[], closed: boolean, plane: Plane, halfMm: number): Meeting[] => {
  const found: Meeting[] = []
  const last = closed && points.length > 2 ? points.length : points.length - 1
  for (let index = 0; index < last; index++) {
    const [from, to] = [points[index], points[(index + 1) % points.length]]
    if (!from || !to) continue
    const [a, b] = [heightMm(plane, from), heightMm(plane, to)]
    if (Math.abs(a) <= halfMm && Math.abs(b) <= halfMm) found.push({ kind: 'segment', from, to })
    else if (a < 0 !== b < 0) found.push({ kind: 'point', at: add(from, scale(subtract(to, from), a / (a - b))) as WorldPoint })
  }
  return found
}

/**
 * How far a voxel of a stack reaches along a direction, mm; for the slices of a view along one of the stack's own directions this is
 * their distance.
 * @param sliceSpacingMm between the frames of the stack
 */
export const voxelExtentMm = (plane: FramePlane, normalOfStack: Vec3, sliceSpacingMm: number, direction: Vec3): number =>
  plane.columnSpacingMm * Math.abs(dot(plane.rowDirection, direction)) + plane.rowSpacingMm * Math.abs(dot(plane.columnDirection, direction)) + sliceSpacingMm * Math.abs(dot(normalOfStack, direction))
