import { useLayoutEffect, useMemo, useRef } from 'react'
import { gridIndex, gridOfFrames, type Grid } from '../../../domain/geometry/grid.ts'
import { drawnPlane, toImage } from '../../../domain/geometry/plane.ts'
import type { CanvasPoint, Vec3 } from '../../../domain/geometry/points.ts'
import { labelsUnder, paintLabels, type LabelLook } from '../../../domain/segmentation/paint.ts'
import type { LabelMap } from '../../../domain/segmentation/types.ts'
import type { EngineSeries, View } from '../../../engine/port.ts'
import { useEngine, useViewport } from '../../../engine/react.tsx'
import { usePaintStore } from '../store.ts'

/** Labels over the pictures of one series, and how each looks. */
export type Overlay = { readonly seriesInstanceUid: string; readonly stack: string | undefined; readonly labelMap: LabelMap; readonly looks: ReadonlyMap<number, LabelLook>; readonly name: string }

/** Steps of the picture in the label map: where three corners of the canvas fall. */
const mapOf = (at: (point: CanvasPoint) => Vec3 | undefined, width: number, height: number, ratio: number) => {
  const [first, right, down] = [at([0.5 / ratio, 0.5 / ratio]), at([(width + 0.5) / ratio, 0.5 / ratio]), at([0.5 / ratio, (height + 0.5) / ratio])]
  if (!first || !right || !down) return undefined
  const step = (to: Vec3, count: number): Vec3 => [(to[0] - first[0]) / count, (to[1] - first[1]) / count, (to[2] - first[2]) / count]
  return { first, right: step(right, width), down: step(down, height) }
}

/** The labels of a series over one of its views, painted anew whenever the view or the labels change. */
export const SegmentLayer = ({ viewportId, series, view: kind, overlay }: { viewportId: string; series: EngineSeries; view: View; overlay: Overlay }) => {
  const engine = useEngine()
  const view = useViewport(viewportId)
  const revision = usePaintStore((store) => store.revision)
  const canvas = useRef<HTMLCanvasElement>(null)
  const grid = useMemo((): Grid | undefined => (series.notAVolume ? undefined : gridOfFrames(series.frames.flatMap(({ plane }) => (plane ? [plane] : [])))), [series])
  useLayoutEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context) return
    const ratio = window.devicePixelRatio
    const [width, height] = [Math.round(element.clientWidth * ratio), Math.round(element.clientHeight * ratio)]
    if (width === 0 || height === 0) return
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
    if (map) context.putImageData(new ImageData(paintLabels(labelsUnder(overlay.labelMap, map, width, height), width, height, overlay.looks), width, height), 0, 0)
  }, [engine, viewportId, series, kind, grid, overlay, view, revision])
  return <canvas ref={canvas} role="img" aria-label={overlay.name} data-segments={viewportId} style={{ position: 'absolute', inset: 0, width: '100%', height: '100%', pointerEvents: 'none' }} />
}
