import { useEffect, useRef, useState, type PointerEvent } from 'react'
import { norm, subtract } from '../../../domain/geometry/plane.ts'
import type { CanvasPoint, FramePlane, Vec3 } from '../../../domain/geometry/points.ts'
import { fromSet, pointsToSet, settle } from '../../../domain/measurement/edit.ts'
import type { Measurement, MeasurementKind, Place } from '../../../domain/measurement/types.ts'
import { dragged, holdEnd, pixels, type Held } from './drag.ts'
import type { Surface } from './surface.ts'

/** A mark that was drawn (no uid) or changed, as it goes to whoever keeps marks. */
export type Finished = { readonly uid: string | undefined; readonly kind: MeasurementKind; readonly place: Place; readonly calibration: FramePlane | undefined; readonly label?: string }

type Common = { readonly key: string; readonly kind: MeasurementKind }
type Draft = Common & (
  | { readonly by: 'hand'; readonly uid: string | undefined; readonly held: Held; readonly points: readonly Vec3[] }
  | { readonly by: 'keys'; readonly set: readonly Vec3[] }
  /** Drawn; what stands beside it is asked for. */
  | { readonly by: 'label'; readonly points: readonly Vec3[]; readonly done: Finished }
)

const arrows: Readonly<Record<string, CanvasPoint>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
/** CSS pixels: a vertex set this near to the first closes an outline. */
const closes = 3

