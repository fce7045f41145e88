import { createRandom, hashText } from '../random.ts'
import { placeOf, toView, type BreastView, type Positioning } from './anatomy.ts'
import { paintPatch, paintSpeck, paintStroke, pixelOf, strokeHalf, type Layer, type Stroke } from './canvas.ts'
import { extentOf, hullOf, type Extent } from './extent.ts'
import type { ViewPoint } from './outline.ts'
import type { BreastLesion } from './plan.ts'

const steps = 180

/** A lesion as drawn in one view, mm of the view about `at`. */
export type LesionShape = {
  readonly lesion: BreastLesion
  readonly at: ViewPoint
  /** The same place in mm of the anatomy. */
  readonly anatomyAt: ViewPoint
  /** Height between the plates, -1 at the detector to 1. */
  readonly z: number
  /** Border of a mass by angle; empty for others. */
  readonly radii: Float64Array
  /** Half the height of a mass across the plates, mm. */
  readonly halfHeightMm: number
  readonly strokes: readonly Stroke[]
  readonly specks: readonly { readonly at: ViewPoint; readonly radiusMm: number; readonly level: number; readonly dzMm: number }[]
  /** What a reader measures: the border of a mass without its spikes, the hull of the rest; about `at`. */
  readonly border: readonly ViewPoint[]
  readonly extent: Extent
}

const circle = (u: number, v: number, radius: number): ViewPoint[] => Array.from({ length: 16 }, (_, i): ViewPoint => [u + radius * Math.cos((i * Math.PI) / 8), v + radius * Math.sin((i * Math.PI) / 8)])

const massBorder = (lesion: BreastLesion, random: () => number): Float64Array => {
  const rough = lesion.kind === 'mass' ? 0.035 : 0.095
  const turn = random() * Math.PI
  const waves = [2, 3, 4, 5, 7, 9].map((k) => ({ k, height: (rough * (0.5 + random())) / Math.sqrt(k - 1), phase: random() * 6.3 }))
  const radii = new Float64Array(steps)
  for (let i = 0; i < steps; i++) {
    const angle = (i * 2 * Math.PI) / steps
    const ellipse = lesion.roundness / Math.hypot(lesion.roundness * Math.cos(angle - turn), Math.sin(angle - turn))
    radii[i] = ellipse * waves.reduce((sum, { k, height, phase }) => sum + height * Math.cos(k * angle + phase), 1)
  }
  const { longest } = extentOf(pointsOf(radii))
  return radii.map((radius) => (radius * lesion.longestMm) / longest)
}

const pointsOf = (radii: Float64Array): ViewPoint[] => Array.from(radii, (radius, i): ViewPoint => [radius * Math.cos((i * 2 * Math.PI) / steps), radius * Math.sin((i * 2 * Math.PI) / steps)])

const ray = (angle: number, from: number, to: number, bow: number): ViewPoint[] => Array.from({ length: 7 }, (_, i): ViewPoint => {
  const r = from + ((to - from) * i) / 6
  const turned = angle + bow * (i / 6) ** 2
  return [r * Math.cos(turned), r * Math.sin(turned)]
})

const spikes = (lesion: BreastLesion, radii: Float64Array, random: () => number): Stroke[] => Array.from({ length: 20 + Math.floor(10 * random()) }, (_, i): Stroke => {
  const angle = (i * 2.4 + random()) % (2 * Math.PI)
  const border = radii[Math.floor((angle / (2 * Math.PI)) * steps) % steps] ?? 1
  const reach = border * (1.25 + 1.2 * random() * random()) + 2 + 5 * random() * random()
  return { path: ray(angle, border * 0.6, reach, 0.3 * (random() - 0.5)), widthsMm: [0.9 + 0.8 * random(), 0.3], levels: [lesion.contrast * 0.46, lesion.contrast * 0.1] }
})

