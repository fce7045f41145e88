import { meetings, type Meeting } from '../../../domain/geometry/piercing.ts'
import { toWorld } from '../../../domain/geometry/plane.ts'
import type { ImagePoint, Vec3 } from '../../../domain/geometry/points.ts'
import { strokesOf } from '../../../domain/measurement/strokes.ts'
import type { Measurement } from '../../../domain/measurement/types.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { useEngine, useViewport } from '../../../engine/react.tsx'
import { frameIndexOf, halfSliceMm } from '../marks/surface.ts'
import { markColour } from './MarkShape.tsx'

/** The lines of a mark in the patient; none where it has no place there that this series shares. */
const worldStrokes = ({ kind, place }: Measurement, series: EngineSeries): { points: readonly Vec3[]; closed: boolean }[] => {
  if (place.kind === 'plane') return place.frameOfReferenceUid === series.frames[0]?.frameOfReferenceUid ? strokesOf(kind, place.points) : []
  const plane = series.frames[frameIndexOf(series, place)]?.plane
  if (!plane) return []
  // The lines are straight in image coordinates too, and an ellipse stays one.
  return strokesOf(kind, place.points.map(([x, y]): Vec3 => [x, y, 0])).map(({ points, closed }) => ({ closed, points: points.map(([x, y]) => toWorld(plane, [x, y] as ImagePoint)) }))
}

/** Marks of other planes where they meet the one shown: rings where they pass through, lines where they lie in it. */
export const Crossings = ({ viewportId, series, marks, selected, onSelect }: { viewportId: string; series: EngineSeries; marks: readonly Measurement[]; selected: string | undefined; onSelect: (uid: string) => void }) => {
  const engine = useEngine()
  const view = useViewport(viewportId)
  const plane = engine.plane(viewportId)
  if (!view || !plane) return null
  const half = halfSliceMm(series, view, plane)
  const draw = (found: Meeting, index: number, colour: string) => {
    if (found.kind === 'point') {
      const [cx, cy] = engine.toCanvas(viewportId, found.at) ?? [NaN, NaN]
      return (
        <g key={index}>
          <circle cx={cx} cy={cy} r={4} fill="none" stroke="#000" strokeWidth={3.5} />
          <circle data-ring cx={cx} cy={cy} r={4} fill="none" stroke={colour} strokeWidth={1.5} />
          <circle cx={cx} cy={cy} r={8} fill="none" style={{ pointerEvents: 'all', cursor: 'pointer' }} />
        </g>
      )
    }
    const [[x1, y1], [x2, y2]] = [engine.toCanvas(viewportId, found.from) ?? [NaN, NaN], engine.toCanvas(viewportId, found.to) ?? [NaN, NaN]]
    return (
      <g key={index}>
        <line x1={x1} y1={y1} x2={x2} y2={y2} stroke="#000" strokeWidth={3.5} />
        <line data-segment x1={x1} y1={y1} x2={x2} y2={y2} stroke={colour} strokeWidth={1.5} strokeDasharray="5 3" />
        <line x1={x1} y1={y1} x2={x2} y2={y2} stroke="transparent" strokeWidth={10} style={{ pointerEvents: 'stroke', cursor: 'pointer' }} />
      </g>
    )
  }
  return marks.map((mark) => {
    const found = worldStrokes(mark, series).flatMap(({ points, closed }) => meetings(points, closed, plane, half))
    if (found.length === 0) return null
    return (
      <g key={mark.trackingUid} data-crossing={mark.trackingId} onPointerDown={(event) => { if (event.button === 0) { event.stopPropagation(); onSelect(mark.trackingUid) } }}>
        {found.map((one, index) => draw(one, index, markColour(mark.trackingUid === selected)))}
      </g>
    )
  })
}
