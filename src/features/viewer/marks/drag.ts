import { norm, subtract } from '../../../domain/geometry/plane.ts'
import type { Vec3 } from '../../../domain/geometry/points.ts'
import { fromSet, handlesOf, moveWhole, takeEnd, type Sheet } from '../../../domain/measurement/edit.ts'
import type { MeasurementKind } from '../../../domain/measurement/types.ts'

/** CSS pixels: shorter is a click and no mark; nearer points of an outline are one; ends nearer than that cannot be taken apart. */
export const pixels = { shortest: 3, nearest: 0.5, handles: 12 } as const

/** What the hand holds, with the mark as it was when it was taken; sheet points. */
export type Held =
  | { readonly what: 'new'; readonly from: Vec3 }
  | { readonly what: 'end'; readonly index: number; readonly points: readonly Vec3[]; readonly handles: readonly number[] }
  | { readonly what: 'whole'; readonly from: Vec3; readonly points: readonly Vec3[] }

export const holdEnd = (kind: MeasurementKind, points: readonly Vec3[], index: number, perPixel: number): Held => ({ what: 'end', index, points, handles: handlesOf(kind, points, pixels.handles * perPixel) })

/**
 * The mark as it is with the hand at a point.
 * @param now as it was at the point before; only an outline being drawn grows from it
 */
export const dragged = (kind: MeasurementKind, held: Held, now: readonly Vec3[], to: Vec3, sheet: Sheet, perPixel: number): Vec3[] => {
  if (held.what === 'end') return takeEnd(kind, held.points, held.index, to, sheet, held.handles)
  if (held.what === 'whole') return moveWhole(held.points, subtract(to, held.from))
  if (kind !== 'freehand') return fromSet(kind, [held.from, to], sheet)
  const last = now.at(-1)
  return last && norm(subtract(to, last)) < pixels.nearest * perPixel ? [...now] : [...now, to]
}
