import type { FramePlane } from '../../domain/geometry/points.ts'
import type { CodedConcept } from '../../domain/segmentation/types.ts'
import { labelsOf, sizeOf, type LesionSize, type PaintedLesion } from '../lesionSize.ts'
import { seriesUidOf } from '../study.ts'
import type { StudyTruth, TrueLesion, TrueMask } from '../truth.ts'
import { acquireDiffusion, createAnatomy, createReceiver, type Anatomy } from './acquire.ts'
import { seriesNumbers } from './dataset.ts'
import type { PlacedLesion } from './gland.ts'
import { planesOf, type ProstatePlan } from './plan.ts'
import { sectorConcept, zoneOf, type SectorName, type Zone } from './sector.ts'
import { enhancement } from './tissue.ts'

/** A row of the sector table: what a report should say of a lesion; sizes in the transverse plane, the centre in LPS mm. */
export type ProstateFinding = LesionSize & {
  readonly lesion: string
  readonly sector: SectorName
  readonly zone: Zone
  /** Mean of the ADC image within the lesion's mask there, 10^-6 mm2/s. */
  readonly adcMean: number
  /** 4, or 5 from 15 mm: the size rule of PI-RADS 2.1 for a lesion marked in its dominant sequence. */
  readonly score: 4 | 5
  /** Relative gain of signal at each phase of the dynamic series. */
  readonly curve: readonly { readonly seconds: number; readonly gain: number }[]
}
export type ProstateTruth = StudyTruth & { readonly findings: readonly ProstateFinding[] }

const lesionType: CodedConcept = { value: '52988006', scheme: 'SCT', meaning: 'Lesion' }

const painted = ({ plan, centre, part }: PlacedLesion): PaintedLesion => ({ shape: { solid: part.solid, ...(part.softMm ? { softMm: part.softMm } : {}) }, centre, aboutMm: plan.longestMm })

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
  const solids = anatomy.lesions.map(painted)
  const segments = anatomy.lesions.map(({ plan: { lesion } }, index) => ({ number: index + 1, lesion, type: lesionType }))
  const mask = (planes: readonly FramePlane[], thicknessMm: number, seriesNumber: number): TrueMask => ({ seriesInstanceUid: seriesUidOf(plan.study, seriesNumber), labelMap: labelsOf(solids, planes, thicknessMm, anatomy.volume), segments })
  const masks = [mask(transverse, plan.grids.transverse.thicknessMm, seriesNumbers.transverse), mask(diffusion, plan.grids.diffusion.thicknessMm, seriesNumbers.adc)] as const
  const means = adcMeans(plan, anatomy, diffusion, masks[1])
  const findings = anatomy.lesions.map((lesion, index): ProstateFinding => {
    const size = sizeOf(painted(lesion), transverse, plan.grids.transverse.thicknessMm, anatomy.volume)
    const { sector } = lesion.plan
    return {
      lesion: lesion.plan.lesion, sector, zone: zoneOf(sector), ...size, adcMean: means[index] ?? 0, score: size.longestMm >= 15 ? 5 : 4,
      curve: plan.phaseSeconds.map((seconds) => ({ seconds, gain: Math.round(enhancement(lesion.tissue, seconds) * 1000) / 1000 })),
    }
  })
  const lesions = masks.flatMap(({ seriesInstanceUid }) => findings.map(({ lesion, sector, centre, longestMm, shortestMm, volumeMm3 }): TrueLesion => ({ lesion, type: 'prostate lesion', site: sectorConcept(sector), state: 'present', seriesInstanceUid, centre, longestMm, shortestMm, volumeMm3 })))
  return { lesions, masks, findings }
}
