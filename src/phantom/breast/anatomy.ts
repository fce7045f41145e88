import { keepLast } from '../keepLast.ts'
import { createNormal, createRandom, hashText } from '../random.ts'
import { createOutline, type Outline, type ViewPoint } from './outline.ts'
import type { BreastAnatomy, BreastLesion, Side, View } from './plan.ts'
import { createClouds, createLobules, createStrands, mix } from './textures.ts'

/** The textures a woman's tissue is cut from; made once for all her pictures. */
export type TissueTextures = { readonly gland: Float32Array; readonly strands: Float32Array; readonly clouds: Float32Array; readonly bends: Float32Array }

/** mm a sample of the gland texture along the chest wall; it is stretched two times towards the nipple. */
export const glandSampleMm = 0.3
export const strandSampleMm = 0.17

export const createTissueTextures = (anatomy: BreastAnatomy): TissueTextures => texturesOf(hashText(`tissue ${anatomy.seed}`))

const texturesOf = keepLast((seed: number): TissueTextures => {
  const strands = createStrands(seed + 3, 8, 6, 0.72)
  return {
    gland: mix([[createLobules(seed + 1, 19, 0.42), 0.75], [createClouds(seed + 2, 6, 6, 0.62), 0.8], [createStrands(seed + 5, 12, 5, 0.85), 0.5]]),
    strands,
    clouds: createClouds(seed + 4, 4, 5, 0.6),
    bends: createClouds(seed + 6, 4, 2, 0.35),
  }
})

/** For pictures without texture. */
export const noTextures: TissueTextures = { gland: new Float32Array(0), strands: new Float32Array(0), clouds: new Float32Array(0), bends: new Float32Array(0) }

/** How a breast lies this time: from the view to the anatomy it is a turn, a shift, a stretch and a slight bend, mm. */
export type Positioning = { readonly cos: number; readonly sin: number; readonly stretch: number; readonly du: number; readonly dv: number; readonly bend: number; readonly phase: number; readonly seed: number }

export const createPositioning = (positioningSeed: number, side: Side, view: View): Positioning => {
  const random = createRandom(hashText(`${positioningSeed}/${side}/${view}/lies`))
  const turn = (random() - 0.5) * 0.07
  return { cos: Math.cos(turn), sin: Math.sin(turn), stretch: 1 + (random() - 0.5) * 0.05, du: (random() - 0.5) * 5, dv: (random() - 0.5) * 7, bend: 1.6 * random(), phase: random() * 6, seed: positioningSeed }
}

const bendLength = 17

export const anatomyU = (p: Positioning, u: number, v: number): number => (p.cos * u + p.sin * v) * p.stretch + p.du + p.bend * Math.sin(v / bendLength + p.phase)
export const anatomyV = (p: Positioning, u: number, v: number): number => (p.cos * v - p.sin * u) / p.stretch + p.dv + p.bend * Math.sin(u / bendLength - p.phase)

/** Where a place of the anatomy lies in the view (mm): the map above turned back by iteration; within 0.001 mm. */
export const toView = (p: Positioning, [a, b]: ViewPoint): ViewPoint => {
  let [u, v] = [a, b]
  for (let step = 0; step < 12; step++) {
    const [eu, ev] = [a - anatomyU(p, u, v), b - anatomyV(p, u, v)]
    u += eu
    v += ev
  }
  return [u, v]
}

/** A strand, vessel or duct: a path in mm of the anatomy, its half width, its brightness, its height from -1 (detector) to 1. */
export type Line = { readonly path: readonly ViewPoint[]; readonly sigmaMm: number; readonly brightness: number; readonly z: number; readonly taper: boolean }
/** Benign specks and nodes that are no lesion. */
export type Speck = { readonly at: ViewPoint; readonly radiusMm: number; readonly brightness: number; readonly z: number }
export type Node = { readonly at: ViewPoint; readonly longMm: number; readonly shortMm: number; readonly angle: number; readonly brightness: number; readonly z: number }

