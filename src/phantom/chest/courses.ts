import type { FollowUp } from '../followUp.ts'
import { createRandom, hashText } from '../random.ts'
import type { Patient } from '../study.ts'
import { createPerson } from './person.ts'
import { placeLesions, type Wanted } from './place.ts'
import type { ChestPlan, ChestSeries } from './plan.ts'

/** A hospital's scanner and how it works there. */
export type Scanner = { readonly institution: string; readonly manufacturer: string; readonly model: string; readonly kernel: ChestSeries['kernel']; readonly noiseHu: number }

/** Days of the calendar, YYYYMMDD. */
export const monthsLater = (date: string, months: number): string => {
  const at = new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1 + months, Number(date.slice(6, 8))))
  return at.toISOString().slice(0, 10).replaceAll('-', '')
}

/** Where a person lay on the table this time, and what the table's scale said. */
const layOf = (seed: number, timePoint: number): Pick<ChestPlan, 'shiftMm' | 'tableMm'> => {
  const random = createRandom(seed * 13 + timePoint)
  const some = (most: number): number => Math.round((random() * 2 - 1) * most * 10) / 10
  return { shiftMm: [some(9), some(6), some(11)], tableMm: -Math.round(200 + random() * 900) }
}

/** A lesion as it was at its largest: what it is given room for. */
const largest = ({ timePoints }: FollowUp['lesions'][number]): { longestMm: number; shortestMm: number } =>
  timePoints.reduce((most, at) => ('longestMm' in at && at.longestMm > most.longestMm ? at : most), { longestMm: 0, shortestMm: 0 })

/** Where fragments and what will merge lie: beside the lesion they belong to. */
const besideOf = ({ lesions }: FollowUp, { id, timePoints }: FollowUp['lesions'][number]): Wanted['beside'] => {
  for (const at of timePoints) {
    const name = at.state === 'split' ? at.from : at.state === 'merged' ? at.into : undefined
    if (name === undefined || !('state' in at)) continue
    const other = lesions.find((one) => one.id === name)
    const sizes = other?.timePoints.map((theirs, index) => {
      const own = timePoints[index]
      return own && 'longestMm' in own && 'longestMm' in theirs ? (own.longestMm + theirs.longestMm) / 2 : 0
    }) ?? [0]
    if (name !== id) return { name, mm: Math.max(...sizes) + 1.5 }
  }
  return undefined
}

/** The four studies of a patient whose lesions take a known course: the same anatomy, each time its own frame of reference, table and posture. */
export const courseStudies = (course: FollowUp, { patient, baseline, contrast, scanner, series }: {
  patient: Patient; baseline: string; contrast: boolean; scanner: Scanner; series: Omit<ChestSeries, 'noiseHu' | 'kernel'>
}): ChestPlan[] => {
  const seed = hashText(patient.id)
  const person = createPerson(seed, patient.sex, contrast)
  const wanted = course.lesions.map((lesion): Wanted => {
    const beside = besideOf(course, lesion)
    return { name: lesion.id, type: lesion.type, diameterMm: largest(lesion).longestMm, ...(beside ? { beside } : {}) }
  }).sort((a, b) => Number(a.beside !== undefined) - Number(b.beside !== undefined) || b.diameterMm - a.diameterMm)
  const places = placeLesions(person, wanted, { seed: seed + 3, low: series.lowestMm + 30, high: series.lowestMm + series.slices * series.spacingMm - 30 })
  return [0, 1, 2, 3].map((timePoint): ChestPlan => {
    const states: Record<string, NonNullable<ChestPlan['states']>[string]> = {}
    const lesions = course.lesions.flatMap((lesion) => {
      const at = lesion.timePoints[timePoint]
      const place = places.find(({ name }) => name === lesion.id)
      if (!at || !place) return []
      if (at.state === 'absent') states[lesion.id] = { state: 'absent' }
      if (at.state === 'merged') states[lesion.id] = { state: 'merged', other: at.into }
      if (at.state === 'split') states[lesion.id] = { state: 'split', other: at.from }
      if (at.state === 'tooSmall') states[lesion.id] = { state: 'too small to measure' }
      return 'longestMm' in at ? [{ ...place, diameterMm: at.longestMm, shortestMm: at.shortestMm }] : []
    })
    return {
      kind: 'chest', study: { patient, date: monthsLater(baseline, timePoint * course.monthsApart), description: timePoint === 0 ? 'CT chest, baseline' : `CT chest, follow-up ${timePoint}`, institution: scanner.institution },
      manufacturer: scanner.manufacturer, model: scanner.model, seed, contrast, lesions, states, ...layOf(seed, timePoint), series: [{ ...series, kernel: scanner.kernel, noiseHu: scanner.noiseHu }],
    }
  })
}

/** One study of a person with nodules of these sizes. */
export const singleStudy = ({ patient, date, description, contrast, scanner, nodules, series, localiser = false }: {
  patient: Patient; date: string; description: string; contrast: boolean; scanner: Scanner; nodules: readonly Omit<Wanted, 'name'>[]; series: readonly Omit<ChestSeries, 'noiseHu' | 'kernel'>[]; localiser?: boolean
}): ChestPlan => {
  const seed = hashText(patient.id)
  const [first] = series
  const low = (first?.lowestMm ?? 0) + 25
  const high = (first?.lowestMm ?? 0) + (first?.slices ?? 0) * (first?.spacingMm ?? 0) - 25
  return {
    kind: 'chest', study: { patient, date, description, institution: scanner.institution }, manufacturer: scanner.manufacturer, model: scanner.model, seed, contrast,
    lesions: placeLesions(createPerson(seed, patient.sex, contrast), nodules.map((one, index) => ({ ...one, name: `L${index + 1}` })), { seed: seed + 3, low, high }),
    ...layOf(seed, 0), series: series.map((one) => ({ ...one, kernel: scanner.kernel, noiseHu: scanner.noiseHu })), ...(localiser ? { localiser } : {}),
  }
}
