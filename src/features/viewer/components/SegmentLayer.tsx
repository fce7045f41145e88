import { useLayoutEffect, useMemo, useRef } from 'react'
import { gridIndex, gridOfFrames, type Grid } from '../../../domain/geometry/grid.ts'
import { drawnPlane, toImage } from '../../../domain/geometry/plane.ts'
import type { CanvasPoint, Vec3 } from '../../../domain/geometry/points.ts'
import { paintPart, rectangleOf, type LabelLook, type PictureMap } from '../../../domain/segmentation/paint.ts'
import type { LabelMap } from '../../../domain/segmentation/types.ts'
import type { EngineSeries, View } from '../../../engine/port.ts'
import { useEngine, useViewport } from '../../../engine/react.tsx'
import { usePaintStore } from '../store.ts'

/** Labels over the pictures of one series, and how each looks. */
export type Overlay = { readonly seriesInstanceUid: string; readonly stack: string | undefined; readonly labelMap: LabelMap; readonly looks: ReadonlyMap<number, LabelLook>; readonly name: string }

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
    const { labelMap, looks } = overlay
    const from = [engine, viewportId, series, kind, grid, overlay, view, width, height]
    const before = drawn.current
    if (busy && before && from.every((one, index) => one === before.from[index])) {
      for (const { labels, box } of touched.slice(before.pieces)) {
        const rectangle = labels === labelMap.data ? rectangleOf(before.map, box, width, height) : undefined
        if (rectangle) context.putImageData(new ImageData(paintPart(labelMap, before.map, rectangle, { width, height }, looks), rectangle.width, rectangle.height), rectangle.x, rectangle.y)
      }
      before.pieces = touched.length
      return
    }
    drawn.current = undefined
    if (element.width !== width || element.height !== height) Object.assign(element, { width, height })
    context.clearRect(0, 0, width, height)
    if (!view || view.failure || view.waiting) return
    const frame = series.frames[view.slice]
    const plane = frame && drawnPlane(frame)
    const at = (point: CanvasPoint): Vec3 | undefined => {
      const world = engine.toWorld(viewportId, point)
      if (!world) return undefined
      if (kind !== 'stack') return grid && gridIndex(grid, world)
      if (!plane) return undefined
      const [column, row] = toImage(plane, world)
      return [column - 0.5, row - 0.5, view.slice]
    }
    const map = mapOf(at, width, height, ratio)
    if (!map) return
    context.putImageData(new ImageData(paintPart(labelMap, map, { x: 0, y: 0, width, height }, { width, height }, looks), width, height), 0, 0)
    drawn.current = { map, from, pieces: touched.length }
  }, [engine, viewportId, series, kind, grid, overlay, view, revision, busy, touched])
  return <canvas ref={canvas} role="img" aria-label={overlay.name} data-segments={viewportId} style={{ position: 'absolute', inset: 0, width: '100%', height: '100%', pointerEvents: 'none' }} />
}
