import { anatomyU, anatomyV, glandSampleMm, sheetCount, strandSampleMm, type BreastView, type Positioning, type TissueTextures } from './anatomy.ts'
import { distanceAt, type DistanceGrid, type ViewPoint } from './outline.ts'
import { sample } from './textures.ts'

/** Brightness, 0 black to 1 white as shown in the maker's own window, on a grid of the view. */
type Field = { readonly data: Float32Array; readonly columns: number; readonly rows: number; readonly stepMm: number; readonly originU: number; readonly originV: number }

/** Tissue drawn towards a place of the anatomy, as round a retracting lesion. */
export type Pull = { readonly at: ViewPoint; readonly radiusMm: number; readonly strength: number }

export type TissueScene = {
  readonly breast: BreastView
  readonly positioning: Positioning
  readonly textures: TissueTextures
  readonly distances: DistanceGrid
  readonly rimMm: number
  readonly plain: boolean
  readonly implantDisplaced: boolean
  readonly pulls: readonly Pull[]
}

export const fatBrightness = 0.27

const smooth = (from: number, to: number, value: number): number => {
  const t = Math.max(0, Math.min(1, (value - from) / (to - from)))
  return t * t * (3 - 2 * t)
}

/** How far inside the gland's usual place a point of the anatomy lies: 1 in its middle, 0 at its border, negative beyond. */
const envelopeAt = (breast: BreastView, a: number, b: number, inside: number): number => {
  const { outline: { depthMm, aboveMm, belowMm, nipple }, view, anatomy: { density } } = breast
  const base = depthMm * (0.2 - 0.14 * density)
  const s = (depthMm - a) / (depthMm - base)
  const centre = nipple.at[1] - (view === 'CC' ? 0.14 * aboveMm : 0.2 * belowMm) * Math.max(0, Math.min(1, s))
  const half = (view === 'CC' ? 0.5 * (aboveMm + belowMm) : 1.05 * belowMm) * (0.5 + 0.24 * density) * Math.max(0.06, Math.min(1, s * 1.5 + 0.06)) ** 0.8
  const across = (b - centre) / half
  const behind = Math.max(0, s - 0.78) * 3.2
  const nearNipple = smooth(26, 8, Math.hypot(a - nipple.at[0], b - nipple.at[1]))
  const underSkin = Math.max(0, 1 - (inside - 1.5) / (9 - 4 * density)) * (1 - nearNipple)
  return 1 - across * across - behind * behind - 1.6 * underSkin
}

/** How much each sheet counts in a mammogram: a few of them outweigh the others, as thick lobes do. */
export const allSheets: readonly number[] = [0.08, 0.12, 0.2, 0.22, 0.16, 0.13, 0.09]
/** One sheet alone, for tomosynthesis. */
export const oneSheet = (sheet: number): readonly number[] => allSheets.map((_, i) => (i === sheet ? 1 : 0))

/** How glandular the tissue is at a place, 0 to 1, over the weighted sheets. */
const glandAt = (scene: TissueScene, weights: readonly number[], a: number, b: number, inside: number, swing: number): number => {
  const { breast, textures: { gland, clouds }, plain } = scene
  const envelope = envelopeAt(breast, a, b, inside)
  const { outline: { depthMm, nipple }, anatomy: { density }, sheets } = breast
  // Beyond this no texture lifts it to gland.
  if (envelope + 2.1 * (density - 0.62) < -2.9) return 0
  // Structures converge on the nipple: the texture narrows towards it and is stretched two times along.
  const fan = 0.5 + 0.5 * Math.max(0, Math.min(1.1, (depthMm + 10 - a) / depthMm))
  const x = a / (1.45 * glandSampleMm)
  const y = (b - nipple.at[1]) / (fan * glandSampleMm)
  const { sheets: [first] } = breast
  const region = plain ? 0 : sample(clouds, a / 0.4 + (first?.[0] ?? 0), b / 0.3 + (first?.[1] ?? 0))
  const nipplePart = smooth(22, 4, Math.hypot(a - nipple.at[0], b - nipple.at[1]))
  let sum = 0
  for (let sheet = 0; sheet < sheetCount; sheet++) {
    const weight = weights[sheet] ?? 0
    if (weight === 0) continue
    const z = (2 * sheet) / (sheetCount - 1) - 1
    const place = sheets[sheet]
    const texture = plain ? 0 : sample(gland, x + (place?.[0] ?? 0) - 4 * z * swing, y + (place?.[1] ?? 0) + (4 + 5 * z) * swing)
    const level = 0.95 * envelope - 0.35 * z * z + 0.7 * texture + 0.36 * region + 2 * (density - 0.62) - 0.5 * nipplePart
    sum += weight * smooth(-0.45, 0.75, level)
  }
  return sum
}

