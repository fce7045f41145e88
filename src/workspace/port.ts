import type { Submission } from '../contract/index.ts'
import type { Disk } from './storage.ts'

/** What the workspace needs of the world outside; the app hands in the real one, tests another. Nothing asked of the hub may wait for ever. */
export type Outside = {
  /** The key of the draft log, the newest version of it or the one named. */
  readonly draftKey: (version?: number) => Promise<{ readonly version: number; readonly key: string; readonly user: string }>
  /** 201 or 200 of the hub: the bytes are durable there. */
  readonly submit: (object: { readonly sopInstanceUid: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly sha256: string; readonly dataset: string; readonly study: string }) => Promise<Submission>
  readonly submission: (sopInstanceUid: string) => Promise<Submission>
  /** What became of an object that was sent at any time; undefined where it did not go through this hub, or somebody else sent it. */
  readonly fate: (sopInstanceUid: string) => Promise<Submission | undefined>
  /** The series of derived objects of a study, by QIDO. */
  readonly derivedSeries: (dataset: string, study: string, modality: 'SR' | 'SEG' | 'RTSTRUCT' | 'PR' | 'KO') => Promise<readonly { readonly uid: string; readonly description: string }[]>
  /** SOP Instance UIDs of a series. */
  readonly instances: (dataset: string, study: string, series: string) => Promise<readonly string[]>
  /** Whole bytes of an instance, by a new request (WADO-RS); `bytes` is how many they are about, where that is known. */
  readonly instance: (dataset: string, study: string, series: string, sopInstanceUid: string, bytes?: number) => Promise<Uint8Array>
  readonly disk: Disk
  readonly clock: () => Date
  /** A new UID under 2.25. */
  readonly newUid: () => string
  /** @throws AbortError once the signal is aborted, also where it already was */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  readonly random: () => number
}

/** UUID as a UID (PS3.5 B.2). */
export const uidOfUuid = (uuid: string): string => `2.25.${BigInt(`0x${uuid.replaceAll('-', '')}`)}`
