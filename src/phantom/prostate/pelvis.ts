import type { Vec3 } from '../../domain/geometry/points.ts'
import { turned } from '../shapes.ts'
import { block, both, ellipsoid, pipe, tube, type Axes, type More, type Part, type TissueTexture } from './part.ts'
import { tissues as t, type Tissue } from './tissue.ts'

const septa: TissueTexture = { kind: 'sheets', amplitude: 0.3, perMm: 0.13, along: [1, 0, 0.3], stretch: 2, towards: t.skin }
const fine: TissueTexture = { kind: 'sheets', amplitude: 0.3, perMm: 0.34, towards: t.levator }
const spongy: TissueTexture = { kind: 'grain', amplitude: 0.09, perMm: 0.5 }
const fibres = (along: Vec3, amplitude = 0.75): TissueTexture => ({ kind: 'flecks', amplitude, perMm: 1.15, along, stretch: 14, towards: t.fat })
const tightFibres = (along: Vec3): TissueTexture => fibres(along, 0.22)

/** Marrow in a dark rim. */
const bone = (centre: Vec3, radii: Vec3, axes?: Axes, shape = block): Part[] => [
  shape(t.cortex, centre, radii, axes ? { axes } : {}),
  shape(t.marrow, centre, [radii[0] - 1.7, radii[1] - 1.7, radii[2] - 1.7], { texture: spongy, ...(axes ? { axes } : {}) }),
]
const boneTube = (from: Vec3, to: Vec3, a: number, b: number): Part[] => [tube(t.cortex, from, to, a, b), tube(t.marrow, from, to, a - 1.6, b - 1.6, { texture: spongy })]
const rims = (parts: readonly Part[]): Part[] => [...parts.filter(({ tissue }) => tissue !== t.marrow), ...parts.filter(({ tissue }) => tissue === t.marrow)]

const body = (fat: number): Part[] => [
  ellipsoid(t.skin, [0, 22, 0], [186, 114 + fat, 1400]),
  ellipsoid(t.fat, [0, 22, 0], [184, 112 + fat, 1400], { texture: septa }),
  // Around the organs fat has fewer septa than under the skin.
  ellipsoid(t.fat, [0, 20, 0], [150, 92, 1400], { softMm: 8, texture: { kind: 'sheets', amplitude: 0.13, perMm: 0.22, towards: t.skin } }),
]

const gluteAndSpine = (): Part[] => [
  ...both([block(t.muscle, [62, 84, 0], [66, 19, 120], { axes: turned(0, 0, -20), texture: fibres([0.85, -0.35, -0.4]) })]),
  ...both([block(t.muscle, [64, 62, 30], [34, 5, 12], { axes: turned(0, 0, -24), texture: tightFibres([1, -0.4, 0]) })]),
  ...rims([...boneTube([0, 90, 62], [0, 84, 28], 10, 6), ...boneTube([0, 84, 28], [0, 74, 8], 5.5, 3.6)]),
]

const bones = (): Part[] => [
  ...both([
    ...rims([
      ...bone([70, 16, 26], [15, 27, 34], turned(6, 8, 20), ellipsoid), ...bone([63, 38, 12], [8, 18, 24], turned(0, 0, 8), ellipsoid), ...bone([66, -30, 22], [15, 14, 26], turned(0, 0, -24), ellipsoid), ...bone([64, 30, -22], [13.5, 18, 32], turned(-12, 0, 15), ellipsoid), ...bone([78, -6, 44], [22, 26, 22], undefined, ellipsoid),
      ...boneTube([60, -34, 12], [24, -50, -8], 9, 8), ...boneTube([15, -42, -34], [52, 12, -54], 6, 8.5),
    ]),
    ellipsoid(t.cartilage, [92, -8, 20], [27, 27, 27]),
    ellipsoid(t.cortex, [92, -8, 20], [25.6, 25.6, 25.6]), tube(t.cortex, [98, -2, 14], [140, 18, -20], 15, 22),
    ellipsoid(t.marrow, [92, -8, 20], [24, 24, 24], { texture: { ...spongy, amplitude: 0.07 } }), tube(t.marrow, [98, -2, 14], [140, 18, -20], 13.4, 20.4, { texture: spongy }),
  ]),
  ...both(rims(bone([13.5, -52, -14], [12.5, 10.5, 24], turned(-38, 0, 0)))),
  block(t.disc, [0, -52, -14], [1.9, 10.8, 23], { axes: turned(-38, 0, 0) }),
]

