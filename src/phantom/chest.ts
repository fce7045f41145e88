import { createRandom } from './random.ts'
import { paintBall, paintEllipse, type Canvas } from './paint.ts'

/** A true nodule: centre in mm of the phantom, which is the patient frame before the shift of the time point. */
export type Nodule = { readonly x: number; readonly y: number; readonly z: number; readonly diameterMm: number; readonly type: 'solid' | 'groundGlass' }

type Segment = { readonly from: readonly [number, number, number]; readonly to: readonly [number, number, number]; readonly radius: number }

/** One person's chest: sizes drawn from the seed, in mm; z from the diaphragm (-130) to the shoulders (+150). */
export type Chest = {
  readonly width: number
  readonly depth: number
  readonly fat: number
  readonly lung: number
  readonly contrast: boolean
  readonly vessels: readonly Segment[]
  readonly nodules: readonly Nodule[]
}

const hilum: readonly [number, number, number] = [28, 8, 10]
const lungs = { x: 72, y: -2, z: 0, radiusX: 56, radiusY: 78, radiusZ: 135 }
const tissue = { muscle: 52, fat: -104, lung: -862, heart: 42, bone: 330, cortex: 720, air: -1000, liver: 62, nodule: 38, groundGlass: -610, table: -420 }

/** Whether a point (mm of the phantom) lies in one of the two lungs, by at least `margin` mm. */
export const insideLung = (x: number, y: number, z: number, margin: number): boolean => {
  const dx = (Math.abs(x) - lungs.x) / (lungs.radiusX - margin)
  const dy = (y - lungs.y) / (lungs.radiusY - margin)
  const dz = (z - lungs.z) / (lungs.radiusZ - margin)
  return dx * dx + dy * dy + dz * dz < 1
}

/** Whether a ball of this radius lies in lung alone, clear of heart, vessels' root, liver and stomach. */
const clearOfOrgans = (x: number, y: number, z: number, margin: number): boolean => {
  const heart = Math.hypot((x - 18) / (62 + margin), (y + 28) / (50 + margin), (z + 62) / (68 + margin))
  const middle = Math.hypot(x / (36 + margin), (y - 6) / (64 + margin))
  return heart > 1 && middle > 1 && z - margin > -66
}

/** Arteries and veins of one side: segments that split while they thin by Murray's law, kept inside the lung. */
const growVessels = (random: () => number, side: 1 | -1): Segment[] => {
  const segments: Segment[] = []
  const grow = (from: readonly [number, number, number], direction: readonly [number, number, number], radius: number, generation: number): void => {
    const length = (34 * 0.74 ** generation + 6) * (0.8 + 0.4 * random())
    const to = [from[0] + direction[0] * length, from[1] + direction[1] * length, from[2] + direction[2] * length] as const
    if (generation > 0 && !insideLung(to[0], to[1], to[2], 4)) return
    segments.push({ from, to, radius })
    if (generation >= 6 || radius < 0.5) return
    const share = 0.35 + 0.3 * random()
    for (const part of [share, 1 - share]) {
      const bend = () => (random() - 0.5) * 1.1
      const raw = [direction[0] + bend(), direction[1] + bend(), direction[2] + bend()] as const
      const long = Math.hypot(...raw) || 1
      grow(to, [raw[0] / long, raw[1] / long, raw[2] / long], radius * part ** (1 / 3), generation + 1)
    }
  }
  const roots = 7
  for (let i = 0; i < roots; i++) {
    const up = -1 + (2 * i) / (roots - 1)
    const out = Math.sqrt(1 - up * up * 0.8)
    grow([hilum[0] * side, hilum[1], hilum[2]], [side * out * 0.85, (random() - 0.5) * 0.9, up * 0.9], 3.6 + random() * 1.4, 0)
  }
  return segments
}

const placeNodules = (random: () => number, count: number): Nodule[] => {
  const nodules: Nodule[] = []
  for (let tries = 0; nodules.length < count && tries < 400; tries++) {
    const side = random() < 0.5 ? -1 : 1
    const [x, y, z] = [side * (50 + random() * 60), -60 + random() * 110, -50 + random() * 120]
    const diameterMm = Math.round((6 + random() * 18) * 10) / 10
    const apart = nodules.every((other) => Math.hypot(other.x - x, other.y - y, other.z - z) > 40)
    if (apart && insideLung(x, y, z, diameterMm * 0.75 + 6) && clearOfOrgans(x, y, z, diameterMm * 0.75 + 3)) nodules.push({ x, y, z, diameterMm, type: random() < 0.75 ? 'solid' : 'groundGlass' })
  }
  return nodules
}

