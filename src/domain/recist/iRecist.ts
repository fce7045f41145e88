import { daysBetween } from './best.ts'
import type { Assessment } from './course.ts'
import { tenthsOf } from './diameter.ts'
import type { OverallResponse } from './types.ts'

/** iRECIST (Seymour et al., Lancet Oncol 2017;18:e143-52): progression is unconfirmed (iUPD) until a later visit confirms it (iCPD). */
export type IResponse = 'iCR' | 'iPR' | 'iSD' | 'iNonCrNonPd' | 'iNE' | 'iUPD' | 'iCPD'

export type IVisit = Pick<Extract<Assessment, { kind: 'complete' }>, 'date' | 'overall' | 'target' | 'nonTarget' | 'sumMm' | 'newLesions' | 'worse'>

export type IAssessment = {
  readonly date: string
  readonly response: IResponse
  /** The visit that should have confirmed came before 4 weeks, and confirms nothing, or after 8. */
  readonly note?: 'earlierThan4Weeks' | 'laterThan8Weeks'
}

const withoutProgression: Readonly<Record<Exclude<OverallResponse, 'PD'>, IResponse>> = { CR: 'iCR', PR: 'iPR', SD: 'iSD', nonCrNonPd: 'iNonCrNonPd', NE: 'iNE' }

/** Growth that confirms, of the targets' sum as of the new lesions', in tenths of a millimetre. */
const furtherTenths = 50
const grew = (from: number | undefined, to: number | undefined): boolean => from !== undefined && to !== undefined && tenthsOf(to) - tenthsOf(from) >= furtherTenths

/**
 * Whether a visit confirms the unconfirmed progression of an earlier one: more of what had progressed, or progression of another kind: the
 * targets by 5 mm, the new lesions by 5 mm or one more, the non-targets further.
 */
const confirms = (then: IVisit, now: IVisit): boolean =>
  (now.target === 'PD' && (then.target !== 'PD' || grew(then.sumMm, now.sumMm)))
  || now.newLesions.count > then.newLesions.count
  || (then.newLesions.count > 0 && grew(then.newLesions.sumMm, now.newLesions.sumMm))
  || (now.nonTarget === 'PD' && (then.nonTarget !== 'PD' || now.worse.further || now.worse.count > then.worse.count))

/**
 * Responses by iRECIST from those by RECIST 1.1. A visit without progression ends what was unconfirmed, one that is not evaluable leaves it.
 * Once confirmed, progression stays.
 * @param visits in order of time, without the baseline
 */
export const iRecist = (visits: readonly IVisit[]): IAssessment[] => {
  let unconfirmed: IVisit | undefined
  let confirmed = false
  return visits.map((now): IAssessment => {
    const { date, overall } = now
    if (confirmed) return { date, response: 'iCPD' }
    if (overall !== 'PD') {
      if (overall !== 'NE') unconfirmed = undefined
      return { date, response: withoutProgression[overall] }
    }
    const then = unconfirmed
    unconfirmed = now
    if (!then) return { date, response: 'iUPD' }
    const days = daysBetween(then.date, date)
    if (days < 28) {
      // What it is compared with stays the first, so that two early visits do not hide growth between them.
      unconfirmed = then
      return { date, response: 'iUPD', note: 'earlierThan4Weeks' }
    }
    confirmed = confirms(then, now)
    return { date, response: confirmed ? 'iCPD' : 'iUPD', ...(days > 56 ? { note: 'laterThan8Weeks' as const } : {}) }
  })
}
