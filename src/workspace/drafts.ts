import { createStore } from 'zustand/vanilla'
import { detailOf } from './delivery.ts'
import { unsynced, type Entry } from './entries.ts'
import { openLog, type Log } from './log.ts'
import { listLogs, type LogDatabase, type StudyEntry } from './logDatabase.ts'
import type { Outside } from './port.ts'
import { createKeys } from './seal.ts'
import { createSender } from './sender.ts'
import { inTurn, once } from './state.ts'
import { isLow } from './storage.ts'
import { createTabs, tryAgain } from './tabs.ts'
import { countOf, isSendable, sendables, type Draft, type DraftsState } from './waits.ts'

/**
 * All work of the signed-in person on this device that is not at its hospital, over all studies; nobody else's is read. One tab of the
 * browser leads and sends what was finished and waits, of studies that no tab has open; another takes over when it closes.
 */
export const createDrafts = ({ outside, database }: { outside: Outside; database: Promise<LogDatabase> }) => {
  const store = createStore<DraftsState>(() => ({ drafts: undefined, notRead: undefined, sending: new Set(), low: undefined }))
  const abort = new AbortController()
  const logs = new Map<string, Log>()
  const start = once(async () => {
    const [opened, keys] = [await database, await createKeys(outside.draftKey)]
    return { opened, keys, tabs: createTabs(opened.name) }
  })
  /** The log of a study, opened once. */
  const logOf = async ({ dataset, study, subject, date }: StudyEntry): Promise<Log> => {
    const { opened, keys, tabs } = await start()
    const log: Log = await openLog({ database: opened, keys, owner: { user: keys.user, dataset, study }, about: { subject, date }, clock: outside.clock, onWritten: () => {
      if (abort.signal.aborted) return
      tabs.tell(log.document)
      void changed()
    } })
    const known = logs.get(log.document)
    if (known) return known
    logs.set(log.document, log)
    return log
  }
  /** Logs of which everything has arrived: nobody needs to see them, and who leads frees their room. */
  let done: readonly Draft[] = []
  const read = inTurn(async (): Promise<void> => {
    const { opened, keys } = await start()
    const listed = await listLogs(opened, keys, keys.user)
    const drafts = await Promise.all(listed.map(async ({ document, records, entry, unreadable }): Promise<Draft> => {
      if (!entry) return { document, records, fault: { kind: unreadable ?? 'broken', sequence: 1 } }
      if (entry.aside) return { document, records, about: entry, fault: entry.aside }
      const log = logs.get(document) ?? await logOf(entry)
      const { fault } = await log.follow()
      return { document, records, about: entry, waits: unsynced(log.entries() as readonly Entry[]), ...(fault ? { fault } : {}) }
    }))
    const room = await outside.disk.room()
    store.setState({ low: room && isLow(room) ? room : undefined })
    done = drafts.filter((one) => !one.fault && one.waits && countOf(one) === 0)
    if (!abort.signal.aborted) store.setState({ notRead: undefined, drafts: drafts.filter((one) => !done.includes(one)).sort((a, b) => ((a.about?.changed ?? '') < (b.about?.changed ?? '') ? 1 : -1)) })
  })
  /** Reads anew; calls that come while it waits are one. */
  let asked = false
  const changed = async (): Promise<void> => {
    if (asked) return
    asked = true
    await Promise.resolve()
    const reading = read().catch((error: unknown) => { if (!abort.signal.aborted) store.setState({ notRead: detailOf(error) }) })
    asked = false
    await reading
  }

  const sender = createSender({ outside, signal: abort.signal, logOf, onSending: (sending) => store.setState({ sending }) })
  /** Where this tab leads: what can be sent is sent. */
  let leads = false
  const pass = async (again: boolean): Promise<void> => {
    const { tabs } = await start()
    for (const draft of [...store.getState().drafts ?? [], ...done]) if (leads && draft.about && !draft.fault && (isSendable(draft) || done.includes(draft))) sender.send(draft.document, draft.about, tabs, again)
  }
  const open = async (): Promise<void> => {
    try {
      const { tabs, keys } = await start()
      abort.signal.throwIfAborted()
      const stop = tabs.listen((what) => { if (what === tryAgain) void pass(true); else void changed().then(() => pass(false)) })
      abort.signal.addEventListener('abort', () => {
        stop()
        tabs.dispose()
      }, { once: true })
      await changed()
      tabs.alone(`lead ${keys.user}`, abort.signal, async () => {
        leads = true
        await pass(false)
        await new Promise<void>((resolve) => abort.signal.addEventListener('abort', () => resolve(), { once: true }))
      }).catch(() => undefined)
    } catch (error) {
      if (!abort.signal.aborted) store.setState({ notRead: detailOf(error) })
    }
  }
  let opening = open()
  /** Sends again what failed, in whichever tab leads or has it open. */
  const sync = async (): Promise<void> => {
    await opening
    const { tabs } = await start()
    tabs.tell(tryAgain)
    await changed()
    await pass(true)
  }
  return {
    store,
    /** Reads the drafts anew, where that failed before. */
    retry: async (): Promise<void> => {
      await opening
      if (store.getState().drafts === undefined) opening = open()
      else await changed()
    },
    sync,
    /**
     * Sends all that was finished, and waits for it.
     * @param onLeft how many are left of how many there were
     * @returns whether all arrived; else what one was told
     * @throws AbortError where the signal stops the waiting: the sending goes on
     */
    syncAndWait: async (signal: AbortSignal, onLeft: (left: number, all: number) => void): Promise<{ readonly kind: 'arrived' } | { readonly kind: 'failed'; readonly detail: string }> => {
      await opening
      const all = sendables(store.getState().drafts ?? []).length
      /** Objects seen on their way since: what failed before is no answer. */
      const tried = new Set<string>()
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const left = sendables(store.getState().drafts ?? [])
          onLeft(left.length, all)
          for (const { sopInstanceUid, state } of left) if (state !== 'failed') tried.add(sopInstanceUid)
          const failed = left.find(({ sopInstanceUid, state }) => state === 'failed' && tried.has(sopInstanceUid))
          if (left.length > 0 && !failed && !signal.aborted) return
          unsubscribe()
          if (signal.aborted) reject(new DOMException('stopped', 'AbortError'))
          else resolve(failed ? { kind: 'failed', detail: failed.detail ?? '' } : { kind: 'arrived' })
        }
        const unsubscribe = store.subscribe(look)
        signal.addEventListener('abort', look, { once: true })
        look()
        sync().catch(reject)
      })
    },
    dispose: () => abort.abort(),
  }
}
export type Drafts = ReturnType<typeof createDrafts>
