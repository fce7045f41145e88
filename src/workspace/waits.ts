import type { LogFault, StudyEntry } from './logDatabase.ts'
import type { Room } from './storage.ts'

/** Of something that is finished and has not arrived: how far it came, and why not farther. */
export type Sending = { readonly sopInstanceUid: string; readonly state: 'device' | 'hub' | 'failed' | 'differs' | 'rejected'; readonly detail?: string }
/** What of a study is not yet at the hospital. */
export type Unsynced = {
  /** Marks that no report says as they are now; what was deleted since counts too. */
  readonly marks: number
  /** What was painted and no segmentation says as it is now. */
  readonly paintings: number
  readonly report?: Sending & { readonly marks: number }
  readonly segmentations: readonly (Sending & { readonly name: string })[]
}

/** A log of the signed-in person on this device. */
export type Draft = {
  /** Its name in the database. */
  readonly document: string
  readonly records: number
  /** What it is about; missing where that cannot be read. */
  readonly about?: StudyEntry
  /** What of it is not at the hospital; missing where the log was set aside or nothing of it can be read. */
  readonly waits?: Unsynced
  /** Where it stops being readable. */
  readonly fault?: LogFault
}
export type DraftsState = {
  /** Undefined until they were read for the first time. */
  readonly drafts: readonly Draft[] | undefined
  /** Why they could not be read. */
  readonly notRead: string | undefined
  /** Logs that this tab is sending from now. */
  readonly sending: ReadonlySet<string>
  /** The room left on this device's disk, where it is little. */
  readonly low: Room | undefined
}

/** What was finished and waits to be sent, of all studies: nobody said that it cannot arrive. */
export const sendables = (drafts: readonly Draft[]): Sending[] => drafts.flatMap(({ waits }) => [...waits?.report ? [waits.report] : [], ...waits?.segmentations ?? []]).filter(({ state }) => state !== 'differs' && state !== 'rejected')
/** Whether something of it waits to be sent. */
export const isSendable = (draft: Draft): boolean => sendables([draft]).length > 0
const finished = ({ waits }: Draft): number => (waits?.report ? 1 : 0) + (waits?.segmentations.length ?? 0)
/** How many things of a study are not at its hospital. */
export const countOf = (draft: Draft): number => (draft.waits?.marks ?? 0) + (draft.waits?.paintings ?? 0) + finished(draft)
const sum = (drafts: readonly Draft[], of: (draft: Draft) => number): number => drafts.reduce((all, draft) => all + of(draft), 0)
/** The same of all studies. */
export const countAll = (drafts: readonly Draft[]): number => sum(drafts, countOf)
/** What of all studies is not at its hospital: marks that were never saved, what can be sent, and what a hospital did not accept. */
export const tally = (drafts: readonly Draft[]): { readonly marks: number; readonly sendable: number; readonly stuck: number } => {
  const sendable = sendables(drafts).length
  return { marks: sum(drafts, ({ waits }) => (waits?.marks ?? 0) + (waits?.paintings ?? 0)), sendable, stuck: sum(drafts, finished) - sendable }
}
