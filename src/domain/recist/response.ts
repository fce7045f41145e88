import { countedTenths, tenthsOf } from './diameter.ts'
import { nodeNormalBelowMm } from './eligibility.ts'
import type { Lesion, LesionState, NonTargetResponse, OverallResponse, TargetResponse } from './types.ts'

export type Stood = { readonly lesion: Lesion; readonly state: LesionState }
const normalNode = (lesion: Lesion, tenths: number): boolean => lesion.node && tenths < tenthsOf(nodeNormalBelowMm)

/** Progression over the nadir: 20 % and 5 mm, both (4.3.1). Sums in tenths of a millimetre. */
export const progressed = (sum: number, nadir: number): boolean => sum - nadir >= 50 && 5 * (sum - nadir) >= nadir

/**
 * The response of the targets (4.3.1), from what is shown. All gone and every node under 10 mm is complete, whatever normal nodes add up to;
 * then progression comes before partial response. Where a target is not evaluable so is the time point, unless the others alone have
 * progressed (4.4, missing assessments).
 * @param baseline in tenths of a millimetre, as `nadir`, the smallest sum of the time points before, the baseline's included
 */
export const targetResponse = (targets: readonly Stood[], { baseline, nadir }: { baseline: number; nadir: number }): TargetResponse => {
  const counted = targets.map(({ state }) => countedTenths(state))
  const sum = counted.reduce<number>((total, tenths) => total + (tenths ?? 0), 0)
  if (counted.includes(undefined)) return progressed(sum, nadir) ? 'PD' : 'NE'
  if (targets.every(({ lesion }, index) => counted[index] === 0 || normalNode(lesion, counted[index] ?? 0))) return 'CR'
  if (progressed(sum, nadir)) return 'PD'
  return 10 * sum <= 7 * baseline ? 'PR' : 'SD'
}

/** Whether a non-target is no longer there: absent, or a node of normal size (4.3.3). */
const isGone = ({ lesion, state }: Stood): boolean => {
  const tenths = countedTenths(state)
  return state.kind === 'absent' || state.kind === 'merged' || (tenths !== undefined && (tenths === 0 || normalNode(lesion, tenths)))
}

/** The response of the non-targets (4.3.3, 4.3.4). Tumour markers are not looked at. */
export const nonTargetResponse = (nonTargets: readonly Stood[]): NonTargetResponse => {
  if (nonTargets.length === 0) return 'none'
  if (nonTargets.some(({ state }) => state.kind === 'unequivocalProgression')) return 'PD'
  if (nonTargets.some(({ state }) => state.kind === 'notEvaluable')) return 'NE'
  return nonTargets.every(isGone) ? 'CR' : 'nonCrNonPd'
}

/** Whether a lesion that is no node is to be seen: after a complete response that is progression. */
export const isSeen = (stood: Stood): boolean => !stood.lesion.node && stood.state.kind !== 'notEvaluable' && !isGone(stood)

/**
 * The response of a time point (4.4.1, tables 1 and 2).
 * @param target `none` where a person has no targets
 * @param newLesion `NE` where a new lesion that was seen before cannot be evaluated now
 * @param reappeared a lesion is there again after a complete response (table 3, footnote a)
 */
export const overallResponse = ({ target, nonTarget, newLesion, reappeared = false }: {
  target: TargetResponse | 'none'; nonTarget: NonTargetResponse; newLesion: boolean | 'NE'; reappeared?: boolean
}): OverallResponse => {
  if (target === 'PD' || nonTarget === 'PD' || newLesion === true || reappeared) return 'PD'
  if (target === 'NE' || newLesion === 'NE') return 'NE'
  if (target === 'none') return nonTarget === 'none' ? 'NE' : nonTarget
  if (target === 'CR') return nonTarget === 'CR' || nonTarget === 'none' ? 'CR' : 'PR'
  return target
}

/**
 * Responses as they are often reported (EORTC's questions and answers): once partial, it stays so until progression or complete response,
 * though the sum alone would say stable. What is not evaluable stays so, and carries nothing away.
 * @param responses of the targets, by arithmetic, in order of time
 * @param progressed where the person has progressed, by whatever
 */
export const carried = <Response extends OverallResponse | 'none'>(responses: readonly Response[], progressed = responses.map((response) => response === 'PD')): (Response | 'PR')[] => {
  let partial = false
  return responses.map((response, index) => {
    if (progressed[index] || response === 'CR') partial = false
    else if (response === 'PR') partial = true
    return partial && response === 'SD' ? 'PR' : response
  })
}