const muscles = (): Part[] => both([
  block(t.muscle, [48.5, 2, 17], [6.8, 43, 29], { axes: turned(0, 6, -6), texture: tightFibres([0, 0.9, 0.3]) }),
  block(t.muscle, [38, 3, -24], [6, 43, 24], { axes: turned(0, 8, -26), texture: tightFibres([0.5, 0.85, 0]) }),
  block(t.muscle, [86, 40, 4], [20, 9, 34], { axes: turned(0, 0, -14), texture: tightFibres([1, -0.2, 0]) }),
  block(t.muscle, [130, 24, 50], [13, 44, 60], { texture: fibres([0, 0.2, -1]) }), block(t.muscle, [134, -26, -30], [18, 26, 60], { texture: fibres([0, 0, -1]) }),
  block(t.muscle, [60, 52, -4], [18, 5.5, 16], { axes: turned(0, 0, -12), texture: tightFibres([1, 0, 0]) }),
  block(t.muscle, [52, -28, -30], [34, 13, 17], { axes: turned(0, 12, 30), texture: fibres([0.9, 0.35, -0.2]) }),
  block(t.muscle, [58, -52, -16], [36, 13, 26], { axes: turned(0, 24, 26), texture: fibres([0.8, 0.4, -0.45]) }),
  block(t.muscle, [46, -58, -62], [34, 24, 30], { axes: turned(0, 20, 20), texture: fibres([0.5, 0.2, -0.85]) }),
  block(t.muscle, [94, -50, 30], [22, 17, 90], { axes: turned(0, 6, 20), texture: fibres([0.2, 0.1, -1]) }),
  block(t.muscle, [118, -76, 0], [15, 11, 120], { texture: fibres([0, 0, 1]) }),
  block(t.muscle, [16.5, -76, 70], [15.5, 6.2, 66], { axes: turned(-5, 0, 0), texture: fibres([0, 0, 1], 0.8) }),
])

/** The levator: a funnel close about prostate (half axes in mm) and rectum, open above; then sphincter and the root of the penis. */
const floor = ([hx, hy]: Vec3): Part[] => {
  const open = [{ point: [0, 0, 14] as Vec3, normal: [0, 0, 1] as Vec3 }]
  const [wide, front, back] = [hx + 5.5, -hy - 4, 62]
  const [middle, deep] = [(front + back) / 2, (back - front) / 2]
  return [
    ellipsoid(t.levator, [0, middle, 6], [wide, deep, 46], { cuts: open, texture: tightFibres([0, 1, 0]) }),
    ellipsoid(t.fat, [0, middle, 6], [wide - 2.1, deep - 1.9, 44], { cuts: open, texture: fine }),
    ...pipe(t.sphincter, [[0, 34, -26, 15], [0, 50, -66, 15]], 0, { texture: { kind: 'flecks', amplitude: 0.4, perMm: 0.5, towards: t.fat } }),
    ...pipe(t.mucosa, [[0, 34, -26, 5.5], [0, 50, -66, 5]], 0, { softMm: 1.5 }), ...pipe(t.stool, [[0, 34, -26, 1.6], [0, 50, -66, 1.2]]),
    ellipsoid(t.bulb, [0, 4, -56], [11, 19, 11], { axes: turned(20, 0, 0), softMm: 1.5 }),
    ...both([tube(t.capsule, [36, -4, -56], [12, -36, -52], 6.6, 7.6), tube(t.corpora, [36, -4, -56], [12, -36, -52], 5.4, 6.4)]),
  ]
}

/** The rectum close behind the gland: wall, mucosa, and a lumen of stool with gas in front of it. */
const rectum = (random: () => number, [, hy]: Vec3): Part[] => {
  const wide = 0.8 + 0.55 * random()
  const sway = (random() - 0.5) * 8
  const rings = Array.from({ length: 14 }, (_, i) => {
    const up = -28 + i * 9.6
    const fill = Math.min(1, Math.max(0, (up + 34) / 34)) * (1 + 0.1 * Math.sin(up / 9 + sway))
    const radii: Vec3 = [(11 + 9 * fill) * (0.6 + 0.4 * fill * wide + 0.25 * fill), (10 + 6 * fill) * (0.75 + 0.25 * wide), 17]
    const lean = up > 20 ? (up - 20) * 0.34 : (20 - up) * -0.03
    return { centre: [sway * Math.max(0, (up - 10) / 80), hy + 2.2 + radii[1] + lean, up] as Vec3, radii }
  })
  const layer = (tissue: Tissue, inset: number, more: More = {}) => rings.map(({ centre, radii }) => ellipsoid(tissue, centre, [radii[0] - inset, radii[1] - inset, radii[2]], more))
  const gas = [{ point: [0, hy + 15, 10] as Vec3, normal: [0, 0.93, 0.3] as Vec3 }]
  return [
    ...layer(t.rectalWall, 0), ...layer(t.mucosa, 2.3), ...layer(t.stool, 3.4, { texture: { kind: 'grain', amplitude: 0.5, perMm: 0.35 } }),
    ...layer(t.gas, 3.4, { cuts: gas }),
  ]
}