/** Drawing by hand and by keyboard over one view. Nothing is handed over before it is finished. */
export const useDrawing = ({ svg, surface, tool, onFinished, onSelect }: {
  svg: SVGSVGElement | null; surface: Surface | undefined; tool: MeasurementKind | undefined; onFinished: (mark: Finished) => void; onSelect: (uid: string) => void
}) => {
  // Pointer events may come faster than the page is rendered: the newest draft is here, what is shown follows.
  const newest = useRef<Draft>(undefined)
  const [draft, setDraft] = useState<Draft>()
  const [cursor, setCursor] = useState<CanvasPoint>()
  const put = (next: Draft | undefined): void => {
    newest.current = next
    setDraft(next)
  }
  const at = (event: PointerEvent): Vec3 | undefined => {
    const box = svg?.getBoundingClientRect()
    return box && surface?.toSheet([event.clientX - box.left, event.clientY - box.top])
  }

  const finish = (kind: MeasurementKind, uid: string | undefined, points: readonly Vec3[]): void => {
    put(undefined)
    if (!surface) return
    const kept = settle(kind, points, { nearest: pixels.nearest * surface.perPixel, shortest: pixels.shortest * surface.perPixel })
    if (!kept) return
    const place = surface.placeOf(kept)
    const done: Finished = { uid, kind, place, calibration: surface.calibrationOf(place) }
    if (kind === 'arrow' && uid === undefined) put({ by: 'label', kind, key: surface.key, points: kept, done })
    else onFinished(done)
  }
  const hold = (event: PointerEvent, kind: MeasurementKind, uid: string | undefined, held: Held, points: readonly Vec3[]): void => {
    if (event.button !== 0 || !surface) return
    event.stopPropagation()
    svg?.setPointerCapture(event.pointerId)
    setCursor(undefined)
    put({ by: 'hand', kind, uid, held, points, key: surface.key })
  }
  const onPointerDown = (event: PointerEvent): void => {
    const point = at(event)
    if (tool && point && newest.current?.by !== 'label') hold(event, tool, undefined, { what: 'new', from: point }, tool === 'freehand' ? [point] : fromSet(tool, [point], surface?.sheet ?? { right: [1, 0, 0], down: [0, 1, 0] }))
  }
  const take = (event: PointerEvent, { trackingUid, kind }: Measurement, points: readonly Vec3[], index?: number): void => {
    const from = at(event)
    if (event.button !== 0 || !from || !surface) return
    onSelect(trackingUid)
    hold(event, kind, trackingUid, index === undefined ? { what: 'whole', from, points } : holdEnd(kind, points, index, surface.perPixel), points)
  }
  const onPointerMove = (event: PointerEvent): void => {
    const now = newest.current
    const point = at(event)
    if (now?.by !== 'hand' || !point || !surface || now.key !== surface.key) return
    const [like] = now.points
    const to = now.held.what === 'end' && like ? surface.atHeightOf(point, like) : point
    put({ ...now, points: dragged(now.kind, now.held, now.points, to, surface.sheet, surface.perPixel) })
  }
  const onPointerUp = (): void => {
    const now = newest.current
    if (now?.by !== 'hand') return
    // A mark that was only clicked is not changed; one whose slice went away while it was held neither.
    if (surface?.key !== now.key || (now.held.what !== 'new' && now.points === now.held.points)) put(undefined)
    else finish(now.kind, now.uid, now.points)
  }
  const onPointerCancel = (): void => { if (newest.current?.by === 'hand') put(undefined) }

  /** Undefined while none is asked for. */
  const onLabel = (label: string | undefined): void => {
    const now = newest.current
    if (now?.by !== 'label') return
    put(undefined)
    svg?.closest<HTMLElement>('[data-viewport]')?.focus()
    if (label !== undefined) onFinished({ ...now.done, label })
  }

  const setNext = (kind: MeasurementKind, set: readonly Vec3[], point: Vec3): void => {
    if (!surface) return
    const first = set[0]
    if (kind === 'freehand' && set.length >= 3 && first && norm(subtract(point, first)) <= closes * surface.perPixel) return finish(kind, undefined, set)
    const next = [...set, point]
    if (next.length >= pointsToSet[kind]) finish(kind, undefined, fromSet(kind, next, surface.sheet))
    else put({ by: 'keys', kind, key: surface.key, set: next })
  }
  const onKey = (event: KeyboardEvent): void => {
    const now = newest.current
    const box = svg?.getBoundingClientRect()
    if (!box || event.ctrlKey || event.metaKey || event.altKey || now?.by === 'label') return
    const mine = svg?.closest('[data-viewport]') === document.activeElement
    const own = (): void => {
      event.preventDefault()
      event.stopPropagation()
    }
    const arrow = arrows[event.key]
    const set = now?.by === 'keys' && now.kind === tool && now.key === surface?.key ? now.set : []
    if (event.key === 'Escape' && (now || cursor)) {
      own()
      put(undefined)
      setCursor(undefined)
    } else if (!mine || !tool || now?.by === 'hand') return
    else if (arrow) {
      own()
      const [x, y] = cursor ?? [box.width / 2, box.height / 2]
      const step = event.shiftKey ? 10 : 1
      setCursor([Math.max(0, Math.min(box.width, x + arrow[0] * step)), Math.max(0, Math.min(box.height, y + arrow[1] * step))])
    } else if (event.key === 'Enter') {
      own()
      const point = cursor && surface?.toSheet(cursor)
      if (point) setNext(tool, set, point)
      else setCursor([box.width / 2, box.height / 2])
    } else if (event.key.toLowerCase() === 'c' && tool === 'freehand' && set.length > 0) {
      own()
      if (set.length >= 3) finish(tool, undefined, set)
    }
  }
  const key = useRef(onKey)
  useEffect(() => { key.current = onKey })
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => key.current(event)
    // Before the keys of the screen: what is drawn has them first.
    window.addEventListener('keydown', listen, { capture: true })
    return () => window.removeEventListener('keydown', listen, { capture: true })
  }, [])

  const here = draft && draft.key === surface?.key ? draft : undefined
  const aim = cursor && tool && surface?.toSheet(cursor)
  const points = here?.by === 'keys' ? (surface && aim ? fromSet(here.kind, [...here.set, aim], surface.sheet) : here.set) : here?.points
  return {
    /** What is drawn or changed now. */
    shown: here && points ? { kind: here.kind, uid: here.by === 'hand' ? here.uid : undefined, points, open: here.kind === 'freehand' && (here.by === 'keys' || (here.by === 'hand' && here.held.what === 'new')) } : undefined,
    asking: draft?.by === 'label', held: draft?.by === 'hand', cursor: tool ? cursor : undefined,
    take, onLabel, onPointerDown, onPointerMove, onPointerUp, onPointerCancel,
  }
}
