import { ApiFailure } from '../api/index.ts'
import { createDelivery, detailOf, type Delivered } from './delivery.ts'
import { replay, waiting, type Entry } from './entries.ts'
import type { Log } from './log.ts'
import type { StudyEntry } from './logDatabase.ts'
import type { Outside } from './port.ts'
import { noteHub, noteIn, sendReport, sendSegmentation } from './sending.ts'
import type { Tabs } from './tabs.ts'

type Result = { readonly kind: 'verified' } | Exclude<Delivered, { kind: 'verified' }>

/**
 * Sends what waits in the logs of studies that no tab has open. Studies of one data set go one after another: a hospital that is away
 * holds up nobody but its own.
 */
export const createSender = ({ outside, signal, logOf, onSending }: { outside: Outside; signal: AbortSignal; logOf: (about: StudyEntry) => Promise<Log>; onSending: (documents: ReadonlySet<string>) => void }) => {
  const queues = new Map<string, Promise<void>>()
  const asked = new Set<string>()
  const sending = new Set<string>()
  /** Objects that failed: they are tried again when somebody asks. */
  const failed = new Set<string>()

  const sendAll = async (log: Log, { dataset, study }: StudyEntry, tabs: Tabs): Promise<void> => {
    const deliver = createDelivery({ outside, dataset, study, signal })
    const entries = (): readonly Entry[] => log.entries() as readonly Entry[]
    const one = async (sopInstanceUid: string, isWaiting: () => boolean, send: (onHub: () => void) => Promise<Result>, arrived: Entry): Promise<void> => {
      if (failed.has(sopInstanceUid)) return
      try {
        await tabs.alone(`object/${sopInstanceUid}`, signal, async () => {
          await log.follow()
          if (!isWaiting()) return
          const { onHub, told } = noteHub(log, sopInstanceUid)
          const sent = await send(onHub)
          await told()
          if (sent.kind === 'verified') await log.append(arrived)
          else {
            failed.add(sopInstanceUid)
            await noteIn(log, sopInstanceUid, sent.kind, sent.detail)
          }
        })
      } catch (error) {
        if (signal.aborted) throw error
        failed.add(sopInstanceUid)
        // Who is not signed in any more is told so; it is no word on the object.
        if (!(error instanceof ApiFailure && error.kind === 'signedOut')) await noteIn(log, sopInstanceUid, 'failed', detailOf(error))
      }
    }
    await log.follow()
    for (const { object, name } of waiting(entries())) {
      const { sopInstanceUid } = object
      await one(sopInstanceUid, () => waiting(entries()).some((left) => left.object.sopInstanceUid === sopInstanceUid), (onHub) => sendSegmentation(deliver, object, name, onHub), { type: 'segmentationVerified', sopInstanceUid })
    }
    const report = replay(entries()).pending
    if (report) await one(report.sopInstanceUid, () => replay(entries()).pending?.sopInstanceUid === report.sopInstanceUid, (onHub) => sendReport(deliver, report, onHub), { type: 'reportVerified', sopInstanceUid: report.sopInstanceUid })
    const { fault } = await log.follow()
    // What was done to marks and taken back can still be done again by whoever opens the study.
    if (!fault && !replay(entries()).waits && waiting(entries()).length === 0) await log.wipe(log.newest())
  }
  return {
    /**
     * Whoever has the study open sends it; closed, it is sent here.
     * @param again also what failed before in this tab
     */
    send: (document: string, about: StudyEntry, tabs: Tabs, again: boolean): void => {
      if (again) failed.clear()
      if (asked.has(document)) return
      asked.add(document)
      const inQueue = (): Promise<void> => {
        const next = (queues.get(about.dataset) ?? Promise.resolve()).then(async () => {
          signal.throwIfAborted()
          sending.add(document)
          onSending(new Set(sending))
          await sendAll(await logOf(about), about, tabs)
        }).finally(() => {
          sending.delete(document)
          if (!signal.aborted) onSending(new Set(sending))
        })
        queues.set(about.dataset, next.catch(() => undefined))
        return next
      }
      // What goes wrong stands in the log, or this tab is going.
      tabs.alone(`open/${document}`, signal, inQueue).catch(() => undefined).finally(() => asked.delete(document))
    },
  }
}
