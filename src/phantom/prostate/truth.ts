import type { FramePlane, Vec3 } from '../../domain/geometry/points.ts'
import type { CodedConcept } from '../../domain/segmentation/types.ts'
import { extentsOf } from '../outline.ts'
import { planesAbout } from '../planes.ts'
import { createSlab, paintShapes } from '../shapes.ts'
import { seriesUidOf } from '../study.ts'
import type { StudyTruth, TrueLesion, TrueMask } from '../truth.ts'
import { acquireDiffusion, createAnatomy, createReceiver, type Anatomy } from './acquire.ts'
import { seriesNumbers } from './dataset.ts'
import type { PlacedLesion } from './gland.ts'
import { planesOf, type ProstatePlan } from './plan.ts'
import { sectorConcept, zoneOf, type SectorName, type Zone } from './sector.ts'
import { enhancement } from './tissue.ts'

/** A row of the sector table: what a report should say of a lesion. */
export type ProstateFinding = {
  readonly lesion: string
  readonly sector: SectorName
  readonly zone: Zone
  /** LPS mm. */
  readonly centre: Vec3
  /** In the transverse plane, mm; `heightMm` along its normal. */
  readonly longestMm: number
  readonly shortestMm: number
  readonly heightMm: number
  readonly volumeMm3: number
  /** Mean of the ADC image within the lesion's mask there, 10^-6 mm2/s. */
  readonly adcMean: number
  /** 4, or 5 from 15 mm: the size rule of PI-RADS 2.1 for a lesion marked in its dominant sequence. */
  readonly score: 4 | 5
  /** Relative gain of signal at each phase of the dynamic series. */
  readonly curve: readonly { readonly seconds: number; readonly gain: number }[]
}
export type ProstateTruth = StudyTruth & { readonly findings: readonly ProstateFinding[] }

const lesionType: CodedConcept = { value: '52988006', scheme: 'SCT', meaning: 'Lesion' }
const tenth = (value: number): number => Math.round(value * 10) / 10

/** How much of each pixel of a plane a lesion covers. */
export const coverOf = ({ part }: PlacedLesion, anatomy: Anatomy, plane: FramePlane, thicknessMm: number): Float32Array => {
  const slab = createSlab(plane, thicknessMm, 1, anatomy.volume)
  paintShapes(slab, [{ solid: part.solid, values: [1], ...(part.softMm ? { softMm: part.softMm } : {}) }])
  return slab.channels[0] ?? new Float32Array(0)
}

const half = (cover: Float32Array): Uint8Array => Uint8Array.from(cover, (share) => (share >= 0.5 ? 1 : 0))

const fineMm = 0.25

/** Size of a lesion where the transverse images cut it, on a grid of a quarter of a millimetre; centre, height and volume on thin slices of it. */
const measure = (lesion: PlacedLesion, anatomy: Anatomy, planes: readonly FramePlane[], thicknessMm: number) => {
  const [first] = planes
  if (!first) throw new Error('a plan without transverse slices')
  const count = Math.ceil((lesion.plan.longestMm + 10) / fineMm)
  const patch = (slices: number) => planesAbout(lesion.centre, first.rowDirection, first.columnDirection, { columns: count, rows: count, spacingMm: fineMm, slices, stepMm: 0.5, thicknessMm: 0.5 })
  const thin = patch(Math.ceil((lesion.plan.longestMm + 10) / 0.5))
  const sum = [0, 0, 0]
  let [voxels, height] = [0, 0]
  for (const plane of thin) {
    const cover = coverOf(lesion, anatomy, plane, 0.5)
    let here = 0
    for (let at = 0; at < cover.length; at++) {
      if ((cover[at] ?? 0) < 0.5) continue
      here++
      const [right, down] = [(at % count) * fineMm, Math.floor(at / count) * fineMm]
      for (let axis = 0; axis < 3; axis++) sum[axis] = (sum[axis] ?? 0) + (plane.origin[axis] ?? 0) + (plane.rowDirection[axis] ?? 0) * right + (plane.columnDirection[axis] ?? 0) * down
    }
    voxels += here
    if (here) height += 0.5
  }
  const centre = sum.map((value) => tenth(value / voxels)) as [number, number, number]
  // The planes of the images, each cut down to the patch about the lesion.
  const [normalPlane] = thin
  const normal = normalPlane ? [0, 1, 2].map((axis) => ((thin.at(-1)?.origin[axis] ?? 0) - (normalPlane.origin[axis] ?? 0)) / ((thin.length - 1) * 0.5)) : [0, 0, 1]
  const middle = thin[Math.floor(thin.length / 2)] ?? first
  let [longestMm, shortestMm] = [0, 0]
  for (const { origin } of planes) {
    const off = [0, 1, 2].reduce((total, axis) => total + ((origin[axis] ?? 0) - (middle.origin[axis] ?? 0)) * (normal[axis] ?? 0), 0)
    if (Math.abs(off) > lesion.plan.longestMm) continue
    const plane = { ...middle, origin: [0, 1, 2].map((axis) => (middle.origin[axis] ?? 0) + off * (normal[axis] ?? 0)) as [number, number, number] }
    const extents = extentsOf(half(coverOf(lesion, anatomy, plane, thicknessMm)), count, fineMm, fineMm)
    if (extents && extents.longestMm > longestMm) ({ longestMm, shortestMm } = extents)
  }
  return { centre, heightMm: tenth(height), volumeMm3: Math.round(voxels * fineMm * fineMm * 0.5), longestMm: tenth(longestMm), shortestMm: tenth(shortestMm) }
}

