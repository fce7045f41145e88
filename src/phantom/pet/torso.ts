import type { Vec3 } from '../../domain/geometry/points.ts'
import { createRandom } from '../random.ts'
import { turned, type Shape, type Solid, type Texture } from '../shapes.ts'
import type { PetCtPlan } from './plan.ts'
import sites from './sites.json' with { type: 'json' }

/** HU and SUV, with what varies. */
type Stuff = { readonly hu: number; readonly suv: number; readonly texture?: Texture }
const stuff = (hu: number, suv: number, texture?: Texture): Stuff => ({ hu, suv, ...(texture ? { texture } : {}) })
const grain = (amplitude: number, perMm: number): Texture => ({ kind: 'grain', amplitude, perMm })

const s = {
  skin: stuff(20, 0.4), fat: stuff(-104, 0.22), muscle: stuff(54, 0.62, { kind: 'flecks', amplitude: 0.5, perMm: 0.25, towards: [-90, 0.4] }), viscera: stuff(-96, 0.45),
  lung: stuff(-850, 0.42, grain(0.03, 0.12)), vessel: stuff(30, 1.1), mediastinum: stuff(-30, 0.9, grain(0.3, 0.1)), blood: stuff(42, 1.6), myocardium: stuff(46, 3.1), air: stuff(-1000, 0), oesophagus: stuff(34, 1.7),
  liver: stuff(58, 2.25, grain(0.03, 0.12)), spleen: stuff(50, 1.85), stomach: stuff(36, 1.9), gas: stuff(-900, 0.3), cortex: stuff(36, 3.1), pelvis: stuff(8, 14), ureter: stuff(12, 9),
  bowel: stuff(28, 1.25, grain(0.35, 0.05)), stool: stuff(15, 1, { kind: 'flecks', amplitude: 0.9, perMm: 0.12, towards: [-600, 0.6] }), bladder: stuff(6, 22), pelvicOrgan: stuff(42, 1.5),
  boneRim: stuff(420, 0.9), marrow: stuff(190, 1.55, grain(0.1, 0.3)), rib: stuff(330, 0.95), femur: stuff(980, 0.6), fattyMarrow: stuff(-20, 0.5), disc: stuff(80, 0.8), cord: stuff(30, 1.3), table: stuff(-330, 0),
} as const

type Round = { readonly axes?: readonly [Vec3, Vec3, Vec3]; readonly cuts?: NonNullable<Shape['cuts']> }
const shape = ({ hu, suv, texture }: Stuff, solid: Solid, cuts?: Shape['cuts']): Shape => ({ solid, values: [hu, suv], ...(texture ? { texture } : {}), ...(cuts ? { cuts } : {}) })
const ball = (of: Stuff, centre: Vec3, radii: Vec3, { axes, cuts }: Round = {}): Shape => shape(of, { kind: 'ellipsoid', centre, radii, ...(axes ? { axes } : {}) }, cuts)
const block = (of: Stuff, centre: Vec3, radii: Vec3, { axes, cuts }: Round = {}): Shape => shape(of, { kind: 'block', centre, radii, ...(axes ? { axes } : {}) }, cuts)
const tube = (of: Stuff, from: Vec3, to: Vec3, radiusFrom: number, radiusTo = radiusFrom): Shape => shape(of, { kind: 'tube', from, to, radiusFrom, radiusTo })
const path = (of: Stuff, radius: number, ...points: readonly Vec3[]): Shape[] => points.slice(1).map((to, i) => tube(of, points[i] ?? to, to, radius))
/** Both sides: `x` is the sign to use. */
const sides = (make: (x: 1 | -1) => Shape[]): Shape[] => [...make(1), ...make(-1)]

/** How far the front of the spine lies behind the middle: straight below, curved back in the chest. */
const spineY = (z: number): number => 52 + 8 * Math.sin(Math.max(-1.6, Math.min(1.6, (z - 90) / 105)))

/** Outlines of trunk, thighs, neck and raised arms, each less `inset` mm. */
const outline = (of: Stuff, inset: number, wide: number): Shape[] => [
  block(of, [0, 2, 215], [152 * wide - inset, 108 * wide - inset, 175]), ball(of, [0, 0, 0], [156 * wide - inset, 112 * wide - inset, 330]), block(of, [0, 4, -185], [166 * wide - inset, 112 * wide - inset, 125]),
  tube(of, [0, 14, 280], [0, 6, 470], 66 - inset, 60 - inset * 0.6),
  ...sides((x) => [tube(of, [x * 86, 4, -225], [x * 92, 2, -460], 84 * wide - inset, 74 * wide - inset), tube(of, [x * 104, 12, 318], [x * 168, -10, 470], 62 * wide - inset, 46 * wide - inset * 0.7)]),
]

