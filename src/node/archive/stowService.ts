import type { Context } from 'hono'
import { readPart10, UnreadableFile } from '../../dicom/file/read.ts'
import { BadMultipart, parseMultipart } from '../../dicom/web/multipart.ts'
import { failureReason, stowAnswer, type StowItem } from '../../dicom/web/stow.ts'
import { readCapped } from '../../server/upstream.ts'
import { json, problem } from './http.ts'

/** Whether a study may be seen or written by this request. */
export type MayUse = (context: Context, instance: { studyInstanceUid: string; patientId: string }) => boolean

/** Whether a series must not be seen by a request. */
export type Hidden = (seriesInstanceUid: string) => boolean

type Uids = { readonly sopInstanceUid?: string; readonly sopClassUid?: string }
/** What became of one instance that was handed to the archive. */
export type PutResult =
  | { readonly kind: 'stored' | 'same'; readonly instance: { readonly studyInstanceUid: string; readonly seriesInstanceUid: string; readonly sopInstanceUid: string; readonly sopClassUid: string } }
  | ({ readonly kind: 'conflict' } & Uids)
  | ({ readonly kind: 'refused'; readonly reason: string } & Uids)

/**
 * STOW-RS (PS3.18 10.5) over whatever stores one instance: each part is looked at before the archive sees it, and answered by itself.
 * @param storeCap most bytes of one request
 */
export const createStow = ({ base, mayUse, storeCap = 2 ** 30, put }: { base: string; mayUse?: MayUse; storeCap?: number; put: (bytes: Uint8Array, context: Context) => Promise<PutResult> }) => {
  const storeOne = async (c: Context, body: Uint8Array, study: string | undefined): Promise<StowItem> => {
    const failed = (reason: number, text: string, { sopInstanceUid, sopClassUid }: Uids = {}): StowItem => ({ kind: 'failed', reason, text, ...(sopInstanceUid ? { sopInstanceUid } : {}), ...(sopClassUid ? { sopClassUid } : {}) })
    let head: { studyUid: string; patientId: string } | undefined
    try {
      const { dataSet } = await readPart10(body)
      head = { studyUid: dataSet.string('x0020000d') ?? '', patientId: dataSet.string('x00100020') ?? '' }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error
      return failed(failureReason.cannotUnderstand, error.message)
    }
    if (study !== undefined && head.studyUid !== study) return failed(failureReason.doesNotMatch, 'the instance is of another study')
    if (mayUse && !mayUse(c, { studyInstanceUid: head.studyUid, patientId: head.patientId })) return failed(failureReason.doesNotMatch, 'the study is not in the data set')
    try {
      const outcome = await put(body, c)
      if (outcome.kind === 'refused') return failed(failureReason.cannotUnderstand, outcome.reason, outcome)
      if (outcome.kind === 'conflict') return failed(failureReason.duplicate, 'other bytes are stored under this UID', outcome)
      const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid } = outcome.instance
      return { kind: 'stored', sopClassUid, sopInstanceUid, retrieveUrl: `${base}/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}` }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOSPC' || code === 'EDQUOT') return failed(failureReason.outOfResources, 'the disk is full')
      throw error
    }
  }
  return async (c: Context, study: string | undefined): Promise<Response> => {
    const type = c.req.header('content-type') ?? ''
    const stream = c.req.raw.body
    if (!stream) return problem(400, 'the body is empty')
    let parts: { body: Uint8Array }[]
    try {
      const body = await readCapped(stream, storeCap)
      parts = parseMultipart(body, type)
    } catch (error) {
      return problem(error instanceof BadMultipart ? 400 : 413, error instanceof Error ? error.message : 'the body cannot be read')
    }
    if (parts.length === 0) return problem(400, 'the body has no part')
    const items: StowItem[] = []
    for (const { body } of parts) items.push(await storeOne(c, body, study))
    const { status, body } = stowAnswer(items, study ? `${base}/studies/${study}` : undefined)
    return json(body, status)
  }
}