const maskOf = (plan: ProstatePlan, anatomy: Anatomy, planes: readonly FramePlane[], thicknessMm: number, seriesNumber: number): TrueMask => {
  const [{ rows, columns } = { rows: 0, columns: 0 }] = planes
  const data = new Uint8Array(rows * columns * planes.length)
  for (const [index, lesion] of anatomy.lesions.entries()) {
    for (const [slice, plane] of planes.entries()) {
      const cover = coverOf(lesion, anatomy, plane, thicknessMm)
      for (let at = 0; at < cover.length; at++) if ((cover[at] ?? 0) >= 0.5) data[slice * rows * columns + at] = index + 1
    }
  }
  return { seriesInstanceUid: seriesUidOf(plan.study, seriesNumber), labelMap: { columns, rows, slices: planes.length, data }, segments: anatomy.lesions.map(({ plan: { lesion } }, index) => ({ number: index + 1, lesion, type: lesionType })) }
}

/** Mean of the ADC images, as stored, over each label. */
const adcMeans = (plan: ProstatePlan, anatomy: Anatomy, planes: readonly FramePlane[], { labelMap: { data, rows, columns } }: TrueMask): number[] => {
  const receiver = createReceiver(plan)
  const sums = anatomy.lesions.map(() => [0, 0] as [number, number])
  for (const [slice, plane] of planes.entries()) {
    const labels = data.subarray(slice * rows * columns, (slice + 1) * rows * columns)
    if (!labels.some((label) => label > 0)) continue
    const { adc } = acquireDiffusion(plan, anatomy, receiver, plane, plan.grids.diffusion.thicknessMm)
    for (const [at, label] of labels.entries()) {
      const sum = sums[label - 1]
      if (sum) [sum[0], sum[1]] = [sum[0] + Math.round(adc[at] ?? 0), sum[1] + 1]
    }
  }
  return sums.map(([sum, count]) => (count ? Math.round(sum / count) : 0))
}

/** What is true of a prostate study: its lesions on the transverse T2 and ADC series with masks of both, and the sector table. */
export const prostateTruth = (plan: ProstatePlan): ProstateTruth => {
  const anatomy = createAnatomy(plan)
  const { transverse, diffusion } = planesOf(plan)
  const masks = [maskOf(plan, anatomy, transverse, plan.grids.transverse.thicknessMm, seriesNumbers.transverse), maskOf(plan, anatomy, diffusion, plan.grids.diffusion.thicknessMm, seriesNumbers.adc)] as const
  const means = adcMeans(plan, anatomy, diffusion, masks[1])
  const findings = anatomy.lesions.map((lesion, index): ProstateFinding => {
    const size = measure(lesion, anatomy, transverse, plan.grids.transverse.thicknessMm)
    const { sector } = lesion.plan
    return {
      lesion: lesion.plan.lesion, sector, zone: zoneOf(sector), ...size, adcMean: means[index] ?? 0, score: size.longestMm >= 15 ? 5 : 4,
      curve: plan.phaseSeconds.map((seconds) => ({ seconds, gain: Math.round(enhancement(lesion.tissue, seconds) * 1000) / 1000 })),
    }
  })
  const lesions = masks.flatMap(({ seriesInstanceUid }) => findings.map(({ lesion, sector, centre, longestMm, shortestMm, volumeMm3 }): TrueLesion => ({ lesion, type: 'prostate lesion', site: sectorConcept(sector), state: 'present', seriesInstanceUid, centre, longestMm, shortestMm, volumeMm3 })))
  return { lesions, masks, findings }
}
