import type { LesionState, NonTargetResponse, OverallResponse, TargetResponse } from '../domain/recist/types.ts'

/** The true size of a lesion in a plane of acquisition: longest diameter, and the longest across it, in mm. */
type Size = { readonly longestMm: number; readonly shortestMm: number }

/** A lesion at a time point: what is painted, and how it stands. What is absent or merged into another is not painted. */
export type Appearance =
  | (Size & { readonly state: 'measured' | 'tooSmall' | 'present' | 'unequivocalProgression' })
  | (Size & { readonly state: 'split'; readonly from: string })
  | (Size & { readonly state: 'new'; readonly certainty: 'certain' | 'equivocal' })
  | { readonly state: 'absent' }
  | { readonly state: 'merged'; readonly into: string }

export type FollowUpLesion = {
  /** The same at every time point of a patient. */
  readonly id: string
  readonly organ: 'lung' | 'mediastinal node'
  readonly type: 'solid' | 'partSolid' | 'groundGlass' | 'spiculated' | 'node'
  readonly role: 'target' | 'nonTarget' | 'new'
  /** Baseline and three follow-ups. */
  readonly timePoints: readonly [Appearance, Appearance, Appearance, Appearance]
}

export type FollowUp = {
  readonly patient: 1 | 2 | 3 | 4 | 5 | 6
  readonly monthsApart: number
  readonly lesions: readonly FollowUpLesion[]
  /** By RECIST 1.1, worked out by hand: sums at baseline and the three follow-ups in mm, responses at the follow-ups. */
  readonly expected: {
    readonly sumMm: readonly [number, number, number, number]
    readonly target: readonly [TargetResponse, TargetResponse, TargetResponse]
    readonly nonTarget: readonly [NonTargetResponse, NonTargetResponse, NonTargetResponse]
    readonly overall: readonly [OverallResponse, OverallResponse, OverallResponse]
  }
}

/** What an appearance is to RECIST: of a node the short axis counts, of all else the longest diameter. */
export const recistStateOf = ({ type }: Pick<FollowUpLesion, 'type'>, at: Appearance): LesionState => {
  if (at.state === 'absent') return { kind: 'absent' }
  if (at.state === 'merged') return { kind: 'merged', into: at.into }
  const mm = type === 'node' ? at.shortestMm : at.longestMm
  if (at.state === 'split') return { kind: 'split', from: at.from, mm }
  if (at.state === 'new') return { kind: 'new', certainty: at.certainty, mm }
  return at.state === 'measured' ? { kind: 'measured', mm } : { kind: at.state }
}

