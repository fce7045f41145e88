import { Hono, type Context } from 'hono'
import { frameBytes } from '../../dicom/file/frames.ts'
import { toDicomJson, type DicomJson } from '../../dicom/file/json.ts'
import { readPart10, UnreadableFile } from '../../dicom/file/read.ts'
import { BadMultipart, encodeMultipart, parseMultipart } from '../../dicom/web/multipart.ts'
import { matchesQido, parseQido } from '../../dicom/web/qido.ts'
import { failureReason, stowAnswer, type StowItem } from '../../dicom/web/stow.ts'
import { readCapped } from '../../server/upstream.ts'
import { renderFrame } from './rendered.ts'
import { instanceRow, seriesRow, studyRow } from './rows.ts'
import type { IndexedInstance, Store } from './store.ts'

export type DicomWebOptions = {
  readonly store: Store
  /** Absolute or rooted base of the addresses it writes, without a slash at the end. */
  readonly base: string
  /** Whether a study may be seen or written by this request; all where absent. */
  readonly mayUse?: (context: Context, instance: { studyInstanceUid: string; patientId: string }) => boolean
  /** Most bytes of one store request. */
  readonly storeCap?: number
}

const json = (rows: unknown, status = 200) => new Response(JSON.stringify(rows), { status, headers: { 'content-type': 'application/dicom+json' } })
const problem = (status: number, detail: string) =>
  new Response(JSON.stringify({ type: 'about:blank', title: detail, status, code: status === 404 ? 'notFound' : 'badRequest' }), { status, headers: { 'content-type': 'application/problem+json' } })
const bytes = (body: Uint8Array, type: string, status = 200) =>
  new Response(body as Uint8Array<ArrayBuffer>, { status, headers: { 'content-type': type, 'content-length': String(body.byteLength) } })
const boundary = 'ciw-part-5f0c1d3a9b7e'
const many = (parts: { type: string; body: Uint8Array; location?: string }[], type: string) => {
  const { body, contentType } = encodeMultipart(parts, boundary, type)
  return bytes(body, contentType)
}

/** Media types of compressed frames (PS3.18 table 8.7.3-5). */
const frameTypes: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.50': 'image/jpeg', '1.2.840.10008.1.2.4.51': 'image/jpeg', '1.2.840.10008.1.2.4.57': 'image/jpeg', '1.2.840.10008.1.2.4.70': 'image/jpeg',
  '1.2.840.10008.1.2.4.80': 'image/jls', '1.2.840.10008.1.2.4.81': 'image/jls', '1.2.840.10008.1.2.4.90': 'image/jp2', '1.2.840.10008.1.2.4.91': 'image/jp2',
  '1.2.840.10008.1.2.4.201': 'image/jphc', '1.2.840.10008.1.2.4.202': 'image/jphc', '1.2.840.10008.1.2.4.203': 'image/jphc', '1.2.840.10008.1.2.5': 'image/dicom-rle',
}
const frameType = (uid: string): string => `${frameTypes[uid] ?? 'application/octet-stream'}; transfer-syntax=${uid}`

/**
 * The DICOMweb services of the embedded archive (PS3.18): QIDO-RS, WADO-RS and STOW-RS over a store. Frames leave in their
 * stored transfer syntax.
 */
