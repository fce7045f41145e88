import type { Measurement } from '../domain/measurement/types.ts'
import { emptyDocument, type Document } from './document.ts'
import type { Outlined } from './entries.ts'
import type { LogFault } from './logDatabase.ts'
import type { Contest } from './merge.ts'
import type { Version } from './reports.ts'
import type { KeptSegmentation } from './segmentations.ts'
import type { Room } from './storage.ts'

/** Where a mark is kept: not yet, on this device, at the hub, verified at the hospital; or what went wrong. */
export type MarkState = 'drawing' | 'device' | 'failed' | 'hub' | 'verified'
/** While it is saved, `detail` is why it is not there yet; it is tried again. */
export type SaveState = { readonly kind: 'idle' } | { readonly kind: 'saving'; readonly detail?: string } | { readonly kind: 'failed' | 'differs' | 'rejected'; readonly detail: string }

export type WorkspaceState = {
  readonly opening: boolean
  /** Why what the hospital holds is not shown: what is drawn meanwhile is kept on this device, and opening can be tried again. */
  readonly notOpened: string | undefined
  /** Why marks are not on this device's disk. */
  readonly notKept: string | undefined
  readonly document: Document
  /** Marks as the newest reports at the hospital have them. */
  readonly saved: readonly Measurement[]
  /** All saved versions of the marks, the newest first. */
  readonly versions: readonly Version[]
  /** Marks of which a person has to say what they are. Nothing is saved before. */
  readonly contests: readonly Contest[]
  readonly states: Readonly<Record<string, MarkState>>
  /** The newest segmentation made of each painting. */
  readonly outlined: ReadonlyMap<string, Outlined>
  readonly save: SaveState
  readonly selected: string | undefined
  /** What was wrong with the log of this device when it was opened. */
  readonly fault: LogFault | undefined
  readonly segmentations: readonly KeptSegmentation[]
  /** Why the hospital's segmentations could not be listed. */
  readonly notListed: string | undefined
  /** A step that was not undone or done again: its mark was changed or removed meanwhile, in another tab or by somebody else. */
  readonly left: { readonly trackingId: string; readonly gone: boolean } | undefined
  /** Who saved marks on this study while it was open here. */
  readonly colleagues: readonly string[]
  /** The room left on this device's disk, where it is little. */
  readonly low: Room | undefined
}
export const emptyState: WorkspaceState = {
  opening: true, notOpened: undefined, notKept: undefined, document: emptyDocument, saved: [], versions: [], contests: [], states: {}, outlined: new Map(), save: { kind: 'idle' }, selected: undefined, fault: undefined, segmentations: [], notListed: undefined, left: undefined, colleagues: [], low: undefined,
}

/** One try at a time; what failed is tried anew by whoever asks next. */
export const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let now: Promise<T> | undefined
  return () => {
    now ??= work().catch((error: unknown) => {
      now = undefined
      throw error
    })
    return now
  }
}
/** One after another: each call waits for the one before it. */
export const inTurn = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    const next = last.then(work)
    last = next.catch(() => undefined)
    return next
  }
}
