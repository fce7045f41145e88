import { createRandom } from '../random.ts'
import { distances, part, partCount } from './anatomy.ts'
import { carina, trunk } from './mediastinum.ts'
import type { Person } from './person.ts'
import type { Tube } from './tubes.ts'

type Point = readonly [number, number, number]

/** Random points inside one lung, at least `margin` mm from its surface. */
const targets = (person: Person, side: 'left' | 'right', count: number, margin: number, random: () => number): Point[] => {
  const out = new Float32Array(partCount)
  const points: Point[] = []
  for (let tries = 0; points.length < count && tries < count * 12; tries++) {
    const x = (side === 'left' ? 1 : -1) * random() * 140
    const [y, z] = [-100 + random() * 200, -140 + random() * 300]
    distances(person, x, y, z, out, 0)
    if ((out[side === 'left' ? part.lungLeft : part.lungRight] ?? 0) < -margin) points.push([x, y, z])
  }
  return points
}

const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
const length = (a: Point): number => Math.hypot(a[0], a[1], a[2])
const centroid = (points: readonly Point[]): Point => {
  let [x, y, z] = [0, 0, 0]
  for (const point of points) {
    x += point[0]
    y += point[1]
    z += point[2]
  }
  return [x / points.length, y / points.length, z / points.length]
}
/** The direction, turned back towards `along` where it bends by more than the cosine allows. */
const bent = (along: Point, wanted: Point, cosine: number): Point => {
  const dot = along[0] * wanted[0] + along[1] * wanted[1] + along[2] * wanted[2]
  if (dot >= cosine) return wanted
  const across: Point = [wanted[0] - along[0] * dot, wanted[1] - along[1] * dot, wanted[2] - along[2] * dot]
  const long = length(across) || 1
  const sine = Math.sqrt(1 - cosine * cosine)
  return [along[0] * cosine + (across[0] / long) * sine, along[1] * cosine + (across[1] / long) * sine, along[2] * cosine + (across[2] / long) * sine]
}

export type Growth = { readonly root: Point; readonly direction: Point; readonly radius: number; readonly targets: number; readonly leaf: number; readonly thinnest: number; readonly bend: number }
type Branch = { readonly from: Point; readonly to: Point; readonly radius: number; readonly radiusTo: number; readonly depth: number }

/**
 * A tree that fills space: a piece grows towards the middle of its targets, these are parted across their widest extent, and each half
 * is grown on from there; radii by Murray's law (exponent 2.7 as seen in lungs). Splits stay under the angle given by `bend` (a cosine).
 */
const grow = (points: readonly Point[], { root, direction, radius, leaf, thinnest, bend }: Growth, random: () => number): Branch[] => {
  const branches: Branch[] = []
  const total = points.length
  const step = (from: Point, along: Point, mine: readonly Point[], depth: number): void => {
    const middle = centroid(mine)
    const away = minus(middle, from)
    const far = length(away)
    if (far < 1e-6) return
    const goal: Point = [away[0] / far, away[1] / far, away[2] / far]
    const heading = bent(along, goal, bend)
    const own = Math.max(thinnest, radius * (mine.length / total) ** (1 / 2.7))
    const span = mine.length <= leaf ? far : Math.max(3, far * (depth < 2 ? 0.42 : 0.5))
    // Two pieces with a slight bow in place of a ruler's line.
    const bow = span * 0.07
    const half: Point = [from[0] + heading[0] * span * 0.5 + (random() - 0.5) * bow, from[1] + heading[1] * span * 0.5 + (random() - 0.5) * bow, from[2] + heading[2] * span * 0.5 + (random() - 0.5) * bow]
    const to: Point = [from[0] + heading[0] * span, from[1] + heading[1] * span, from[2] + heading[2] * span]
    branches.push({ from, to: half, radius: own, radiusTo: own * 0.97, depth }, { from: half, to, radius: own * 0.97, radiusTo: own * 0.93, depth })
    if (mine.length <= leaf) return
    const spread = [0, 1, 2].map((axis) => {
      let [low, high] = [Infinity, -Infinity]
      for (const point of mine) {
        const value = point[axis as 0 | 1 | 2]
        if (value < low) low = value
        if (value > high) high = value
      }
      return high - low
    })
    const axis = spread.indexOf(Math.max(...spread)) as 0 | 1 | 2
    const sorted = mine.toSorted((a, b) => a[axis] - b[axis])
    const cut = Math.max(1, Math.min(sorted.length - 1, Math.round(sorted.length * (0.5 + (random() - 0.5) * 0.44))))
    step(to, heading, sorted.slice(0, cut), depth + 1)
    step(to, heading, sorted.slice(cut), depth + 1)
  }
  if (points.length > 0) step(root, direction, points, 0)
  return branches
}

