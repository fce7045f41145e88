import { createRandom, hashText } from '../random.ts'
import { createBreastView, createPositioning, toView, type BreastView, type Positioning, type TissueTextures } from './anatomy.ts'
import { createLayer, paintPatch, paintSpeck, paintStroke, type Layer } from './canvas.ts'
import { paintLesion, shapeOf, type LesionShape } from './lesions.ts'
import { measureDistances, type DistanceGrid } from './outline.ts'
import type { BreastAnatomy, BreastLesion, Exposure, MammographyMaker } from './plan.ts'
import { allSheets, fatBrightness, renderTissue, type TissueScene } from './tissue.ts'
import { sample } from './textures.ts'

/** Everything about one exposure that its picture and its truth are made from. */
export type Scene = {
  readonly breast: BreastView
  readonly positioning: Positioning
  readonly distances: DistanceGrid
  readonly shapes: readonly LesionShape[]
  readonly exposure: Exposure
  readonly columns: number
  readonly rows: number
  /** mm of the body. */
  readonly pixelMm: number
  readonly nippleRow: number
}

/** A plane of tomosynthesis: z from -1 (detector) to 1. */
export type Plane = { readonly z: number; readonly thicknessMm: number; readonly spacingMm: number }

/** Where the tissue is drawn before it is enlarged: about every 0.2 mm. */
const tissueStepMm = 0.21

export const createScene = (input: { readonly anatomy: BreastAnatomy; readonly positioningSeed: number; readonly exposure: Exposure; readonly columns: number; readonly rows: number; readonly pixelMm: number; readonly lesions: readonly BreastLesion[] }): Scene => {
  const { anatomy, positioningSeed, exposure, columns, rows, pixelMm } = input
  const anatomyNow = exposure.implantDisplaced ? { ...anatomy, size: anatomy.size * 0.6 } : anatomy
  const breast = createBreastView(anatomyNow, exposure.side, exposure.view)
  const positioning = createPositioning(positioningSeed, exposure.side, exposure.view)
  const { outline: { depthMm, belowMm } } = breast
  const heightMm = rows * pixelMm
  const nippleMm = exposure.view === 'CC' ? heightMm / 2 + 3 : Math.min(heightMm * 0.66, heightMm - belowMm * 1.2)
  const distances = measureDistances(breast.outline, -12, depthMm + 16, -nippleMm - 14, heightMm - nippleMm + 14, 1.8)
  const shapes = input.lesions.flatMap((lesion) => shapeOf(breast, positioning, lesion) ?? [])
  return { breast, positioning, distances, shapes, exposure, columns, rows, pixelMm, nippleRow: nippleMm / pixelMm }
}

/** Strands, vessels, benign specks and nodes as a layer; in a plane of tomosynthesis those near it. */
const paintAnatomy = (layer: Layer, { breast, positioning }: Scene, plane?: Plane): void => {
  const seen = (z: number) => !plane || Math.abs(z - plane.z) * plane.thicknessMm < 2.4 * plane.spacingMm + 2
  const power = plane ? 1.5 : 1
  for (const { path, sigmaMm, brightness, z, taper } of breast.lines) {
    if (seen(z)) paintStroke(layer, { path: path.map((point) => toView(positioning, point)), widthsMm: [sigmaMm * 2.2, sigmaMm * 1.6], levels: [brightness * power, brightness * power * 0.75], swells: taper })
  }
  for (const { at, longMm, shortMm, angle, brightness, z } of breast.nodes) {
    if (!seen(z)) continue
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
    paintPatch(layer, toView(positioning, at), longMm * 0.7, (du, dv) => {
      const [x, y] = [(du * cos + dv * sin) / (longMm / 2), (dv * cos - du * sin) / (shortMm / 2)]
      const cover = Math.max(0, Math.min(1, (1 - Math.hypot(x, y)) * 4))
      // The hilum is fat: darker, to one side.
      const hilum = Math.max(0, Math.min(1, (1 - Math.hypot(x * 1.7, (y - 0.45) * 2.1)) * 2.5))
      return brightness * cover * cover * (3 - 2 * cover) * (1 - 0.75 * hilum)
    })
  }
  for (const { at, radiusMm, brightness, z } of breast.specks) if (seen(z)) paintSpeck(layer, toView(positioning, at), radiusMm, brightness)
}

/** What tissue is drawn from, and the grid it is drawn on: every n-th pixel. */
export const tissueOf = (scene: Scene, textures: TissueTextures, rimMm: number, plain: boolean) => {
  const { breast, positioning, distances, shapes, exposure, columns, rows, pixelMm, nippleRow } = scene
  const every = Math.max(1, Math.round(tissueStepMm / pixelMm))
  const pulls = plain ? [] : shapes.flatMap(({ anatomyAt, lesion, extent }) => {
    const strength = lesion.kind === 'distortion' ? 0.7 : lesion.kind === 'spiculated mass' ? 0.35 : 0
    return strength > 0 ? [{ at: anatomyAt, radiusMm: Math.max(6, extent.longest * 0.5), strength }] : []
  })
  const tissueScene: TissueScene = { breast, positioning, textures, distances, rimMm, plain, implantDisplaced: exposure.implantDisplaced === true, pulls }
  return { tissueScene, every, grid: { columns: Math.ceil(columns / every) + 1, rows: Math.ceil(rows / every) + 1, stepMm: pixelMm * every, originU: 0.5 * pixelMm, originV: -nippleRow * pixelMm } }
}

