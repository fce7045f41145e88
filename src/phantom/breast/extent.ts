import type { ViewPoint } from './outline.ts'

/** Convex hull, counter-clockwise (Andrew's monotone chain). */
export const hullOf = (points: readonly ViewPoint[]): ViewPoint[] => {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
  const chain = (list: readonly ViewPoint[]): ViewPoint[] => {
    const out: ViewPoint[] = []
    for (const point of list) {
      for (let [a, b] = [out.at(-2), out.at(-1)]; a && b && (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) <= 0; [a, b] = [out.at(-2), out.at(-1)]) out.pop()
      out.push(point)
    }
    return out.slice(0, -1)
  }
  return [...chain(sorted), ...chain(sorted.toReversed())]
}

export type Extent = { readonly longest: number; readonly shortest: number; readonly centre: ViewPoint }

/** Length of the chord of a polygon on the line of points p with p · normal = offset. */
const chord = (polygon: readonly ViewPoint[], normal: ViewPoint, offset: number): number => {
  const [along0, along1] = [-normal[1], normal[0]]
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < polygon.length; i++) {
    const [a, b] = [polygon[i], polygon[(i + 1) % polygon.length]]
    if (!a || !b) continue
    const [da, db] = [a[0] * normal[0] + a[1] * normal[1] - offset, b[0] * normal[0] + b[1] * normal[1] - offset]
    if (da > 0 === db > 0) continue
    const t = da / (da - db)
    const along = (a[0] + t * (b[0] - a[0])) * along0 + (a[1] + t * (b[1] - a[1])) * along1
    low = Math.min(low, along)
    high = Math.max(high, along)
  }
  return high > low ? high - low : 0
}

/** Longest diameter of a polygon, the longest chord across it, and the centre of its area; in the unit of its points. */
export const extentOf = (polygon: readonly ViewPoint[]): Extent => {
  let [longest, axis] = [0, [1, 0] as ViewPoint]
  for (const a of polygon) {
    for (const b of polygon) {
      const away = Math.hypot(b[0] - a[0], b[1] - a[1])
      if (away > longest) {
        longest = away
        axis = [(b[0] - a[0]) / away, (b[1] - a[1]) / away]
      }
    }
  }
  const along = polygon.map(([x, y]) => x * axis[0] + y * axis[1])
  const [from, to] = [Math.min(...along), Math.max(...along)]
  let shortest = 0
  for (let step = 1; step < 64; step++) shortest = Math.max(shortest, chord(polygon, axis, from + ((to - from) * step) / 64))
  let [area, cx, cy] = [0, 0, 0]
  for (let i = 0; i < polygon.length; i++) {
    const [a, b] = [polygon[i], polygon[(i + 1) % polygon.length]]
    if (!a || !b) continue
    const cross = a[0] * b[1] - b[0] * a[1]
    area += cross
    cx += (a[0] + b[0]) * cross
    cy += (a[1] + b[1]) * cross
  }
  return { longest, shortest, centre: area === 0 ? (polygon[0] ?? [0, 0]) : [cx / (3 * area), cy / (3 * area)] }
}