const bladderAndBowel = (random: () => number): Part[] => {
  const full = 0.82 + 0.3 * random()
  const [centre, radii]: [Vec3, Vec3] = [[0, -17, 18 + 30 * full], [42 * full, 33, 33 * full]]
  const axes = turned(-14, 0, 0)
  const loops = Array.from({ length: 9 }, (): readonly [Vec3, number] => [[-62 + random() * 124, -56 + random() * 70, 98 + 30 * random()], 10 + 7 * random()])
  const sigmoid = [[46, -6, 108, 13], [26, 18, 98, 13], [4, 56, 104, 16], [0, 56, 92, 16]] as const
  return [
    ...loops.flatMap(([at, r]) => [ellipsoid(t.bowelWall, at, [r * 1.3, r, r]), ellipsoid(random() < 0.3 ? t.gas : t.bowel, at, [r * 1.3 - 2.4, r - 2.4, r - 2.4], { texture: { kind: 'grain', amplitude: 0.3, perMm: 0.25 } })]),
    ...pipe(t.bowelWall, sigmoid), ...pipe(t.stool, sigmoid, 3, { texture: { kind: 'grain', amplitude: 0.4, perMm: 0.3 } }),
    ellipsoid(t.bladderWall, centre, radii, { axes }), tube(t.bladderWall, [0, -13, 30], [0, -6, 17], 11, 4),
    ellipsoid(t.urine, centre, [radii[0] - 3.6, radii[1] - 3.6, radii[2] - 3.6], { axes, texture: { kind: 'grain', amplitude: 0.025, perMm: 0.07 } }),
  ]
}

/** Vessels seen as dark flow, with their wall; bright slow veins beside and before the prostate; nodes and nerves. */
const vessels = (random: () => number): Part[] => {
  const jitter = (size: number) => (random() - 0.5) * size
  const large = both([
    ...pipe(t.vesselWall, [[60, -40, 110, 6.6], [64, -56, 40, 6.6], [69, -72, 0, 6.4], [74, -80, -70, 6.2]]), ...pipe(t.artery, [[60, -40, 110, 5.4], [64, -56, 40, 5.4], [69, -72, 0, 5.2], [74, -80, -70, 5]]),
    ...pipe(t.vesselWall, [[50, -32, 110, 7.6], [52, -48, 40, 7.6], [56, -64, 0, 7.2], [62, -74, -70, 6.8]]), ...pipe(t.vein, [[50, -32, 110, 6.6], [52, -48, 40, 6.6], [56, -64, 0, 6.2], [62, -74, -70, 5.8]]),
    ...pipe(t.nerve, [[82, -64, 60, 3], [84, -68, -20, 3]]),
  ])
  const small: Part[] = []
  for (const side of [-1, 1]) {
    for (let i = 0; i < 26; i++) {
      const at: Vec3 = [side * (37 + jitter(7)), -6 + random() * 56, -14 + random() * 84]
      small.push(tube(i % 3 ? t.plexus : t.artery, at, [at[0] + jitter(6), at[1] + 3 + random() * 7, at[2] + jitter(16)], 1.2 + random() * 0.8, 1))
    }
    for (let i = 0; i < 16; i++) {
      const at: Vec3 = [side * (52 + jitter(40)), -76 + jitter(14), -60 + random() * 130]
      small.push(tube(t.vein, at, [at[0] + jitter(10), at[1] + jitter(6), at[2] + jitter(24)], 1.3, 1))
    }
    for (let i = 0; i < 4; i++) small.push(ellipsoid(t.nerve, [side * (50 + jitter(34)), -72 + jitter(14), -30 + random() * 60], [4 + random() * 2, 3, 4.5], {}))
  }
  return [...large, ...small]
}

/** Veins of the plexus close about the gland (half axes in mm), painted before it. */
export const plexusParts = (random: () => number, [hx, hy, hz]: Vec3): Part[] =>
  Array.from({ length: 90 }, () => {
    const front = random() < 0.45
    const angle = front ? -Math.PI / 2 + (random() - 0.5) * 1.5 : (random() < 0.5 ? 0 : Math.PI) + (random() - 0.2) * 0.9 * (random() < 0.5 ? 1 : -1)
    const up = -0.8 + 1.7 * random()
    const out = Math.sqrt(Math.max(0.2, 1 - up * up)) + (1.6 + random() * 4) / hx
    const at: Vec3 = [Math.cos(angle) * out * hx, Math.sin(angle) * out * hy, up * hz]
    const turn = angle + Math.PI / 2
    const long = 2 + random() * 5
    return tube(t.plexus, at, [at[0] + Math.cos(turn) * long, at[1] + Math.sin(turn) * long, at[2] + (random() - 0.5) * 9], 0.9 + random() * 0.9, 0.8)
  })

/** Everything about a gland of these half axes (mm), the undermost first. */
export const pelvisParts = (random: () => number, half: Vec3): Part[] =>
  [...body(random() * 18 - 6), ...gluteAndSpine(), ...muscles(), ...bones(), ...vessels(random), ...floor(half), ...bladderAndBowel(random), ...rectum(random, half)]