const sides = ['right', 'left'] as const
const tube = ({ from, to, radius, radiusTo }: Branch, hu: number): Tube => ({ from, to, radius, radiusTo, hu, mode: 'denser' })

/** Pulmonary arteries and veins of both lungs down to vessels that a CT no longer shows. */
export const vesselTubes = (person: Person): Tube[] => sides.flatMap((side) => {
  const random = createRandom(person.seed + (side === 'left' ? 11 : 12))
  const s = side === 'left' ? 1 : -1
  const { scaleX: sx, scaleY: sy, scaleZ: sz } = person
  const arteries = grow(targets(person, side, 5600, 2, random), { root: [s * 30 * sx, 6 * sy, 16 * sz], direction: [s * 0.8, 0.3, -0.5], radius: 6.8, targets: 5600, leaf: 2, thinnest: 0.3, bend: 0.8 }, random)
  const veins = grow(targets(person, side, 3900, 2, random), { root: [s * 26 * sx, 4 * sy, -8 * sz], direction: [s * 0.95, -0.2, -0.2], radius: 6, targets: 3900, leaf: 2, thinnest: 0.3, bend: 0.8 }, random)
  const hu = person.contrast ? person.blood : 38
  return [...arteries, ...veins].map((branch) => tube(branch, branch.radius > 1.2 ? hu : hu * 0.6 + 18))
})

/** Trachea, main bronchi and the bronchial tree: walls first, then the air in them. */
export const airwayTubes = (person: Person): { walls: Tube[]; air: Tube[] } => {
  const { scaleX: sx, scaleY: sy, scaleZ: sz } = person
  const at = ([x, y, z]: Point): Point => [x * sx, y * sy, z * sz]
  const main: Branch[] = trunk.map(({ from, to, radius, radiusTo }) => ({ from: at(from), to: at(to), radius, radiusTo, depth: 0 }))
  const trees = sides.flatMap((side) => {
    const random = createRandom(person.seed + (side === 'left' ? 21 : 22))
    const s = side === 'left' ? 1 : -1
    const root = main[side === 'left' ? 3 : 2]?.to ?? at(carina)
    return grow(targets(person, side, 80, 16, random), { root, direction: [s * 0.75, 0.1, -0.6], radius: 5, targets: 80, leaf: 2, thinnest: 0.7, bend: 0.66 }, random)
  })
  const all = [...main, ...trees.filter(({ radius }) => radius > 1.2)]
  const wall = (radius: number): number => radius * 0.12 + 0.38
  return {
    walls: all.map((branch) => ({ ...tube(branch, 25), radius: branch.radius + wall(branch.radius), radiusTo: branch.radiusTo + wall(branch.radiusTo) })),
    air: all.map((branch) => ({ ...tube(branch, -1000), mode: 'emptier' as const })),
  }
}

/** Scars: bands of dense tissue that run from the pleura into the lung. */
export const scarTubes = (person: Person): Tube[] => {
  const random = createRandom(person.seed + 41)
  return Array.from({ length: person.scars }, (_, index) => index).flatMap((index): Tube[] => {
    const [from] = targets(person, index % 2 === 0 ? 'left' : 'right', 1, 1, random)
    if (!from) return []
    const step = (): Point => [(random() - 0.5) * 26, (random() - 0.5) * 26, (random() - 0.5) * 14]
    const points: Point[] = [from]
    for (let piece = 0; piece < 3; piece++) {
      const last = points.at(-1) ?? from
      const add = step()
      points.push([last[0] + add[0] * 0.6, last[1] + add[1] * 0.6, last[2] + add[2] * 0.6])
    }
    const radius = 0.8 + random() * 1.1
    return points.slice(1).map((to, piece): Tube => ({ from: points[piece] ?? from, to, radius, hu: -60 + random() * 80, mode: 'denser', flat: 1.6 }))
  })
}
