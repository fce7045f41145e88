import { greatAt } from './mediastinum.ts'
import type { Person } from './person.ts'

/*
 * The large parts of a chest as signed distances in mm (negative inside), good near their surface. The patient frame is LPS: x to the
 * left, y to the back, z to the head, 0 at the middle of the chest; a middling adult from the upper abdomen (-150) to the shoulders (+150).
 */

/** Places of the distances in what `distances` writes. */
export const part = {
  body: 0, muscle: 1, cage: 2, lungRight: 3, lungLeft: 4, sac: 5, myocardium: 6, chambers: 7, abdomen: 8, liver: 9, spleen: 10, stomach: 11, gas: 12, vertebra: 13, disc: 14, canal: 15,
  gland: 16, major: 17, minor: 18, broad: 19, fine: 20, diaphragm: 21, effusion: 22, great: 23,
} as const
export const partCount = 24

/** Between a circle and a square of half side 1: 1 on the outline. */
const rounded = (x: number, y: number, square: number): number => {
  const [xx, yy] = [x * x, y * y]
  return (1 - square) * Math.sqrt(xx + yy) + square * Math.sqrt(Math.sqrt(xx * xx + yy * yy))
}
const ellipse = (x: number, y: number, rx: number, ry: number): number => (Math.sqrt((x * x) / (rx * rx) + (y * y) / (ry * ry)) - 1) * Math.min(rx, ry)
const ellipsoid = (x: number, y: number, z: number, rx: number, ry: number, rz: number): number => (Math.sqrt((x / rx) ** 2 + (y / ry) ** 2 + (z / rz) ** 2) - 1) * Math.min(rx, ry, rz)
const ramp = (value: number, low: number, high: number): number => {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)))
  return t * t * (3 - 2 * t)
}
/** Distance from a point to a segment in the plane. */
const toSegment = (x: number, y: number, ax: number, ay: number, bx: number, by: number): number => {
  const [dx, dy] = [bx - ax, by - ay]
  const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
  const ex = x - ax - dx * t
  const ey = y - ay - dy * t
  return Math.sqrt(ex * ex + ey * ey)
}
const smoothMin = (a: number, b: number, k: number): number => {
  const h = Math.max(0, k - Math.abs(a - b)) / k
  return Math.min(a, b) - (h * h * k) / 4
}

/** Place of the front-back middle of the vertebral bodies. */
export const spineY = (person: Person, z: number): number => 65 - person.kyphosis * z * z
export const vertebraStep = 24

/** Half width, half depth and middle of the thoracic cage (its pleural side) at a height. */
export const cageAt = (z: number): { a: number; b: number; y: number } => {
  const u = z > -30 ? (z + 30) / 184 : (-30 - z) / 520
  const uu = u * u
  const k = Math.sqrt(Math.max(0.004, 1 - uu * (0.6 + 0.4 * uu)))
  return { a: 126 * k, b: 90 * Math.max(0.06, Math.sqrt(Math.max(0.004, 1 - uu * (0.8 + 0.2 * uu)))), y: z > -30 ? 3 + 27 * uu : 3 }
}
export const cageOutline = (x: number, y: number): number => rounded(x, y, 0.3)

/** Height of the diaphragm under or over a place. */
const diaphragmAt = (person: Person, x: number, y: number): number => {
  const dome = (cx: number, rx: number, top: number): number => {
    const q = ((x - cx) / rx) ** 2 + ((y - 4) / 86) ** 2
    return top - 30 * q - 16 * q * q
  }
  const [right, left] = [dome(-66, 66, person.dome), dome(66, 64, person.dome - 11)]
  const middle = person.dome - 36 - 12 * ((y + 25) / 60) ** 2 - (x / 60) ** 2 * 10
  return -smoothMin(-right, smoothMin(-left, -middle, 14), 14)
}

/** Heart: a sac whose axis points to the left, front and foot; chambers inside. `v` lies to the right and front across the septum. */
const heartAt = (person: Person, x: number, y: number, z: number, out: Float32Array, at: number): void => {
  const s = person.heart
  const [dx, dy, dz] = [(x - 17) / s, (y + 35) / s, (z - person.dome - 8) / s]
  const u = 0.66 * dx - 0.5 * dy - 0.56 * dz
  const v = -0.6 * dx - 0.8 * dy
  const w = 0.448 * dx - 0.336 * dy + 0.828 * dz
  const left = ellipsoid(u - 10, v + 16, w, 40, 21, 22)
  const right = ellipsoid(u - 4, v - 20, w + 3, 42, 17, 30)
  const chambers = Math.min(left, right, ellipsoid(u + 34, v + 16, w - 2, 21, 29, 26), ellipsoid(u + 26, v - 22, w, 26, 22, 31))
  out[at + part.sac] = ellipsoid(u + 3, v, w, 60, 49, 50) * s
  out[at + part.chambers] = chambers * s
  out[at + part.myocardium] = Math.min(ellipsoid(u - 10, v + 15, w, 49, 31, 32), chambers - 3.6) * s
}

