/**
 * Lesions and what became of them, after RECIST 1.1 (Eisenhauer et al., Eur J Cancer 2009;45:228-247), cited by its sections.
 * A diameter is the longest in the plane of acquisition, of a lymph node the short axis (4.2.1), in mm.
 */
export type Lesion = {
  readonly id: string
  readonly role: 'target' | 'nonTarget' | 'new'
  /** A lymph node. */
  readonly node: boolean
  /** Both of a pair are one organ: "lung", not "left lung". */
  readonly organ: string
}

/**
 * How a lesion stands at a time point.
 * - `tooSmall`: seen, but it cannot be measured; counts 5 mm (4.3.2). What can be measured is measured, however small.
 * - `merged`: the one diameter of what grew together is that of `into`, and this one points to it (4.3.2, coalescence).
 * - `split`: a fragment of `from`; the diameters of the fragments are added (4.3.2, fragmentation).
 * - `present`, `unequivocalProgression`: of non-target lesions (4.3.4). `further`: more than at the time point before, for iRECIST.
 * - `new`: of new lesions (4.3.5); its diameter is measured apart, for iRECIST, and never enters the sum.
 */
export type LesionState =
  | { readonly kind: 'measured'; readonly mm: number }
  | { readonly kind: 'tooSmall' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'notEvaluable'; readonly reason: string }
  | { readonly kind: 'merged'; readonly into: string }
  | { readonly kind: 'split'; readonly from: string; readonly mm: number }
  | { readonly kind: 'present' }
  | { readonly kind: 'unequivocalProgression'; readonly further?: true }
  | { readonly kind: 'new'; readonly certainty: 'certain' | 'equivocal'; readonly mm?: number }

/** One or more studies read together; the first of a course is the baseline. */
export type TimePoint = {
  /** YYYY-MM-DD, of the earliest study. */
  readonly date: string
  /** By lesion; one that is not here has no state yet, and no response is shown. */
  readonly states: Readonly<Record<string, LesionState>>
}

export type TargetResponse = 'CR' | 'PR' | 'SD' | 'PD' | 'NE'
/** `none`: there are no lesions of this kind. */
export type NonTargetResponse = 'CR' | 'nonCrNonPd' | 'PD' | 'NE' | 'none'
export type OverallResponse = TargetResponse | 'nonCrNonPd'
