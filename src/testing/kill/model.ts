import type { Measurement } from '../../domain/measurement/types.ts'
import { compactValues } from '../../domain/measurement/compact.ts'
import words from '../../i18n/en/annotation.json' with { type: 'json' }
import type { Change, Looked, Step } from './orders.ts'

/** Where two plain values differ; numbers count as equal to 1e-6. */
export const unlike = (a: unknown, b: unknown, path = ''): string[] => {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= 1e-6 ? [] : [`${path}: ${a}, not ${b}`]
  if (Object.is(a, b)) return []
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return [`${path}: ${JSON.stringify(a)?.slice(0, 60)}, not ${JSON.stringify(b)?.slice(0, 60)}`]
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) => unlike(one[key], other[key], path ? `${path}.${key}` : key))
}
const same = (a: unknown, b: unknown): boolean => unlike(a, b).length === 0

/** Marks after steps from nothing, in the order of the list: what changes goes to its end. */
export const rebuilt = (steps: readonly Step[]): Measurement[] => {
  const marks = new Map<string, Measurement>()
  for (const { trackingUid, after } of steps) {
    marks.delete(trackingUid)
    if (after) marks.set(trackingUid, after)
  }
  return [...marks.values()]
}
/** A region's numbers come after it: that is no step of a person's. */
export const withNumbers = (steps: readonly Step[]): Step[] => steps.reduce<Step[]>((all, step) => {
  const at = all.findLastIndex(({ trackingUid }) => trackingUid === step.trackingUid)
  const before = all[at]
  const only = before?.after && step.before && step.after && same(before.after, step.before) && same({ ...step.before, values: [] }, { ...step.after, values: [] })
  return before && only ? all.with(at, { ...before, after: step.after }) : [...all, step]
}, [])
/** The one step between two lists. @throws Error where it is not one */
export const stepBetween = (before: readonly Measurement[], after: readonly Measurement[]): Step => {
  const of = (marks: readonly Measurement[], uid: string): Measurement | null => marks.find(({ trackingUid }) => trackingUid === uid) ?? null
  const uids = [...new Set([...before, ...after].map(({ trackingUid }) => trackingUid))].filter((uid) => !same(of(before, uid), of(after, uid)))
  const [trackingUid] = uids
  if (trackingUid === undefined || uids.length > 1) throw new Error(`${uids.length} marks changed at once`)
  return { trackingUid, before: of(before, trackingUid), after: of(after, trackingUid) }
}
const rowOf = ({ trackingId, label, kind, values }: Measurement): string => [trackingId, label || words.kind[kind], ...compactValues(values)].join(' ')
/** What a list and its picture must be. */
const unlikeShown = (looked: Looked, marks: readonly Measurement[], picture: string | undefined): string[] => [
  ...unlike(looked.marks, marks, 'marks'), ...unlike(looked.rows, marks.map(rowOf), 'list'), ...(picture === undefined || picture === looked.picture ? [] : ['the picture is another']),
]
const farEnough = new Set<string>([words.state.device, words.state.hub, words.state.verified])

/** A region is kept at once, by its outline; the numbers of its voxels are kept when they have come. */
const waysOf = (step: Step): Step[] => (step.after?.kind === 'ellipse' || step.after?.kind === 'freehand' ? [step, { ...step, after: { ...step.after, values: step.after.values.filter(({ quantity }) => quantity === 'area') } }] : [step])
type Flight = { readonly step: Step; readonly picture: string; /** It was committed: it must be there. */ readonly committed: boolean }
/**
 * The ledger of one person and study, outside the browser, and the state rebuilt from it alone. All methods tell what is not as it must be.
 */
