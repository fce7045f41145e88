import { tenthsOf } from './diameter.ts'
import type { Stood } from './response.ts'

/**
 * Whether a time point has a new lesion (4.3.5): one that is certain, or an equivocal one that the time points after it, without a
 * break, confirmed: then progression is dated back to where it was first seen.
 * @param stood the new lesions at every time point
 * @returns `NE` where one that was seen before is not evaluable and no other decides
 */
export const isNewAt = (stood: readonly (readonly Stood[])[], index: number): boolean | 'NE' => {
  const stateAt = (id: string, at: number) => stood[at]?.find(({ lesion }) => lesion.id === id)?.state
  const certain = (id: string): boolean => {
    for (let at = index; ; at++) {
      const state = stateAt(id, at)
      if (state?.kind !== 'new') return false
      if (state.certainty === 'certain') return true
    }
  }
  const now = stood[index] ?? []
  if (now.some(({ lesion }) => certain(lesion.id))) return true
  return now.some(({ state }) => state.kind === 'notEvaluable') ? 'NE' : false
}

/** New lesions that are certain at a time point, and the sum of the diameters given for them in mm: apart, never in the sum of the targets. */
export const newLesionsOf = (stood: readonly Stood[]): { count: number; sumMm: number } => {
  const certain = stood.flatMap(({ state }) => (state.kind === 'new' && state.certainty === 'certain' ? [state] : []))
  return { count: certain.length, sumMm: certain.reduce((total, { mm }) => total + tenthsOf(mm ?? 0), 0) / 10 }
}
