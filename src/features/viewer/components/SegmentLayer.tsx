import { useLayoutEffect, useMemo, useRef } from 'react'
import { gridIndex, gridOfFrames, type Grid } from '../../../domain/geometry/grid.ts'
import { drawnPlane, toImage } from '../../../domain/geometry/plane.ts'
import type { CanvasPoint, Vec3 } from '../../../domain/geometry/points.ts'
import { paintPart, rectangleOf, type LabelLook, type PictureMap, type Rectangle, type VoxelBox } from '../../../domain/segmentation/paint.ts'
import type { LabelMap } from '../../../domain/segmentation/types.ts'
import type { EngineSeries, View } from '../../../engine/port.ts'
import { useEngine, useViewport } from '../../../engine/react.tsx'
import { usePaintStore } from '../store.ts'

/** Labels over the pictures of one series, and how each looks. `box`: where any are, so that a picture without them costs nothing; absent: anywhere. */
export type Overlay = { readonly seriesInstanceUid: string; readonly stack: string | undefined; readonly labelMap: LabelMap; readonly box?: VoxelBox | 'empty'; readonly looks: ReadonlyMap<number, LabelLook>; readonly name: string }

/** Steps of the picture in the label map: where three corners of the canvas fall. */
const mapOf = (at: (point: CanvasPoint) => Vec3 | undefined, width: number, height: number, ratio: number): PictureMap | undefined => {
  const [first, right, down] = [at([0.5 / ratio, 0.5 / ratio]), at([(width + 0.5) / ratio, 0.5 / ratio]), at([0.5 / ratio, (height + 0.5) / ratio])]
  if (!first || !right || !down) return undefined
  const step = (to: Vec3, count: number): Vec3 => [(to[0] - first[0]) / count, (to[1] - first[1]) / count, (to[2] - first[2]) / count]
  return { first, right: step(right, width), down: step(down, height) }
}

/** What is on the canvas: by which map, of how many pieces of the stroke under way, and what it was made from. */
type Drawn = { readonly map: PictureMap; readonly from: readonly unknown[]; pieces: number }

/** The labels of a series over one of its views, painted anew whenever the view or the labels change; while a brush moves, only where it went. */
export const SegmentLayer = ({ viewportId, series, view: kind, overlay }: { viewportId: string; series: EngineSeries; view: View; overlay: Overlay }) => {
  const engine = useEngine()
  const view = useViewport(viewportId)
  const { revision, busy, touched } = usePaintStore()
  const drawn = useRef<Drawn>(undefined)
  const canvas = useRef<HTMLCanvasElement>(null)
  const grid = useMemo((): Grid | undefined => (series.notAVolume ? undefined : gridOfFrames(series.frames.flatMap(({ plane }) => (plane ? [plane] : [])))), [series])
  useLayoutEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context) return
    const ratio = window.devicePixelRatio
    const [width, height] = [Math.round(element.clientWidth * ratio), Math.round(element.clientHeight * ratio)]
    if (width === 0 || height === 0) return
    const { labelMap, box, looks } = overlay
    const mapAt = (slice: number): PictureMap | undefined => {
      const frame = series.frames[slice]
      const plane = frame && drawnPlane(frame)
      const at = (point: CanvasPoint): Vec3 | undefined => {
        const world = engine.toWorld(viewportId, point)
        if (!world) return undefined
        if (kind !== 'stack') return grid && gridIndex(grid, world)
        if (!plane) return undefined
        const [column, row] = toImage(plane, world)
        return [column - 0.5, row - 0.5, slice]
      }
      return mapOf(at, width, height, ratio)
    }
    const from = [engine, viewportId, series, kind, grid, overlay, view, width, height]
    const before = drawn.current
    const pieces = touched.slice(before?.pieces ?? 0).filter(({ labels }) => labels === labelMap.data)
    if (busy && before && from.every((one, index) => one === before.from[index]) && (pieces.length === 0 || element.width === width)) {
      for (const piece of pieces) {
        const rectangle = rectangleOf(before.map, piece.box, width, height)
        if (rectangle) context.putImageData(new ImageData(paintPart(labelMap, before.map, rectangle, { width, height }, looks), rectangle.width, rectangle.height), rectangle.x, rectangle.y)
      }
      before.pieces = touched.length
      return
    }
    drawn.current = undefined
    const map = view && !view.failure && !view.waiting ? mapAt(view.slice) : undefined
    // What the stroke under way covers is in no box yet.
    const anywhere = box === undefined || touched.some(({ labels }) => labels === labelMap.data)
    const part: Rectangle | undefined = !map ? undefined : anywhere ? { x: 0, y: 0, width, height } : box === 'empty' ? undefined : rectangleOf(map, box, width, height)
    // A canvas with nothing on it holds no memory: there is one for each painting.
    const [wide, high] = part ? [width, height] : [0, 0]
    if (element.width !== wide || element.height !== high) Object.assign(element, { width: wide, height: high })
    else context.clearRect(0, 0, width, height)
    if (part && map) context.putImageData(new ImageData(paintPart(labelMap, map, part, { width, height }, looks), part.width, part.height), part.x, part.y)
    if (map) drawn.current = { map, from, pieces: touched.length }
  }, [engine, viewportId, series, kind, grid, overlay, view, revision, busy, touched])
  return <canvas ref={canvas} role="img" aria-label={overlay.name} data-segments={viewportId} style={{ position: 'absolute', inset: 0, width: '100%', height: '100%', pointerEvents: 'none' }} />
}
