import { useRef, useState, type PointerEvent } from 'react'
import type { CanvasPoint, FramePlane, ImagePoint } from '../../../domain/geometry/points.ts'
import { toImage, toWorld } from '../../../domain/geometry/plane.ts'
import { measure } from '../../../domain/measurement/measure.ts'
import type { Measurement, Place } from '../../../domain/measurement/types.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { useEngine, useViewport } from '../../../engine/react.tsx'

/** Where a frame without a position is drawn: the engine's own pixel grid of 1 x 1. */
const gridPlane = (rows: number, columns: number): FramePlane => ({ origin: [0, 0, 0], rowDirection: [1, 0, 0], columnDirection: [0, 1, 0], rowSpacingMm: 1, columnSpacingMm: 1, rows, columns })

type Drag = { readonly kind: 'new' } | { readonly kind: 'end'; readonly uid: string; readonly index: number } | { readonly kind: 'whole'; readonly uid: string; readonly from: ImagePoint }
type Draft = { readonly uid: string | undefined; readonly points: readonly ImagePoint[] }

/** Shorter than this on the screen is a click, not a mark. */
const shortestPixels = 3

const describe = (place: Place, plane: FramePlane | undefined): string => {
  const [length] = measure('length', place, plane)
  return length ? `${length.number.toFixed(1)} ${length.unit}` : ''
}

/**
 * Marks over the stack: drawn by us through the engine's `toWorld` and `toCanvas`, kept in image coordinates of the frame
 * (PS3.3 C.18.6.1.2), so that what is drawn is what a report will say.
 */
export const MarksLayer = ({ viewportId, series, marks, selected, drawing, onFinished, onSelect, label }: {
  viewportId: string; series: EngineSeries; marks: readonly Measurement[]; selected: string | undefined; drawing: boolean
  onFinished: (uid: string | undefined, place: Place, plane: FramePlane | undefined) => void; onSelect: (uid: string | undefined) => void; label: string
}) => {
  const engine = useEngine()
  const view = useViewport(viewportId)
  const svg = useRef<SVGSVGElement>(null)
  const drag = useRef<Drag>(undefined)
  const [draft, setDraft] = useState<Draft>()
  const frame = series.frames[view?.slice ?? 0]
  if (!view || !frame || view.view !== 'stack') return null
  const grid = frame.plane ?? gridPlane(frame.pixels.rows, frame.pixels.columns)
  const toPoint = (event: PointerEvent): ImagePoint | undefined => {
    const box = svg.current?.getBoundingClientRect()
    const world = box ? engine.toWorld(viewportId, [event.clientX - box.left, event.clientY - box.top]) : undefined
    return world ? toImage(grid, world) : undefined
  }
  const toScreen = (point: ImagePoint): CanvasPoint => engine.toCanvas(viewportId, toWorld(grid, point)) ?? [0, 0]
  const placeOf = (points: readonly ImagePoint[]): Place => ({ kind: 'image', frame: frame.ref, points })
  // While another slice is on the canvas than the one asked for, no mark is shown: it would lie on the wrong picture.
  const here = view.waiting ? [] : marks.filter(({ place }) => place.kind === 'image' && place.frame.sopInstanceUid === frame.ref.sopInstanceUid && place.frame.frameNumber === frame.ref.frameNumber)

  const begin = (event: PointerEvent, next: Drag, points: readonly ImagePoint[]): void => {
    if (event.button !== 0) return
    event.stopPropagation()
    svg.current?.setPointerCapture(event.pointerId)
    drag.current = next
    setDraft({ uid: next.kind === 'new' ? undefined : next.uid, points })
  }
  const move = (event: PointerEvent): void => {
    const now = drag.current
    const point = toPoint(event)
    if (!now || !point || !draft) return
    const [a, b] = draft.points
    if (!a || !b) return
    if (now.kind === 'new') setDraft({ ...draft, points: [a, point] })
    else if (now.kind === 'end') setDraft({ ...draft, points: now.index === 0 ? [point, b] : [a, point] })
    else {
      const [dx, dy] = [point[0] - now.from[0], point[1] - now.from[1]]
      drag.current = { ...now, from: point }
      setDraft({ ...draft, points: draft.points.map(([x, y]): ImagePoint => [x + dx, y + dy]) })
    }
  }
  const end = (): void => {
    const done = draft
    drag.current = undefined
    setDraft(undefined)
    const [a, b] = done?.points ?? []
    if (!done || !a || !b) return
    const [p, q] = [toScreen(a), toScreen(b)]
    if (Math.hypot(p[0] - q[0], p[1] - q[1]) < shortestPixels) return
    onFinished(done.uid, placeOf(done.points), frame.plane)
  }
  const shapes = [...here.map((mark) => ({ uid: mark.trackingUid, points: draft?.uid === mark.trackingUid ? draft.points : (mark.place.points as readonly ImagePoint[]), id: mark.trackingId })), ...(draft && draft.uid === undefined ? [{ uid: 'draft', points: draft.points, id: '' }] : [])]
  return (
    <svg ref={svg} role="group" aria-label={label} width="100%" height="100%" style={{ position: 'absolute', inset: 0, pointerEvents: drawing || draft ? 'all' : 'none', cursor: drawing ? 'crosshair' : 'default', touchAction: 'none' }}
      onPointerDown={(event) => { const point = toPoint(event); if (drawing && point && !view.waiting) begin(event, { kind: 'new' }, [point, point]) }} onPointerMove={move} onPointerUp={end} onPointerCancel={() => { drag.current = undefined; setDraft(undefined) }}>
      {shapes.map(({ uid, points, id }) => {
        const [a, b] = points
        if (!a || !b) return null
        const [p, q] = [toScreen(a), toScreen(b)]
        const colour = uid === selected ? '#ffffff' : '#ffd44d'
        const whole = { onPointerDown: (event: PointerEvent) => { const from = toPoint(event); if (from && uid !== 'draft') { onSelect(uid); begin(event, { kind: 'whole', uid, from }, points) } } }
        return (
          <g key={uid} data-mark={id}>
            <line x1={p[0]} y1={p[1]} x2={q[0]} y2={q[1]} stroke="#000" strokeWidth={3.5} />
            <line x1={p[0]} y1={p[1]} x2={q[0]} y2={q[1]} stroke={colour} strokeWidth={1.5} />
            <line x1={p[0]} y1={p[1]} x2={q[0]} y2={q[1]} stroke="transparent" strokeWidth={12} style={{ pointerEvents: 'stroke', cursor: 'move' }} {...whole} />
            {[p, q].map((end_, index) => (
              <circle key={index} cx={end_[0]} cy={end_[1]} r={5} fill="none" stroke={colour} strokeWidth={1.5} style={{ pointerEvents: 'all', cursor: 'grab' }}
                onPointerDown={(event) => { if (uid !== 'draft') { onSelect(uid); begin(event, { kind: 'end', uid, index }, points) } }} />
            ))}
            <text x={Math.max(p[0], q[0]) + 10} y={(p[0] > q[0] ? p[1] : q[1]) + 4} fill={colour} stroke="#000" strokeWidth={3} paintOrder="stroke" fontSize={13}>{`${id} ${describe(placeOf(points), frame.plane)}`.trim()}</text>
          </g>
        )
      })}
    </svg>
  )
}