/** Rays that end on an ellipse about the place, with no mass in the middle. */
const distortion = (lesion: BreastLesion, random: () => number): Stroke[] => {
  const turn = random() * Math.PI
  const half = lesion.longestMm / 2
  return Array.from({ length: 17 + Math.floor(9 * random()) }, (_, i): Stroke => {
    const power = i < 4 ? 1 : 0.5 + 0.5 * random()
    const angle = i < 4 ? turn + i * (Math.PI / 2) : random() * 2 * Math.PI
    const edge = (half * lesion.roundness) / Math.hypot(lesion.roundness * Math.cos(angle - turn), Math.sin(angle - turn))
    const end = edge * (i < 4 ? 1 : 0.55 + 0.45 * random()) - 0.6 * strokeHalf
    return { path: ray(angle, half * (0.05 + 0.1 * random()), end, i < 4 ? 0 : 0.12 * (random() - 0.5)), widthsMm: [0.6 + 0.6 * random(), 0.6], levels: [lesion.contrast * power, lesion.contrast * 0.7 * power] }
  })
}

const cluster = (lesion: BreastLesion, random: () => number): LesionShape['specks'] => {
  const turn = random() * Math.PI
  const count = 8 + Math.floor(lesion.longestMm * (0.7 + 0.5 * random()))
  const raw = Array.from({ length: count }, () => {
    const [r, angle] = [random() ** 0.7, random() * 2 * Math.PI]
    const [x, y] = [r * Math.cos(angle), r * lesion.roundness * Math.sin(angle)]
    const at: ViewPoint = [x * Math.cos(turn) - y * Math.sin(turn), x * Math.sin(turn) + y * Math.cos(turn)]
    return { at, radiusMm: 0.1 + 0.17 * random() * random(), level: lesion.contrast * (1 + 1.1 * random()), dzMm: (random() - 0.5) * lesion.longestMm * 0.5 }
  })
  let scale = lesion.longestMm / 2
  const placed = () => raw.map((speck) => ({ ...speck, at: [speck.at[0] * scale, speck.at[1] * scale] as ViewPoint }))
  for (let step = 0; step < 6; step++) scale *= lesion.longestMm / extentOf(hullOf(placed().flatMap(({ at: [u, v], radiusMm }) => circle(u, v, radiusMm)))).longest
  return placed()
}

/** The shape of a lesion in a view, or undefined where it is not seen there; the same at every time point but for its size. */
export const shapeOf = (breast: BreastView, positioning: Positioning, lesion: BreastLesion): LesionShape | undefined => {
  if (lesion.side !== breast.side || lesion.longestMm <= 0 || (lesion.seenIn && lesion.seenIn !== breast.view)) return undefined
  const random = createRandom(hashText(`${breast.anatomy.seed}/${lesion.lesion}/${breast.view}`))
  const place = placeOf(breast, lesion)
  const at = toView(positioning, place.at)
  const isMass = lesion.kind === 'mass' || lesion.kind === 'spiculated mass'
  const radii = isMass ? massBorder(lesion, random) : new Float64Array(0)
  const strokes = lesion.kind === 'spiculated mass' ? spikes(lesion, radii, random) : lesion.kind === 'distortion' ? distortion(lesion, random) : []
  const specks = lesion.kind === 'calcifications' ? cluster(lesion, random) : []
  const border = isMass ? pointsOf(radii) : hullOf([
    ...specks.flatMap(({ at: [u, v], radiusMm }) => circle(u, v, radiusMm)),
    ...strokes.flatMap(({ path, widthsMm: [, width] }) => {
      const end = path.at(-1)
      return end ? circle(end[0], end[1], width * strokeHalf) : []
    }),
  ])
  return { lesion, at, anatomyAt: place.at, z: place.z, radii, halfHeightMm: (lesion.longestMm * lesion.roundness) / 2, strokes, specks, border, extent: extentOf(border) }
}

