import { distanceMm, toWorld } from '../geometry/plane.ts'
import type { FramePlane, ImagePoint } from '../geometry/points.ts'
import type { MeasurementKind, Place, Value } from './types.ts'

/** A coordinate as DICOM carries it in SCOORD and SCOORD3D: a 32-bit float, without a negative zero. */
export const roundToFloat = (value: number): number => Math.fround(value) + 0

/** A number as a DS of at most 16 characters (PS3.5 6.2). */
export const toDecimalString = (value: number): string => {
  if (!Number.isFinite(value)) throw new Error(`${value} cannot be written as a decimal string`)
  for (let digits = 15; digits > 0; digits--) {
    const text = String(Number(value.toPrecision(digits)))
    if (text.length <= 16) return text
  }
  return value.toExponential(8)
}

const value = (quantity: Value['quantity'], unit: Value['unit'], number: number): Value => {
  const text = toDecimalString(number)
  return { quantity, unit, number: Number(text), text }
}

/** Distance of two image points: mm by the frame's spacing, else pixels. */
const imageDistance = (a: ImagePoint, b: ImagePoint, plane: FramePlane | undefined): number =>
  plane ? distanceMm(toWorld(plane, a), toWorld(plane, b)) : Math.hypot(a[0] - b[0], a[1] - b[1])

/** Places with their coordinates rounded to what DICOM carries: a finished mark is what a report of it will say. */
export const roundPlace = (place: Place): Place => place.kind === 'image'
  ? { ...place, points: place.points.map(([x, y]): ImagePoint => [roundToFloat(x), roundToFloat(y)]) }
  : { ...place, points: place.points.map(([x, y, z]) => [roundToFloat(x), roundToFloat(y), roundToFloat(z)] as const) }

/**
 * What a mark says in numbers, from its geometry alone.
 * @param plane of the frame drawn on; without one lengths are in pixels ("px"), never mm
 */
export const measure = (kind: MeasurementKind, place: Place, plane: FramePlane | undefined): Value[] => {
  if (kind !== 'length') return []
  if (place.kind === 'plane') {
    const [a, b] = place.points
    return a && b ? [value('length', 'mm', distanceMm(a, b))] : []
  }
  const [a, b] = place.points
  return a && b ? [value('length', plane ? 'mm' : 'px', imageDistance(a, b, plane))] : []
}
