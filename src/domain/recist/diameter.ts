import type { LesionState } from './types.ts'

/**
 * A diameter as it is shown, in whole tenths of a millimetre: sums and verdicts are made of these, so that nobody who adds up what
 * stands on the screen comes to another verdict. Halves go up, by the digits a person reads (14.95 is 15.0).
 */
export const tenthsOf = (mm: number): number => Math.round(Number((mm * 10).toPrecision(12)))
/** A diameter rounded to 0.1 mm, as it is shown. */
export const shownMm = (mm: number): number => tenthsOf(mm) / 10

/** What a lesion counts that is seen and cannot be measured (4.3.2). */
export const tooSmallMm = 5

/**
 * What a target adds to the sum, in tenths of a millimetre.
 * @returns undefined where it is not evaluable, or the state is none of a target's
 */
export const countedTenths = (state: LesionState | undefined): number | undefined => {
  switch (state?.kind) {
    case 'measured':
    case 'split': return Number.isFinite(state.mm) && state.mm >= 0 ? tenthsOf(state.mm) : undefined
    case 'tooSmall': return tenthsOf(tooSmallMm)
    case 'absent':
    case 'merged': return 0
    default: return undefined
  }
}

export type Change = {
  readonly mm: number
  /** To 0.1 %, cut and not rounded: what is shown never reaches a threshold that the verdict did not. Undefined over nothing. */
  readonly percent: number | undefined
}
/** How a sum differs from another, both in tenths of a millimetre. */
export const changeFrom = (from: number, to: number): Change => ({
  mm: (to - from) / 10,
  percent: from === 0 ? undefined : Math.trunc(((to - from) * 1000) / from) / 10 + 0,
})
