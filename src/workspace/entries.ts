import type { Measurement } from '../domain/measurement/types.ts'
import type { FinishedObject } from './delivery.ts'
import { markDifferences, type Operation } from './document.ts'
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

/**
 * What a log tells that no verified report tells yet: operations done since the newest such report was finalised, and a report that
 * was finalised since and may not have arrived.
 */
export const replay = (entries: readonly Entry[]): { readonly operations: readonly Operation[]; readonly done: readonly OperationEntry[]; readonly pending: Finalised | undefined } => {
  const arrived = new Set(entries.flatMap((entry) => (entry.type === 'reportVerified' ? [entry.sopInstanceUid] : [])))
  const at = entries.findLastIndex((entry) => entry.type === 'finalised' && arrived.has(entry.report.sopInstanceUid))
  const last = entries[at]
  const done = entries.slice(last?.type === 'finalised' ? last.upTo ?? at : 0).flatMap((entry) => (entry.type === 'operation' ? [entry] : []))
  return { operations: done.map(({ operation }) => operation), done, pending: entries.slice(at + 1).flatMap((entry) => (entry.type === 'finalised' ? [entry.report] : [])).at(-1) }
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
  for (const { trackingUid, before, after } of operations) {
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
    segmentations: waiting(entries).map(({ object, name }) => ({ name, ...standing(object.sopInstanceUid) })),
  }
}