const skeleton = (): Shape[] => {
  const parts: Shape[] = []
  for (let z = -130; z < 460; z += 28) {
    const y = spineY(z)
    const r = z > 300 ? 12 : 20
    parts.push(block(s.boneRim, [0, y, z], [r, r * 0.78, 12]), block(s.marrow, [0, y, z], [r - 2, r * 0.78 - 2, 10.5]), ball(s.disc, [0, y, z + 14], [r - 1, r * 0.72, 3.4]))
    parts.push(ball(s.rib, [0, y + 35, z - 6], [4, 11, 7]), ...sides((x) => [ball(s.rib, [x * 24, y + 28, z], [16, 5, 5]), ball(s.rib, [x * 14, y + 24, z], [5, 10, 7])]))
  }
  parts.push(...path(s.cord, 7.5, ...Array.from({ length: 16 }, (_, i): Vec3 => [0, spineY(-130 + i * 40) + 25, -130 + i * 40])))
  for (let rib = 0; rib < 11; rib++) {
    const top = 318 - rib * 24
    const wide = 1 - 0.3 * Math.max(0, (top - 240) / 80)
    const points = Array.from({ length: 13 }, (_, i): Vec3 => {
      const angle = ((12 + i * 11.5) * Math.PI) / 180
      return [Math.sin(angle) * 134 * wide, Math.cos(angle) * 86 + 2, top - i * 4.6]
    })
    parts.push(...sides((x) => path(s.rib, 4.6, ...points.map(([px, py, pz]): Vec3 => [x * px, py, pz]))))
  }
  parts.push(block(s.rib, [0, -92, 235], [15, 5, 70]), ...sides((x) => [tube(s.rib, [x * 16, -72, 318], [x * 120, -20, 338], 6, 6), block(s.rib, [x * 104, 78, 285], [34, 4, 48], { axes: turned(0, 0, x * -28) })]))
  parts.push(block(s.boneRim, [0, 78, -168], [40, 12, 52], { axes: turned(-24, 0, 0) }), block(s.marrow, [0, 78, -168], [38, 10, 50], { axes: turned(-24, 0, 0) }))
  parts.push(...sides((x) => [
    block(s.boneRim, [x * 94, 44, -128], [9, 46, 62], { axes: turned(0, x * 14, x * -24) }), block(s.marrow, [x * 94, 44, -128], [7, 44, 60], { axes: turned(0, x * 14, x * -24) }),
    ball(s.boneRim, [x * 84, 8, -216], [26, 32, 34]), ball(s.marrow, [x * 84, 8, -216], [23, 29, 31]), tube(s.rib, [x * 66, -26, -228], [x * 14, -60, -256], 9, 9), tube(s.rib, [x * 62, 30, -250], [x * 56, 10, -285], 13, 11),
    ball(s.boneRim, [x * 94, 2, -228], [25, 25, 25]), ball(s.marrow, [x * 94, 2, -228], [23, 23, 23]), tube(s.rib, [x * 104, 4, -236], [x * 128, 12, -262], 15, 19), tube(s.femur, [x * 122, 10, -270], [x * 108, 2, -470], 17, 14), tube(s.fattyMarrow, [x * 122, 10, -285], [x * 108, 2, -470], 8, 8),
  ]))
  return parts
}

const chest = (random: () => number): Shape[] => [
  ...sides((x) => [ball(s.lung, [x * 73, -2, 205], [60, 84, 132])]), ...sides((x) => Array.from({ length: 46 }, () => {
    const to: Vec3 = [x * (45 + random() * 72), -62 + random() * 118, 110 + random() * 190]
    return tube(s.vessel, [x * 26, 4, 225], to, 4.2 - random() * 2, 0.7)
  })),
  ball(s.mediastinum, [0, 2, 225], [30, 66, 130]), ball(s.blood, [16, -32, 160], [54, 44, 54]), ball(s.myocardium, [38, -26, 150], [37, 33, 42], { axes: turned(20, 30, 30) }), ball(s.blood, [38, -26, 152], [25, 21, 32], { axes: turned(20, 30, 30) }),
  ...path(s.blood, 14, [-8, -18, 185], [-6, -16, 252], [8, 8, 270], [22, 34, 256]), ...path(s.blood, 12, [22, 34, 256], [20, 36, 110]), ...path(s.blood, 9.5, [20, 36, 110], [8, 24, 20], [8, 22, -70]), ...path(s.blood, 10, [-22, -10, 290], [-24, -6, 190]), ...path(s.blood, 11, [-20, 8, 120], [-16, 24, 40], [-14, 26, -70]),
  ...path(s.oesophagus, 7, [3, 34, 420], [4, 34, 300], [8, 34, 200], [14, 20, 105]), ...path(s.air, 9, [0, 14, 440], [0, 18, 240]), ...sides((x) => path(s.air, 6.5, [0, 18, 240], [x * 34, 16, 208])),
  ...sides((x) => [...path(s.blood, 4.5, [x * 26, -2, 440], [x * 16, -10, 290]), ball(stuff(90, 1.6), [x * 17, -8, 350], [9, 11, 22])]),
]

