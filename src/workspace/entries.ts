import type { Measurement } from '../domain/measurement/types.ts'
import type { FinishedObject } from './delivery.ts'
import { isOfMark, isStroke, markDifferences, type Operation } from './document.ts'
import { lastStroke, painted, type Paintings } from './paintings.ts'
import type { SegmentationEntry } from './segmentations.ts'
import type { Sending, Unsynced } from './waits.ts'

/** A finished report and the marks it says. */
export type Finalised = FinishedObject & { readonly marks: readonly Measurement[] }
/** `by` names the tab that did it: what a tab that is still open did is not for another to undo. */
export type OperationEntry = { readonly type: 'operation'; readonly operation: Operation; readonly by?: string }

/** What a record of the log says. */
export type Entry =
  | OperationEntry
  /** `upTo`: the record up to which it says what the log says; what stands between that and this one is not in it. */
  | { readonly type: 'finalised'; readonly report: Finalised; readonly upTo?: number }
  | { readonly type: 'reportVerified'; readonly sopInstanceUid: string }
  /** What the hub or the hospital said of an object that has not arrived. */
  | { readonly type: 'notArrived'; readonly sopInstanceUid: string; readonly state: Sending['state']; readonly detail: string }
  | SegmentationEntry

/** Segmentations that were made of a painting, the newest of each: what was said up to which stroke, and whether it arrived. */
export type Outlined = { readonly painting: string; readonly stroke: string; readonly sopInstanceUid: string; readonly seriesInstanceUid: string; readonly version: number; readonly arrived: boolean }
export const outlined = (entries: readonly Entry[]): ReadonlyMap<string, Outlined> => {
  const arrived = new Set(entries.flatMap((entry) => (entry.type === 'segmentationVerified' ? [entry.sopInstanceUid] : [])))
  const found = new Map<string, Outlined>()
  for (const entry of entries) {
    if (entry.type !== 'segmentation' || !entry.painting) continue
    const { painting: { uid, stroke }, object: { sopInstanceUid, seriesInstanceUid } } = entry
    found.set(uid, { painting: uid, stroke, sopInstanceUid, seriesInstanceUid, version: (found.get(uid)?.version ?? 0) + 1, arrived: arrived.has(sopInstanceUid) })
  }
  return found
}
const paintingsOf = (entries: readonly Entry[]): Paintings => entries.reduce<Paintings>((paintings, entry) => (entry.type === 'operation' && isStroke(entry.operation) ? painted(paintings, entry.operation) : paintings), {})
/** Paintings of which no segmentation says what they are now; one without a stroke has nothing to say. */
const unsaid = (entries: readonly Entry[], said: ReadonlyMap<string, Outlined>): string[] =>
  Object.values(paintingsOf(entries)).flatMap((painting) => (painting.strokes.length > 0 && said.get(painting.uid)?.stroke !== lastStroke(painting) ? [painting.uid] : []))

/**
 * What a log tells that no verified report tells yet: operations done since the newest such report was finalised, and a report that
 * was finalised since and may not have arrived. Strokes are told as long as the log holds them: a segmentation read back does not say
 * how it came about. `waits`: whether any of it is nowhere else than here.
 */
export const replay = (entries: readonly Entry[]): { readonly operations: readonly Operation[]; readonly done: readonly OperationEntry[]; readonly pending: Finalised | undefined; readonly waits: boolean } => {
  const arrived = new Set(entries.flatMap((entry) => (entry.type === 'reportVerified' ? [entry.sopInstanceUid] : [])))
  const at = entries.findLastIndex((entry) => entry.type === 'finalised' && arrived.has(entry.report.sopInstanceUid))
  const last = entries[at]
  const from = last?.type === 'finalised' ? last.upTo ?? at : 0
  const done = entries.flatMap((entry, index) => (entry.type === 'operation' && (index >= from || isStroke(entry.operation)) ? [entry] : []))
  const pending = entries.slice(at + 1).flatMap((entry) => (entry.type === 'finalised' ? [entry.report] : [])).at(-1)
  const said = outlined(entries)
  const waits = pending !== undefined || done.some(({ operation }) => isOfMark(operation)) || unsaid(entries, said).length > 0 || [...said.values()].some((one) => !one.arrived)
  return { operations: done.map(({ operation }) => operation), done, pending, waits }
}

/** Objects in a log that did not arrive yet. */
export const waiting = (entries: readonly Entry[]): { object: FinishedObject; name: string }[] => {
  const arrived = new Set(entries.flatMap((entry) => (entry.type === 'segmentationVerified' ? [entry.sopInstanceUid] : [])))
  return entries.flatMap((entry) => (entry.type === 'segmentation' && !arrived.has(entry.object.sopInstanceUid) ? [{ object: entry.object, name: entry.name }] : []))
}

const same = (a: Measurement | null, b: Measurement | null): boolean => (a && b ? markDifferences(a, b).length === 0 : a === b)

/** What a log says waits, without asking the hospital. */
export const unsynced = (entries: readonly Entry[]): Unsynced => {
  const { operations, pending } = replay(entries)
  const arrived = new Set(entries.flatMap((entry) => (entry.type === 'reportVerified' ? [entry.sopInstanceUid] : [])))
  const said = pending ?? entries.flatMap((entry) => (entry.type === 'finalised' && arrived.has(entry.report.sopInstanceUid) ? [entry.report] : [])).at(-1)
  const inReport = said && new Map(said.marks.map((mark) => [mark.trackingUid, mark]))
  const [first, last] = [new Map<string, Measurement | null>(), new Map<string, Measurement | null>()]
  for (const { trackingUid, before, after } of operations.filter(isOfMark)) {
    if (!first.has(trackingUid)) first.set(trackingUid, before)
    last.set(trackingUid, after)
  }
  const standing = (sopInstanceUid: string): Sending => {
    const told = entries.findLast((entry) => entry.type === 'notArrived' && entry.sopInstanceUid === sopInstanceUid)
    return told?.type === 'notArrived' ? { sopInstanceUid, state: told.state, ...(told.detail ? { detail: told.detail } : {}) } : { sopInstanceUid, state: 'device' }
  }
  return {
    marks: [...last].filter(([uid, after]) => !same(after, inReport ? inReport.get(uid) ?? null : first.get(uid) ?? null)).length,
    ...(pending ? { report: { ...standing(pending.sopInstanceUid), marks: pending.marks.length } } : {}),
    paintings: unsaid(entries, outlined(entries)).length,
    segmentations: waiting(entries).map(({ object, name }) => ({ name, ...standing(object.sopInstanceUid) })),
  }
}
