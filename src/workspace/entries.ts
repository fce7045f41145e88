import type { Measurement } from '../domain/measurement/types.ts'
import type { FinishedObject } from './delivery.ts'
import type { Operation } from './document.ts'
import type { SegmentationEntry } from './segmentations.ts'

/** A finished report and the marks it says. */
export type Finalised = FinishedObject & { readonly marks: readonly Measurement[] }

/** What a record of the log says. */
export type Entry =
  | { readonly type: 'operation'; readonly operation: Operation }
  | { readonly type: 'finalised'; readonly report: Finalised }
  | { readonly type: 'reportVerified'; readonly sopInstanceUid: string }
  | SegmentationEntry

/**
 * What a log tells that no verified report tells yet: operations done since the newest such report was finalised, and a report that
 * was finalised since and may not have arrived.
 */
export const replay = (entries: readonly Entry[]): { readonly operations: readonly Operation[]; readonly pending: Finalised | undefined } => {
  const arrived = new Set(entries.flatMap((entry) => (entry.type === 'reportVerified' ? [entry.sopInstanceUid] : [])))
  const since = entries.slice(entries.findLastIndex((entry) => entry.type === 'finalised' && arrived.has(entry.report.sopInstanceUid)) + 1)
  return {
    operations: since.flatMap((entry) => (entry.type === 'operation' ? [entry.operation] : [])),
    pending: since.flatMap((entry) => (entry.type === 'finalised' ? [entry.report] : [])).at(-1),
  }
}
