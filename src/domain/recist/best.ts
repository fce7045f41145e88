import type { OverallResponse } from './types.ts'

export type BestRule = {
  /** Stable disease counts from this many days after the baseline on (4.4.3: as the protocol says, in general 6 to 8 weeks). */
  readonly stableFromDays: number
  /** Complete and partial response must be seen again after at least this many days (4.4.4: 28), where the protocol asks for it. */
  readonly confirmedAfterDays?: number
}
export type Visit = { readonly date: string; readonly overall: OverallResponse }

export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

/**
 * The best response from the baseline to progression, which ends the count (4.4.2, 4.4.4 with table 3).
 * @param visits in order of time, without the baseline
 */
export const bestResponse = (baselineDate: string, visits: readonly Visit[], { stableFromDays, confirmedAfterDays }: BestRule): OverallResponse => {
  const end = visits.findIndex(({ overall }) => overall === 'PD')
  const counted = end < 0 ? visits : visits.slice(0, end)
  const seen = (accepted: readonly OverallResponse[]): boolean => counted.some(({ date, overall }, index) => accepted.includes(overall) && (confirmedAfterDays === undefined
    || counted.slice(index + 1).some((later) => accepted.includes(later.overall) && daysBetween(date, later.date) >= confirmedAfterDays)))
  if (seen(['CR'])) return 'CR'
  if (seen(['CR', 'PR'])) return 'PR'
  const longEnough = (responses: readonly OverallResponse[]): boolean => counted.some(({ date, overall }) => responses.includes(overall) && daysBetween(baselineDate, date) >= stableFromDays)
  if (longEnough(['CR', 'PR', 'SD'])) return 'SD'
  if (longEnough(['nonCrNonPd'])) return 'nonCrNonPd'
  return end < 0 ? 'NE' : 'PD'
}