const abdomen = (random: () => number): Shape[] => [
  ...sides((x) => path(stuff(54, 0.7), 17, [x * 36, 44, 40], [x * 46, 34, -90], [x * 58, 2, -190])), ...sides((x) => path(s.blood, 7, [x * 5, 22, -70], [x * 40, 14, -150], [x * 66, -46, -240])),
  ball(s.liver, [-56, -8, 70], [66, 78, 74], { axes: turned(0, 12, 0) }), ball(s.liver, [10, -44, 92], [64, 36, 38]), ball(s.spleen, [100, 34, 75], [28, 48, 46]), ball(s.stomach, [60, -34, 85], [40, 36, 44]), ball(s.gas, [60, -36, 88], [34, 31, 36], { cuts: [{ point: [0, -48, 0], normal: [0, 1, 0] }] }),
  ...path(s.pelvicOrgan, 11, [70, 18, 45], [24, -2, 34], [-28, -2, 14]),
  ...sides((x) => [ball(s.cortex, [x * 62, 44, 4 + x * 8], [26, 25, 53]), ball(s.pelvis, [x * 54, 40, 2 + x * 8], [9, 9, 20]), ...path(s.ureter, 2.4, [x * 44, 36, -30], [x * 42, 26, -130], [x * 34, 36, -215])]),
  ...Array.from({ length: 30 }, () => ball({ ...s.bowel, suv: 0.8 + random() * 1.3 }, [-64 + random() * 128, -64 + random() * 62, -165 + random() * 165], [14 + random() * 8, 13 + random() * 5, 12 + random() * 6])),
  ...path(s.stool, 21, [-98, 2, -140], [-102, -4, 0], [-92, -50, 20], [0, -70, -10], [88, -56, 40], [106, 14, 26], [104, 14, -110], [60, 0, -170], [8, 44, -190]), ...path(s.gas, 11, [-92, -60, 18], [0, -78, -8], [84, -64, 36]),
  ball(s.bladder, [0, -20, -222], [37, 29, 27]), ball(s.pelvicOrgan, [0, 18, -236], [24, 16, 20]), ...path(s.stool, 15, [8, 44, -190], [0, 56, -262]),
]

/** A lesion in the torso: a ball, slightly long from head to foot. */
export const lesionShape = ({ site, diameterMm, suv }: PetCtPlan['lesions'][number]): Shape & { readonly centre: Vec3 } => {
  const { centre: [x = 0, y = 0, z = 0], hu } = sites[site]
  const r = diameterMm / 2
  return { solid: { kind: 'ellipsoid', centre: [x, y, z], radii: [r, r * 0.9, r * 1.05] }, values: [hu, suv], centre: [x, y, z] }
}

/** The torso of a seed: HU in the first channel, SUV in the second, so that both images show one anatomy. */
export const torsoShapes = ({ seed, lesions, weightKg, heightM }: Pick<PetCtPlan, 'seed' | 'lesions' | 'weightKg' | 'heightM'>): Shape[] => {
  const random = createRandom(seed)
  const index = weightKg / (heightM * heightM)
  const wide = 0.93 + Math.max(-0.06, Math.min(0.24, (index - 22) * 0.014)) + (random() - 0.5) * 0.03
  const fat = 10 + Math.max(0, (index - 20) * 1.5)
  return [
    ...Array.from({ length: 24 }, (_, i): Shape => tube(s.table, [-220 + i * 18.4, 122 * wide - ((-211 + i * 18.4) / 62) ** 2 * 0.9 + 9, -600], [-220 + i * 18.4, 122 * wide - ((-211 + i * 18.4) / 62) ** 2 * 0.9 + 9, 600], 4)),
    ...outline(s.skin, 0, wide), ...outline(s.fat, 2, wide), ...outline(s.muscle, fat, wide), ball(s.viscera, [0, -12, -40], [122 * wide - fat * 0.5, 82 * wide - fat * 0.4, 215]),
    ...chest(random), ...abdomen(random), ...skeleton(), ...lesions.map(lesionShape),
  ]
}