/**
 * The layers over drawn tissue: strands and vessels, lesions, the finest strands. 0 black to 1 white in the maker's own window, without noise.
 * @param plane of tomosynthesis: only what lies in it or near it
 */
export const drawOver = (scene: Scene, tissue: { readonly data: Float32Array; readonly columns: number; readonly every: number }, textures: TissueTextures, plain: boolean, plane?: Plane): Float32Array => {
  const { shapes, columns, rows, pixelMm, nippleRow } = scene
  const layer = createLayer(columns, rows, pixelMm, nippleRow)
  if (!plain) paintAnatomy(layer, scene, plane)
  const lesions = createLayer(columns, rows, pixelMm, nippleRow)
  for (const shape of shapes) paintLesion(lesions, shape, plane ? { dzMm: ((plane.z - shape.z) * plane.thicknessMm) / 2, halfMm: plane.spacingMm / 2 } : undefined)
  if (!plain) grainLesions(lesions, textures.clouds)
  compose(tissue.data, tissue.columns, tissue.every, layer.data, lesions.data, columns, rows)
  if (!plain) addFineStrands(layer, textures.strands, scene)
  return layer.data
}

/** A mammogram with the chest wall at column 0: the sum of all sheets. */
export const drawMammogram = (scene: Scene, textures: TissueTextures, { rimMm }: Pick<MammographyMaker, 'rimMm'>, plain: boolean): Float32Array => {
  const { tissueScene, every, grid } = tissueOf(scene, textures, rimMm, plain)
  return drawOver(scene, { data: renderTissue(tissueScene, grid, allSheets).data, columns: grid.columns, every }, textures, plain)
}

/** A mass is no smooth disc: its tissue is as uneven as what lies around it. */
const grainLesions = ({ data, columns, pixelMm }: Layer, clouds: Float32Array): void => {
  const step = pixelMm / 0.07
  for (let i = 0; i < data.length; i++) {
    const level = data[i] ?? 0
    if (level <= 0) continue
    const x = (i % columns) * step
    const y = Math.floor(i / columns) * step
    data[i] = level * Math.max(0.4, 1 + 0.2 * sample(clouds, 0.8 * x + 0.6 * y, 0.8 * y - 0.6 * x))
  }
}

/** Tissue enlarged to the pixels, with the layers over it; the result replaces `lines`. */
const compose = (tissue: Float32Array, tissueColumns: number, every: number, lines: Float32Array, lesions: Float32Array, columns: number, rows: number): void => {
  for (let row = 0; row < rows; row++) {
    const y = Math.floor(row / every)
    const fy = row / every - y
    for (let column = 0; column < columns; column++) {
      const x = Math.floor(column / every)
      const fx = column / every - x
      const at = y * tissueColumns + x
      const up = (tissue[at] ?? 0) * (1 - fx) + (tissue[at + 1] ?? 0) * fx
      const down = (tissue[at + tissueColumns] ?? 0) * (1 - fx) + (tissue[at + tissueColumns + 1] ?? 0) * fx
      const base = up + (down - up) * fy
      const index = row * columns + column
      if (base <= 0) {
        lines[index] = 0
        continue
      }
      const there = base < 0.2 ? base * 5 : 1
      const level = base + (lines[index] ?? 0) * there * (1.15 - base)
      lines[index] = level + (lesions[index] ?? 0) * there * (1 - 0.55 * base)
    }
  }
}

/** The finest strands, at the pixels themselves: more where there is gland. */
const addFineStrands = ({ data, columns, rows, pixelMm, nippleRow }: Layer, strands: Float32Array, { positioning: { cos, sin, du, dv }, breast: { sheets } }: Scene): void => {
  const step = pixelMm / 0.11
  const [, , [placeX, placeY] = [0, 0]] = sheets
  for (let row = 0; row < rows; row++) {
    const v = (row - nippleRow) * pixelMm
    const [startX, startY] = [(sin * v + du) / 0.11 + placeX, (cos * v + dv) / 0.11 + placeY]
    for (let column = 0; column < columns; column++) {
      const index = row * columns + column
      const level = data[index] ?? 0
      if (level < 0.12) continue
      // Nothing is woven into an implant.
      const woven = level > 0.78 ? Math.max(0.02, 1 - (level - 0.78) / 0.06) : 1
      const x = startX + column * step * cos
      const y = startY - column * step * sin
      data[index] = level + woven * sample(strands, x * 0.8 + y * 0.4, y * 0.9 - x * 0.35) * (0.007 + 0.03 * Math.max(0, Math.min(0.5, level - fatBrightness)))
    }
  }
}

/** Quantum noise of an exposure, stronger where less light gets through; in place. */
export const addQuantumNoise = (picture: Float32Array, columns: number, pixelMm: number, key: string, strength: number): void => {
  const random = createRandom(hashText(key))
  const before = new Float32Array(columns + 1)
  const scale = strength * Math.sqrt(0.1 / Math.max(0.1, pixelMm))
  for (let start = 0; start < picture.length; start += columns) {
    let left = 0
    for (let column = 0; column < columns; column++) {
      const base = picture[start + column] ?? 0
      if (base <= 0) continue
      // Blurred over its neighbours to the left and above, as light spreads in a detector.
      const white = random() + random() - 1
      const noise = white + 0.45 * (left + (before[column] ?? 0))
      left = white
      before[column] = white
      picture[start + column] = base + noise * scale * (0.6 + base)
    }
  }
}
