import { norm, subtract } from '../geometry/plane.ts'
import type { ImagePoint, Vec3 } from '../geometry/points.ts'
import type { Spacing } from './calibration.ts'
import { regionStatistics, type Pixels } from './roi.ts'
import { ellipseArea, outlineArea, planeFrame, type Flat } from './shape.ts'
import type { MeasurementKind, Place, Quantity, Unit, Value } from './types.ts'


/** How many points a mark of this kind has; an outline has at least three. */
export const pointsOf: Readonly<Record<MeasurementKind, number>> = { length: 2, bidirectional: 4, ellipse: 4, freehand: 3, arrow: 2 }

/**
 * A number as a DS of at most 16 characters (PS3.5 6.2), with as many digits as fit.
 * @throws Error where the number is not finite: DS has no word for it
 */
export const toDecimalString = (value: number): string => {
  if (!Number.isFinite(value)) throw new Error(`${value} cannot be written as a decimal string`)
  // Most are short: outlines hold a hundred thousand of them.
  const plain = String(value)
  if (plain.length <= 15) return plain
  for (let digits = 15; digits > 0; digits--) {
    const rounded = Number(value.toPrecision(digits)) + 0
    // Small numbers keep more digits with an exponent than behind zeros.
    for (const text of [String(rounded), rounded.toExponential()]) if (text.length <= 16) return text
  }
  return value.toExponential(8)
}

/** A value is what its text says, so that the report says the same number. */
const value = (quantity: Quantity, unit: Unit, number: number): Value => {
  const text = toDecimalString(number)
  return { quantity, unit, number: Number(text), text }
}

/** float32; minus zero becomes zero. */
const single = (x: number): number => Math.fround(x) + 0

/** Places with their coordinates rounded to what DICOM carries: a finished mark is what a report of it will say. */
export const roundPlace = (place: Place): Place => {
  const rounded = ([x, y, z]: Vec3): Vec3 => [single(x), single(y), single(z)]
  return place.kind === 'image'
    ? { ...place, points: place.points.map(([x, y]): ImagePoint => [single(x), single(y)]) }
    : { ...place, normal: rounded(place.normal), points: place.points.map(rounded) }
}

/** Points in the unit lengths are given in: mm where that is known, else pixels. */
const scaled = (place: Place, calibration: Spacing | undefined): { points: readonly Vec3[]; unit: 'mm' | 'px' } =>
  place.kind === 'plane'
    ? { points: place.points, unit: 'mm' }
    : {
        points: place.points.map(([column, row]): Vec3 => [column * (calibration?.columnSpacingMm ?? 1), row * (calibration?.rowSpacingMm ?? 1), 0]),
        unit: calibration ? 'mm' : 'px',
      }

/**
 * What a mark says in numbers, from its geometry; of an ellipse or outline also what the voxels inside say, where these are given.
 * @param calibration of the frame drawn on; without one lengths are in pixels ("px"), never mm
 * @param pixels the voxels of the frame or the volume of the place, after the modality LUT
 */
export const measure = (kind: MeasurementKind, place: Place, calibration: Spacing | undefined, pixels?: Pixels): Value[] => {
  const { points, unit } = scaled(place, calibration)
  if (points.length < pointsOf[kind] || kind === 'arrow') return []
  const between = (from: number, to: number): number => norm(subtract(points[to] ?? [0, 0, 0], points[from] ?? [0, 0, 0]))
  if (kind === 'length') return [value('length', unit, between(0, 1))]
  if (kind === 'bidirectional') return [value('longAxis', unit, between(0, 1)), value('shortAxis', unit, between(2, 3))]
  const flat = place.kind === 'image' ? points.map(([x, y]): Flat => [x, y]) : flatten(place)
  const area = value('area', unit === 'mm' ? 'mm2' : 'px2', kind === 'ellipse' ? ellipseArea(flat) : outlineArea(flat))
  const found = pixels && regionStatistics(kind, place, pixels)
  if (!pixels || !found) return [area]
  const optional = (quantity: Quantity, number: number | undefined): Value[] => (number === undefined ? [] : [value(quantity, pixels.unit, number)])
  return [
    area, ...optional('mean', found.mean), ...optional('sd', found.sd), ...optional('min', found.min), ...optional('max', found.max),
    value('voxels', '1', found.voxels),
  ]
}

const flatten = (place: Extract<Place, { kind: 'plane' }>): Flat[] => {
  const [first] = place.points
  return first ? place.points.map(planeFrame(place.normal, first).flat) : []
}
