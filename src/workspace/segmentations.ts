import type { Submission } from '../contract/index.ts'
import { decodeSegmentation, type DecodedSegmentation } from '../dicom/seg/decode.ts'
import { detailOf, type Deliver, type FinishedObject } from './delivery.ts'
import type { Outside } from './port.ts'
import { sendSegmentation, type noteHub } from './sending.ts'

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
  /** `painting`: what was painted it says, up to which stroke. */
  | { readonly type: 'segmentation'; readonly object: FinishedObject; readonly name: string; readonly painting?: { readonly uid: string; readonly stroke: string } }
  | { readonly type: 'segmentationVerified'; readonly sopInstanceUid: string }

const stateOf = (fate: Submission | undefined): Pick<KeptSegmentation, 'state' | 'detail'> =>
  (!fate || fate.state === 'verified' ? { state: 'verified' } : fate.state === 'differs' || fate.state === 'rejected' ? { state: fate.state, ...(fate.reason ? { detail: fate.reason } : {}) } : { state: 'hub' })

/**
 * The study's segmentations: what is finished goes into the log, to the hospital, and is read back and compared.
 * @param append puts an entry into the log of this device, durably
 * @param alone does the work while no other tab sends the object, unless one brought it to the hospital meanwhile
 * @param note says in the log how far an object came
 */
export const createSegmentations = ({ outside, dataset, study, deliver, append, alone, note, noteHub: hubNote, onChange, stopped }: {
  outside: Outside; dataset: string; study: string; deliver: Deliver; append: (entry: SegmentationEntry) => Promise<unknown>; onChange: (list: readonly KeptSegmentation[]) => void; stopped: AbortSignal
  alone: (sopInstanceUid: string, work: () => Promise<void>) => Promise<'done' | 'arrived'>; note: (sopInstanceUid: string, state: 'failed' | 'differs' | 'rejected', detail?: string) => Promise<void>; noteHub: (sopInstanceUid: string) => Promise<ReturnType<typeof noteHub>>
}) => {
  let list: readonly KeptSegmentation[] = []
  /** Objects of this session that have not arrived. */
  const unsent = new Map<string, { readonly object: FinishedObject; readonly name: string }>()
  const put = (one: KeptSegmentation): void => {
    const others = list.filter(({ sopInstanceUid }) => sopInstanceUid !== one.sopInstanceUid)
    list = [...others, one]
    onChange(list)
  }
  const carry = async (object: FinishedObject, name: string): Promise<void> => {
    const { sopInstanceUid, seriesInstanceUid } = object
    const now = (state: KeptSegmentation['state'], detail?: string): void => put({ sopInstanceUid, seriesInstanceUid, name, state, ...(detail === undefined ? {} : { detail }) })
    unsent.set(sopInstanceUid, { object, name })
    now('device')
    const verified = (): void => {
      unsent.delete(sopInstanceUid)
      now('verified')
    }
    try {
      const done = await alone(sopInstanceUid, async () => {
        const { onHub, told } = await hubNote(sopInstanceUid)
        const sent = await sendSegmentation(deliver, object, name, () => {
          onHub()
          now('hub')
        })
        await told()
        if (sent.kind !== 'verified') {
          now(sent.kind, sent.detail)
          return note(sopInstanceUid, sent.kind, sent.detail)
        }
        await append({ type: 'segmentationVerified', sopInstanceUid })
        return verified()
      })
      if (done === 'arrived') verified()
    } catch (error) {
      if (stopped.aborted) return
      now('failed', detailOf(error))
      await note(sopInstanceUid, 'failed', detailOf(error)).catch(() => undefined)
    }
  }
  return {
    /** Durable on this device when it resolves; on its way from then on. */
    keep: async (object: FinishedObject, name: string, painting?: { readonly uid: string; readonly stroke: string }): Promise<void> => {
      await append({ type: 'segmentation', object, name, ...(painting ? { painting } : {}) })
      void carry(object, name)
    },
    /** Sends what an earlier session or another tab left in the log; what is not in it any more has arrived. */
    resume: (left: readonly { object: FinishedObject; name: string }[]): void => {
      for (const { object, name } of left) if (!list.some(({ sopInstanceUid }) => sopInstanceUid === object.sopInstanceUid)) void carry(object, name)
    },
    /** Sends again one that failed, with the same UID and bytes. */
    retry: (sopInstanceUid: string): void => {
      const one = unsent.get(sopInstanceUid)
      if (one && list.find((kept) => kept.sopInstanceUid === sopInstanceUid)?.state === 'failed') void carry(one.object, one.name)
    },
    /** Whether something waits in the log that the hospital does not have. */
    unsent: (): boolean => unsent.size > 0,
    /** Learns what the hospital holds. */
    list: async (): Promise<void> => {
      for (const { uid, description } of await outside.derivedSeries(dataset, study, 'SEG')) {
        for (const sopInstanceUid of await outside.instances(dataset, study, uid)) {
          if (list.some((one) => one.sopInstanceUid === sopInstanceUid)) continue
          // What the hospital holds was read back and compared by the hub, or never went through it.
          const fate = await outside.fate(sopInstanceUid)
          put({ sopInstanceUid, seriesInstanceUid: uid, name: description, ...stateOf(fate) })
        }
      }
    },
    /** @throws Error where it does not come, or is no segmentation that is understood */
    open: async ({ seriesInstanceUid, sopInstanceUid }: KeptSegmentation): Promise<DecodedSegmentation> => decodeSegmentation(await outside.instance(dataset, study, seriesInstanceUid, sopInstanceUid)),
  }
}
