import { utilities, type Types } from '@cornerstonejs/core'
import type { Plane } from '../../domain/geometry/crossing.ts'
import { dot } from '../../domain/geometry/plane.ts'
import type { CanvasPoint, Vec3, WorldPoint } from '../../domain/geometry/points.ts'

/** What is asked of any viewport here. */
type Camera = Pick<Types.IViewport, 'getCamera' | 'setCamera' | 'resetCamera' | 'canvasToWorld' | 'worldToCanvas' | 'element'>

/** Moves the whole camera by a vector in mm. */
export const shift = (viewport: Camera, by: Vec3): void => {
  const { focalPoint, position } = viewport.getCamera()
  if (!focalPoint || !position) return
  const moved = (p: Types.Point3): Types.Point3 => [p[0] + by[0], p[1] + by[1], p[2] + by[2]]
  viewport.setCamera({ focalPoint: moved(focalPoint), position: moved(position) })
}
const between = (viewport: Camera, from: CanvasPoint, to: CanvasPoint): Vec3 => {
  const [a, b] = [viewport.canvasToWorld([from[0], from[1]]), viewport.canvasToWorld([to[0], to[1]])]
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/** The picture follows the pointer from one place of the canvas to another. */
export const panBy = (viewport: Camera, from: CanvasPoint, to: CanvasPoint): void => shift(viewport, between(viewport, from, to))

/** Zooms by a factor; what lies under `about` stays there. */
export const zoomAbout = (viewport: Camera, factor: number, about: CanvasPoint): void => {
  const before = viewport.canvasToWorld([about[0], about[1]])
  const { parallelScale } = viewport.getCamera()
  if (!parallelScale) return
  viewport.setCamera({ parallelScale: Math.max(1, Math.min(5000, parallelScale / factor)) })
  const after = viewport.canvasToWorld([about[0], about[1]])
  shift(viewport, [before[0] - after[0], before[1] - after[1], before[2] - after[2]])
}

/** Pans so that a point lies in the middle, unless it is on the canvas already. */
export const reveal = (viewport: Camera, point: WorldPoint): void => {
  const [x, y] = viewport.worldToCanvas([point[0], point[1], point[2]])
  const { clientWidth: width, clientHeight: height } = viewport.element
  if (x < 0 || y < 0 || x > width || y > height) panBy(viewport, [x, y], [width / 2, height / 2])
}

/** The middle of the box around points; undefined without points. */
export const middleOf = (points: readonly WorldPoint[]): WorldPoint | undefined => {
  const along = (axis: 0 | 1 | 2): number => (Math.min(...points.map((p) => p[axis])) + Math.max(...points.map((p) => p[axis]))) / 2
  return points.length > 0 ? [along(0), along(1), along(2)] : undefined
}

/** Least and most of a view that points may fill after `focusOn`, unless that were farther than fit. */
const filled = { least: 0.2, most: 0.6 }
/** The scale at which the whole picture fits; the camera stays where it is. */
const fitScale = (viewport: Camera): number => {
  const { focalPoint, position, parallelScale } = viewport.getCamera()
  viewport.resetCamera()
  const fit = viewport.getCamera().parallelScale
  viewport.setCamera({ ...(focalPoint ? { focalPoint } : {}), ...(position ? { position } : {}), ...(parallelScale ? { parallelScale } : {}) })
  return fit ?? Infinity
}
/** Pans points to the middle, and zooms only where they fill too little or too much of the view. */
export const focusOn = (viewport: Camera, points: readonly WorldPoint[]): void => {
  const { clientWidth: width, clientHeight: height } = viewport.element
  const box = () => {
    const at = points.map((p) => viewport.worldToCanvas([p[0], p[1], p[2]]))
    const [xs, ys] = [at.map(([x]) => x), at.map(([, y]) => y)]
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
    return { middle: [(left + right) / 2, (top + bottom) / 2] as const, fill: Math.max((right - left) / width, (bottom - top) / height) }
  }
  const { parallelScale } = viewport.getCamera()
  const { fill } = box()
  if (parallelScale && fill > 0) {
    const wanted = (parallelScale * fill) / Math.max(filled.least, Math.min(filled.most, fill))
    zoomAbout(viewport, parallelScale / Math.min(wanted, fitScale(viewport)), [width / 2, height / 2])
  }
  panBy(viewport, box().middle, [width / 2, height / 2])
}

/** The plane a reformatted view looks at. */
export const cameraPlane = (viewport: Camera): Plane | undefined => {
  const { focalPoint, viewPlaneNormal } = viewport.getCamera()
  return focalPoint && viewPlaneNormal ? { point: [...focalPoint], normal: [...viewPlaneNormal] } : undefined
}

type Steps = { readonly slice: number; readonly slices: number; readonly spacingMm: number; readonly offMm: number }
/** Slices of a reformatted view, counted along its normal in steps of the voxels' size; `offMm`: how far it lies off the nearest. */
const stepsOf = (viewport: Types.IVolumeViewport, volumeId: string): Steps | undefined => {
  const info = utilities.getVolumeSliceRangeInfo(viewport, volumeId)
  if (!info) return undefined
  const { sliceRange: { min, max, current }, spacingInNormalDirection: spacingMm } = info
  const slices = Math.round((max - min) / spacingMm) + 1
  const slice = Math.max(0, Math.min(slices - 1, Math.round((current - min) / spacingMm)))
  return { slice, slices, spacingMm, offMm: current - min - slice * spacingMm }
}
export const slicesOf = (viewport: Types.IVolumeViewport, volumeId: string): { slice: number; slices: number } => stepsOf(viewport, volumeId) ?? { slice: 0, slices: 1 }

/** Moves a reformatted view onto a slice exactly, so that it goes through centres of voxels. */
export const moveToSlice = (viewport: Types.IVolumeViewport, volumeId: string, slice: number): void => {
  const steps = stepsOf(viewport, volumeId)
  const normal = viewport.getCamera().viewPlaneNormal
  if (!steps || !normal) return
  const wanted = Math.max(0, Math.min(steps.slices - 1, Math.round(slice)))
  const by = (wanted - steps.slice) * steps.spacingMm - steps.offMm
  if (Math.abs(by) > 1e-9) shift(viewport, [normal[0] * by, normal[1] * by, normal[2] * by])
}

/** The slice of a reformatted view nearest to a point. */
export const sliceAt = (viewport: Types.IVolumeViewport, volumeId: string, point: WorldPoint): number => {
  const steps = stepsOf(viewport, volumeId)
  const plane = cameraPlane(viewport)
  if (!steps || !plane) return 0
  const awayMm = dot([point[0] - plane.point[0], point[1] - plane.point[1], point[2] - plane.point[2]], plane.normal)
  return steps.slice + Math.round((awayMm + steps.offMm) / steps.spacingMm)
}
