import { countedTenths } from './diameter.ts'
import type { Stood } from './response.ts'
import type { Lesion, LesionState, TimePoint } from './types.ts'

/** States a lesion of each role can have. */
const kinds: Readonly<Record<Lesion['role'], readonly LesionState['kind'][]>> = {
  target: ['measured', 'tooSmall', 'absent', 'notEvaluable', 'merged', 'split'],
  nonTarget: ['present', 'absent', 'unequivocalProgression', 'notEvaluable', 'measured', 'tooSmall', 'merged', 'split'],
  new: ['new', 'absent', 'notEvaluable'],
}

/** New lesions and fragments were not there before they were first seen; nobody is asked for their state then. */
const beginsLater = (lesion: Lesion, first: LesionState | undefined): boolean => lesion.role === 'new' || first?.kind === 'split'

const firstState = (lesion: Lesion, timePoints: readonly TimePoint[]): number => timePoints.findIndex(({ states }) => states[lesion.id] !== undefined)

export type Settled = { readonly stood: readonly Stood[]; readonly missing: readonly string[] }

/** The state each lesion has at each time point, and the lesions that have none, or none that says anything. */
export const settledStates = (lesions: readonly Lesion[], timePoints: readonly TimePoint[]): Settled[] =>
  timePoints.map(({ states }, index) => {
    const stateOf = (lesion: Lesion): LesionState | undefined => {
      const given = states[lesion.id]
      const first = firstState(lesion, timePoints)
      if (given === undefined) return first > index && beginsLater(lesion, timePoints[first]?.states[lesion.id]) ? { kind: 'absent' } : undefined
      return kinds[lesion.role].includes(given.kind) && pointsSomewhere(lesion, lesions, states) && saysSize(given) ? given : undefined
    }
    const stood: Stood[] = []
    const missing: string[] = []
    for (const lesion of lesions) {
      const state = stateOf(lesion)
      if (state) stood.push({ lesion, state })
      else missing.push(lesion.id)
    }
    return { stood, missing }
  })

const saysSize = (state: LesionState): boolean => (state.kind !== 'measured' && state.kind !== 'split') || countedTenths(state) !== undefined

/** A merged lesion leads to one of its own role whose diameter counts, and a fragment comes from one; a chain that ends nowhere says nothing. */
const pointsSomewhere = (lesion: Lesion, lesions: readonly Lesion[], states: TimePoint['states']): boolean => {
  const own = states[lesion.id]
  const known = (id: string): boolean => id !== lesion.id && lesions.some((other) => other.id === id && other.role === lesion.role)
  if (own?.kind === 'split') return known(own.from)
  const seen = new Set([lesion.id])
  for (let at: LesionState | undefined = own; at?.kind === 'merged'; at = states[at.into]) {
    if (seen.has(at.into) || !known(at.into) || states[at.into] === undefined) return false
    seen.add(at.into)
  }
  return true
}
