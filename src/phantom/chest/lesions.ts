import { createRandom } from '../random.ts'
import type { Canvas } from './tubes.ts'

export type LesionType = 'solid' | 'partSolid' | 'groundGlass' | 'spiculated' | 'node'

/** A lesion to paint: centre in mm of the person's frame; longest diameter in the axial plane and, where it matters, the longest across it. */
export type Lesion = { readonly name: string; readonly type: LesionType; readonly x: number; readonly y: number; readonly z: number; readonly diameterMm: number; readonly shortestMm?: number; readonly seed: number }

/** A lesion's form: a ball whose radius waves with the direction, sized so that its longest axial diameter is the one asked for and its centre of mass is its centre. */
export type Form = {
  readonly lesion: Lesion
  readonly radius: number
  readonly reach: number
  readonly waves: readonly { readonly x: number; readonly y: number; readonly z: number; readonly phase: number; readonly size: number }[]
  /** Axes' ratios. */
  readonly squash: readonly [number, number, number]
  readonly shift: readonly [number, number, number]
  readonly spikes: readonly { readonly x: number; readonly y: number; readonly z: number; readonly length: number }[]
  readonly longestMm: number
  readonly shortestMm: number
  readonly volumeMm3: number
}

type Shape = Pick<Form, 'waves' | 'squash'>
const unevenness = { solid: 0.1, partSolid: 0.12, groundGlass: 0.14, spiculated: 0.13, node: 0.04 } as const

/** Radius in a direction over the mean radius. */
const wave = ({ waves }: Shape, x: number, y: number, z: number): number => {
  let sum = 1
  for (let index = 0; index < waves.length; index++) {
    const one = waves[index]
    if (one) sum += one.size * Math.cos(one.x * x + one.y * y + one.z * z + one.phase)
  }
  return sum
}
/** Signed distance (about) from the surface of the form with radius 1. */
const outside = (shape: Shape, x: number, y: number, z: number): number => {
  const [sx, sy, sz] = shape.squash
  const [ux, uy, uz] = [x / sx, y / sy, z / sz]
  const away = Math.sqrt(ux * ux + uy * uy + uz * uz)
  // Far from any surface the waves need not be asked.
  if (away < 0.5 || away > 1.8) return away - 1
  return away - wave(shape, ux / away, uy / away, uz / away)
}

/** Widths of a plane set of points over 36 directions: the longest, and the longest across it (both as radiologists draw them). */
const widths = (points: readonly (readonly [number, number])[]): { longest: number; across: number } => {
  const all = Array.from({ length: 36 }, (_, index) => {
    const angle = (index * Math.PI) / 36
    const [c, s] = [Math.cos(angle), Math.sin(angle)]
    let [low, high] = [Infinity, -Infinity]
    for (const [x, y] of points) {
      const along = x * c + y * s
      if (along < low) low = along
      if (along > high) high = along
    }
    return high - low
  })
  const longest = Math.max(...all)
  return { longest, across: all[(all.indexOf(longest) + 18) % 36] ?? 0 }
}

/** The longest diameter over all planes across z of the form of radius 1, and the longest across it in that plane. */
const diameters = (shape: Shape): { longest: number; across: number } => {
  let most = { longest: 0, across: 0 }
  for (let z = -0.9; z <= 0.91; z += 0.1) {
    if (outside(shape, 0, 0, z) >= 0) continue
    const edge = Array.from({ length: 72 }, (_, index): [number, number] => {
      const angle = (index * Math.PI) / 36
      const [c, s] = [Math.cos(angle), Math.sin(angle)]
      let [low, high] = [0, 1.9]
      for (let half = 0; half < 11; half++) {
        const middle = (low + high) / 2
        if (outside(shape, middle * c, middle * s, z) < 0) low = middle
        else high = middle
      }
      return [low * c, low * s]
    })
    const found = widths(edge)
    if (found.longest > most.longest) most = found
  }
  return most
}
/** Volume and centre of mass of the form of radius 1. */
const massOf = (shape: Shape): { volume: number; centre: readonly [number, number, number] } => {
  const step = 0.09
  let [sumX, sumY, sumZ, count] = [0, 0, 0, 0]
  for (let z = -1.8; z <= 1.8; z += step) {
    for (let y = -1.8; y <= 1.8; y += step) {
      for (let x = -1.8; x <= 1.8; x += step) {
        if (outside(shape, x, y, z) >= 0) continue
        sumX += x
        sumY += y
        sumZ += z
        count++
      }
    }
  }
  return { volume: count * step ** 3, centre: [sumX / count, sumY / count, sumZ / count] }
}

/**
 * The form of a lesion: uneven by its type and seed, with the diameters asked for to about 0.1 mm.
 * The width across is met by squeezing the form along y until it is as wide as asked.
 */
