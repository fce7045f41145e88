import type { CodedConcept } from '../../domain/segmentation/types.ts'
import { labelsOf, sizeOf, type LesionSize, type PaintedLesion } from '../lesionSize.ts'
import { seriesUidOf } from '../study.ts'
import type { StudyTruth, TrueLesion, TrueMask } from '../truth.ts'
import { acquireSuv, createTorso, type Torso } from './acquire.ts'
import { bqmlPerSuv, petSeriesNumbers, storePet } from './images.ts'
import { petCtPlanes, type PetCtPlan, type PetSite } from './plan.ts'
import sites from './sites.json' with { type: 'json' }
import { lesionShape } from './torso.ts'

/** A lesion of a PET/CT. SUVs are body weight SUVs of the images as stored, within the lesion's mask on the PET; `suvBeforeBlur` is what it was painted with. */
export type PetFinding = LesionSize & { readonly lesion: string; readonly site: PetSite; readonly suvBeforeBlur: number; readonly suvMax: number; readonly suvMean: number; readonly voxels: number }
export type PetCtTruth = StudyTruth & { readonly findings: readonly PetFinding[] }

const lesionType: CodedConcept = { value: '52988006', scheme: 'SCT', meaning: 'Lesion' }
const thousandth = (value: number): number => Math.round(value * 1000) / 1000

/** What is true of a PET/CT: its lesions on both series with masks of both, and their SUVs. */
export const petCtTruth = (plan: PetCtPlan, torso: Torso = createTorso(plan)): PetCtTruth => {
  const solids = plan.lesions.map((lesion): PaintedLesion => {
    const { solid, centre } = lesionShape(lesion)
    return { shape: { solid }, centre, aboutMm: lesion.diameterMm * 1.05 }
  })
  const segments = plan.lesions.map(({ lesion }, index) => ({ number: index + 1, lesion, type: lesionType }))
  const [pet, ct] = (['pet', 'ct'] as const).map((name): TrueMask => ({ seriesInstanceUid: seriesUidOf(plan.study, petSeriesNumbers[name]), labelMap: labelsOf(solids, petCtPlanes(plan, plan[name]), plan.stepMm, torso.volume), segments })) as [TrueMask, TrueMask]
  const values = suvValues(plan, torso, pet)
  const ctPlanes = petCtPlanes(plan, plan.ct)
  const findings = plan.lesions.map(({ lesion, site, suv }, index): PetFinding => {
    const own = values[index] ?? []
    const size = sizeOf(solids[index] as PaintedLesion, ctPlanes, plan.stepMm, torso.volume)
    return { lesion, site, ...size, suvBeforeBlur: suv, suvMax: thousandth(Math.max(0, ...own)), suvMean: thousandth(own.reduce((a, b) => a + b, 0) / Math.max(1, own.length)), voxels: own.length }
  })
  const lesions = [pet, ct].flatMap(({ seriesInstanceUid }) => findings.map(({ lesion, site, centre, longestMm, shortestMm, volumeMm3 }): TrueLesion => {
    const { value, scheme, meaning } = sites[site]
    return { lesion, type: 'hypermetabolic lesion', site: { value, scheme, meaning }, state: 'present', seriesInstanceUid, centre, longestMm, shortestMm, volumeMm3 }
  }))
  return { lesions, masks: [pet, ct], findings }
}

/** SUVs of the voxels of each label, from the values as they are stored. */
const suvValues = (plan: PetCtPlan, torso: Torso, { labelMap: { data, rows, columns, slices } }: TrueMask): number[][] => {
  const suv = acquireSuv(plan, torso)
  const factor = bqmlPerSuv(plan)
  const values: number[][] = plan.lesions.map(() => [])
  const size = rows * columns
  for (let slice = 0; slice < slices; slice++) {
    const labels = data.subarray(slice * size, (slice + 1) * size)
    if (!labels.some((label) => label > 0)) continue
    const { stored, slope } = storePet(suv.subarray(slice * size, (slice + 1) * size), factor)
    for (const [at, label] of labels.entries()) if (label) values[label - 1]?.push(((stored[at] ?? 0) * slope) / factor)
  }
  return values
}
