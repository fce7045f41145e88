import type { Plane } from '../../../domain/geometry/crossing.ts'
import { heightMm, sameDirection, voxelExtentMm } from '../../../domain/geometry/piercing.ts'
import { add, dot, drawnPlane, norm, planeNormal, scale, subtract, toImage, toWorld } from '../../../domain/geometry/plane.ts'
import type { CanvasPoint, FramePlane, ImagePoint, Vec3, WorldPoint } from '../../../domain/geometry/points.ts'
import { calibrationAt } from '../../../domain/measurement/calibration.ts'
import type { Sheet } from '../../../domain/measurement/edit.ts'
import type { Place } from '../../../domain/measurement/types.ts'
import type { Engine, EngineFrame, EngineSeries, ViewportSnapshot } from '../../../engine/port.ts'

/** What marks are drawn on in one view now; sheet points are those of `domain/measurement/edit.ts`. */
export type Surface = {
  /** Another key is another picture. */
  readonly key: string
  readonly sheet: Sheet
  /** Mm of the pixels under a mark; lengths are pixels without them. */
  readonly calibrationOf: (place: Place) => FramePlane | undefined
  /** Sheet units (mm, or pixels) of one CSS pixel. */
  readonly perPixel: number
  /** Undefined outside of what the engine can say. */
  readonly toSheet: (point: CanvasPoint) => Vec3 | undefined
  readonly toCanvas: (point: Vec3) => CanvasPoint
  /** The point at the height of a mark that lies on this picture, though not exactly in its plane. */
  readonly atHeightOf: (point: Vec3, mark: Vec3) => Vec3
  readonly placeOf: (points: readonly Vec3[]) => Place
  /** A mark's points, undefined where it does not lie on this picture. */
  readonly pointsOf: (place: Place) => Vec3[] | undefined
}

/** The plane a frame is drawn in; undefined where there is no such frame. */
export const gridOf = (series: EngineSeries, slice: number): FramePlane | undefined => {
  const frame = series.frames[slice]
  return frame && drawnPlane(frame)
}
/** The frame's plane with the mm of its pixels at a mark; undefined where lengths there are pixels. */
const calibratedAt = (frame: EngineFrame, points: readonly ImagePoint[]): FramePlane | undefined => {
  if (frame.plane) return frame.plane
  const found = calibrationAt(frame.calibrations ?? [], points)
  return found && { ...drawnPlane(frame), rowSpacingMm: found.rowSpacingMm, columnSpacingMm: found.columnSpacingMm }
}
/** Which of the series' frames an image place lies on; -1: none. */
export const frameIndexOf = (series: EngineSeries, place: Extract<Place, { kind: 'image' }>): number =>
  series.frames.findIndex(({ ref }) => ref.sopInstanceUid === place.frame.sopInstanceUid && ref.frameNumber === place.frame.frameNumber)

const onFrame = (engine: Engine, viewportId: string, series: EngineSeries, slice: number): Surface | undefined => {
  const [frame, grid] = [series.frames[slice], gridOf(series, slice)]
  const [a, b] = [engine.toWorld(viewportId, [0, 0]), engine.toWorld(viewportId, [1, 0])]
  if (!frame || !grid || !a || !b) return undefined
  const image = (p: Vec3): ImagePoint => [p[0] / grid.columnSpacingMm, p[1] / grid.rowSpacingMm]
  const sheet = ([x, y]: ImagePoint): Vec3 => [x * grid.columnSpacingMm, y * grid.rowSpacingMm, 0]
  return {
    key: `${frame.ref.sopInstanceUid} ${frame.ref.frameNumber}`, sheet: { right: [1, 0, 0], down: [0, 1, 0] }, calibrationOf: (place) => (place.kind === 'image' ? calibratedAt(frame, place.points) : undefined), perPixel: norm(subtract(b, a)),
    toSheet: (point) => {
      const world = engine.toWorld(viewportId, point)
      return world && sheet(toImage(grid, world))
    },
    toCanvas: (point) => engine.toCanvas(viewportId, toWorld(grid, image(point))) ?? [0, 0],
    atHeightOf: (point) => point,
    placeOf: (points) => ({ kind: 'image', frame: frame.ref, points: points.map(image) }),
    pointsOf: (place) => (place.kind === 'image' && place.frame.sopInstanceUid === frame.ref.sopInstanceUid && place.frame.frameNumber === frame.ref.frameNumber ? place.points.map(sheet) : undefined),
  }
}

/** Half the distance of the pictures of a view around the one shown, mm: what lies within is on it. */
export const halfSliceMm = (series: EngineSeries, { view, slice }: ViewportSnapshot, plane: Plane): number => {
  const planes = series.frames.map((frame) => frame.plane)
  const [first, second] = planes
  if (view !== 'stack' && first && second) return voxelExtentMm(first, planeNormal(first), Math.abs(heightMm({ point: first.origin, normal: planeNormal(first) }, second.origin)), plane.normal) / 2
  const here = planes[slice]
  const gaps = [planes[slice - 1], planes[slice + 1]].flatMap((other) => (here && other ? [Math.abs(heightMm(plane, other.origin))] : [])).filter((gap) => gap > 1e-3)
  return gaps.length > 0 ? Math.min(...gaps) / 2 : 0.01
}

const onPlane = (engine: Engine, viewportId: string, series: EngineSeries, view: ViewportSnapshot): Surface | undefined => {
  const plane = engine.plane(viewportId)
  const [a, b, c] = [engine.toWorld(viewportId, [0, 0]), engine.toWorld(viewportId, [1, 0]), engine.toWorld(viewportId, [0, 1])]
  const frameOfReferenceUid = series.frames[0]?.frameOfReferenceUid
  // Without a frame of reference a point in space has no home in a report.
  if (!plane || !a || !b || !c || !frameOfReferenceUid) return undefined
  const [across, along] = [subtract(b, a), subtract(c, a)]
  const half = halfSliceMm(series, view, plane)
  return {
    key: `${view.view} ${dot(plane.point, plane.normal).toFixed(2)}`, sheet: { right: scale(across, 1 / norm(across)), down: scale(along, 1 / norm(along)) }, calibrationOf: () => undefined, perPixel: norm(across),
    toSheet: (point) => engine.toWorld(viewportId, point),
    toCanvas: (point) => engine.toCanvas(viewportId, point) ?? [0, 0],
    atHeightOf: (point, mark) => add(point, scale(plane.normal, heightMm(plane, mark) - heightMm(plane, point))),
    placeOf: (points) => ({ kind: 'plane', studyInstanceUid: series.studyInstanceUid, seriesInstanceUid: series.seriesInstanceUid, frameOfReferenceUid, normal: plane.normal, points: points as readonly WorldPoint[] }),
    pointsOf: (place) => (place.kind === 'plane' && place.seriesInstanceUid === series.seriesInstanceUid && sameDirection(place.normal, plane.normal) && place.points.every((point) => Math.abs(heightMm(plane, point)) < half)
      ? [...place.points] : undefined),
  }
}

/** Undefined where nothing can be drawn: no picture yet, or another slice on the canvas than the one asked for. */
export const surfaceOf = (engine: Engine, viewportId: string, series: EngineSeries, view: ViewportSnapshot | undefined): Surface | undefined => {
  if (!view || view.waiting || view.failure) return undefined
  return view.view === 'stack' ? onFrame(engine, viewportId, series, view.slice) : onPlane(engine, viewportId, series, view)
}