/** How far a person's tissue is pushed from where symmetry would have it, mm: no body is a drawing. */
export const sway = (person: Person, x: number, y: number, z: number): readonly [number, number, number] => {
  const p = person.seed % 628 / 100
  return [
    2.2 * Math.sin(z / 41 + p) + 1.6 * Math.sin(y / 33 + z / 60 + 2 * p), 2.4 * Math.sin(x / 38 + 3 * p) + 1.5 * Math.sin(z / 29 + x / 70 + p), 3 * Math.sin(x / 52 + 5 * p) + 1.8 * Math.sin(y / 37 + 4 * p),
  ]
}

const muscleAt = (person: Person, cage: number, x: number, y: number, z: number): number => {
  const side = Math.abs(x)
  const p = person.seed % 628 / 100
  const wavy = Math.max(0.12, 0.8 + 0.38 * Math.sin(z / 23 + y / 19 + p) + 0.34 * Math.sin(z / 11 - y / 27 + x / 31 + 3 * p))
  const drift = 1.8 * Math.sin(z / 31 + y / 24 + 2 * p)
  const layer = (from: number, thick: number): number => Math.abs(cage - from - drift - thick / 2) - (thick * wavy) / 2
  const intercostal = Math.abs(cage - 6.2) - 2.6 - 1.6 * wavy
  const pectoral = 5 + 11 * ramp(z, 0, 60)
  const major = Math.max(layer(13 + 7 * ramp(z, 35, 60), pectoral), y + 14 - 0.25 * side, 9 - side, 2 - z, z - 132)
  const minor = Math.max(layer(13, 6), y + 22, 40 - side, side - 104, 38 - z, z - 118)
  const serratus = Math.max(layer(9.5, 10 + 4 * ramp(z, -90, 10)), -30 - y, y - 74, 78 - side, z - 74)
  const latissimus = Math.max(layer(20, 8 + 9 * ramp(z, -80, 60)), 4 - y + 9 * Math.sin(z / 17 + p), y - 80, 84 - side, z - 96)
  const back = spineY(person, z)
  const erector = ellipse(side - 25, y - back - 33, 22, 15)
  const deep = ellipse(side - 9, y - back - 42, 8, 15)
  const trapezius = Math.max(ellipse(side - 40, y - back - 50 + side * 0.1, 46, 4 + 3 * ramp(z, 20, 120)), -15 - z)
  const blade = Math.max(8 - z, z - 122)
  const bulk = ramp(z, 5, 60)
  const inner = Math.max(toSegment(side, y, 74, 82, 124, 44), blade)
  const scapular = Math.max(inner - 6 - 9 * bulk, blade)
  const shoulder = Math.max(ellipse(side - 168, y - 4, 46, 44 - 10 * ramp(z, 110, 150)), 84 - z - side * 0.05)
  const neck = Math.max(ellipse(side - 30, y - 44, 44, 30), 132 - z)
  return Math.min(intercostal, major, minor, serratus, latissimus, erector, deep, trapezius, scapular, shoulder, neck)
}

/** Half width of what always lies between the lungs: the layers where they touch, wide behind the heart and at the hila. */
const between = (y: number, z: number): number => {
  const upper = ramp(z, 20, 75)
  return 2.5 + (5 + 5 * upper) * Math.exp(-(((y - 8) / (30 + 16 * upper)) ** 2)) + 7 * Math.exp(-(((y - 12) / 24) ** 2) - ((z - 12) / 26) ** 2)
}

/**
 * All distances at a point of the patient frame, written to `out` from `at` on in the order of `part`.
 * `major` and `minor` are signed distances from the fissures of the side (above and in front positive); `broad` and `fine` are left to the caller.
 */