/** One breast as one view sees it. */
export type BreastView = {
  readonly anatomy: BreastAnatomy
  readonly side: Side
  readonly view: View
  readonly outline: Outline
  readonly lines: readonly Line[]
  readonly specks: readonly Speck[]
  readonly nodes: readonly Node[]
  /** Places in the textures of each sheet, in samples. */
  readonly sheets: readonly ViewPoint[]
  /** MLO: where the front edge of the pectoral muscle meets the top (u at v of the axilla) and the chest wall (v). CC: a low crescent or none. */
  readonly pectoral: { readonly topMm: number; readonly endMm: number; readonly bow: number }
  readonly implant: { readonly centreU: number; readonly centreV: number; readonly radiusU: number; readonly radiusV: number } | undefined
}

/** How many sheets of tissue lie on each other under compression. */
export const sheetCount = 7

/** A path that starts at a place and wanders. */
const wander = (from: ViewPoint, direction: number, lengthMm: number, curve: number, random: () => number): ViewPoint[] => {
  const path: ViewPoint[] = [from]
  let [u, v] = from
  let heading = direction
  let turn = (random() - 0.5) * curve
  for (let gone = 0; gone < lengthMm; gone += 1.5) {
    turn = turn * 0.93 + (random() - 0.5) * curve * 0.6
    heading += turn
    u += 1.5 * Math.cos(heading)
    v += 1.5 * Math.sin(heading)
    path.push([u, v])
  }
  return path
}

export const createBreastView = (anatomy: BreastAnatomy, side: Side, view: View): BreastView => {
  const outline = createOutline(anatomy, side, view)
  const random = createRandom(hashText(`${anatomy.seed}/${side}/${view}/inside`))
  const normal = createNormal(random)
  const { depthMm, aboveMm, belowMm, nipple } = outline
  const [nu, nv] = nipple.at
  const reach = view === 'CC' ? aboveMm : aboveMm * 1.25
  const somewhere = (): ViewPoint => [random() * depthMm, -reach + random() * (reach + belowMm)]
  const lines: Line[] = []
  // Cooper's ligaments: faint arcs, most of them along the way to the nipple, some across to the skin.
  for (let i = 0; i < 170; i++) {
    const at = somewhere()
    const toNipple = Math.atan2(nv - at[1], nu - at[0])
    const across = random() < 0.25 ? (random() < 0.5 ? 1 : -1) * (0.5 + 0.6 * random()) : 0.2 * normal()
    const faint = random()
    lines.push({ path: wander(at, toNipple + across + (random() < 0.5 ? Math.PI : 0), 8 + 38 * random() * random(), 0.075, random), sigmaMm: 0.16 + 0.3 * random() * random(), brightness: 0.012 + 0.05 * faint * faint, z: 2 * random() - 1, taper: true })
  }
  const veins = 2 + Math.floor(3 * random())
  for (let i = 0; i < veins; i++) {
    const start: ViewPoint = [depthMm * (0.05 + 0.3 * random()), -reach * 0.75 + random() * (reach * 0.75 + belowMm * 0.8)]
    const path = wander(start, Math.atan2(nv - start[1], nu - start[0]) + 0.4 * normal(), depthMm * (0.6 + 0.6 * random()), 0.07, random)
    const sigmaMm = 0.5 + 0.4 * random()
    const z = random() < 0.5 ? -0.8 : 0.8
    lines.push({ path, sigmaMm, brightness: 0.05 + 0.025 * random(), z, taper: true })
    const fork = path[Math.floor(path.length * (0.3 + 0.3 * random()))]
    if (fork) lines.push({ path: wander(fork, Math.atan2(nv - fork[1], nu - fork[0]) + (random() < 0.5 ? 0.7 : -0.7), depthMm * 0.4 * random() + 15, 0.07, random), sigmaMm: sigmaMm * 0.7, brightness: 0.05, z, taper: true })
  }
  for (let i = 0; i < 9; i++) {
    lines.push({ path: wander([nu - 3, nv + (random() - 0.5) * 5], Math.PI + (i - 4) * 0.17 + 0.08 * normal(), 14 + 26 * random(), 0.05, random), sigmaMm: 0.35 + 0.35 * random(), brightness: 0.04 + 0.04 * random(), z: 0.5 * normal(), taper: false })
  }
  const specks: Speck[] = []
  const benign = Math.floor(random() * 5)
  for (let i = 0; i < benign; i++) specks.push({ at: [depthMm * (0.2 + 0.6 * random()), (random() - 0.5) * 1.1 * belowMm], radiusMm: 0.25 + 0.5 * random() * random(), brightness: 0.3 + 0.3 * random(), z: 2 * random() - 1 })
  const nodes: Node[] = []
  const armpit = view === 'MLO' ? 1 + Math.floor(2.5 * random()) : 0
  for (let i = 0; i < armpit; i++) {
    const longMm = 7 + 9 * random()
    nodes.push({ at: [depthMm * (0.1 + 0.3 * random()), -aboveMm * (0.82 + 0.3 * random())], longMm, shortMm: longMm * (0.5 + 0.2 * random()), angle: 1 + random(), brightness: 0.06 + 0.05 * random(), z: 2 * random() - 1 })
  }
  const sheets = Array.from({ length: sheetCount }, (): ViewPoint => [random() * 512, random() * 512])
  const pectoral = view === 'MLO'
    ? { topMm: depthMm * (0.3 + 0.12 * random()), endMm: belowMm * (random() * 0.5 - 0.15), bow: 0.58 + 0.3 * random() }
    : { topMm: random() < 0.4 ? 5 + 6 * random() : 0, endMm: 14 * (random() - 0.5), bow: 30 + 14 * random() }
  const implant = anatomy.implants
    ? { centreU: depthMm * 0.2, centreV: view === 'CC' ? -2 : -belowMm * 0.12, radiusU: depthMm * 0.5, radiusV: (view === 'CC' ? belowMm : belowMm * 1.02) * 0.78 }
    : undefined
  return { anatomy, side, view, outline, lines, specks, nodes, sheets, pectoral, implant }
}

