import { decodeSegmentation, type DecodedSegmentation } from '../dicom/seg/decode.ts'
import { decodeReport, type DecodedReport } from '../dicom/sr/decode.ts'
import { differingFields } from '../domain/measurement/differ.ts'
import { fromBase64, type Deliver, type FinishedObject } from './delivery.ts'
import { sameMarks } from './document.ts'
import type { Entry, Finalised } from './entries.ts'
import type { Log } from './log.ts'

type NotArrived = Extract<Entry, { type: 'notArrived' }>
/** Notes in the log how far an object came that has not arrived, where the log does not say so already. */
export const noteIn = async (log: Log, sopInstanceUid: string, state: NotArrived['state'], detail = ''): Promise<void> => {
  const last = (log.entries() as readonly Entry[]).findLast((entry) => entry.type === 'notArrived' && entry.sopInstanceUid === sopInstanceUid)
  if (last?.type !== 'notArrived' || last.state !== state || last.detail !== detail) await log.append({ type: 'notArrived', sopInstanceUid, state, detail } satisfies Entry)
}

/**
 * Notes that an object is tried again where it failed, and that it is at the hub; `told` resolves when that stands in the log, or
 * cannot: nobody's work waits for it.
 */
export const noteHub = (log: Log, sopInstanceUid: string): { readonly onHub: () => void; readonly told: () => Promise<void> } => {
  const failed = (log.entries() as readonly Entry[]).findLast((entry) => entry.type === 'notArrived' && entry.sopInstanceUid === sopInstanceUid)
  let note = failed?.type === 'notArrived' && failed.state === 'failed' ? noteIn(log, sopInstanceUid, 'device').catch(() => undefined) : Promise.resolve()
  return { onHub: () => { note = note.then(() => noteIn(log, sopInstanceUid, 'hub')).catch(() => undefined) }, told: () => note }
}

type NotVerified = { readonly kind: 'differs' | 'rejected'; readonly detail: string }
/** The names of marks, else the fields of the report, in which what came back is not what was sent. */
const differing = (sent: DecodedReport, back: DecodedReport): string => {
  const paths = differingFields(sent, back)
  const named = paths.flatMap((path) => sent.measurements[Number(/^measurements\.(\d+)/.exec(path)?.[1])]?.trackingId ?? [])
  return [...new Set(named.length > 0 ? named : paths)].slice(0, 20).join(', ')
}

/** Sends a finalised report until the hospital has it, reads it back by a request of its own and compares. @throws as `deliver` */
export const sendReport = async (deliver: Deliver, report: Finalised, onHub: () => void, onWaiting?: (detail: string) => void): Promise<{ readonly kind: 'verified'; readonly back: DecodedReport } | NotVerified> => {
  const delivered = await deliver(report, onHub, onWaiting)
  if (delivered.kind !== 'verified') return delivered
  const back = await decodeReport(delivered.back)
  // The same bytes say the same; an archive may write its own.
  const detail = delivered.asSent ? '' : differing(await decodeReport(fromBase64(report.base64)), back)
  return detail || !sameMarks(report.marks, back.measurements) ? { kind: 'differs', detail } : { kind: 'verified', back }
}

/** Whether two segmentations say the same: what they are, who made them, segments, and the bits of each frame where it lies. */
const same = (a: DecodedSegmentation, b: DecodedSegmentation): boolean => {
  const said = ({ frames, ...head }: DecodedSegmentation): string => JSON.stringify([head, frames.map(({ values: _values, ...place }) => place)])
  return said(a) === said(b) && a.frames.every((frame, index) => {
    const [sent, back] = [frame.values(), b.frames[index]?.values()]
    return sent.length === back?.length && sent.every((value, at) => value === back[at])
  })
}
/** The same of a segmentation. @throws as `deliver` */
export const sendSegmentation = async (deliver: Deliver, object: FinishedObject, name: string, onHub: () => void): Promise<{ readonly kind: 'verified' } | NotVerified> => {
  const delivered = await deliver(object, onHub)
  if (delivered.kind !== 'verified') return delivered
  if (delivered.asSent) return { kind: 'verified' }
  const [sent, back] = [await decodeSegmentation(fromBase64(object.base64)), await decodeSegmentation(delivered.back)]
  return same(sent, back) ? { kind: 'verified' } : { kind: 'differs', detail: name }
}
