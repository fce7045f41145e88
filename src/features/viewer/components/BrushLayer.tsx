import { useRef, useState, type PointerEvent } from 'react'
import type { Grid } from '../../../domain/geometry/grid.ts'
import { norm, subtract } from '../../../domain/geometry/plane.ts'
import type { CanvasPoint, WorldPoint } from '../../../domain/geometry/points.ts'
import { applyPatch, mergePatches, patchBox, revertPatch, strokePatch, type Patch } from '../../../domain/segmentation/brush.ts'
import { useEngine, useViewport } from '../../../engine/react.tsx'
import { useTranslation } from '../../../i18n/index.ts'
import { usePaintStore, useViewerStore } from '../store.ts'

/** What a brush paints on: labels over the open stack, 0 and 1, which it changes in place, and who takes a stroke that is finished. */
export type PaintSurface = { readonly grid: Grid; readonly labels: () => Uint8Array; readonly colour: readonly [number, number, number]; readonly onStroke: (patch: Patch) => void }

/** A stroke under way: what was changed so far, on which picture, and where the pointer was last. */
type Stroke = { readonly labels: Uint8Array; readonly slice: number; readonly pieces: Patch[]; last: WorldPoint }

/**
 * The brush over one view: a disc on the slice of a stack, or a ball; on a reformatted plane, which lies across the slices, a ball. What
 * it covers is painted while it moves; the whole way is handed over as one stroke when the pointer is let go.
 */
export const BrushLayer = ({ viewportId, flat, surface, erases }: { viewportId: string; flat: boolean; surface: PaintSurface; erases: boolean }) => {
  const { t } = useTranslation('viewer')
  const engine = useEngine()
  const view = useViewport(viewportId)
  const { radius, ball } = useViewerStore()
  const { touch, end } = usePaintStore.getState()
  const stroke = useRef<Stroke>(undefined)
  const [at, setAt] = useState<CanvasPoint>()
  const placeOf = (event: PointerEvent): CanvasPoint => {
    const box = event.currentTarget.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }
  const ready = view && !view.waiting && !view.failure
  const paint = (now: Stroke, way: readonly WorldPoint[]): void => {
    const piece = strokePatch(now.labels, surface.grid, way, { shape: flat && !ball ? 'disc' : 'ball', radiusMm: radius, value: erases ? 0 : 1 })
    applyPatch(now.labels, piece)
    now.pieces.push(piece)
    now.last = way.at(-1) ?? now.last
    const [columns, rows] = surface.grid.dimensions
    const box = patchBox(piece, columns, rows)
    touch(box && { labels: now.labels, box })
  }
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0 || !ready) return
    const world = engine.toWorld(viewportId, placeOf(event))
    if (!world) return
    event.stopPropagation()
    event.currentTarget.setPointerCapture(event.pointerId)
    useViewerStore.getState().set({ active: viewportId })
    stroke.current = { labels: surface.labels(), slice: view.slice, pieces: [], last: world }
    paint(stroke.current, [world])
  }
  const onPointerMove = (event: PointerEvent): void => {
    const point = placeOf(event)
    setAt(point)
    const now = stroke.current
    // Another slice than the one the stroke began on is not painted on by the way.
    const world = now && now.slice === view?.slice ? engine.toWorld(viewportId, point) : undefined
    if (now && world) paint(now, [now.last, world])
  }
  const onPointerUp = (): void => {
    const now = stroke.current
    stroke.current = undefined
    const patch = now && mergePatches(now.pieces)
    if (!now || !patch) return
    // The stroke is the document's to apply: until it does, the labels are as they were.
    revertPatch(now.labels, patch)
    surface.onStroke(patch)
    end()
  }
  const onPointerCancel = (): void => {
    const now = stroke.current
    stroke.current = undefined
    const patch = now && mergePatches(now.pieces)
    if (now && patch) revertPatch(now.labels, patch)
    end()
  }
  const [a, b] = [engine.toWorld(viewportId, [0, 0]), engine.toWorld(viewportId, [1, 0])]
  const pixels = a && b ? radius / norm(subtract(b, a)) : 0
  return (
    <svg role="img" aria-label={t(erases ? 'eraser' : 'brush')} data-brush={viewportId} width="100%" height="100%" onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={onPointerUp} onPointerCancel={onPointerCancel} onPointerLeave={() => setAt(undefined)}
      style={{ position: 'absolute', inset: 0, pointerEvents: 'all', cursor: 'none', touchAction: 'none' }}>
      {at && ready ? (
        <>
          <circle cx={at[0]} cy={at[1]} r={pixels} fill="none" stroke="#000" strokeWidth={3} />
          <circle cx={at[0]} cy={at[1]} r={pixels} fill="none" stroke={erases ? '#fff' : `rgb(${surface.colour.join(' ')})`} strokeWidth={1.5} strokeDasharray={erases ? '4 3' : undefined} />
        </>
      ) : null}
    </svg>
  )
}
