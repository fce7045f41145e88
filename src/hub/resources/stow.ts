import { readPart10, UnreadableFile } from '../../dicom/file/read.ts'
import { BadMultipart, parseMultipart } from '../../dicom/web/multipart.ts'
import { failureReason, stowAnswer, type StowItem } from '../../dicom/web/stow.ts'
import { Refusal } from '../problem.ts'
import type { Ctx } from '../router.ts'
import type { Database } from '../sql/database.ts'
import type { createSubmissions, SubmissionRow } from './submissions.ts'

/** How long an answer waits for the hospital, and how often it looks. */
const waitMs = 20_000
const lookMs = 100
type Settled = Pick<SubmissionRow, 'instance' | 'sop_class' | 'series' | 'state' | 'reason'>
const reasons: Readonly<Record<string, number>> = { conflict: failureReason.duplicate, unprocessable: failureReason.cannotUnderstand }

/**
 * STOW-RS at the hub (PS3.18 10.5): each part is a submission, durable here before anything is answered. 200: the hospital holds all of
 * them; 202: some are refused, or still on their way; 409: all are refused.
 */
export const createStow = ({ database, submissions, clock }: { database: Database; submissions: ReturnType<typeof createSubmissions>; clock: () => Date }) => {
  const settled = async (instances: readonly string[]): Promise<Settled[]> => {
    const until = clock().getTime() + waitMs
    for (;;) {
      const rows = await database.sql<Settled>('select instance, sop_class, series, state, reason from submission where instance = any($1)', [instances])
      if (rows.every(({ state }) => state === 'verified' || state === 'differs' || state === 'rejected') || clock().getTime() > until) return rows
      await new Promise((resolve) => { setTimeout(resolve, lookMs) })
    }
  }
  return async (ctx: Ctx): Promise<Response> => {
    const { dataset = '', study = '' } = ctx.params
    const place = await submissions.writable(ctx, dataset, study)
    const body = await submissions.bodyOf(ctx)
    let parts: readonly { readonly body: Uint8Array }[]
    try {
      parts = parseMultipart(body, ctx.request.headers.get('content-type') ?? '')
    } catch (error) {
      throw error instanceof BadMultipart ? new Refusal('badRequest', error.message) : error
    }
    if (parts.length === 0) throw new Refusal('badRequest', 'the body has no part')
    const failed: StowItem[] = []
    const taken: string[] = []
    for (const part of parts) {
      let sopInstanceUid = ''
      try {
        sopInstanceUid = (await readPart10(part.body)).dataSet.string('x00080018') ?? ''
        await submissions.accept(ctx, sopInstanceUid, Buffer.from(part.body), place)
        taken.push(sopInstanceUid)
      } catch (error) {
        if (!(error instanceof Refusal) && !(error instanceof UnreadableFile)) throw error
        failed.push({ kind: 'failed', ...(sopInstanceUid ? { sopInstanceUid } : {}), reason: error instanceof Refusal ? reasons[error.code] ?? failureReason.processing : failureReason.cannotUnderstand, text: error.message })
      }
    }
    const base = `/api/datasets/${dataset}/dicom-web/studies/${study}`
    const rows = taken.length > 0 ? await settled(taken) : []
    const items = rows.map(({ instance, sop_class: sopClassUid, series, state, reason }): StowItem => (state === 'verified'
      ? { kind: 'stored', sopClassUid, sopInstanceUid: instance, retrieveUrl: `${base}/series/${series}/instances/${instance}` }
      : { kind: 'failed', sopClassUid, sopInstanceUid: instance, reason: failureReason.processing, text: state === 'differs' || state === 'rejected' ? reason ?? state : 'kept at the hub, on its way to the hospital' }))
    const { status, body: answer } = stowAnswer([...items, ...failed], base)
    const onTheirWay = rows.some(({ state }) => state === 'queued' || state === 'sending' || state === 'stored')
    return new Response(JSON.stringify(answer), { status: onTheirWay ? 202 : status, headers: { 'content-type': 'application/dicom+json' } })
  }
}
