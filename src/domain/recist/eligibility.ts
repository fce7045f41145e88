import { tenthsOf } from './diameter.ts'

/** What can be seen but is not measurable whatever its size (3.1.2; 3.1.3 for cysts, bone and what was irradiated). */
export type Nature = 'boneWithoutSoftTissue' | 'cystic' | 'irradiated' | 'effusion'

export type Candidate = {
  readonly node: boolean
  readonly organ: string
  /** Longest diameter in the plane of acquisition, of a node the short axis. */
  readonly mm: number
  /** Of the series measured, not from memory. */
  readonly sliceThicknessMm: number
  /** Between slices, where it is known: with gaps it is what limits. */
  readonly sliceSpacingMm?: number
  readonly nature?: Nature
}

/** Why a lesion is no target, for words in the user's language. */
export type Reason =
  | { readonly code: 'shorterThanNeeded'; readonly neededMm: number; readonly sliceMm: number }
  | { readonly code: 'nodeUnder15' | 'nodeUnder10' | 'sixthTarget' }
  | { readonly code: 'thirdInOrgan'; readonly organ: string }
  | { readonly code: Nature }

export type Eligibility = {
  /** `none`: a normal node is no lesion. */
  readonly as: 'target' | 'nonTarget' | 'none'
  readonly reasons: readonly Reason[]
}

/** Targets of a person, and of one organ (4.1). */
const mostTargets = 5
const mostInOrgan = 2
/** A node from 15 mm short axis is a target, from 10 mm pathological (3.1.1, 3.1.2). */
export const nodeTargetMm = 15
export const nodeNormalBelowMm = 10

/** The shortest longest diameter that is measurable: 10 mm with slices of 5 mm or less, else twice the slice (3.1.1). */
export const neededMm = (sliceMm: number): number => (sliceMm <= 5 ? 10 : 2 * sliceMm)

const whyNotMeasurable = ({ node, mm, sliceThicknessMm, sliceSpacingMm = 0, nature }: Candidate): Reason[] => {
  const tenths = tenthsOf(mm)
  const sliceMm = Math.max(sliceThicknessMm, sliceSpacingMm)
  const needed = neededMm(sliceMm)
  const reasons: Reason[] = nature ? [{ code: nature }] : []
  if (node && tenths < tenthsOf(nodeNormalBelowMm)) reasons.push({ code: 'nodeUnder10' })
  else if (node && tenths < tenthsOf(nodeTargetMm)) reasons.push({ code: 'nodeUnder15' })
  else if (!node && tenths < tenthsOf(needed)) reasons.push({ code: 'shorterThanNeeded', neededMm: needed, sliceMm })
  return reasons
}

/**
 * Whether a lesion can be a target at baseline, and if not every reason why (3.1, 4.1).
 * @param targets those chosen before it
 * @param nodesAreOneOrgan all lymph nodes count as one organ; else each station is its own
 */
export const eligibilityOf = (candidate: Candidate, targets: readonly Pick<Candidate, 'node' | 'organ'>[], { nodesAreOneOrgan = true }: { nodesAreOneOrgan?: boolean } = {}): Eligibility => {
  const reasons = whyNotMeasurable(candidate)
  if (reasons.some(({ code }) => code === 'nodeUnder10')) return { as: 'none', reasons }
  const same = (other: Pick<Candidate, 'node' | 'organ'>): boolean => (nodesAreOneOrgan && candidate.node && other.node) || (candidate.node === other.node && candidate.organ === other.organ)
  if (targets.filter(same).length >= mostInOrgan) reasons.push({ code: 'thirdInOrgan', organ: candidate.organ })
  if (targets.length >= mostTargets) reasons.push({ code: 'sixthTarget' })
  return { as: reasons.length === 0 ? 'target' : 'nonTarget', reasons }
}