/** Brightness of a mass at a place about its centre: half its full brightness on the border. */
const massLevel = ({ radii, lesion: { contrast, kind } }: LesionShape, softMm: number, scale: number, du: number, dv: number): number => {
  const angle = Math.atan2(dv, du)
  const turned = ((angle < 0 ? angle + 2 * Math.PI : angle) / (2 * Math.PI)) * steps
  const i = Math.floor(turned)
  const radius = ((radii[i % steps] ?? 0) * (1 - turned + i) + (radii[(i + 1) % steps] ?? 0) * (turned - i)) * scale
  const r = Math.hypot(du, dv)
  const t = Math.max(0, Math.min(1, 0.5 + (radius - r) / softMm))
  // Denser in its middle, as something round is in projection; the border stays at half.
  const dome = kind === 'mass' ? 1 : 1 + 0.55 * Math.max(0, 1 - (r * r) / (radius * radius * 0.8))
  return contrast * t * t * (3 - 2 * t) * dome
}

/**
 * How large a lesion is in a plane of tomosynthesis, as a share of its border; 0 where the plane does not show it.
 * @param plane how far it lies from the lesion's middle, mm, and half the thickness it shows
 */
export const scaleInPlane = ({ lesion: { kind, longestMm }, halfHeightMm }: LesionShape, { dzMm, halfMm }: { readonly dzMm: number; readonly halfMm: number }): number => {
  const dz = Math.abs(dzMm)
  if (kind === 'distortion') return dz <= Math.max(2, halfHeightMm * 0.5) ? 1 : 0
  if (kind === 'calcifications') return dz <= longestMm * 0.25 + halfMm ? 1 : 0
  const scale = Math.sqrt(Math.max(0, 1 - (dz / (halfHeightMm + halfMm)) ** 2))
  return scale < 0.2 ? 0 : scale
}

/**
 * Draws a lesion; in a plane of tomosynthesis what that plane shows of it.
 */
export const paintLesion = (layer: Layer, shape: LesionShape, plane?: { readonly dzMm: number; readonly halfMm: number }): void => {
  const { at, radii, strokes, specks, lesion } = shape
  const scale = plane ? scaleInPlane(shape, plane) : 1
  if (scale === 0) return
  const soft = Math.max(layer.pixelMm, lesion.kind === 'mass' ? 1.2 : 2.4)
  if (radii.length > 0) paintPatch(layer, at, (lesion.longestMm * 0.75 + soft) * 1.1, (du, dv) => massLevel(shape, soft, scale, du, dv))
  for (const stroke of scale > 0.7 ? strokes : []) paintStroke(layer, { ...stroke, path: stroke.path.map(([u, v]): ViewPoint => [u + at[0], v + at[1]]) })
  for (const speck of specks) if (!plane || Math.abs(plane.dzMm - speck.dzMm) <= plane.halfMm * 1.5) paintSpeck(layer, [at[0] + speck.at[0], at[1] + speck.at[1]], speck.radiusMm, speck.level)
}

/** Pixels inside the border: the true mask of a lesion on a layer, as labels. */
export const maskLesion = (mask: Uint8Array, layer: Pick<Layer, 'columns' | 'rows' | 'pixelMm' | 'nippleRow'>, { at, border }: LesionShape, value: number, scale = 1): void => {
  const points = border.map(([u, v]) => pixelOf(layer, [at[0] + u * scale, at[1] + v * scale]))
  const ys = points.map(([, y]) => y)
  for (let row = Math.max(0, Math.ceil(Math.min(...ys))); row <= Math.min(layer.rows - 1, Math.max(...ys)); row++) {
    const crossings: number[] = []
    for (let i = 0; i < points.length; i++) {
      const [a, b] = [points[i], points[(i + 1) % points.length]]
      if (a && b && a[1] > row !== b[1] > row) crossings.push(a[0] + ((row - a[1]) / (b[1] - a[1])) * (b[0] - a[0]))
    }
    crossings.sort((p, q) => p - q)
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      for (let column = Math.max(0, Math.ceil(crossings[i] ?? 0)); column <= Math.min(layer.columns - 1, crossings[i + 1] ?? -1); column++) mask[row * layer.columns + column] = value
    }
  }
}
