import type { DicomJson } from '../file/json.ts'

/** Failure Reason (0008,1197) values used here (PS3.18 table I.2-2; PS3.4 B.2.3). */
export const failureReason = {
  /** Processing failure. */
  processing: 0x0110,
  /** Duplicate SOP Instance with other bytes. */
  duplicate: 0x0111,
  /** Cannot understand: not a DICOM instance, or damaged. */
  cannotUnderstand: 0xc000,
  /** Data set does not match: the study is not the one of the path. */
  doesNotMatch: 0xa900,
  /** SOP Class not supported here. */
  notSupported: 0x0122,
  /** Out of resources. */
  outOfResources: 0xa700,
} as const

export type StowItem =
  | { readonly kind: 'stored'; readonly sopClassUid: string; readonly sopInstanceUid: string; readonly retrieveUrl: string }
  | { readonly kind: 'failed'; readonly sopClassUid?: string; readonly sopInstanceUid?: string; readonly reason: number; readonly text: string }

/**
 * The answer to a store request (PS3.18 10.5.3): 200 where all are stored, 409 where none is, 202 between.
 * The text of a failure stands in Error Comment (0000,0902) beside its code.
 */
export const stowAnswer = (items: readonly StowItem[], studyUrl: string | undefined): { status: 200 | 202 | 409; body: DicomJson } => {
  const stored = items.flatMap((item) => (item.kind === 'stored' ? [item] : []))
  const failed = items.flatMap((item) => (item.kind === 'failed' ? [item] : []))
  const uid = (value: string | undefined) => ({ vr: 'UI', ...(value ? { Value: [value] } : {}) })
  const body: DicomJson = {
    ...(studyUrl ? { '00081190': { vr: 'UR', Value: [studyUrl] } } : {}),
    ...(stored.length > 0 ? {
      '00081199': { vr: 'SQ', Value: stored.map((item) => ({ '00081150': uid(item.sopClassUid), '00081155': uid(item.sopInstanceUid), '00081190': { vr: 'UR', Value: [item.retrieveUrl] } })) },
    } : {}),
    ...(failed.length > 0 ? {
      '00081198': { vr: 'SQ', Value: failed.map((item) => ({ '00081150': uid(item.sopClassUid), '00081155': uid(item.sopInstanceUid), '00081197': { vr: 'US', Value: [item.reason] }, '00000902': { vr: 'LO', Value: [item.text.slice(0, 64)] } })) },
    } : {}),
  }
  return { status: failed.length === 0 && stored.length > 0 ? 200 : stored.length === 0 ? 409 : 202, body }
}
