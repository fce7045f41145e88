import { useState } from 'react'
import type { CanvasPoint } from '../../../domain/geometry/points.ts'
import { compactValues } from '../../../domain/measurement/compact.ts'
import { measure, pointsOf } from '../../../domain/measurement/measure.ts'
import type { Measurement, MeasurementKind } from '../../../domain/measurement/types.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { useEngine, useViewport } from '../../../engine/react.tsx'
import { surfaceOf } from '../marks/surface.ts'
import { useDrawing, type Finished } from '../marks/useDrawing.ts'
import { Crossings } from './Crossings.tsx'
import { LabelField } from './LabelField.tsx'
import { MarkShape, markColour } from './MarkShape.tsx'

/** Name and words on the first line, numbers below; a single number beside the name. */
const linesOf = (name: string, label: string, numbers: readonly string[]): string[] => {
  const title = [name, label].filter(Boolean).join(' ')
  return numbers.length === 1 || !title ? [`${title} ${numbers[0] ?? ''}`.trim(), ...numbers.slice(1)] : [title, ...numbers]
}

/** Where the keyboard draws. */
const Cursor = ({ at: [x, y] }: { at: CanvasPoint }) => {
  const d = `M${x - 12} ${y}H${x - 3}M${x + 3} ${y}H${x + 12}M${x} ${y - 12}V${y - 3}M${x} ${y + 3}V${y + 12}`
  return <g data-cursor><path d={d} stroke="#000" strokeWidth={3.5} /><path d={d} stroke={markColour(true)} strokeWidth={1.5} /></g>
}

/**
 * Marks over one view, drawn by us through the engine's `toWorld` and `toCanvas`: in image coordinates of the frame on the stack
 * (PS3.3 C.18.6.1.2), in world points on a reformatted plane, so that what is drawn is what a report will say. While another slice
 * is on the canvas than the one asked for, nothing is shown: it would lie on the wrong picture.
 */
export const MarksLayer = ({ viewportId, series, marks, selected, tool, onFinished, onSelect, label }: {
  viewportId: string; series: EngineSeries; marks: readonly Measurement[]; selected: string | undefined; tool: MeasurementKind | undefined
  onFinished: (mark: Finished) => void; onSelect: (uid: string | undefined) => void; label: string
}) => {
  const engine = useEngine()
  const view = useViewport(viewportId)
  const [svg, setSvg] = useState<SVGSVGElement | null>(null)
  const surface = surfaceOf(engine, viewportId, series, view)
  const { shown, asking, held, cursor, take, onLabel, ...pointer } = useDrawing({ svg, surface, tool, onFinished, onSelect })
  const placed = marks.map((mark) => ({ mark, points: surface?.pointsOf(mark.place) }))
  const width = svg?.clientWidth ?? Infinity
  const changing = (points: NonNullable<typeof shown>['points'], kind: MeasurementKind): string[] => {
    if (!surface || points.length < pointsOf[kind]) return []
    const place = surface.placeOf(points)
    return compactValues(measure(kind, place, surface.calibrationOf(place)))
  }
  return (
    <>
      <svg ref={setSvg} role="group" aria-label={label} data-marks={viewportId} width="100%" height="100%" {...pointer} style={{ position: 'absolute', inset: 0, pointerEvents: tool || held ? 'all' : 'none', cursor: tool ? 'crosshair' : 'default', touchAction: 'none' }}>
        {surface ? <Crossings viewportId={viewportId} series={series} marks={placed.flatMap(({ mark, points }) => (points ? [] : [mark]))} selected={selected} onSelect={onSelect} /> : null}
        {surface ? placed.map(({ mark, points }) => {
          const now = shown?.uid === mark.trackingUid ? shown.points : undefined
          return points ? (
            <MarkShape key={mark.trackingUid} kind={mark.kind} points={now ?? points} surface={surface} name={mark.trackingId} chosen={mark.trackingUid === selected} width={width}
              lines={linesOf(mark.trackingId, mark.label, now ? changing(now, mark.kind) : compactValues(mark.values))} onTake={(event, index) => take(event, mark, points, index)} />
          ) : null
        }) : null}
        {surface && shown && shown.uid === undefined ? <MarkShape kind={shown.kind} points={shown.points} surface={surface} name="" chosen open={shown.open} width={width} lines={linesOf('', '', changing(shown.points, shown.kind))} /> : null}
        {surface && cursor ? <Cursor at={cursor} /> : null}
      </svg>
      {asking ? <LabelField at={surface && shown ? labelPlace(shown.points.map(surface.toCanvas)) : [12, 40]} onDone={onLabel} /> : null}
    </>
  )
}

/** Beside the tail of an arrow. */
const labelPlace = ([, tail = [12, 40]]: readonly CanvasPoint[]): CanvasPoint => [tail[0] + 10, tail[1]]