export const distances = (person: Person, X: number, Y: number, Z: number, out: Float32Array, at: number): void => {
  const [px, py, pz] = [X / person.scaleX, Y / person.scaleY, Z / person.scaleZ]
  const [wx, wy, wz] = sway(person, px, py, pz)
  const [x, y, z] = [px + wx, py + wy, pz + wz]
  const side = Math.abs(x)
  const shoulders = ramp(z, 88, 150)
  const { a, b, y: middle } = cageAt(z)
  const cage = (cageOutline(x / a, (y - middle) / b) - 1) * Math.min(a, b)
  const halfWidth = 138 + person.fat * 1.1 + 62 * shoulders + 6 * ramp(-z, 20, 120)
  const halfDepth = 103 + person.fat * 0.8 - 26 * shoulders
  let body = (rounded(x / halfWidth, (y - 6 - 10 * shoulders) / halfDepth, 0.22 + 0.2 * shoulders) - 1) * Math.min(halfWidth, halfDepth)
  let gland = 99
  if (person.sex === 'F') {
    const breast = ellipsoid(side - 76, y + halfDepth - 22, z + 22, 60, 34 + person.fat, 62)
    body = smoothMin(body, breast, 26)
    gland = ellipsoid(side - 80, y + halfDepth - 16, z + 20, 40, 18 + person.fat * 0.5, 40)
  }
  if (body > 12) {
    // Air around: nothing else is asked for there.
    out.fill(99, at, at + partCount)
    out[at + part.body] = body
    return
  }
  const back = spineY(person, z)
  const muscle = Math.max(muscleAt(person, cage, x, y, z), body + 3)
  // Nothing but wall that far outside the cage, but for what the spine reaches.
  if (cage > 14 && (side > 34 || y < back)) out.fill(99, at, at + partCount)
  out[at + part.body] = body
  out[at + part.gland] = gland
  out[at + part.cage] = cage
  out[at + part.muscle] = muscle
  if (cage > 14 && (side > 34 || y < back)) return

  const phase = z + 300 - Math.floor((z + 300) / vertebraStep) * vertebraStep - vertebraStep / 2
  const waist = 1 - 0.07 * (1 - (phase / 10) ** 2)
  const round = Math.max(ellipse(x, y - back, (18.5 - z * 0.012) * waist, (15.5 - z * 0.01) * waist), y - back - 12.5)
  out[at + part.vertebra] = Math.max(round, Math.abs(phase) - 9.6)
  out[at + part.disc] = Math.max(round, 9.6 - Math.abs(phase))
  out[at + part.canal] = ellipse(x, y - back - 21, 9.5, 7.8)

  heartAt(person, x, y, z, out, at)
  const floor = z - diaphragmAt(person, x, y)
  out[at + part.diaphragm] = floor
  const sac = out[at + part.sac] ?? 0
  const ribHead = ellipse(side - 13, y - back - 18, 12, 10)
  const { effusion } = person
  out[at + part.effusion] = 99
  // The lungs hang over the great vessels like cloth: fat fills what is hollow between them.
  const great = side < 84 ? greatAt(person, x, y, z) : 99
  out[at + part.great] = great
  const heart = sac - 1.5
  for (const left of [false, true]) {
    const beside = (left ? x : -x) - between(y, z)
    const lung = Math.max(cage + 1.2, -smoothMin(smoothMin(beside, great - 2, 16), heart, 12), -floor + 1, 3 - round, 1 - ribHead)
    const fluid = effusion?.side === (left ? 1 : -1) ? y - effusion.y + 0.12 * Math.abs(side - 60) - 0.06 * (z + 60) : -99
    out[at + (left ? part.lungLeft : part.lungRight)] = Math.max(lung, fluid)
    if (fluid > -99) out[at + part.effusion] = Math.max(lung, -fluid)
  }
  const abdomen = Math.max(cage + 2.5, floor + 2.2)
  out[at + part.abdomen] = abdomen
  out[at + part.liver] = Math.max(abdomen, x - 34 + (z + 100) * 0.35, y - 66 + 0.15 * side)
  out[at + part.spleen] = Math.max(ellipsoid(x - 92, y - 38, z + 118, 26, 44, 40), abdomen + 0.5)
  const stomach = Math.max(ellipsoid(x - 58, y + 12, z + 116, 38, 46, 36), abdomen + 0.5, -(out[at + part.liver] ?? 0) + 2)
  out[at + part.stomach] = stomach
  out[at + part.gas] = Math.max(stomach + 3.5, y + 24)

  const curve = 0.0016 * (side - 72) ** 2
  out[at + part.major] = -(y - 0.84 * z - 4 + curve * 6 - (x > 0 ? 8 : 0)) * 0.766
  out[at + part.minor] = x < 0 ? z - 9 - 0.06 * (y + 20) - curve * 3 : 999
}

/** Right and left lobes by the fissures; undefined outside the lungs. Names as in SNOMED CT's lobes of lung. */
export type Lobe = 'rightUpper' | 'rightMiddle' | 'rightLower' | 'leftUpper' | 'leftLower'
export const lobeAt = (person: Person, x: number, y: number, z: number): Lobe | undefined => {
  const out = new Float32Array(partCount)
  distances(person, x, y, z, out, 0)
  const above = (out[part.major] ?? 0) > 0
  if ((out[part.lungLeft] ?? 1) < 0) return above ? 'leftUpper' : 'leftLower'
  if ((out[part.lungRight] ?? 1) >= 0) return undefined
  if (!above) return 'rightLower'
  return (out[part.minor] ?? 0) > 0 ? 'rightUpper' : 'rightMiddle'
}