/** Cover of the pectoral muscle, 0 to 1. */
const pectoralAt = ({ view, outline: { aboveMm }, pectoral: { topMm, endMm, bow } }: BreastView, a: number, b: number): number => {
  if (topMm <= 0) return 0
  if (view === 'CC') return 0.8 * smooth(2.6, -2.6, a - topMm * (1 - ((b - endMm) / bow) ** 2))
  const along = (endMm - b) / (endMm + aboveMm)
  return along <= 0 ? 0 : smooth(2.4, -2.4, (a - topMm * along ** bow) * 0.85) * smooth(0, 0.12, along)
}

/** Signed distance to the implant's shell, mm, positive inside (near its edge). */
const implantAt = (breast: BreastView, a: number, b: number): number => {
  const { implant } = breast
  if (!implant) return -99
  const [x, y] = [(a - implant.centreU) / implant.radiusU, (b - implant.centreV) / implant.radiusV]
  const r = Math.sqrt(x * x + y * y) || 1e-6
  return ((1 - r) * r) / Math.sqrt((x / implant.radiusU) ** 2 + (y / implant.radiusV) ** 2)
}

/** The brightness of tissue at a place of the view. */
const brightnessAt = (scene: TissueScene, weights: readonly number[], u: number, v: number, single: boolean): number => {
  const { breast, positioning, textures, distances, rimMm, plain, implantDisplaced, pulls } = scene
  let a = anatomyU(positioning, u, v)
  let b = anatomyV(positioning, u, v)
  const inside = distanceAt(distances, a, b)
  if (inside <= -0.4) return 0
  const [skinA, skinB] = [a, b]
  for (const { at, radiusMm, strength } of pulls) {
    const [du, dv] = [a - at[0], b - at[1]]
    const away = (du * du + dv * dv) / (radiusMm * radiusMm)
    if (away > 9) continue
    const out = strength * Math.exp(-away)
    a += du * out
    b += dv * out
  }
  // Each view of each breast is cut from places of its own.
  const [, [placeX, placeY] = [0, 0]] = breast.sheets
  const texture = plain ? 0 : sample(textures.clouds, a / 0.55 + placeX, b / 0.42 + placeY)
  // Strands and lobules swing about the way to the nipple.
  const swing = plain ? 0 : sample(textures.bends, a / 0.22 + placeY, b / 0.22 + placeX)
  let level = fatBrightness + 0.022 * texture
  const shell = implantDisplaced ? -99 : implantAt(breast, skinA, skinB)
  const gland = shell > 3 ? 0 : glandAt(scene, weights, a, b, inside, swing)
  level += (single ? 0.5 : 0.6) * gland * (0.62 + 0.38 * gland)
  if (!plain) {
    const fan = 0.55 + 0.45 * Math.max(0, Math.min(1.1, (breast.outline.depthMm + 10 - a) / breast.outline.depthMm))
    const strand = sample(textures.strands, a / (1.5 * strandSampleMm) + placeX, (b + 1.6 * swing - breast.outline.nipple.at[1]) / (fan * strandSampleMm) + placeY)
    level += (0.016 + 0.05 * gland) * strand
  }
  const pectoral = pectoralAt(breast, skinA, skinB)
  if (pectoral > 0) level += pectoral * (0.3 + 0.06 * texture) * (1 - 0.6 * level)
  if (shell > -1.2) {
    const cover = smooth(-1.2, 1.2, shell)
    const rim = Math.exp(-(((shell - 1.6) / 1.4) ** 2))
    level += (0.86 + 0.02 * texture + 0.06 * rim - level) * cover
  } else if (implantDisplaced && breast.implant && a < 9) level += 0.34 * smooth(8, 2, a + 0.006 * b * b)
  if (level > 0.7) level = 0.7 + 0.26 * (1 - Math.exp((0.7 - level) / 0.26))
  const edge = smooth(-0.4, rimMm, inside)
  const skin = Math.exp(-(((inside - 0.9) / 0.7) ** 2))
  return Math.max(0, Math.min(1, level * (0.25 + 0.75 * edge) * smooth(-0.4, 1.1, inside) + 0.045 * skin))
}

/** Tissue of a view on a grid (mm of the view), of the weighted sheets, without lesions, lines and noise. */
export const renderTissue = (scene: TissueScene, grid: Omit<Field, 'data'>, weights: readonly number[]): Field => {
  const data = new Float32Array(grid.columns * grid.rows)
  const single = weights.includes(1)
  for (let row = 0; row < grid.rows; row++) {
    const v = grid.originV + row * grid.stepMm
    for (let column = 0; column < grid.columns; column++) data[row * grid.columns + column] = brightnessAt(scene, weights, grid.originU + column * grid.stepMm, v, single)
  }
  return { ...grid, data }
}
