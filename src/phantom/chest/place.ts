import { createRandom } from '../random.ts'
import { distances, part, partCount } from './anatomy.ts'
import type { Lesion, LesionType } from './lesions.ts'
import type { Person } from './person.ts'

/** A lesion that is to lie somewhere it can. */
export type Wanted = { readonly name: string; readonly type: LesionType; readonly diameterMm: number; readonly shortestMm?: number; /** Lies next to another, so far from its centre. */ readonly beside?: { readonly name: string; readonly mm: number } }

/** Where enlarged nodes lie, in a middling adult: paratracheal, under the carina, at the aorta and the pulmonary artery, hilar, in front of the vessels. */
const stations: readonly (readonly [number, number, number])[] = [[-19, 8, 62], [2, 26, 8], [24, -2, 47], [-37, 14, -4], [6, -52, 66], [-20, 4, 88], [36, 20, -8]]

/** Signed distance, mm, from the surface of the lungs: negative inside. */
export const lungDepth = (person: Person, x: number, y: number, z: number): number => {
  const out = new Float32Array(partCount)
  distances(person, x, y, z, out, 0)
  return Math.min(out[part.lungLeft] ?? 1, out[part.lungRight] ?? 1)
}

/**
 * Places for lesions from the person's seed: nodules inside the lungs clear of the pleura and of one another, nodes at their stations.
 * @param room the largest diameter each may reach at any time point, where that is more than its own
 * @throws Error where the lungs have no room for one
 */
export const placeLesions = (person: Person, wanted: readonly Wanted[], { seed, room = () => 0, low = -110, high = 130 }: { seed: number; room?: (name: string) => number; low?: number; high?: number }): Lesion[] => {
  const random = createRandom(seed)
  const placed: Lesion[] = []
  let node = 0
  for (const one of wanted) {
    const own = Math.floor(random() * 1e9)
    const radius = Math.max(one.diameterMm, room(one.name)) / 2
    const neighbour = placed.find(({ name }) => name === one.beside?.name)
    if (one.beside && neighbour) {
      placed.push({ ...one, x: neighbour.x + one.beside.mm * 0.6, y: neighbour.y - one.beside.mm * 0.75, z: neighbour.z + one.beside.mm * 0.28, seed: own })
      continue
    }
    if (one.type === 'node') {
      const [x, y, z] = stations[node++ % stations.length] ?? [0, 0, 0]
      placed.push({ ...one, x: x * person.scaleX, y: y * person.scaleY, z: z * person.scaleZ, seed: own })
      continue
    }
    let found: Lesion | undefined
    for (let tries = 0; tries < 4000 && !found; tries++) {
      const [x, y, z] = [(random() * 2 - 1) * 125, -85 + random() * 170, low + random() * (high - low)]
      const apart = placed.every((other) => Math.hypot(other.x - x, other.y - y, other.z - z) > radius + other.diameterMm / 2 + 14)
      if (apart && lungDepth(person, x, y, z) < -radius * 1.1 - 1.5) found = { ...one, x, y, z, seed: own }
    }
    if (!found) throw new Error(`no room in the lungs for ${one.name} of ${one.diameterMm} mm`)
    placed.push(found)
  }
  return placed
}