/** Six patients over four time points, each of another course; images are painted with exactly these diameters. */
export const followUps: readonly FollowUp[] = [
  // Stable disease throughout: -5.6 %, -12.2 %, -7.3 %; +5.5 % over the nadir at the end.
  {
    patient: 1, monthsApart: 2,
    lesions: [
      { id: 'P1-L1', organ: 'lung', type: 'solid', role: 'target', timePoints: [{ state: 'measured', longestMm: 24.3, shortestMm: 21.0 }, { state: 'measured', longestMm: 22.8, shortestMm: 19.8 }, { state: 'measured', longestMm: 20.6, shortestMm: 18.1 }, { state: 'measured', longestMm: 22.4, shortestMm: 19.5 }] },
      { id: 'P1-L2', organ: 'lung', type: 'spiculated', role: 'target', timePoints: [{ state: 'measured', longestMm: 18.6, shortestMm: 15.9 }, { state: 'measured', longestMm: 17.9, shortestMm: 15.2 }, { state: 'measured', longestMm: 17.2, shortestMm: 14.6 }, { state: 'measured', longestMm: 17.8, shortestMm: 15.0 }] },
      { id: 'P1-N1', organ: 'mediastinal node', type: 'node', role: 'target', timePoints: [{ state: 'measured', longestMm: 23.5, shortestMm: 16.9 }, { state: 'measured', longestMm: 22.4, shortestMm: 15.7 }, { state: 'measured', longestMm: 21.9, shortestMm: 14.7 }, { state: 'measured', longestMm: 22.0, shortestMm: 15.2 }] },
      { id: 'P1-G1', organ: 'lung', type: 'groundGlass', role: 'nonTarget', timePoints: [{ state: 'present', longestMm: 9.4, shortestMm: 8.8 }, { state: 'present', longestMm: 9.2, shortestMm: 8.7 }, { state: 'present', longestMm: 9.0, shortestMm: 8.5 }, { state: 'present', longestMm: 9.3, shortestMm: 8.8 }] },
    ],
    expected: { sumMm: [59.8, 56.4, 52.5, 55.4], target: ['SD', 'SD', 'SD'], nonTarget: ['nonCrNonPd', 'nonCrNonPd', 'nonCrNonPd'], overall: ['SD', 'SD', 'SD'] },
  },
  // Partial response, then progression over the nadir though still below the baseline: 64.0 → 42.0 (-34.3 %) → 37.5 (-41.4 %) → 47.8 (+27.4 %, +10.3 mm over 37.5; -25.3 %).
  {
    patient: 2, monthsApart: 2,
    lesions: [
      { id: 'P2-L1', organ: 'lung', type: 'spiculated', role: 'target', timePoints: [{ state: 'measured', longestMm: 34.2, shortestMm: 28.5 }, { state: 'measured', longestMm: 22.1, shortestMm: 18.6 }, { state: 'measured', longestMm: 19.8, shortestMm: 16.4 }, { state: 'measured', longestMm: 26.3, shortestMm: 21.9 }] },
      { id: 'P2-L2', organ: 'lung', type: 'solid', role: 'target', timePoints: [{ state: 'measured', longestMm: 13.1, shortestMm: 11.8 }, { state: 'measured', longestMm: 8.5, shortestMm: 7.7 }, { state: 'measured', longestMm: 7.4, shortestMm: 6.8 }, { state: 'measured', longestMm: 9.2, shortestMm: 8.3 }] },
      { id: 'P2-N1', organ: 'mediastinal node', type: 'node', role: 'target', timePoints: [{ state: 'measured', longestMm: 22.7, shortestMm: 16.7 }, { state: 'measured', longestMm: 16.8, shortestMm: 11.4 }, { state: 'measured', longestMm: 15.9, shortestMm: 10.3 }, { state: 'measured', longestMm: 17.6, shortestMm: 12.3 }] },
      { id: 'P2-L3', organ: 'lung', type: 'partSolid', role: 'nonTarget', timePoints: [{ state: 'present', longestMm: 8.2, shortestMm: 7.6 }, { state: 'present', longestMm: 7.0, shortestMm: 6.5 }, { state: 'present', longestMm: 6.6, shortestMm: 6.1 }, { state: 'present', longestMm: 7.3, shortestMm: 6.8 }] },
    ],
    expected: { sumMm: [64.0, 42.0, 37.5, 47.8], target: ['PR', 'PR', 'PD'], nonTarget: ['nonCrNonPd', 'nonCrNonPd', 'nonCrNonPd'], overall: ['PR', 'PR', 'PD'] },
  },
  // Complete response with a node of 8.0 mm, which is normal and still counts in the sum.
  {
    patient: 3, monthsApart: 3,
    lesions: [
      { id: 'P3-L1', organ: 'lung', type: 'solid', role: 'target', timePoints: [{ state: 'measured', longestMm: 16.4, shortestMm: 14.7 }, { state: 'measured', longestMm: 7.3, shortestMm: 6.6 }, { state: 'absent' }, { state: 'absent' }] },
      { id: 'P3-N1', organ: 'mediastinal node', type: 'node', role: 'target', timePoints: [{ state: 'measured', longestMm: 26.0, shortestMm: 19.2 }, { state: 'measured', longestMm: 17.5, shortestMm: 12.1 }, { state: 'measured', longestMm: 12.8, shortestMm: 8.0 }, { state: 'measured', longestMm: 12.5, shortestMm: 8.0 }] },
      { id: 'P3-L2', organ: 'lung', type: 'groundGlass', role: 'nonTarget', timePoints: [{ state: 'present', longestMm: 7.8, shortestMm: 7.2 }, { state: 'present', longestMm: 6.1, shortestMm: 5.7 }, { state: 'absent' }, { state: 'absent' }] },
    ],
    expected: { sumMm: [35.6, 19.4, 8.0, 8.0], target: ['PR', 'CR', 'CR'], nonTarget: ['nonCrNonPd', 'CR', 'CR'], overall: ['PR', 'CR', 'CR'] },
  },
  // Progression by a new lesion while the targets shrink: partial response of the targets, progression of the patient.
  {
    patient: 4, monthsApart: 2,
    lesions: [
      { id: 'P4-L1', organ: 'lung', type: 'solid', role: 'target', timePoints: [{ state: 'measured', longestMm: 27.5, shortestMm: 24.2 }, { state: 'measured', longestMm: 22.0, shortestMm: 19.6 }, { state: 'measured', longestMm: 18.3, shortestMm: 16.4 }, { state: 'measured', longestMm: 17.7, shortestMm: 15.8 }] },
      { id: 'P4-L2', organ: 'lung', type: 'partSolid', role: 'target', timePoints: [{ state: 'measured', longestMm: 12.5, shortestMm: 11.0 }, { state: 'measured', longestMm: 10.7, shortestMm: 9.6 }, { state: 'measured', longestMm: 9.1, shortestMm: 8.2 }, { state: 'measured', longestMm: 9.0, shortestMm: 8.1 }] },
      { id: 'P4-N1', organ: 'mediastinal node', type: 'node', role: 'nonTarget', timePoints: [{ state: 'measured', longestMm: 18.4, shortestMm: 12.6 }, { state: 'measured', longestMm: 17.9, shortestMm: 12.0 }, { state: 'measured', longestMm: 17.2, shortestMm: 11.5 }, { state: 'measured', longestMm: 17.0, shortestMm: 11.3 }] },
      { id: 'P4-X1', organ: 'lung', type: 'solid', role: 'new', timePoints: [{ state: 'absent' }, { state: 'absent' }, { state: 'new', certainty: 'certain', longestMm: 8.6, shortestMm: 7.9 }, { state: 'new', certainty: 'certain', longestMm: 14.2, shortestMm: 12.7 }] },
    ],
    expected: { sumMm: [40.0, 32.7, 27.4, 26.7], target: ['SD', 'PR', 'PR'], nonTarget: ['nonCrNonPd', 'nonCrNonPd', 'nonCrNonPd'], overall: ['SD', 'PD', 'PD'] },
  },
  // A lung lesion splits (its fragments are summed: 13.2 + 8.6), then two nodes merge (one short axis counts: 22.4): 82.9 → 74.5 (-10.1 %) → 65.7 (-20.7 %) → 52.3 (-36.9 %).
  {
    patient: 5, monthsApart: 3,
    lesions: [
      { id: 'P5-L1', organ: 'lung', type: 'solid', role: 'target', timePoints: [{ state: 'measured', longestMm: 32.0, shortestMm: 25.1 }, { state: 'measured', longestMm: 27.6, shortestMm: 20.9 }, { state: 'measured', longestMm: 13.2, shortestMm: 11.6 }, { state: 'measured', longestMm: 10.4, shortestMm: 9.2 }] },
      { id: 'P5-L1b', organ: 'lung', type: 'solid', role: 'target', timePoints: [{ state: 'absent' }, { state: 'absent' }, { state: 'split', from: 'P5-L1', longestMm: 8.6, shortestMm: 7.7 }, { state: 'split', from: 'P5-L1', longestMm: 6.8, shortestMm: 6.1 }] },
      { id: 'P5-L2', organ: 'lung', type: 'spiculated', role: 'target', timePoints: [{ state: 'measured', longestMm: 17.2, shortestMm: 15.0 }, { state: 'measured', longestMm: 15.3, shortestMm: 13.5 }, { state: 'measured', longestMm: 13.9, shortestMm: 12.2 }, { state: 'measured', longestMm: 12.7, shortestMm: 11.2 }] },
      { id: 'P5-N1', organ: 'mediastinal node', type: 'node', role: 'target', timePoints: [{ state: 'measured', longestMm: 24.1, shortestMm: 18.3 }, { state: 'measured', longestMm: 22.9, shortestMm: 16.8 }, { state: 'measured', longestMm: 22.0, shortestMm: 16.1 }, { state: 'measured', longestMm: 31.5, shortestMm: 22.4 }] },
      { id: 'P5-N2', organ: 'mediastinal node', type: 'node', role: 'target', timePoints: [{ state: 'measured', longestMm: 20.6, shortestMm: 15.4 }, { state: 'measured', longestMm: 19.7, shortestMm: 14.8 }, { state: 'measured', longestMm: 19.0, shortestMm: 13.9 }, { state: 'merged', into: 'P5-N1' }] },
    ],
    expected: { sumMm: [82.9, 74.5, 65.7, 52.3], target: ['SD', 'SD', 'PR'], nonTarget: ['none', 'none', 'none'], overall: ['SD', 'SD', 'PR'] },
  },
  // One lesion becomes too small to measure (3.6 mm true, 5 mm in the sum) and vanishes: 41.6 → 30.4 (-26.9 %) → 25.6 (-38.4 %) → 20.1 (-51.6 %).
  {
    patient: 6, monthsApart: 2,
    lesions: [
      { id: 'P6-L1', organ: 'lung', type: 'solid', role: 'target', timePoints: [{ state: 'measured', longestMm: 12.4, shortestMm: 11.2 }, { state: 'measured', longestMm: 6.7, shortestMm: 6.1 }, { state: 'tooSmall', longestMm: 3.6, shortestMm: 3.3 }, { state: 'absent' }] },
      { id: 'P6-L2', organ: 'lung', type: 'partSolid', role: 'target', timePoints: [{ state: 'measured', longestMm: 29.2, shortestMm: 25.0 }, { state: 'measured', longestMm: 23.7, shortestMm: 20.4 }, { state: 'measured', longestMm: 20.6, shortestMm: 17.8 }, { state: 'measured', longestMm: 20.1, shortestMm: 17.3 }] },
      { id: 'P6-G1', organ: 'lung', type: 'groundGlass', role: 'nonTarget', timePoints: [{ state: 'present', longestMm: 8.9, shortestMm: 8.2 }, { state: 'present', longestMm: 8.0, shortestMm: 7.5 }, { state: 'present', longestMm: 7.6, shortestMm: 7.0 }, { state: 'present', longestMm: 7.5, shortestMm: 6.9 }] },
    ],
    expected: { sumMm: [41.6, 30.4, 25.6, 20.1], target: ['SD', 'PR', 'PR'], nonTarget: ['nonCrNonPd', 'nonCrNonPd', 'nonCrNonPd'], overall: ['SD', 'PR', 'PR'] },
  },
]
