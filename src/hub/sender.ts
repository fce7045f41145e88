import { differences } from '../dicom/file/compare.ts'
import { encodeMultipart } from '../dicom/web/multipart.ts'
import { readCapped } from '../server/upstream.ts'
import type { Database } from './sql/database.ts'
import type { NodeClient } from './upstreamNode.ts'

type Due = { instance: string; dataset: string; study: string; series: string; author: string; bytes: Uint8Array; attempts: number; node: string; received: Date }

/** An archive that is away is waited for this long; bytes are kept a day after they were verified, and for good where they never were. */
const patienceMs = 7 * 24 * 60 * 60_000
const keepMs = 24 * 60 * 60_000
/** Full jitter (Brooker): a random pause up to a bound that doubles, at most five minutes. */
const pauseMs = (attempts: number, random: () => number): number => random() * Math.min(300_000, 1_000 * 2 ** Math.min(attempts, 9))

type Fate = { state: 'verified' | 'differs' | 'rejected'; reason?: string } | { state: 'queued'; reason: string }

/**
 * Carries submissions to the archives: stores, reads back by a new request, compares the data sets. Each node has a lane of its own, so
 * that one slow hospital delays no other. Several hubs share the work by row locks; what is cut short is done again, with the same UID and bytes.
 * @param onStored is told the data set before an object of it is called verified, so that it can be asked for by then
 */
export const createSender = ({ database, nodes, clock, random, onStored, onError = () => undefined }: {
  database: Database; nodes: Pick<NodeClient, 'ask' | 'nodes'>; clock: () => Date; random: () => number; onStored: (dataset: string) => Promise<void>; onError?: (error: unknown) => void
}) => {
  const lanes = new Map<string, { again: boolean; running?: Promise<void> }>(nodes.nodes.map(({ id }) => [id, { again: false }]))
  let disposed = false

  const claim = (node: string): Promise<Due | undefined> => database.transaction(async (sql) => {
    const now = clock()
    const [due] = await sql<Due>(`
      select s.instance, s.dataset, s.study, s.series, s.author, s.bytes, s.attempts, s.received, st.node from submission s
      join study st on st.dataset = s.dataset and st.study_uid = s.study
      where st.node = $2 and s.state in ('queued', 'sending', 'stored') and s.next_at <= $1 order by s.next_at limit 1 for update of s skip locked`, [now, node])
    if (!due) return undefined
    // Whoever dies with it in hand gives it back after a minute.
    await sql('update submission set state = $2, attempts = attempts + 1, next_at = $3, updated = $4 where instance = $1', [due.instance, 'sending', new Date(now.getTime() + 60_000), now])
    return due
  })

  const carry = async (due: Due): Promise<Fate> => {
    const by = { user: due.author, purpose: 'submission', grant: 'submission' }
    const bytes = new Uint8Array(due.bytes)
    const { body, contentType } = encodeMultipart([{ type: 'application/dicom', body: bytes }], 'application/dicom')
    const path = `/dicom-web/studies/${due.study}`
    const answer = await nodes.ask(due.node, path, { by, dataset: due.dataset, study: due.study, method: 'POST', headers: { 'content-type': contentType, accept: 'application/dicom+json' }, body })
    const said = (await readCapped(answer.body, 1024 * 1024)).toString('utf8')
    if (answer.status >= 500 || answer.status === 429 || answer.status === 401) return { state: 'queued', reason: `the hospital answered ${answer.status}` }
    if (answer.status !== 200) return { state: 'rejected', reason: reasonOf(said) ?? `the hospital answered ${answer.status}` }
    await database.sql('update submission set state = $2, updated = $3 where instance = $1', [due.instance, 'stored', clock()])
    const back = await nodes.ask(due.node, `${path}/series/${due.series}/instances/${due.instance}`, { by, dataset: due.dataset, study: due.study, headers: { accept: 'application/dicom' } })
    const read = await readCapped(back.body, bytes.byteLength * 2 + 65_536)
    if (back.status !== 200) return { state: 'queued', reason: `reading it back gave ${back.status}` }
    const tags = await differences(bytes, read)
    return tags.length === 0 ? { state: 'verified' } : { state: 'differs', reason: `the hospital holds other values in ${tags.slice(0, 5).join(', ')}` }
  }

  const settle = async (due: Due, fate: Fate): Promise<void> => {
    const now = clock()
    const expired = fate.state === 'queued' && now.getTime() - due.received.getTime() > patienceMs
    await database.sql('update submission set state = $2, reason = $3, next_at = $4, updated = $5 where instance = $1', [
      due.instance, expired ? 'rejected' : fate.state, expired ? 'the hospital was away for seven days' : fate.reason ?? null, new Date(now.getTime() + pauseMs(due.attempts + 1, random)), now,
    ])
  }

  const drain = async (node: string): Promise<void> => {
    for (let due = await claim(node); due && !disposed; due = await claim(node)) {
      const fate = await carry(due).catch((error: unknown): Fate => ({ state: 'queued', reason: error instanceof Error ? error.message : 'the hospital did not answer' }))
      // Before it is said to be there it can be asked for: the index knows its series first.
      if (fate.state === 'verified' || fate.state === 'differs') await onStored(due.dataset).catch(() => undefined)
      await settle(due, fate)
    }
  }
  const forget = (): Promise<unknown> =>
    database.sql("update submission set bytes = null where state = 'verified' and bytes is not null and updated < $1", [new Date(clock().getTime() - keepMs)])

  /** Looks for due work now, in every lane; asked while at it, a lane looks once more. Resolves when no lane has work that is due. */
  const wake = async (): Promise<void> => {
    await Promise.all([...lanes].map(([node, lane]) => {
      lane.again = true
      // Ended and forgotten in one step: whoever asks in between would be told of an end that has not seen what they ask for.
      lane.running ??= (async () => {
        try {
          while (lane.again && !disposed) {
            lane.again = false
            await drain(node)
          }
        } catch (error) {
          onError(error)
        } finally {
          delete lane.running
        }
      })()
      return lane.running
    }))
  }
  return {
    wake, forget,
    dispose: async () => {
      disposed = true
      await Promise.all([...lanes.values()].map(({ running }) => running))
    },
  }
}

/** Error Comment (0000,0902) or Failure Reason (0008,1197) of the first failed item. */
const reasonOf = (answer: string): string | undefined => {
  try {
    const failed = (JSON.parse(answer) as Record<string, { Value?: Record<string, { Value?: unknown[] }>[] }>)['00081198']?.Value?.[0]
    const text = failed?.['00000902']?.Value?.[0]
    const code = failed?.['00081197']?.Value?.[0]
    return typeof text === 'string' ? text : typeof code === 'number' ? `failure reason ${code.toString(16).padStart(4, '0')}` : undefined
  } catch {
    return undefined
  }
}
