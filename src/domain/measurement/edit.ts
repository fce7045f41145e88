import { add, cross, dot, norm, scale, subtract } from '../geometry/plane.ts'
import type { Vec3 } from '../geometry/points.ts'
import { constrainShortAxis } from './bidirectional.ts'
import type { MeasurementKind } from './types.ts'

/**
 * The sheet a mark is drawn on, as two unit vectors along the screen's right and down. Points here are mm (pixels where there is no
 * calibration): world points on a reformatted plane; column, row and 0, times their spacing, on an acquired frame.
 */
export type Sheet = { readonly right: Vec3; readonly down: Vec3 }

/** How many points a person sets one by one to draw a mark; an outline has as many as wanted. */
export const pointsToSet: Readonly<Record<MeasurementKind, number>> = { length: 2, bidirectional: 4, ellipse: 2, freehand: Infinity, arrow: 2 }

const middle = (a: Vec3, b: Vec3): Vec3 => scale(add(a, b), 0.5)
/** Unit vector across another within the sheet. */
const across = ({ right, down }: Sheet, along: Vec3): Vec3 => {
  const side = cross(cross(right, down), along)
  const size = norm(side)
  return size === 0 ? [0, 0, 0] : scale(side, 1 / size)
}
const unit = (a: Vec3): Vec3 => {
  const size = norm(a)
  return size === 0 ? [0, 0, 0] : scale(a, 1 / size)
}

type Four = readonly [Vec3, Vec3, Vec3, Vec3]
const four = (points: readonly Vec3[]): Four | undefined => {
  const [a, b, c, d] = points
  return a && b && c && d ? [a, b, c, d] : undefined
}

/** The two axes of a bidirectional mark with their rule kept: perpendicular, crossing between the ends of both. */
const ruled = (points: Four, fixed: 2 | 3): Vec3[] => {
  const [a, b, c, d] = constrainShortAxis(points)
  const axis = subtract(b, a)
  const lengthSquared = dot(axis, axis)
  if (lengthSquared === 0) return [a, b, c, d]
  const foot = add(a, scale(axis, dot(subtract(c, a), axis) / lengthSquared))
  // The end that is moved stays on its own side of the long axis.
  const sameSide = dot(subtract(c, foot), subtract(d, foot)) > 0
  return sameSide ? fixed === 2 ? [a, b, c, foot] : [a, b, foot, d] : [a, b, c, d]
}

const bidirectional = (set: readonly Vec3[], sheet: Sheet): Vec3[] => {
  const [a = [0, 0, 0], b = a, c, d] = set
  const quarter = scale(across(sheet, subtract(b, a)), norm(subtract(b, a)) / 4)
  if (!c) return [a, b, subtract(middle(a, b), quarter), add(middle(a, b), quarter)]
  if (d) return ruled([a, b, c, d], 2)
  const axis = unit(subtract(b, a))
  return ruled([a, b, c, add(a, scale(axis, dot(subtract(c, a), axis)))], 2)
}

/** The ellipse within a rectangle along the sheet's right and down, from one of its corners to the opposite one. */
const ellipse = ([from = [0, 0, 0], to = from]: readonly Vec3[], { right, down }: Sheet): Vec3[] => {
  const centre = middle(from, to)
  const half = scale(subtract(to, from), 0.5)
  const [u, v] = [scale(right, dot(half, right)), scale(down, dot(half, down))]
  return [subtract(centre, u), add(centre, u), subtract(centre, v), add(centre, v)]
}

/**
 * The points of a mark from those a person has set so far, the last of which may still move. A bidirectional mark of two points has a
 * short axis half as long through the middle of the long one; an ellipse goes from corner to corner.
 */
export const fromSet = (kind: MeasurementKind, set: readonly Vec3[], sheet: Sheet): Vec3[] => {
  if (kind === 'bidirectional') return bidirectional(set, sheet)
  if (kind === 'ellipse') return ellipse(set, sheet)
  if (kind === 'freehand') return [...set]
  const [from, to = from] = set
  return from && to ? [from, to] : []
}

export const moveWhole = (points: readonly Vec3[], by: Vec3): Vec3[] => points.map((point) => add(point, by))

/** Each axis keeps its place on the other and its ends their distances, while an end of the long one is moved. */
const takeLongEnd = ([a, b, c, d]: Four, index: 0 | 1, to: Vec3, sheet: Sheet): Vec3[] => {
  const axis = subtract(b, a)
  const side = across(sheet, axis)
  const lengthSquared = dot(axis, axis)
  const along = lengthSquared === 0 ? 0.5 : dot(subtract(middle(c, d), a), axis) / lengthSquared
  const [from, until] = index === 0 ? [to, b] : [a, to]
  const foot = add(from, scale(subtract(until, from), along))
  const turned = across(sheet, subtract(until, from))
  const end = (p: Vec3): Vec3 => add(foot, scale(turned, dot(subtract(p, a), side)))
  return [from, until, end(c), end(d)]
}

