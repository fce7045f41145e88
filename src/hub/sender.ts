import { fullJitterMs, isDue, retryAfterMs } from '../domain/retry/retry.ts'
import { differences } from '../dicom/file/compare.ts'
import { UnreadableFile } from '../dicom/file/read.ts'
import { encodeMultipart } from '../dicom/web/multipart.ts'
import { readCapped, TooMuch, UpstreamSilent } from '../server/upstream.ts'
import type { Database } from './sql/database.ts'
import { Refusal } from './problem.ts'
import { mostRetryAfterMs, type NodeClient } from './upstreamNode.ts'

type Due = { instance: string; dataset: string; study: string; series: string; author: string; bytes: Uint8Array; attempts: number; node: string; received: Date }

/** An archive that is away is waited for this long; bytes are kept a day after they were verified, and for good where they never were. */
const patienceMs = 7 * 24 * 60 * 60_000
const keepMs = 24 * 60 * 60_000
const pause = { firstMs: 1_000, mostMs: 300_000 }
/** What one request may take: a hospital that trickles is asked again. A line of 50 kB a second is slow, not broken. */
const limitMs = (bytes: number): number => 60_000 + bytes / 50
/** Answers that say something of the object itself (PS3.18 10.5.3; RFC 9110); all others say something of the way or of the moment. */
const ofTheObject = new Set([202, 400, 409, 413, 415, 422])

type Fate = { state: 'verified' | 'differs' | 'rejected'; reason?: string } | { state: 'queued'; reason: string; waitMs?: number | undefined }
const again = (reason: string, waitMs?: number): Fate => ({ state: 'queued', reason, waitMs })

/**
 * Carries submissions to the archives: stores, reads back by a new request, compares the data sets. Each node has a lane of its own, so
 * that one slow hospital delays no other, and rests while its node is down or as long as the hospital asked. Several hubs share the work by row locks; what is cut short is done again, with the same UID and bytes.
 * @param onStored is told the data set before an object of it is called verified, so that it can be asked for by then
 */