export const createLedger = () => {
  let steps: readonly Step[] = []
  let pictures = new Map<number, string>()
  let [undo, redo]: [readonly Step[], readonly Step[]] = [[], []]
  /** How many steps the newest report says that is known to have arrived, and the one that is on its way. */
  let [arrived, sent]: [number, number | undefined] = [0, undefined]
  /** Where the log may begin: after nothing, or after what arrived. */
  const starts = new Set([0])
  let flight: Flight | undefined

  const moved = (change: Change, step: Step): string[] => {
    if (change.kind === 'undo' || change.kind === 'redo') {
      const [from, to] = change.kind === 'undo' ? [undo, redo] : [redo, undo]
      const last = from.at(-1)
      const wanted = last && (change.kind === 'undo' ? { trackingUid: last.trackingUid, before: last.after, after: last.before } : last)
      ;[undo, redo] = change.kind === 'undo' ? [from.slice(0, -1), last ? [...to, last] : to] : [last ? [...to, last] : to, from.slice(0, -1)]
      return unlike(step, wanted, change.kind)
    }
    undo = [...undo, step]
    redo = []
    if (change.kind === 'delete') return step.after ? ['it was not deleted'] : []
    if (change.kind === 'rename') return unlike(step.after, step.before && { ...step.before, label: change.label }, 'rename')
    if (change.kind === 'draw') return [...step.before ? ['it was there before'] : [], ...unlike([step.after?.kind, step.after?.label], [change.mark, change.label], 'draw')]
    return same(step.before?.place, step.after?.place) ? ['it did not move'] : []
  }
  return {
    marks: (): readonly Measurement[] => rebuilt(steps),
    steps: (): number => steps.length,
    canUndo: (): boolean => undo.length > 0,
    canRedo: (): boolean => redo.length > 0,
    sent: (): number | undefined => sent,
    /** The page said that a change is kept: from here on it must never be missed. */
    acknowledge: (change: Change, looked: Looked): string[] => {
      if (!farEnough.has(looked.last)) return [`${change.kind} is not kept: ${looked.last || 'nothing is said'} ${looked.trouble}`]
      const step = stepBetween(rebuilt(steps), looked.marks)
      const problems = moved(change, step)
      steps = [...steps, step]
      pictures.set(steps.length, looked.picture)
      return [...problems, ...unlikeShown(looked, rebuilt(steps), undefined), ...unlike(looked.undo, undo, 'undo'), ...unlike(looked.redo, redo, 'redo'), ...(looked.trouble ? [looked.trouble] : [])]
    },
    /** The browser will die with this change on its way. */
    inFlight: (looked: Looked, committed: boolean): void => { flight = { step: stepBetween(rebuilt(steps), looked.marks), picture: looked.picture, committed } },
    /** A report of all steps until now was finished, and is on its way. */
    saving: (): void => { sent = steps.length },
    /** The page showed all of them as verified. */
    verified: (looked: Looked): string[] => {
      if (sent !== undefined) {
        arrived = sent
        starts.add(sent)
      }
      sent = undefined
      const wanted = arrived === steps.length ? looked.kept.filter((where) => where !== words.state.verified).map((where) => `a mark that was saved is ${where}`) : []
      return [...wanted, ...(looked.save === 'idle' ? [] : [looked.save]), ...(looked.trouble ? [looked.trouble] : [])]
    },
    /** How many steps the newest report says that arrived. */
    arrived: (): readonly Measurement[] => rebuilt(steps.slice(0, arrived)),
    /**
     * The study was opened again, after the browser was killed. Goes on from what is there, so that one fault is told once.
     * @returns what is lost, and whether what was on its way is there
     */
    reopened: (looked: Looked): { readonly problems: string[]; readonly flight: 'none' | 'there' | 'gone' } => {
      const was = flight
      flight = undefined
      const without = { all: steps, picture: pictures.get(steps.length), there: false }
      const ways = was ? [...was.committed ? [] : [without], ...waysOf(was.step).map((step) => ({ all: [...steps, step], picture: was.picture, there: true }))] : [without]
      const ends = [arrived, ...sent === undefined ? [] : [sent]]
      const tries = ways.flatMap(({ all, picture, there }) => ends.map((end) => ({
        all, there, end, picture,
        problems: [
          ...unlikeShown(looked, rebuilt(all), picture), ...unlike(looked.undo, all.slice(end), 'undo'), ...unlike(looked.redo, [], 'redo'), ...(looked.trouble ? [looked.trouble] : []),
          ...([...starts, end].some((start) => same(withNumbers(looked.log ?? []), all.slice(start))) ? [] : [`the log has ${looked.log?.length} steps, which are no end of the ${all.length} acknowledged`]),
        ],
      })))
      const best = tries.toSorted((a, b) => a.problems.length - b.problems.length)[0]
      if (!best) throw new Error('there is always a way')
      const { problems, all, there, end } = best
      if (problems.length === 0) {
        if (end === sent) [arrived, sent] = [end, undefined]
        starts.add(end)
        if (there) pictures.set(all.length, looked.picture)
        steps = all
      } else {
        steps = looked.marks.map((mark) => ({ trackingUid: mark.trackingUid, before: null, after: mark }))
        pictures = new Map([[steps.length, looked.picture]])
      }
      ;[undo, redo] = [looked.undo, looked.redo]
      return { problems, flight: was ? (there ? 'there' : 'gone') : 'none' }
    },
  }
}
export type Ledger = ReturnType<typeof createLedger>