export const createChest = (seed: number): Chest => {
  const random = createRandom(seed)
  const width = 158 + random() * 20
  const depth = 108 + random() * 12
  const fat = 8 + random() * 14
  const contrast = random() < 0.5
  return {
    width, depth, fat, lung: tissue.lung - 20 + random() * 40, contrast,
    vessels: [...growVessels(random, 1), ...growVessels(random, -1)], nodules: placeNodules(random, 2 + Math.floor(random() * 3)),
  }
}

const paintRibs = (canvas: Canvas, chest: Chest, z: number, thickness: number): void => {
  const radiusX = chest.width - chest.fat - 18
  const radiusY = chest.depth - chest.fat - 14
  for (let rib = 0; rib < 11; rib++) {
    const spineZ = 140 - rib * 26
    for (let degrees = 14; degrees <= 158; degrees += 1.5) {
      const angle = (degrees * Math.PI) / 180
      // A rib falls from the spine to the front.
      const distance = Math.abs(spineZ - (degrees / 158) * 62 - z)
      if (distance > 5 + thickness / 2) continue
      const half = Math.sqrt(Math.max(0, 25 - Math.max(0, distance - thickness / 2) ** 2)) * 0.62
      for (const side of [-1, 1]) {
        const x = side * Math.sin(angle) * radiusX
        const y = Math.cos(angle) * radiusY + 4
        paintEllipse(canvas, x, y, half + 0.4, half + 0.4, tissue.cortex, 0.55)
        paintEllipse(canvas, x, y, half * 0.55, half * 0.55, tissue.bone, 0.6)
      }
    }
  }
}

const paintSpine = (canvas: Canvas, z: number): void => {
  const place = (((z + 300) % 28) + 28) % 28
  const disc = place < 5
  paintEllipse(canvas, 0, 66, 18, 14.5, disc ? 92 : tissue.cortex * 0.75)
  if (!disc) paintEllipse(canvas, 0, 66, 16, 12.6, 205)
  for (const side of [-1, 1]) {
    if (place > 10 && place < 22) paintEllipse(canvas, side * 14, 83, 4.5, 8, tissue.bone)
    if (place > 12 && place < 20) paintEllipse(canvas, side * 27, 88, 14, 4.4, tissue.bone)
  }
  paintEllipse(canvas, 0, 101, 4, 11, place > 6 ? tissue.bone : tissue.muscle)
  paintEllipse(canvas, 0, 87, 9.5, 7.5, 32)
}

const paintMediastinum = (canvas: Canvas, chest: Chest, z: number): void => {
  const blood = chest.contrast ? 190 : 44
  paintEllipse(canvas, 0, 6, 34, 62, tissue.fat * 0.7)
  paintEllipse(canvas, 4, 12, 27, 48, tissue.muscle - 6)
  const heart = 1 - ((z + 62) / 68) ** 2
  if (heart > 0) {
    const size = Math.sqrt(heart)
    paintEllipse(canvas, 18, -28, 62 * size, 50 * size, tissue.fat)
    paintEllipse(canvas, 18, -28, 58 * size, 46 * size, tissue.heart)
    paintEllipse(canvas, 34, -20, 23 * size, 20 * size, blood)
    paintEllipse(canvas, -8, -34, 22 * size, 19 * size, blood * 0.85)
  }
  if (z < 62) paintEllipse(canvas, 24, 44, 12.5, 12.5, blood)
  if (z > -18 && z < 62) paintEllipse(canvas, -12, -20, 16, 16, blood)
  if (z > 50 && z < 74) paintEllipse(canvas, 8, 12, 15, 36, blood)
  if (z > 66) for (const [x, y] of [[-16, -8], [4, -12], [20, 2]] as const) paintEllipse(canvas, x, y, 6, 6, blood)
  paintEllipse(canvas, 8, 42, 8, 6, 34)
  const trachea = z > 26
  const spread = trachea ? 0 : Math.min(26, (26 - z) * 0.75)
  if (z > -14) {
    for (const side of trachea ? [0] : [-1, 1]) {
      paintEllipse(canvas, side * spread, 22, trachea ? 10 : 7.6, trachea ? 9.5 : 7.2, 30)
      paintEllipse(canvas, side * spread, 22, trachea ? 8.6 : 6.2, trachea ? 8.2 : 5.8, tissue.air)
    }
  }
}