export const formOf = (lesion: Lesion): Form => {
  const random = createRandom(lesion.seed)
  const uneven = unevenness[lesion.type]
  let waves = Array.from({ length: 7 }, (_, index) => {
    const pace = 1.6 + index * 0.7
    return { x: (random() - 0.5) * 2 * pace, y: (random() - 0.5) * 2 * pace, z: (random() - 0.5) * 2 * pace, phase: random() * 2 * Math.PI, size: (uneven * (0.6 + random())) / (1 + index * 0.45) }
  })
  const node = lesion.type === 'node'
  let squash: Form['squash'] = [1, node ? 0.68 + random() * 0.06 : 0.86 + random() * 0.14, node ? 1.1 : 0.85 + random() * 0.25]
  let found = diameters({ waves, squash })
  if (lesion.shortestMm !== undefined) {
    const wanted = lesion.shortestMm / lesion.diameterMm
    for (let round = 1; round <= 24 && Math.abs(found.across / found.longest - wanted) > 0.006; round++) {
      const next = squash[1] * (wanted / (found.across / found.longest)) ** 0.8
      // A form that no squeezing brings to its width is made more even.
      if (next > 1.04 || round % 6 === 0) waves = waves.map((one) => ({ ...one, size: one.size * 0.6 }))
      squash = [1, Math.max(0.35, Math.min(1.04, next)), squash[2]]
      found = diameters({ waves, squash })
    }
  }
  const radius = lesion.diameterMm / found.longest
  const spikes = lesion.type === 'spiculated' ? Array.from({ length: 26 }, () => {
    const [u, angle] = [random() * 2 - 1, random() * 2 * Math.PI]
    const flat = Math.sqrt(1 - u * u)
    return { x: flat * Math.cos(angle), y: flat * Math.sin(angle), z: u, length: radius * (0.5 + random() * 0.8) + 2 }
  }) : []
  const { volume, centre: [cx, cy, cz] } = massOf({ waves, squash })
  return { lesion, radius, waves, squash, spikes, reach: radius * 1.8, shift: [cx * radius, cy * radius, cz * radius], longestMm: lesion.diameterMm, shortestMm: found.across * radius, volumeMm3: volume * radius ** 3 }
}

const huOf = { solid: 40, partSolid: -560, groundGlass: -610, spiculated: 42, node: 42 } as const

/** Signed distance (about), mm, from the surface at a point relative to the lesion's centre. */
const depth = (form: Form, x: number, y: number, z: number): number => {
  const { radius, shift } = form
  return outside(form, (x + shift[0]) / radius, (y + shift[1]) / radius, (z + shift[2]) / radius) * radius
}

/** Share of each pixel's slab that lies inside; calls back where it is above 0. */
export const eachCovered = (canvas: Canvas, form: Form, found: (at: number, cover: number, dx: number, dy: number, dz: number) => void): void => {
  const { columns, rows, originX, columnStep, rowStep, rowY, rowZ, thickness } = canvas
  const { x, y, z } = form.lesion
  const planes = Math.max(2, Math.ceil(thickness / 0.6))
  const edge = Math.max(columnStep, rowStep)
  for (let row = 0; row < rows; row++) {
    const dy = (rowY[row] ?? 0) - y
    const dz = (rowZ[row] ?? 0) - z
    if (Math.abs(dy) > form.reach + edge || Math.abs(dz) > form.reach + thickness / 2) continue
    const first = Math.max(0, Math.floor((x - form.reach - originX) / columnStep))
    const last = Math.min(columns - 1, Math.ceil((x + form.reach - originX) / columnStep))
    for (let column = first; column <= last; column++) {
      const dx = originX + column * columnStep - x
      let sum = 0
      for (let plane = 0; plane < planes; plane++) {
        const share = 0.5 - depth(form, dx, dy, dz + ((plane + 0.5) / planes - 0.5) * thickness) / edge
        sum += share <= 0 ? 0 : share >= 1 ? 1 : share
      }
      if (sum > 0) found(row * columns + column, sum / planes, dx, dy, dz)
    }
  }
}

/** Paints the lesion over what is there; a ground glass lets vessels shine through. */
export const paintLesion = (canvas: Canvas, form: Form): void => {
  const { type } = form.lesion
  const hu = huOf[type]
  eachCovered(canvas, form, (at, cover, dx, dy, dz) => {
    const now = canvas.hu[at] ?? 0
    let goal: number = hu
    if (type === 'partSolid') {
      const core = Math.min(1, Math.max(0, 0.5 - (Math.hypot(dx + form.radius * 0.12, dy - form.radius * 0.1, dz) - form.radius * 0.5) / 1.6))
      goal = hu + (36 - hu) * core
    }
    if ((type === 'groundGlass' || type === 'partSolid') && now > goal) return
    canvas.hu[at] = now + (goal - now) * cover
  })
}

/** The spicules as fine tubes; they do not count in the diameter. */
export const spicules = ({ lesion: { x, y, z }, radius, spikes }: Form) => spikes.map((spike) => ({
  from: [x + spike.x * radius * 0.8, y + spike.y * radius * 0.8, z + spike.z * radius * 0.8] as const,
  to: [x + spike.x * (radius + spike.length), y + spike.y * (radius + spike.length), z + spike.z * (radius + spike.length)] as const,
  radius: 0.62, radiusTo: 0.22, hu: 10, mode: 'denser' as const,
}))
