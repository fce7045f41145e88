import { createHash } from 'node:crypto'
import type { Submission } from '../../contract/index.ts'
import { readCapped, TooMuch } from '../../server/upstream.ts'
import type { Audit } from '../audit.ts'
import { Refusal } from '../problem.ts'
import { isUid } from '../../dicom/web/uid.ts'
import { endedGrantFor, grantFor, studyIn } from '../rights.ts'
import { callerOf, type Ctx } from '../router.ts'
import type { Database, Sql } from '../sql/database.ts'
import { seenSeries, takeSeries } from '../visibility.ts'
import { passWriteGate } from './writeGate.ts'

/** An object is held whole in memory, and a time over in its database row: PGlite copies a value for each statement, on the hub's own thread. */
const sizeCap = 64 * 2 ** 20

export type SubmissionRow = {
  instance: string; dataset: string; study: string; series: string; sop_class: string; author: string; sha256: string; size: number
  state: Submission['state']; reason: string | null; attempts: number; received: Date; updated: Date
}
const columns = 'instance, dataset, study, series, sop_class, author, sha256, size, state, reason, attempts, received, updated'

export const describeSubmission = (row: SubmissionRow): Submission => ({
  sopInstanceUid: row.instance, dataset: row.dataset, study: row.study, series: row.series, sopClassUid: row.sop_class, sha256: row.sha256, bytes: row.size, state: row.state,
  ...(row.reason ? { reason: row.reason } : {}), attempts: row.attempts, received: row.received.toISOString(), updated: row.updated.toISOString(),
})

/** Of an object that came after its author's access had ended. */
const endedReason = 'your access to this data set has ended; it is kept at the hub for you, and was not sent to the hospital'

/** What people wrote: durable here when answered 201, then on its way to the hospital. Only the author sees it. */
export const createSubmissions = ({ database, audit, clock, onQueued }: { database: Database; audit: Audit; clock: () => Date; onQueued: () => void }) => {
  const own = async (sql: Sql, ctx: Ctx): Promise<SubmissionRow> => {
    const [row] = await sql<SubmissionRow>(`select ${columns} from submission where instance = $1 and author = $2`, [ctx.params['instance'] ?? '', callerOf(ctx).id])
    if (!row) throw new Refusal('notFound')
    return row
  }
  const bodyOf = async ({ request }: Ctx): Promise<Buffer> => {
    if (!request.body) throw new Refusal('badRequest', 'the body is empty')
    return readCapped(request.body, sizeCap).catch((error: unknown) => {
      throw error instanceof TooMuch ? new Refusal('tooLarge', `what is sent at once may have ${sizeCap / 2 ** 20} MB; send it in smaller parts`) : new Refusal('badRequest', 'the body broke off')
    })
  }
  /** @throws Refusal where the caller may not write into the study, or it is not of the data set */
  const writable = async (ctx: Ctx, dataset: string, study: string) => {
    const grant = await grantFor(ctx.sql, callerOf(ctx), dataset, 'IN_SITU_PROCESSING', clock())
    if (!grant.annotate) throw new Refusal('forbidden', 'your grant does not let you write into this data set')
    return { dataset, study, grant, ended: false, ...await studyIn(ctx.sql, dataset, study) }
  }
  /**
   * The same for a draft, which may have been drawn before its author's access ended: then it is taken, and kept here for its author alone.
   * @throws Refusal as `writable`, where the caller never was let in to write
   */
  const keepable = async (ctx: Ctx, dataset: string, study: string): Promise<Awaited<ReturnType<typeof writable>>> => {
    try {
      return await writable(ctx, dataset, study)
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'notFound') throw error
      return { dataset, study, grant: await endedGrantFor(ctx.sql, callerOf(ctx), dataset), ended: true, ...await studyIn(ctx.sql, dataset, study) }
    }
  }
  /** Takes one object, durably. @throws Refusal naming what is wrong with it */
  const accept = async (ctx: Ctx, instance: string, bytes: Buffer, { dataset, study, grant, ended, subject, studyDate }: Awaited<ReturnType<typeof writable>>): Promise<{ status: 200 | 201; json: Submission }> => {
    const caller = callerOf(ctx)
    if (!isUid(instance)) throw new Refusal('unprocessable', 'the SOP Instance UID is not a UID')
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const [known] = await ctx.sql<SubmissionRow>(`select ${columns} from submission where instance = $1`, [instance])
    if (known) {
      if (known.author !== caller.id || known.sha256 !== sha256) throw new Refusal('conflict', 'another object was submitted under this UID')
      if (ended || known.state !== 'rejected' || known.reason !== endedReason) return { status: 200, json: describeSubmission(known) }
      // Let in again: what was kept goes on its way.
      const [sent = known] = await ctx.sql<SubmissionRow>(`update submission set state = 'queued', reason = null, next_at = $2, updated = $2 where instance = $1 and state = 'rejected' returning ${columns}`, [instance, clock()])
      onQueued()
      return { status: 200, json: describeSubmission(sent) }
    }
    const { sopClassUid, seriesInstanceUid } = await passWriteGate(bytes, { instance, study, subject, studyDate, seenSeries: await seenSeries(ctx.sql, dataset, study, caller.id) })
    const now = clock()
    const row = await database.transaction(async (sql) => {
      await takeSeries(sql, { dataset, study, series: seriesInstanceUid, author: caller.id })
      const [written] = await sql<SubmissionRow>(`insert into submission (instance, dataset, study, series, sop_class, author, sha256, bytes, size, state, reason, next_at, received, updated)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $11, $12, $10, $10, $10) on conflict (instance) do nothing returning ${columns}`,
      [instance, dataset, study, seriesInstanceUid, sopClassUid, caller.id, sha256, bytes, bytes.byteLength, now, ended ? 'rejected' : 'queued', ended ? endedReason : null])
      if (!written) throw new Refusal('conflict', 'another object was submitted under this UID')
      await audit(sql, { person: caller.id, action: 'submit', subject: { dataset, study, instance, sopClassUid, sha256, grant: grant.id } })
      return written
    })
    if (!ended) onQueued()
    return { status: 201, json: describeSubmission(row) }
  }
  const put = async (ctx: Ctx) => {
    const query = new URL(ctx.request.url).searchParams
    const place = await keepable(ctx, query.get('dataset') ?? '', query.get('study') ?? '')
    const bytes = await bodyOf(ctx)
    if (ctx.request.headers.get('x-content-sha256') !== createHash('sha256').update(bytes).digest('hex')) throw new Refusal('unprocessable', 'the bytes that arrived are not those whose hash was stated; send them again')
    return accept(ctx, ctx.params['instance'] ?? '', bytes, place)
  }
  return {
    put, accept, bodyOf, writable,
    get: async (ctx: Ctx) => ({ json: describeSubmission(await own(ctx.sql, ctx)) }),
    list: async (ctx: Ctx) => ({ json: (await ctx.sql<SubmissionRow>(`select ${columns} from submission where author = $1 order by received desc limit 500`, [callerOf(ctx).id])).map(describeSubmission) }),
    bytes: async (ctx: Ctx): Promise<Response> => {
      await own(ctx.sql, ctx)
      const [row] = await ctx.sql<{ bytes: Uint8Array | null }>('select bytes from submission where instance = $1', [ctx.params['instance'] ?? ''])
      if (!row?.bytes) throw new Refusal('notFound', 'the bytes were kept until a day after they were verified')
      return new Response(new Uint8Array(row.bytes), { headers: { 'content-type': 'application/dicom' } })
    },
  }
}
