import type { Submission } from '../contract/index.ts'

/** What the workspace needs of the world outside; the app hands in the real one, tests another. */
export type Outside = {
  readonly draftKey: () => Promise<{ readonly version: number; readonly key: string; readonly user: string }>
  /** 201 or 200 of the hub: the bytes are durable there. */
  readonly submit: (object: { readonly sopInstanceUid: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly sha256: string; readonly dataset: string; readonly study: string }) => Promise<Submission>
  readonly submission: (sopInstanceUid: string) => Promise<Submission>
  /** The series of derived objects of a study (SR, SEG), by QIDO. */
  readonly derivedSeries: (dataset: string, study: string, modality: 'SR' | 'SEG') => Promise<readonly { readonly uid: string; readonly description: string }[]>
  /** SOP Instance UIDs of a series. */
  readonly instances: (dataset: string, study: string, series: string) => Promise<readonly string[]>
  /** Whole bytes of an instance, by a new request (WADO-RS). */
  readonly instance: (dataset: string, study: string, series: string, sopInstanceUid: string) => Promise<Uint8Array>
  readonly clock: () => Date
  /** A new UID under 2.25. */
  readonly newUid: () => string
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  readonly random: () => number
}

/** UUID as a UID (PS3.5 B.2). */
export const uidOfUuid = (uuid: string): string => `2.25.${BigInt(`0x${uuid.replaceAll('-', '')}`)}`
