import { cross, norm, scale, subtract } from '../geometry/plane.ts'
import type { Vec3, WorldPoint } from '../geometry/points.ts'
import { outlineArea, planeFrame, type Flat } from '../measurement/shape.ts'
import { isClosed, type Contour } from './structures.ts'

/** An edge of a region: its outside, or around a hole in it. */
export type Ring = { readonly points: readonly WorldPoint[]; readonly hole: boolean }
/** What lies in one plane, mm along the normal of the structure. */
export type RegionPlane = { readonly heightMm: number; readonly rings: readonly Ring[]; readonly areaMm2: number }

/** Points this close are one: a keyhole goes back where it came. */
const micrometre = 1e-3
const keyOf = (point: WorldPoint): string => point.map((x) => Math.round(x / micrometre)).join()

/**
 * Parts a contour that leads into a hole and back along the same line (keyhole, PS3.3 C.8.8.6.3) into rings without that line; a contour
 * without one is the only ring.
 */
export const splitKeyholes = (points: readonly WorldPoint[]): (readonly WorldPoint[])[] => {
  const rings: WorldPoint[][] = []
  const keys = points.map(keyOf)
  // Corners walked so far; an edge walked back ends a ring that began with the same edge the other way.
  const way: number[] = []
  const edges = new Map<string, number>()
  const close = (from: number): void => {
    for (let at = from; at + 1 < way.length; at++) edges.delete(`${keys[way[at] ?? 0]}>${keys[way[at + 1] ?? 0]}`)
    const ring = way.splice(from).slice(0, -1)
    if (ring.length >= 3) rings.push(ring.map((index) => points[index] ?? [0, 0, 0]))
  }
  for (let index = 0; index <= points.length; index++) {
    const corner = index % points.length
    const last = way.at(-1)
    if (last !== undefined && keys[last] === keys[corner]) continue
    const back = last === undefined ? undefined : edges.get(`${keys[corner]}>${keys[last]}`)
    if (back !== undefined) {
      close(back + 1)
      edges.delete(`${keys[corner]}>${keys[last ?? 0]}`)
      continue
    }
    if (last !== undefined) edges.set(`${keys[last]}>${keys[corner]}`, way.length - 1)
    way.push(corner)
  }
  close(0)
  return rings
}

/** Twice the area vector of a polygon in space (Newell): along its normal. */
const areaVector = (points: readonly WorldPoint[]): Vec3 => points.reduce<Vec3>((sum, point, index) => {
  const [first] = points
  const next = points[(index + 1) % points.length] ?? point
  const [x, y, z] = first ? cross(subtract(point, first), subtract(next, first)) : [0, 0, 0]
  return [sum[0] + x, sum[1] + y, sum[2] + z]
}, [0, 0, 0])

const encloses = (outline: readonly Flat[], [x, y]: Flat): boolean => outline.reduce((inside, [ax, ay], index) => {
  const [bx, by] = outline[(index + 1) % outline.length] ?? [ax, ay]
  return ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax) ? !inside : inside
}, false)

/** A point just inside a ring, beside the middle of its longest edge. */
const justInside = (ring: readonly Flat[]): Flat => {
  const edges = ring.map((a, index) => [a, ring[(index + 1) % ring.length] ?? a] as const)
  const lengthOf = ([a, b]: readonly [Flat, Flat]): number => Math.hypot(b[0] - a[0], b[1] - a[1])
  const [a, b] = edges.reduce((best, edge) => (lengthOf(edge) > lengthOf(best) ? edge : best))
  const step = 1e-6
  const beside = (side: number): Flat => [(a[0] + b[0]) / 2 - side * step * (b[1] - a[1]), (a[1] + b[1]) / 2 + side * step * (b[0] - a[0])]
  return encloses(ring, beside(1)) ? beside(1) : beside(-1)
}

/**
 * The closed contours of a structure as regions, plane by plane: keyholes parted, and a ring inside another a hole in it, inside that
 * again filled (even-odd, as most programs read separate contours). Rings are taken not to cross.
 */
export const regionsOf = (contours: readonly Pick<Contour, 'kind' | 'points'>[]): RegionPlane[] => {
  const closed = contours.filter(isClosed)
  const vectors = closed.map(({ points }) => areaVector(points))
  const largest = vectors.reduce<Vec3>((best, vector) => (norm(vector) > norm(best) ? vector : best), [0, 0, 0])
  const first = closed[0]?.points[0]
  if (!first || norm(largest) === 0) return []
  const { flat, heightMm } = planeFrame(scale(largest, 1 / norm(largest)), first)
  const planes: { heightMm: number; rings: (readonly WorldPoint[])[] }[] = []
  for (const { points } of closed) {
    const height = points.reduce((sum, point) => sum + heightMm(point), 0) / points.length
    const plane = planes.find((one) => Math.abs(one.heightMm - height) < 0.01)
    if (plane) plane.rings.push(...splitKeyholes(points))
    else planes.push({ heightMm: height, rings: splitKeyholes(points) })
  }
  return planes.sort((a, b) => a.heightMm - b.heightMm).map(({ heightMm: height, rings }) => {
    const outlines = rings.map((points) => points.map(flat))
    const found = outlines.map((outline, index) => {
      const inside = justInside(outline)
      const around = outlines.filter((other, place) => place !== index && encloses(other, inside)).length
      return { points: rings[index] ?? [], hole: around % 2 === 1, areaMm2: outlineArea(outline) }
    })
    return { heightMm: height, rings: found.map(({ points, hole }) => ({ points, hole })), areaMm2: found.reduce((sum, { hole, areaMm2 }) => sum + (hole ? -areaMm2 : areaMm2), 0) }
  })
}