export const createDicomWeb = ({ store, base, mayUse, storeCap = 2 ** 30 }: DicomWebOptions): Hono => {
  const app = new Hono()
  const patientOf = (instance: IndexedInstance | undefined) => String(instance?.attributes['00100020']?.Value?.[0] ?? '')
  const allowed = (context: Context, studyInstanceUid: string) => {
    const study = store.study(studyInstanceUid)
    if (!study) return undefined
    const first = study.values().next().value?.values().next().value
    return !mayUse || mayUse(context, { studyInstanceUid, patientId: patientOf(first) }) ? study : undefined
  }
  const search = (context: Context, fixed: Record<string, string>, rows: () => Iterable<DicomJson>) => {
    const parsed = parseQido(new URL(context.req.url).searchParams, fixed)
    if (parsed.kind === 'refused') return problem(400, parsed.reason)
    const { limit, offset } = parsed.query
    const found = [...rows()].filter((row) => matchesQido(row, parsed.query))
    return json(found.slice(offset, offset + limit))
  }
  const instanceAt = (context: Context): IndexedInstance | undefined => {
    const { study = '', series = '', instance = '' } = context.req.param() as Record<string, string>
    return allowed(context, study)?.get(series)?.get(instance)
  }
  const metadataOf = async (instance: IndexedInstance): Promise<DicomJson> => {
    const place = `${base}/studies/${instance.studyInstanceUid}/series/${instance.seriesInstanceUid}/instances/${instance.sopInstanceUid}`
    const file = await readPart10(await store.read(instance))
    return { ...toDicomJson(file, (tag) => `${place}/bulkdata/${tag}`), '00083002': { vr: 'UI', Value: [instance.transferSyntaxUid] } }
  }
  const metadata = async (members: Iterable<IndexedInstance>) => {
    const all: DicomJson[] = []
    for (const instance of members) all.push(await metadataOf(instance))
    return json(all)
  }
  const whole = async (members: Iterable<IndexedInstance>) => {
    const parts: { type: string; body: Uint8Array }[] = []
    for (const instance of members) parts.push({ type: `application/dicom; transfer-syntax=${instance.transferSyntaxUid}`, body: await store.read(instance) })
    return many(parts, 'application/dicom')
  }

  app.onError((error) => {
    if (error instanceof UnreadableFile) return problem(422, error.message)
    if (error instanceof BadMultipart) return problem(400, error.message)
    throw error
  })

  app.get('/studies', (c) => search(c, {}, function* () {
    for (const [uid, series] of store.studies()) if (allowed(c, uid)) yield studyRow(uid, series, base)
  }))
  app.get('/studies/:study/series', (c) => search(c, { '0020000D': c.req.param('study') }, function* () {
    for (const [uid, members] of allowed(c, c.req.param('study')) ?? []) yield seriesRow(c.req.param('study'), uid, members, base)
  }))
  app.get('/studies/:study/series/:series/instances', (c) => search(c, { '0020000D': c.req.param('study'), '0020000E': c.req.param('series') }, function* () {
    for (const instance of allowed(c, c.req.param('study'))?.get(c.req.param('series'))?.values() ?? []) yield instanceRow(instance, base)
  }))
  app.get('/studies/:study/metadata', (c) => {
    const study = allowed(c, c.req.param('study'))
    return study ? metadata([...study.values()].flatMap((members) => [...members.values()])) : problem(404, 'no such study')
  })
  app.get('/studies/:study/series/:series/metadata', (c) => {
    const members = allowed(c, c.req.param('study'))?.get(c.req.param('series'))
    return members ? metadata(members.values()) : problem(404, 'no such series')
  })
  app.get('/studies/:study/series/:series/instances/:instance/metadata', (c) => {
    const instance = instanceAt(c)
    return instance ? metadata([instance]) : problem(404, 'no such instance')
  })
  app.get('/studies/:study', (c) => {
    const study = allowed(c, c.req.param('study'))
    return study ? whole([...study.values()].flatMap((members) => [...members.values()])) : problem(404, 'no such study')
  })
  app.get('/studies/:study/series/:series', (c) => {
    const members = allowed(c, c.req.param('study'))?.get(c.req.param('series'))
    return members ? whole(members.values()) : problem(404, 'no such series')
  })
  app.get('/studies/:study/series/:series/instances/:instance', async (c) => {
    const instance = instanceAt(c)
    if (!instance) return problem(404, 'no such instance')
    if (/^application\/dicom\b/.test(c.req.header('accept') ?? '')) return bytes(await store.read(instance), 'application/dicom')
    return whole([instance])
  })
  app.get('/studies/:study/series/:series/instances/:instance/frames/:frames', async (c) => {
    const instance = instanceAt(c)
    if (!instance) return problem(404, 'no such instance')
    const list = c.req.param('frames')
    if (!/^[1-9]\d{0,5}(,[1-9]\d{0,5})*$/.test(list)) return problem(400, 'the frame list is not numbers with commas')
    const numbers = list.split(',').map(Number)
    if (numbers.some((n) => n > instance.frames)) return problem(404, `the instance has ${instance.frames} frames`)
    const file = await readPart10(await store.read(instance))
    const type = frameType(instance.transferSyntaxUid)
    const frames = numbers.map((n) => ({ type, body: frameBytes(file, n) }))
    const [only] = frames
    const wantsSingle = !/multipart\/related/.test(c.req.header('accept') ?? 'multipart/related')
    if (wantsSingle && frames.length === 1 && only) return bytes(only.body, type)
    return many(frames, type.split(';')[0] ?? type)
  })
  const picture = async (instance: IndexedInstance, frame: number, maximum: number) =>
    bytes(await renderFrame(await readPart10(await store.read(instance)), frame, maximum), 'image/png')
  app.get('/studies/:study/series/:series/instances/:instance/rendered', (c) => {
    const instance = instanceAt(c)
    return instance ? picture(instance, 1, 2048) : problem(404, 'no such instance')
  })
  app.get('/studies/:study/series/:series/thumbnail', (c) => {
    const members = [...(allowed(c, c.req.param('study'))?.get(c.req.param('series'))?.values() ?? [])]
    const order = (instance: IndexedInstance) => Number(instance.attributes['00200013']?.Value?.[0] ?? 0)
    const middle = members.sort((a, b) => order(a) - order(b))[Math.floor(members.length / 2)]
    return middle ? picture(middle, Math.ceil(middle.frames / 2), 160) : problem(404, 'no such series')
  })
  app.get('/studies/:study/series/:series/instances/:instance/bulkdata/:tag', async (c) => {
    const instance = instanceAt(c)
    const tag = c.req.param('tag')
    if (!instance || !/^[0-9A-Fa-f]{8}$/.test(tag)) return problem(404, 'no such bulk data')
    const { dataSet } = await readPart10(await store.read(instance))
    const element = dataSet.elements[`x${tag.toLowerCase()}`]
    if (!element || element.items) return problem(404, 'no such bulk data')
    return bytes(dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length), 'application/octet-stream')
  })

  const storeInto = async (c: Context, study: string | undefined) => {
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
  const storeOne = async (c: Context, body: Uint8Array, study: string | undefined): Promise<StowItem> => {
    const failed = (reason: number, text: string, uids: { sopInstanceUid?: string; sopClassUid?: string } = {}): StowItem => ({ kind: 'failed', reason, text, ...uids })
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
      const outcome = await store.put(body)
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
  app.post('/studies', (c) => storeInto(c, undefined))
  app.post('/studies/:study', (c) => storeInto(c, c.req.param('study')))
  return app
}
