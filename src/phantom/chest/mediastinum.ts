import type { Person } from './person.ts'

type Point = readonly [number, number, number]
/** A vessel or airway of the mediastinum: a way of points in the middling adult's mm, and what it holds. */
export type Way = { readonly radius: number; readonly holds: 'blood' | 'venous' | 'atrium' | 'azygos'; readonly points: readonly Point[] }

/** Middle of the vertebral bodies at the height of the heart. */
const back = 65

/** Great vessels and the left atrium, from the heart's top to the neck and down along the spine. */
export const greatVessels = (person: Person): Way[] => {
  const top = person.dome + 13
  return [
    { radius: 16, holds: 'atrium', points: [[-20, 4, -12], [2, 8, -8], [20, 6, -10]] }, { radius: 17, holds: 'atrium', points: [[-14, 0, -28], [12, 2, -26]] },
    { radius: 15, holds: 'blood', points: [[-2, -34, top + 26], [-14, -42, 24], [-14, -34, 52], [-5, -12, 67], [9, 14, 67], [19, 34, 52]] },
    { radius: 12.6, holds: 'blood', points: [[19, 34, 52], [20, back - 17, 30], [19, back - 16, -60], [12, back - 19, -120], [5, back - 22, -160]] },
    { radius: 14, holds: 'blood', points: [[14, -54, top + 30], [19, -42, 18], [15, -12, 27]] },
    { radius: 11, holds: 'blood', points: [[15, -12, 27], [-8, -2, 23], [-30, 6, 16]] }, { radius: 10.5, holds: 'blood', points: [[15, -12, 27], [28, 2, 29], [36, 18, 18]] },
    { radius: 9.5, holds: 'venous', points: [[-24, -18, -30], [-27, -18, 40], [-24, -22, 76]] },
    { radius: 6.5, holds: 'venous', points: [[-24, -22, 76], [-26, -26, 100], [-44, -32, 132]] },
    { radius: 6, holds: 'blood', points: [[-24, -22, 76], [2, -40, 86], [26, -36, 98], [50, -32, 130]] },
    { radius: 6, holds: 'blood', points: [[-6, -14, 66], [-14, -16, 96], [-24, -8, 150]] }, { radius: 4, holds: 'blood', points: [[4, 2, 72], [10, -2, 100], [18, 2, 150]] }, { radius: 5, holds: 'blood', points: [[12, 16, 70], [22, 16, 104], [60, 0, 140]] },
    { radius: 10.5, holds: 'azygos', points: [[-26, -6, -34], [-22, 4, -62], [-18, 20, -100], [-16, 26, -160]] },
    { radius: 3.4, holds: 'azygos', points: [[-8, back - 17, -150], [-7, back - 18, 30], [-16, 30, 44], [-24, -6, 46]] },
  ]
}
export const gullet: readonly Point[] = [[2, 32, 170], [4, back - 24, 60], [6, back - 24, 0], [14, back - 32, -60], [22, 12, -96]]
/** Trachea and main bronchi: each piece with its radii. */
export const carina: Point = [0, 18, 34]
export const trunk: readonly { readonly from: Point; readonly to: Point; readonly radius: number; readonly radiusTo: number }[] = [
  { from: [1, 8, 190], to: [0, 12, 110], radius: 9, radiusTo: 9 }, { from: [0, 12, 110], to: carina, radius: 9, radiusTo: 9.2 },
  { from: carina, to: [-29, 17, 15], radius: 7.6, radiusTo: 7 }, { from: carina, to: [36, 18, 10], radius: 6.6, radiusTo: 6 },
]

/** Ends, radius and extent along z, eight numbers a piece. */
const pieces = new WeakMap<Person, Float32Array>()
const piecesOf = (person: Person): Float32Array => {
  const known = pieces.get(person)
  if (known) return known
  const all = [
    ...[...greatVessels(person), { radius: 7, points: gullet }].flatMap(({ radius, points }) => points.slice(1).map((to, index) => ({ from: points[index] ?? to, to, radius }))),
    ...trunk.map(({ from, to, radius }) => ({ from, to, radius: radius + 2 })),
  ]
  const made = Float32Array.from(all.flatMap(({ from, to, radius }) => [...from, to[0] - from[0], to[1] - from[1], to[2] - from[2], radius, 0]))
  pieces.set(person, made)
  return made
}

/** Distance from the nearest great vessel, main airway or the oesophagus, mm of the middling adult; 99 where it is far. */
export const greatAt = (person: Person, x: number, y: number, z: number): number => {
  const all = piecesOf(person)
  let least = 99
  for (let at = 0; at < all.length; at += 8) {
    const [px, py, pz] = [x - (all[at] ?? 0), y - (all[at + 1] ?? 0), z - (all[at + 2] ?? 0)]
    const [dx, dy, dz] = [all[at + 3] ?? 0, all[at + 4] ?? 0, all[at + 5] ?? 0]
    const radius = all[at + 6] ?? 0
    if ((dz > 0 ? Math.max(-pz, pz - dz) : Math.max(pz, dz - pz)) > radius + 24) continue
    let t = (px * dx + py * dy + pz * dz) / (dx * dx + dy * dy + dz * dz)
    t = t < 0 ? 0 : t > 1 ? 1 : t
    const [ex, ey, ez] = [px - dx * t, py - dy * t, pz - dz * t]
    const distance = Math.sqrt(ex * ex + ey * ey + ez * ez) - radius
    if (distance < least) least = distance
  }
  return least
}