/** The end taken follows; the other one goes along with it, so that the short axis stays perpendicular. */
const takeShortEnd = ([a, b, c, d]: Four, index: 2 | 3, to: Vec3): Vec3[] => {
  const axis = unit(subtract(b, a))
  const shift = scale(axis, dot(subtract(to, index === 2 ? c : d), axis))
  return index === 2 ? ruled([a, b, to, add(d, shift)], 3) : ruled([a, b, add(c, shift), to], 2)
}

/** The axis taken turns and stretches about the centre; the other turns with it and keeps its length. */
const takeAxisEnd = ([a, b, c, d]: Four, index: number, to: Vec3, sheet: Sheet): Vec3[] => {
  const centre = middle(middle(a, b), middle(c, d))
  const first = index < 2
  const [taken, other] = first ? [subtract(b, a), subtract(d, c)] : [subtract(d, c), subtract(b, a)]
  const half = scale(subtract(to, centre), index % 2 === 0 ? -1 : 1)
  if (norm(half) === 0) return [a, b, c, d]
  const side = across(sheet, half)
  const sign = dot(across(sheet, taken), other) < 0 ? -1 : 1
  const otherHalf = scale(side, (sign * norm(other)) / 2)
  const [u, v] = first ? [half, otherHalf] : [otherHalf, half]
  return [subtract(centre, u), add(centre, u), subtract(centre, v), add(centre, v)]
}

/** Points between the one taken and the handles next to it follow the less the farther they are along the outline. */
const takeVertex = (points: readonly Vec3[], index: number, to: Vec3, handles: readonly number[]): Vec3[] => {
  const at = points[index]
  if (!at) return [...points]
  const count = points.length
  const place = handles.indexOf(index)
  const gap = (from: number, until: number): number => ((until - from + count) % count) || count
  const before = gap(handles.at(place - 1) ?? index - 1, index)
  const after = gap(index, handles[(place + 1) % handles.length] ?? index + 1)
  const by = subtract(to, at)
  return points.map((point, one) => {
    const [ahead, behind] = [(one - index + count) % count, (index - one + count) % count]
    const weight = Math.max(0, 1 - ahead / after, 1 - behind / before)
    return weight === 0 ? point : add(point, scale(by, weight))
  })
}

/**
 * A mark with one of its ends moved; always computed from the mark as it was when the end was taken.
 * @param handles those of an outline's points that can be taken (`handlesOf`)
 */
export const takeEnd = (kind: MeasurementKind, points: readonly Vec3[], index: number, to: Vec3, sheet: Sheet, handles: readonly number[] = []): Vec3[] => {
  const axes = four(points)
  if (kind === 'bidirectional' && axes) return index === 0 || index === 1 ? takeLongEnd(axes, index, to, sheet) : takeShortEnd(axes, index === 2 ? 2 : 3, to)
  if (kind === 'ellipse' && axes) return takeAxisEnd(axes, index, to, sheet)
  if (kind === 'freehand') return takeVertex(points, index, to, handles)
  return points.map((point, one) => (one === index ? to : point))
}

/** Which points of a closed outline stand at least `apart` from the one before and, the last, from the first. */
const apartFrom = (points: readonly Vec3[], apart: number): number[] => {
  const kept: number[] = []
  points.forEach((point, index) => {
    const last = points[kept.at(-1) ?? -1]
    if (!last || norm(subtract(point, last)) >= apart) kept.push(index)
  })
  const first = points[0]
  const end = (): Vec3 | undefined => points[kept.at(-1) ?? -1]
  for (let last = end(); first && last && kept.length > 1 && norm(subtract(last, first)) < apart; last = end()) kept.pop()
  return kept
}

/** Which points of a mark can be taken; of an outline those at least `apart` from one another. */
export const handlesOf = (kind: MeasurementKind, points: readonly Vec3[], apart: number): number[] =>
  kind === 'freehand' ? apartFrom(points, apart) : points.map((_, index) => index)

/**
 * What is kept of a mark when it is let go: an outline without points nearer than `nearest` to the one before; the longer axis of an
 * ellipse or bidirectional mark first (PS3.3 C.18.6.1.2). Undefined where too little was drawn: an outline of fewer than three
 * points, or anything shorter than `shortest`.
 */
export const settle = (kind: MeasurementKind, points: readonly Vec3[], { nearest, shortest }: { readonly nearest: number; readonly shortest: number }): Vec3[] | undefined => {
  if (kind === 'freehand') {
    const wanted = new Set(apartFrom(points, nearest))
    const kept = points.filter((_, index) => wanted.has(index))
    const extent = Math.max(0, ...kept.map((point) => norm(subtract(point, kept[0] ?? point))))
    return kept.length < 3 || extent < shortest ? undefined : kept
  }
  const [a, b, c, d] = points
  if (!a || !b) return undefined
  const long = norm(subtract(b, a))
  if (!c || !d) return long < shortest ? undefined : [a, b]
  const short = norm(subtract(d, c))
  if (kind === 'ellipse' && Math.min(long, short) < shortest) return undefined
  if (Math.max(long, short) < shortest) return undefined
  return short > long ? [c, d, a, b] : [a, b, c, d]
}
