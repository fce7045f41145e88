import type { CodedConcept } from '../../domain/segmentation/types.ts'
import { seriesUidOf } from '../study.ts'
import type { StudyTruth, TrueLesion, TrueMask } from '../truth.ts'
import { lobeAt } from './anatomy.ts'
import { lesionVoxels, toPatient } from './images.ts'
import { formOf, type Form } from './lesions.ts'
import { createPerson } from './person.ts'
import type { ChestPlan, ChestSeries } from './plan.ts'
import sites from './sites.json' with { type: 'json' }

/** The series whose voxels the truth is stated on: the first that is a stack of its own. */
const stackOf = ({ series }: ChestPlan): ChestSeries => {
  const [first] = series
  if (!first) throw new Error('a chest study without a series has no truth')
  return first
}
const coded = (name: keyof typeof sites): CodedConcept => ({ value: sites[name][0] ?? '', scheme: 'SCT', meaning: sites[name][1] ?? '' })

const siteOf = (plan: ChestPlan, { lesion }: Form): CodedConcept => {
  if (lesion.type === 'node') return coded('mediastinalNode')
  return coded(lobeAt(createPerson(plan.seed, plan.study.patient.sex, plan.contrast), lesion.x, lesion.y, lesion.z) ?? 'lung')
}

/** What the images of a study were made from: lesions by name, and their voxels over the first series. */
export const chestTruth = (plan: ChestPlan): StudyTruth => {
  const series = stackOf(plan)
  const seriesInstanceUid = seriesUidOf(plan.study, series.number)
  const forms = plan.lesions.map(formOf)
  const painted = forms.map((form): TrueLesion => {
    const { lesion } = form
    const said = plan.states?.[lesion.name]
    return {
      lesion: lesion.name, type: lesion.type, site: siteOf(plan, form), state: said?.state ?? 'present', ...(said?.other ? { other: said.other } : {}), seriesInstanceUid,
      centre: toPatient(plan, [lesion.x, lesion.y, lesion.z]), longestMm: lesion.diameterMm, shortestMm: Math.round(form.shortestMm * 10) / 10, volumeMm3: Math.round(form.volumeMm3),
    }
  })
  const gone = Object.entries(plan.states ?? {}).filter(([name]) => !painted.some(({ lesion }) => lesion === name)).map(([lesion, { state, other }]): TrueLesion => ({
    lesion, type: 'none', site: coded('lung'), state, ...(other ? { other } : {}), seriesInstanceUid, longestMm: 0, shortestMm: 0,
  }))
  const levels = Array.from({ length: series.slices }, (_, level) => level).filter((level) => !series.missing?.includes(level))
  const mask: TrueMask = {
    seriesInstanceUid, labelMap: { columns: series.columns, rows: series.rows, slices: levels.length, data: lesionVoxels(series, forms, levels) },
    segments: forms.map(({ lesion }, index) => ({ number: index + 1, lesion: lesion.name, type: coded(lesion.type === 'node' ? 'lymphNode' : 'nodule') })),
  }
  return { lesions: [...painted, ...gone], masks: [mask] }
}
