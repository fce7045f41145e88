import { add, dot, scale, subtract } from '../../domain/geometry/plane.ts'
import type { Vec3 } from '../../domain/geometry/points.ts'
import { turned } from '../shapes.ts'
import { ellipsoid, pipe, tube, type Axes, type Part, type TissueTexture } from './part.ts'
import { plexusParts } from './pelvis.ts'
import { middleOf, sectorAt, zoneOf, type SectorName } from './sector.ts'
import { lesionTissue, tissues as t, type Tissue } from './tissue.ts'

/** The gland of a patient: half its width, depth and length in mm, its axes, and its zones from outside in. */
export type Gland = { readonly half: Vec3; readonly axes: Axes; readonly lobes: readonly { readonly centre: Vec3; readonly radii: Vec3 }[]; readonly parts: readonly Part[] }

const striae: TissueTexture = { kind: 'sheets', amplitude: 0.32, perMm: 0.34, towards: t.central }
const mottle: TissueTexture = { kind: 'grain', amplitude: 0.14, perMm: 0.75 }
const whorl: TissueTexture = { kind: 'grain', amplitude: 0.2, perMm: 0.6 }

const toWorld = (axes: Axes, [x, y, z]: Vec3): Vec3 => add(add(scale(axes[0], x), scale(axes[1], y)), scale(axes[2], z))
const toGland = (axes: Axes, p: Vec3): Vec3 => [dot(p, axes[0]), dot(p, axes[1]), dot(p, axes[2])]
const inside = ([x, y, z]: Vec3, [a, b, c]: Vec3): boolean => (x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2 < 1

/** Nodules of hyperplasia in the two lobes: glandular bright, stromal dark, mixed; each in a dark capsule. */
const nodules = (random: () => number, lobes: Gland['lobes'], grown: number, axes: Axes): Part[] => {
  const parts: Part[] = []
  for (const { centre, radii } of lobes) {
    for (let i = 0; i < 5 + Math.round(grown * 8); i++) {
      const r = 2 + random() * (2 + 4 * grown)
      const [u, v, w] = [0, 0, 0].map(() => (random() * 2 - 1) * 0.85) as [number, number, number]
      const at: Vec3 = [centre[0] + u * (radii[0] - r), centre[1] + v * (radii[1] - r), centre[2] + w * (radii[2] - r)]
      if (u * u + v * v + w * w > 0.8) continue
      const kind = random()
      const tissue = kind < 0.38 ? t.glandularNodule : kind < 0.75 ? t.mixedNodule : t.stromalNodule
      const [long, turn] = [1 + random() * 0.35, turned(random() * 90, random() * 90, random() * 90)]
      parts.push(ellipsoid(t.nodule, toWorld(axes, at), [r * long, r, r], { axes: turn, softMm: 0.6 }), ellipsoid(tissue, toWorld(axes, at), [r * long - 0.7, r - 0.7, r - 0.7], { axes: turn, texture: { ...whorl, amplitude: 0.16 + random() * 0.22 } }))
    }
  }
  return parts
}

/** Convoluted tubules of the vesicles behind the bladder, and the deferent ducts between them. */
const vesicles = (random: () => number, [hx, hy, hz]: Vec3, axes: Axes): Part[] => {
  const walls: Part[] = []
  const fluids: Part[] = []
  for (const side of [-1, 1]) {
    let [x, y, z] = [4, hy * 0.42, hz * 0.82]
    for (let i = 0; i < 26; i++) {
      const r = 2.6 + random() * 1.7
      const from: Vec3 = [side * x, y, z]
      const out = i / 26
      ;[x, y, z] = [5 + out * hx * 1.25 + (random() - 0.5) * 5, hy * 0.5 + out * 6 + (random() - 0.5) * 5, hz * 0.86 + out * 9 + (random() - 0.5) * 8]
      const to: Vec3 = [side * x, y, z]
      walls.push(tube(t.vesicleWall, toWorld(axes, from), toWorld(axes, to), r + 0.7, r + 0.6))
      fluids.push(tube(t.vesicle, toWorld(axes, from), toWorld(axes, to), r - 0.3, r - 0.5, { texture: { kind: 'grain', amplitude: 0.12, perMm: 0.3 } }))
    }
    const duct = ([[side * 2, hy * 0.45, hz * 0.85, 2.4], [side * 5, hy * 0.85, hz * 1.15, 2.8], [side * 24, hy * 1.1, hz * 1.6, 2.4]] as const).map(([a, b, c, r]) => [...toWorld(axes, [a, b, c]), r] as const)
    walls.push(...pipe(t.stroma, duct))
    fluids.push(...pipe(t.vesicle, duct, 2))
  }
  return [...walls, ...fluids]
}

/** The gland of a seed: the larger `grown` (0 to 1), the more of it is transition zone. */
export const createGland = (random: () => number): Gland => {
  const grown = random() ** 1.3
  const half: Vec3 = [24.5 + 4 * grown + random() * 2, 18.5 + 6 * grown + random() * 1.5, 20.5 + 5 * grown + random() * 1.5]
  const axes = turned(10 + random() * 6, 0, (random() - 0.5) * 4)
  const lobes = [-1, 1].map((side) => {
    const size = 0.9 + random() * 0.2
    const radii: Vec3 = [half[0] * (0.36 + 0.1 * grown) * size, half[1] * (0.56 + 0.12 * grown) * size, half[2] * (0.74 + 0.08 * grown)]
    return { centre: [side * radii[0] * 0.82, -half[1] * 0.2, half[2] * 0.1] as Vec3, radii }
  })
  const at = (p: Vec3): Vec3 => toWorld(axes, p)
  const less = (mm: number): Vec3 => [half[0] - mm, half[1] - mm, half[2] - mm]
  const [hx, hy, hz] = half
  const [urethraTop, colliculus, apex] = [at([0, -hy * 0.1, hz * 0.9]), at([0, hy * 0.02, -hz * 0.2]), at([0, -hy * 0.12, -hz * 1.02])]
  const parts: Part[] = [
    ...plexusParts(random, half), ...vesicles(random, half, axes),
    tube(t.central, at([0, -hy * 0.12, -hz * 0.8]), [0, -5, -46], 7.5, 7, { softMm: 2 }), tube(t.urethra, at([0, -hy * 0.12, -hz * 0.8]), [0, -5, -46], 4.2, 3.4, { softMm: 2.5 }), tube(t.stroma, at([0, -hy * 0.12, -hz * 0.8]), [0, -5, -46], 1.4, 1.2),
    ellipsoid(t.capsule, [0, 0, 0], half, { axes }),
    ellipsoid(t.peripheral, [0, 0, 0], less(0.9), { axes, texture: striae }),
    ...([-1, 1] as const).map((side) => ellipsoid(t.peripheral, at([side * hx * 0.55, hy * 0.45, 0]), [hx * 0.36, hy * 0.4, hz * 0.7], { axes, softMm: 6, texture: { kind: 'grain', amplitude: 0.1, perMm: 0.4 } })),
    ...([-1, 1] as const).map((side) => ellipsoid(t.central, at([side * 5, hy * 0.36, hz * 0.56]), [7, 5.5, hz * 0.34], { axes, softMm: 2, texture: mottle })),
    ...lobes.map(({ centre, radii }) => ellipsoid(t.nodule, at(centre), radii, { axes, softMm: 0.8 })),
    ...lobes.map(({ centre, radii }) => ellipsoid(t.transition, at(centre), [radii[0] - 0.9, radii[1] - 0.9, radii[2] - 0.9], { axes, softMm: 0.8, texture: { ...whorl, perMm: 0.5 } })),
    ...nodules(random, lobes, grown, axes),
    ellipsoid(t.stroma, at([0, -hy * 0.74, hz * 0.1]), [hx * 0.36, hy * 0.24, hz * 0.8], { axes, softMm: 3, texture: mottle }),
    tube(t.stroma, urethraTop, colliculus, 3.2, 3.6, { softMm: 1.2 }), tube(t.urethra, urethraTop, colliculus, 1.2, 2, { softMm: 1 }),
    tube(t.stroma, colliculus, apex, 4.6, 4.6, { softMm: 1 }), tube(t.urethra, colliculus, apex, 2.6, 3, { softMm: 1 }),
    ...([-1, 1] as const).map((side) => tube(t.vesicle, at([side * 2, hy * 0.4, hz * 0.85]), at([side * 0.8, hy * 0.1, -hz * 0.1]), 0.9, 0.6)),
  ]
  return { half, axes, lobes, parts }
}

/** A lesion as it is asked for. */
export type LesionPlan = {
  /** The same at every time point. */
  readonly lesion: string
  readonly sector: SectorName
  /** Longest diameter in the transverse plane, mm, before the anatomy's bend of about a millimetre. */
  readonly longestMm: number
  /** 10^-6 mm2/s, 600 to 900 for a suspicious one. */
  readonly adc: number
}
export type PlacedLesion = { readonly plan: LesionPlan; readonly centre: Vec3; readonly tissue: Tissue; readonly part: Part }

/** Puts a lesion into its sector, long side along the capsule, moved inwards until all of it lies within the gland. */
export const placeLesion = ({ half, axes }: Gland, plan: LesionPlan): PlacedLesion => {
  const zone = zoneOf(plan.sector)
  const unit = middleOf(plan.sector)
  const long = plan.longestMm / 2
  const radii: Vec3 = [long, long * (zone === 'PZ' ? 0.6 : 0.64), Math.min(long * 0.85, half[2] * 0.5)]
  // Along the capsule: across the normal of the gland's section.
  const angle = (Math.atan2(unit[1] / half[1], unit[0] / half[0]) * 180) / Math.PI + 90
  const turn = turned(0, 0, angle)
  let middle: Vec3 = [unit[0] * half[0], unit[1] * half[1], unit[2] * half[2]]
  const room: Vec3 = [half[0] - 1.2, half[1] - 1.2, half[2] - 1.2]
  const reachesOut = (): boolean => {
    for (let i = 0; i < 200; i++) {
      const [polar, around] = [Math.acos(1 - (2 * (i + 0.5)) / 200), i * 2.399963]
      const on: Vec3 = [Math.sin(polar) * Math.cos(around) * radii[0], Math.sin(polar) * Math.sin(around) * radii[1], Math.cos(polar) * radii[2]]
      if (!inside(add(middle, toWorld(turn, on)), room)) return true
    }
    return false
  }
  for (let step = 0; step < 60 && reachesOut(); step++) middle = scale(middle, 0.985)
  const centre = toWorld(axes, middle)
  const own = [toWorld(axes, turn[0]), toWorld(axes, turn[1]), toWorld(axes, turn[2])] as const
  const tissue = lesionTissue(plan.adc, zone)
  return { plan, centre, tissue, part: ellipsoid(tissue, centre, radii, { axes: own, softMm: zone === 'PZ' ? 0.8 : 1.4, texture: { kind: 'grain', amplitude: 0.07, perMm: 0.5 } }) }
}

/** The sector in which a place (LPS mm about the gland's middle) lies. */
export const sectorOf = ({ half, axes, lobes }: Gland, place: Vec3): SectorName => {
  const p = toGland(axes, place)
  return sectorAt([p[0] / half[0], p[1] / half[1], p[2] / half[2]], lobes.some(({ centre, radii }) => inside(subtract(p, centre), radii)))
}
