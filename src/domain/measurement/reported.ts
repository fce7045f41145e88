import { cross, norm, scale, subtract } from '../geometry/plane.ts'
import type { Vec3 } from '../geometry/points.ts'
import type { Spacing } from './calibration.ts'
import { ellipseArea, outlineArea, planeFrame, type Flat } from './shape.ts'

/** A shape of a report: image coordinates (two a point) or patient mm (three a point); which image, where it names one (PS3.3 C.18.6, C.18.9). */
export type ReportedShape = {
  readonly graphicType: string
  readonly points: readonly (readonly number[])[]
  readonly image?: { readonly sopInstanceUid: string; readonly frameNumber: number }
}
/** What a number of a report is of, as far as its coordinates can tell. */
export type ReportedQuantity = 'length' | 'area' | 'radius' | 'diameter' | 'perimeter'
/** A number as somebody reported it. */
export type ReportedNumber = {
  /** What it is called there, with its modifiers. */
  readonly name: string
  /** Digits and units as they stand there; pixels are "px" however they are coded. */
  readonly text: string
  readonly unit: string
  readonly number: number
  readonly quantity?: ReportedQuantity
  readonly shape?: ReportedShape
}
/** What we compute from the coordinates, in the unit of the report. */
export type Recomputed = { readonly number: number; readonly unit: string; readonly differs: boolean }

/** mm, or mm2, in one of the unit; pixels are none. */
const inMm: Readonly<Record<string, number>> = { mm: 1, cm: 10, m: 1000, um: 0.001 }
const inMm2: Readonly<Record<string, number>> = { mm2: 1, cm2: 100, m2: 1e6 }

const vectorsOf = ({ points }: ReportedShape, spacing: Spacing | undefined): Vec3[] | undefined => {
  if (points.some((point) => point.length === 2) && !spacing) return undefined
  return points.map(([x = 0, y = 0, z]): Vec3 => (z === undefined ? [x * (spacing?.columnSpacingMm ?? 1), y * (spacing?.rowSpacingMm ?? 1), 0] : [x, y, z]))
}
const along = (points: readonly Vec3[]): number => points.slice(1).reduce((sum, point, index) => sum + norm(subtract(point, points[index] ?? point)), 0)
/** Points in the plane of the first three that span one. */
const flatten = (points: readonly Vec3[]): Flat[] | undefined => {
  const [first] = points
  const normal = first && points.map((point, index) => cross(subtract(point, first), subtract(points[index + 1] ?? first, first))).reduce((best, one) => (norm(one) > norm(best) ? one : best), [0, 0, 0])
  return first && normal && norm(normal) > 0 ? points.map(planeFrame(scale(normal, 1 / norm(normal)), first).flat) : undefined
}

/** Length in mm or area in mm2 of a shape, by what the number is of; undefined where the shape does not tell it. */
const measured = (quantity: ReportedQuantity, { graphicType }: ReportedShape, points: readonly Vec3[]): number | undefined => {
  const [first, second] = points
  if (!first || !second) return undefined
  const closed = norm(subtract(points.at(-1) ?? second, first)) < 1e-6
  if (graphicType === 'CIRCLE') {
    // Centre and a point on the circle.
    const radius = norm(subtract(second, first))
    return { radius, diameter: 2 * radius, perimeter: 2 * Math.PI * radius, area: Math.PI * radius ** 2, length: undefined }[quantity]
  }
  if (graphicType === 'ELLIPSE') return quantity === 'area' && points.length === 4 ? ellipseArea(flatten(points) ?? []) : undefined
  if (graphicType !== 'POLYLINE' && graphicType !== 'POLYGON') return undefined
  if (quantity === 'length' || quantity === 'diameter') return points.length === 2 ? along(points) : undefined
  if (points.length < 4 || !(closed || graphicType === 'POLYGON')) return undefined
  if (quantity === 'area') return outlineArea(flatten(points) ?? [])
  return quantity === 'perimeter' ? along(closed ? points : [...points, first]) : undefined
}

/**
 * The same number from the coordinates that stand with it; undefined where they, the units or the image do not allow it. Pixels stay pixels.
 * @param spacing of the image that the shape was drawn on; without one coordinates of an image say nothing in mm
 */
export const recompute = ({ number, unit, quantity, shape }: ReportedNumber, spacing: Spacing | undefined): Recomputed | undefined => {
  const factor = quantity === 'area' ? inMm2[unit] : inMm[unit]
  const points = shape && vectorsOf(shape, spacing)
  const mm = quantity && shape && points && factor !== undefined ? measured(quantity, shape, points) : undefined
  if (mm === undefined || factor === undefined || !Number.isFinite(mm)) return undefined
  const reported = number * factor
  const off = Math.abs(mm - reported)
  return { number: mm / factor, unit, differs: !(off <= 0.01 * Math.abs(reported)) || (quantity !== 'area' && off > 0.1) }
}