const paintLungs = (canvas: Canvas, chest: Chest, z: number, thickness: number): void => {
  const cut = 1 - ((z - lungs.z) / lungs.radiusZ) ** 2
  if (cut <= 0) return
  const size = Math.sqrt(cut)
  for (const side of [-1, 1]) {
    paintEllipse(canvas, side * lungs.x, lungs.y, lungs.radiusX * size, lungs.radiusY * size, chest.lung)
  }
  // The back of the lung is denser: 0.35 HU a mm.
  for (let row = 0; row < canvas.rows; row++) {
    const gravity = (canvas.originY + row * canvas.rowSpacingMm) * 0.35
    for (let column = 0; column < canvas.columns; column++) {
      const at = row * canvas.columns + column
      const hu = canvas.hu[at] ?? 0
      if (hu < -700 && hu > -990) canvas.hu[at] = hu + gravity
    }
  }
  for (const { from, to, radius } of chest.vessels) {
    const low = Math.min(from[2], to[2]) - radius
    const high = Math.max(from[2], to[2]) + radius
    if (z < low - thickness / 2 || z > high + thickness / 2) continue
    const dz = to[2] - from[2]
    const steep = Math.abs(dz) > 2
    const steps = steep ? 1 : Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / Math.max(0.8, radius))
    for (let step = 0; step <= (steep ? 0 : steps); step++) {
      const t = steep ? Math.min(1, Math.max(0, (z - from[2]) / dz)) : step / steps
      paintBall(canvas, from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t, steep ? 0 : from[2] + dz * t - z, radius, thickness, 36)
    }
  }
}

const paintBelly = (canvas: Canvas, z: number): void => {
  const dome = (x: number, y: number, top: number, radiusX: number, radiusY: number, height: number, hu: number): void => {
    const share = 1 - ((z - (top - height)) / height) ** 2
    if (z > top) return
    const size = z < top - height ? 1 : Math.sqrt(Math.max(0, share))
    paintEllipse(canvas, x, y, radiusX * size, radiusY * size, hu)
  }
  dome(-66, -4, -72, 62, 88, 60, tissue.liver)
  dome(64, 0, -86, 58, 84, 46, tissue.muscle)
  dome(60, -34, -96, 30, 26, 26, 20)
  dome(58, -46, -102, 20, 12, 18, tissue.air)
  dome(88, 44, -92, 20, 28, 34, 55)
}

/** Paints the slice at height `z` mm of the phantom. */
export const paintChest = (canvas: Canvas, chest: Chest, z: number, thickness: number): void => {
  canvas.hu.fill(tissue.air)
  for (let x = -210; x <= 210; x += 2) paintEllipse(canvas, x, chest.depth + 14 + (x / 60) ** 2 * -0.9, 2.2, 1.6, tissue.table, 0.8)
  const shoulder = Math.max(0, z - 92) * 0.9
  paintEllipse(canvas, 0, 0, chest.width + shoulder, chest.depth, tissue.fat)
  paintEllipse(canvas, 0, 0, chest.width + shoulder - 2, chest.depth - 2, -92)
  paintEllipse(canvas, 0, 2, chest.width + shoulder * 0.8 - chest.fat, chest.depth - chest.fat, tissue.muscle)
  for (const side of [-1, 1]) {
    paintEllipse(canvas, side * 78, -74 + chest.fat * 0.5, 46, 9, tissue.muscle + 6)
    paintEllipse(canvas, side * 34, 94 - chest.fat * 0.4, 22, 15, tissue.muscle + 6)
    if (z > 40) paintEllipse(canvas, side * (104 + shoulder * 0.2), 66, 34, 5, tissue.bone, 0.8)
  }
  paintEllipse(canvas, 0, 0, chest.width - chest.fat - 24, chest.depth - chest.fat - 20, tissue.muscle - 22)
  paintRibs(canvas, chest, z, thickness)
  paintLungs(canvas, chest, z, thickness)
  paintMediastinum(canvas, chest, z)
  if (z > -60) paintEllipse(canvas, 0, -chest.depth + chest.fat + 22, 17, 6, tissue.bone)
  paintSpine(canvas, z)
  paintBelly(canvas, z)
  for (const { x, y, z: height, diameterMm, type } of chest.nodules) {
    paintBall(canvas, x, y, z - height, diameterMm / 2, thickness, type === 'solid' ? tissue.nodule : tissue.groundGlass)
  }
}