export const createSender = ({ database, nodes, clock, random, onStored, onError = () => undefined }: {
  database: Database; nodes: Pick<NodeClient, 'ask' | 'nodes' | 'admits'>; clock: () => Date; random: () => number; onStored: (dataset: string) => Promise<void>; onError?: (error: unknown) => void
}) => {
  const lanes = new Map<string, { again: boolean; restsUntil: number; running?: Promise<void> }>(nodes.nodes.map(({ id }) => [id, { again: false, restsUntil: 0 }]))
  let disposed = false

  const claim = (node: string): Promise<Due | undefined> => database.transaction(async (sql) => {
    const now = clock()
    const [due] = await sql<Due>(`
      select s.instance, s.dataset, s.study, s.series, s.author, s.bytes, s.attempts, s.received, st.node from submission s
      join study st on st.dataset = s.dataset and st.study_uid = s.study
      where st.node = $2 and s.state in ('queued', 'sending', 'stored') and (s.next_at <= $1 or s.next_at > $3) order by s.next_at limit 1 for update of s skip locked`, [now, node, new Date(now.getTime() + mostRetryAfterMs)])
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
    const wholeMs = limitMs(bytes.byteLength)
    const answer = await nodes.ask(due.node, path, { by, dataset: due.dataset, study: due.study, method: 'POST', headers: { 'content-type': contentType, accept: 'application/dicom+json' }, body, wholeMs })
    const said = (await readCapped(answer.body, 1024 * 1024)).toString('utf8')
    const waitMs = retryAfterMs(answer.headers['retry-after'], clock(), mostRetryAfterMs)
    if (answer.status !== 200) {
      const { code, reason = `the hospital answered ${answer.status}` } = failureOf(said)
      // Out of resources (PS3.4 B.2.3): a full disk says nothing of the object.
      return ofTheObject.has(answer.status) && (code === undefined || code >> 8 !== 0xa7) ? { state: 'rejected', reason } : again(reason, waitMs)
    }
    await database.sql('update submission set state = $2, updated = $3 where instance = $1', [due.instance, 'stored', clock()])
    const readBack = async (): Promise<Buffer | Fate> => {
      const back = await nodes.ask(due.node, `${path}/series/${due.series}/instances/${due.instance}`, { by, dataset: due.dataset, study: due.study, headers: { accept: 'application/dicom' }, wholeMs })
      const read = await readCapped(back.body, bytes.byteLength * 2 + 65_536)
      return back.status === 200 ? read : again(`reading it back gave ${back.status}`, retryAfterMs(back.headers['retry-after'], clock(), mostRetryAfterMs))
    }
    const read = await readBack()
    if (!Buffer.isBuffer(read)) return read
    const tags = await differences(bytes, read)
    if (tags.length === 0) return { state: 'verified' }
    // An answer that was cut off on its way may be read as less: other values are what two requests brought alike.
    const second = await readBack()
    if (!Buffer.isBuffer(second)) return second
    return second.equals(read) ? { state: 'differs', reason: `the hospital holds other values in ${tags.slice(0, 5).join(', ')}` } : again('two readings of it brought different bytes')
  }

  const settle = async (due: Due, fate: Fate): Promise<void> => {
    const now = clock()
    const expired = fate.state === 'queued' && now.getTime() - due.received.getTime() > patienceMs
    await database.sql('update submission set state = $2, reason = $3, next_at = $4, updated = $5 where instance = $1', [
      due.instance, expired ? 'rejected' : fate.state, expired ? 'the hospital was away for seven days' : fate.reason ?? null, new Date(now.getTime() + Math.max(fate.state === 'queued' ? fate.waitMs ?? 0 : 0, fullJitterMs(due.attempts + 1, random(), pause))), now,
    ])
  }

  const rests = (node: string): boolean => !nodes.admits(node) || !isDue(lanes.get(node)?.restsUntil ?? 0, clock().getTime(), mostRetryAfterMs)
  const next = (node: string): Promise<Due | undefined> => (disposed || rests(node) ? Promise.resolve(undefined) : claim(node))
  const drain = async (node: string): Promise<void> => {
    for (let due = await next(node); due && !disposed; due = await next(node)) {
      const fate = await carry(due).catch((error: unknown): Fate => {
        const reason = brokenOff(error)
        if (reason === undefined) onError(error)
        return again(reason ?? 'the hub could not finish this')
      })
      const lane = lanes.get(node)
      if (lane && fate.state === 'queued' && fate.waitMs !== undefined) lane.restsUntil = clock().getTime() + fate.waitMs
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

/** What went wrong on the way, in words; undefined where it is a fault of this program or its database. */
const brokenOff = (error: unknown): string | undefined => {
  if (error instanceof Refusal) return error.message
  if (error instanceof UnreadableFile) return `what was read back is not whole: ${error.message}`
  if (error instanceof TooMuch) return `the answer of the hospital is too long: ${error.message}`
  return error instanceof UpstreamSilent || (error instanceof Error && 'code' in error) ? 'the answer of the hospital broke off' : undefined
}

/** Failure Reason (0008,1197) of the first failed item, and what can be said of it: its Error Comment (0000,0902), else the number. */
const failureOf = (answer: string): { readonly code?: number; readonly reason?: string } => {
  try {
    const failed = (JSON.parse(answer) as Record<string, { Value?: Record<string, { Value?: unknown[] }>[] }>)['00081198']?.Value?.[0]
    const text = failed?.['00000902']?.Value?.[0]
    const code = failed?.['00081197']?.Value?.[0]
    const reason = typeof text === 'string' ? text : typeof code === 'number' ? `failure reason ${code.toString(16).padStart(4, '0')}` : undefined
    return { ...(typeof code === 'number' ? { code } : {}), ...(reason === undefined ? {} : { reason }) }
  } catch {
    return {}
  }
}
