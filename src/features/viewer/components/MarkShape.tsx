import type { PointerEvent } from 'react'
import type { CanvasPoint, Vec3 } from '../../../domain/geometry/points.ts'
import { handlesOf } from '../../../domain/measurement/edit.ts'
import { strokesOf } from '../../../domain/measurement/strokes.ts'
import type { MeasurementKind } from '../../../domain/measurement/types.ts'
import { pixels } from '../marks/drag.ts'
import type { Surface } from '../marks/surface.ts'

export const markColour = (chosen: boolean): string => (chosen ? '#ffffff' : '#ffd44d')

const path = (points: readonly CanvasPoint[], closed: boolean): string => `${points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`).join('')}${closed ? 'Z' : ''}`
/** Two strokes back from the tip of an arrow, CSS pixels. */
const head = (tip: CanvasPoint, tail: CanvasPoint): string => {
  const angle = Math.atan2(tail[1] - tip[1], tail[0] - tip[0])
  const wing = (turn: number): CanvasPoint => [tip[0] + 12 * Math.cos(angle + turn), tip[1] + 12 * Math.sin(angle + turn)]
  return path([wing(0.45), tip, wing(-0.45)], false)
}
/** Text beside a mark: at its right, or at its left where the right edge is near. */
const besides = (points: readonly CanvasPoint[], width: number): { readonly x: number; readonly y: number; readonly textAnchor: 'start' | 'end' } => {
  const byX = [...points].sort((a, b) => a[0] - b[0])
  const [left, right] = [byX[0] ?? [0, 0], byX.at(-1) ?? [0, 0]]
  return right[0] > width - 150 && left[0] > 150 ? { x: left[0] - 10, y: left[1] + 4, textAnchor: 'end' } : { x: right[0] + 10, y: right[1] + 4, textAnchor: 'start' }
}

/** One mark as it is seen, dark edge under bright line, so that both stand out on any picture. */
export const MarkShape = ({ kind, points, surface, name, lines, chosen, open = false, width, onTake }: {
  kind: MeasurementKind; points: readonly Vec3[]; surface: Surface; name: string; lines: readonly string[]; chosen: boolean
  /** An outline that is still being drawn. */
  open?: boolean; width: number
  /** Absent: it cannot be taken now. An index is that of a point, none the whole. */
  onTake?: (event: PointerEvent, index?: number) => void
}) => {
  const colour = markColour(chosen)
  const strokes = strokesOf(kind, points)
  const [tip, tail] = points.map(surface.toCanvas)
  const d = strokes.map((stroke) => path(stroke.points.map(surface.toCanvas), stroke.closed && !open)).join('') + (kind === 'arrow' && tip && tail ? head(tip, tail) : '')
  // An outline has many: they are shown of the one that is chosen.
  const handles = kind === 'freehand' && !chosen ? [] : handlesOf(kind, points, pixels.handles * surface.perPixel)
  const { x, y, textAnchor } = besides(kind === 'arrow' && tail ? [tail] : points.map(surface.toCanvas), width)
  return (
    <g data-mark={name} data-kind={kind}>
      <path d={d} fill="none" stroke="#000" strokeWidth={3.5} strokeLinejoin="round" />
      <path d={d} fill="none" stroke={colour} strokeWidth={1.5} strokeLinejoin="round" />
      {onTake ? <path d={d} fill="none" stroke="transparent" strokeWidth={12} style={{ pointerEvents: 'stroke', cursor: 'move' }} onPointerDown={(event) => onTake(event)} /> : null}
      {onTake ? handles.map((index) => {
        const [cx, cy] = surface.toCanvas(points[index] ?? [0, 0, 0])
        return <circle key={index} data-end={index} cx={cx} cy={cy} r={kind === 'freehand' ? 3.5 : 5} fill="none" stroke={colour} strokeWidth={1.5} style={{ pointerEvents: 'all', cursor: 'grab' }} onPointerDown={(event) => onTake(event, index)} />
      }) : null}
      <text x={x} y={y} textAnchor={textAnchor} fill={colour} stroke="#000" strokeWidth={3} strokeLinejoin="round" paintOrder="stroke" fontSize={13} style={{ userSelect: 'none' }}>
        {lines.map((line, index) => <tspan key={line} x={x} dy={index === 0 ? 0 : 16}>{line}</tspan>)}
      </text>
    </g>
  )
}