/** How far the skin is above (negative v) and below the nipple's height at a depth, mm. */
const spanAt = ({ outline: { skin, aboveMm, belowMm }, view }: BreastView, u: number): { up: number; down: number } => {
  let [up, down] = [0, 0]
  for (let i = 0; i + 1 < skin.length; i++) {
    const [a, b] = [skin[i], skin[i + 1]]
    if (!a || !b || a[0] > u === b[0] > u) continue
    const v = a[1] + ((u - a[0]) / (b[0] - a[0])) * (b[1] - a[1])
    if (v < 0 && -v > up) up = -v
    if (v > 0 && v > down) down = v
  }
  if (view === 'MLO') return { up: Math.min(up || aboveMm, aboveMm) * 0.7, down: Math.min(down || belowMm, belowMm * 0.9) }
  return { up: up || aboveMm, down: down || belowMm }
}

/** Where a lesion lies in the anatomy of a view (mm), and its height between the plates, -1 at the detector to 1. */
export const placeOf = (breast: BreastView, { place: { depth, lateral, superior } }: BreastLesion): { readonly at: ViewPoint; readonly z: number } => {
  // Before an implant all tissue lies in the front.
  const u = (breast.implant ? 0.78 + 0.16 * depth : depth) * breast.outline.depthMm
  const { up, down } = spanAt(breast, u)
  const share = breast.view === 'CC' ? lateral : Math.max(-1, Math.min(1, 0.75 * superior + 0.45 * lateral))
  return { at: [u, share > 0 ? -share * up * 0.82 : -share * down * 0.82], z: Math.max(-0.9, Math.min(0.9, breast.view === 'CC' ? superior : 0.45 * superior - 0.75 * lateral)) }
}
