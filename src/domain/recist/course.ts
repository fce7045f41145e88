import { changeFrom, countedTenths, type Change } from './diameter.ts'
import { carried, isSeen, nonTargetResponse, overallResponse, targetResponse, type Stood } from './response.ts'
import { isNewAt, newLesionsOf } from './newLesions.ts'
import { settledStates } from './states.ts'
import type { Lesion, NonTargetResponse, OverallResponse, TargetResponse, TimePoint } from './types.ts'

/** A time point after the baseline. */
export type Assessment =
  /** Lesions without a state, or with one that says nothing: there is no response yet, least of all stable disease. */
  | { readonly kind: 'notComplete'; readonly date: string; readonly missing: readonly string[] }
  | {
    readonly kind: 'complete'
    readonly date: string
    /** Sum of diameters in mm; undefined where a target is not evaluable, 0 also where there are none. */
    readonly sumMm: number | undefined
    /** Smallest sum before, the baseline's included. */
    readonly nadirMm: number
    readonly overNadir: Change | undefined
    readonly againstBaseline: Change | undefined
    readonly target: TargetResponse | 'none'
    readonly nonTarget: NonTargetResponse
    readonly newLesion: boolean | 'NE'
    /** Of new lesions that are certain; the sum, in mm, is of those a diameter was given for. */
    readonly newLesions: { readonly count: number; readonly sumMm: number }
    /** Non-targets in unequivocal progression, and whether one of them grew further since the time point before. */
    readonly worse: { readonly count: number; readonly further: boolean }
    readonly overall: OverallResponse
    /** The same with a partial response of the targets carried on until progression. */
    readonly targetCarried: TargetResponse | 'none'
    readonly overallCarried: OverallResponse
  }

export type Course = {
  /** Undefined where a lesion has no state at the baseline: then nothing after it is complete. */
  readonly baselineMm: number | undefined
  readonly baselineMissing: readonly string[]
  /** In order of time, without the baseline. */
  readonly assessments: readonly Assessment[]
}

const sumOf = (targets: readonly Stood[]): number | undefined =>
  targets.reduce<number | undefined>((total, { state }) => {
    const tenths = countedTenths(state)
    return total === undefined || tenths === undefined ? undefined : total + tenths
  }, 0)

const worseOf = (nonTargets: readonly Stood[]) => {
  const worse = nonTargets.flatMap(({ state }) => (state.kind === 'unequivocalProgression' ? [state] : []))
  return { count: worse.length, further: worse.some(({ further }) => further === true) }
}

/**
 * Sums and responses of a person by RECIST 1.1, at every time point after the first, which is the baseline. Later time points change an earlier
 * one only where they confirm a new lesion that was equivocal: progression is dated back to it (4.3.5).
 * @param timePoints in order of time
 */
export const assessCourse = (lesions: readonly Lesion[], timePoints: readonly TimePoint[]): Course => {
  const settled = settledStates(lesions, timePoints)
  const of = (index: number, role: Lesion['role']): Stood[] => (settled[index]?.stood ?? []).filter(({ lesion }) => lesion.role === role)
  const baselineSum = sumOf(of(0, 'target'))
  const baselineMissing = [...(settled[0]?.missing ?? []), ...of(0, 'target').filter(({ state }) => countedTenths(state) === undefined).map(({ lesion }) => lesion.id)]
  const baseline = settled.length > 0 && baselineMissing.length === 0 ? baselineSum : undefined

  let nadir = baseline ?? 0
  let wasComplete = false
  const assessments = timePoints.slice(1).map(({ date }, before): Assessment => {
    const index = before + 1
    const missing = [...new Set([...baselineMissing, ...(settled[index]?.missing ?? [])])]
    if (missing.length > 0 || baseline === undefined) return { kind: 'notComplete', date, missing }
    const [targets, nonTargets] = [of(index, 'target'), of(index, 'nonTarget')]
    const sum = sumOf(targets)
    const target = targets.length === 0 ? 'none' as const : targetResponse(targets, { baseline, nadir })
    const nonTarget = nonTargetResponse(nonTargets)
    const newLesion = isNewAt(settled.map((_, at) => of(at, 'new')), index)
    const overall = overallResponse({ target, nonTarget, newLesion, reappeared: wasComplete && [...targets, ...nonTargets].some(isSeen) })
    const assessment: Assessment = {
      kind: 'complete', date, sumMm: sum === undefined ? undefined : sum / 10, nadirMm: nadir / 10, overNadir: sum === undefined ? undefined : changeFrom(nadir, sum),
      againstBaseline: sum === undefined ? undefined : changeFrom(baseline, sum), target, nonTarget, newLesion, newLesions: newLesionsOf(of(index, 'new')), worse: worseOf(nonTargets),
      overall, targetCarried: target, overallCarried: overall,
    }
    if (sum !== undefined) nadir = Math.min(nadir, sum)
    if (overall === 'CR') wasComplete = true
    return assessment
  })
  return { baselineMm: baseline === undefined ? undefined : baseline / 10, baselineMissing, assessments: withCarried(assessments) }
}

/** A time point that is not complete says nothing of what is carried over it. */
const withCarried = (assessments: readonly Assessment[]): Assessment[] => {
  const complete = assessments.filter((one) => one.kind === 'complete')
  const targets = carried(complete.map(({ target }) => target), complete.map(({ overall }) => overall === 'PD'))
  const byDate = new Map(complete.map((one, index) => [one, targets[index] ?? one.target]))
  return assessments.map((one) => {
    if (one.kind !== 'complete') return one
    const targetCarried = byDate.get(one) ?? one.target
    // Where the targets' word was changed by none, the overall one stands, also for a lesion that came back.
    return { ...one, targetCarried, overallCarried: targetCarried === one.target ? one.overall : overallResponse({ ...one, target: targetCarried, reappeared: one.overall === 'PD' }) }
  })
}
