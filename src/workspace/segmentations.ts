import { decodeSegmentation, type DecodedSegmentation } from '../dicom/seg/decode.ts'
import { detailOf, fromBase64, type Deliver, type FinishedObject } from './delivery.ts'
import type { Outside } from './port.ts'

/** A segmentation of the study: where it is kept, and what a person would call it. */
export type KeptSegmentation = {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly name: string
  readonly state: 'device' | 'hub' | 'verified' | 'failed' | 'differs' | 'rejected'
  readonly detail?: string
}

/** What the log keeps of it: the object itself before it is sent, and that it arrived. */
export type SegmentationEntry =
  | { readonly type: 'segmentation'; readonly object: FinishedObject; readonly name: string }
  | { readonly type: 'segmentationVerified'; readonly sopInstanceUid: string }

/** Objects in a log that did not arrive yet. */
export const waiting = (entries: readonly { readonly type: string }[]): { object: FinishedObject; name: string }[] => {
  const known = entries as readonly SegmentationEntry[]
  const arrived = new Set(known.flatMap((entry) => (entry.type === 'segmentationVerified' ? [entry.sopInstanceUid] : [])))
  return known.flatMap((entry) => (entry.type === 'segmentation' && !arrived.has(entry.object.sopInstanceUid) ? [{ object: entry.object, name: entry.name }] : []))
}

/** Whether two segmentations say the same: segments, and the bits of each frame where it lies. */
const same = (a: DecodedSegmentation, b: DecodedSegmentation): boolean => {
  const said = ({ segments, frames }: DecodedSegmentation): string => JSON.stringify([segments, frames.map(({ segmentNumber, plane }) => [segmentNumber, plane])])
  return said(a) === said(b) && a.frames.every((frame, index) => {
    const [sent, back] = [frame.values(), b.frames[index]?.values()]
    return sent.every((value, at) => value === back?.[at])
  })
}

/**
 * The study's segmentations: what is finished goes into the log, to the hospital, and is read back and compared.
 * @param append puts an entry into the log of this device, durably
 */
export const createSegmentations = ({ outside, dataset, study, deliver, append, onChange, stopped }: {
  outside: Outside; dataset: string; study: string; deliver: Deliver; append: (entry: SegmentationEntry) => Promise<unknown>; onChange: (list: readonly KeptSegmentation[]) => void; stopped: AbortSignal
}) => {
  let list: readonly KeptSegmentation[] = []
  const put = (one: KeptSegmentation): void => {
    const others = list.filter(({ sopInstanceUid }) => sopInstanceUid !== one.sopInstanceUid)
    list = [...others, one]
    onChange(list)
  }
  const carry = async (object: FinishedObject, name: string): Promise<void> => {
    const { sopInstanceUid, seriesInstanceUid } = object
    const now = (state: KeptSegmentation['state'], detail?: string): void => put({ sopInstanceUid, seriesInstanceUid, name, state, ...(detail === undefined ? {} : { detail }) })
    now('device')
    try {
      const delivered = await deliver(object, () => now('hub'))
      if (delivered.kind !== 'verified') return now(delivered.kind, delivered.detail)
      const [sent, back] = [await decodeSegmentation(fromBase64(object.base64)), await decodeSegmentation(delivered.back)]
      if (!same(sent, back)) return now('differs', name)
      await append({ type: 'segmentationVerified', sopInstanceUid })
      now('verified')
    } catch (error) {
      if (!stopped.aborted) now('failed', detailOf(error))
    }
    return undefined
  }
  return {
    /** Durable on this device when it resolves; on its way from then on. */
    keep: async (object: FinishedObject, name: string): Promise<void> => {
      await append({ type: 'segmentation', object, name })
      void carry(object, name)
    },
    /** Sends again what an earlier session left in the log. */
    resume: (left: readonly { object: FinishedObject; name: string }[]): void => { for (const { object, name } of left) void carry(object, name) },
    /** Whether something waits in the log that the hospital does not have. */
    unsent: (): boolean => list.some(({ state }) => state !== 'verified'),
    /** Learns what the hospital holds. */
    list: async (): Promise<void> => {
      for (const { uid, description } of await outside.derivedSeries(dataset, study, 'SEG')) {
        for (const sopInstanceUid of await outside.instances(dataset, study, uid)) {
          if (!list.some((one) => one.sopInstanceUid === sopInstanceUid)) put({ sopInstanceUid, seriesInstanceUid: uid, name: description, state: 'verified' })
        }
      }
    },
    /** @throws Error where it does not come, or is no segmentation that is understood */
    open: async ({ seriesInstanceUid, sopInstanceUid }: KeptSegmentation): Promise<DecodedSegmentation> => decodeSegmentation(await outside.instance(dataset, study, seriesInstanceUid, sopInstanceUid)),
  }
}
