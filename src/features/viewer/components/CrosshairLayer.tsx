import { useRef, type PointerEvent } from 'react'
import { crossingLine, stretch } from '../../../domain/geometry/crossing.ts'
import { add } from '../../../domain/geometry/plane.ts'
import type { CanvasPoint } from '../../../domain/geometry/points.ts'
import type { View } from '../../../engine/port.ts'
import type { NamedView } from '../layouts.ts'
import { useEngine, useViewport } from '../../../engine/react.tsx'

/** A colour and a dash for each direction, so that neither alone tells which line is which. */
const strokes: Record<Exclude<View, 'volume'>, { readonly colour: string; readonly dash: string }> = {
  stack: { colour: '#9aa5ad', dash: '2 4' }, axial: { colour: '#7cc4d1', dash: 'none' }, coronal: { colour: '#e0a458', dash: '10 4' }, sagittal: { colour: '#b79ae0', dash: '10 4 2 4' },
}

/** Where another view's plane cuts this one. */
const CrossLine = ({ here, other }: { here: string; other: NamedView }) => {
  const engine = useEngine()
  useViewport(here)
  useViewport(other.id)
  const [a, b] = [engine.plane(here), engine.plane(other.id)]
  const line = a && b ? crossingLine(a, b) : undefined
  const from = line && engine.toCanvas(here, line.point)
  const to = line && engine.toCanvas(here, add(line.point, line.direction))
  const ends = from && to ? stretch(from, to, 10_000) : undefined
  if (!ends || other.view === 'volume') return null
  const [[x1, y1], [x2, y2]] = ends
  const { colour, dash } = strokes[other.view]
  return (
    <g data-cross={other.id}>
      <line x1={x1} y1={y1} x2={x2} y2={y2} stroke="#000" strokeOpacity={0.6} strokeWidth={3} />
      <line x1={x1} y1={y1} x2={x2} y2={y2} stroke={colour} strokeWidth={1} strokeDasharray={dash} />
    </g>
  )
}

/** Lines of the other planes over this one; with the crosshair in hand a click or drag takes them to that point of the patient. */
export const CrosshairLayer = ({ viewportId, others, active, label }: { viewportId: string; others: readonly NamedView[]; active: boolean; label: string }) => {
  const engine = useEngine()
  const svg = useRef<SVGSVGElement>(null)
  const held = useRef(false)
  const view = useViewport(viewportId)
  const go = (event: PointerEvent): void => {
    const box = svg.current?.getBoundingClientRect()
    const at: CanvasPoint | undefined = box && [event.clientX - box.left, event.clientY - box.top]
    const point = at && engine.toWorld(viewportId, at)
    if (point) for (const { id } of others) engine.goTo(id, point)
  }
  const down = (event: PointerEvent): void => {
    if (event.button !== 0 || !active) return
    svg.current?.setPointerCapture(event.pointerId)
    held.current = true
    go(event)
  }
  const move = (event: PointerEvent): void => { if (held.current) go(event) }
  const up = (): void => { held.current = false }
  return (
    <svg ref={svg} role="group" aria-label={label} data-crosshair={viewportId} width="100%" height="100%" style={{ position: 'absolute', inset: 0, pointerEvents: active ? 'all' : 'none', cursor: active ? 'crosshair' : 'default', touchAction: 'none' }}
      onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={up}>
      {view && !view.failure ? others.map((other) => <CrossLine key={other.id} here={viewportId} other={other} />) : null}
    </svg>
  )
}
