import { Hono, type Context } from 'hono'
import { frameBytes } from '../../dicom/file/frames.ts'
import { toDicomJson, type DicomJson } from '../../dicom/file/json.ts'
import { readPart10, UnreadableFile } from '../../dicom/file/read.ts'
import { BadMultipart } from '../../dicom/web/multipart.ts'
import { matchesQido, parseQido, type QidoQuery } from '../../dicom/web/qido.ts'
import { badFrames, bytes, frameType, frameList, json, many, problem, wantsSingle } from './http.ts'
import { renderFrame } from './rendered.ts'
import { instanceRow, seriesRow, studyRow } from './rows.ts'
import type { IndexedInstance, Store } from './store.ts'
import { createStow, type Hidden, type MayUse } from './stowService.ts'

export type DicomWebOptions = {
  /** The store that a request is about. */
  readonly storeOf: (context: Context) => Store
  /** Absolute or rooted base of the addresses it writes, without a slash at the end. */
  readonly base: string
  /** Whether a study may be seen or written by this request; all where absent. */
  readonly mayUse?: MayUse
  /** Series that this request must not see; none where absent. */
  readonly hides?: (context: Context) => Hidden
  /** Most bytes of one store request. */
  readonly storeCap?: number
}

/**
 * The DICOMweb services of the embedded archive (PS3.18): QIDO-RS, WADO-RS and STOW-RS over stores. Frames leave in their
 * stored transfer syntax.
 */
export const createDicomWeb = ({ storeOf, base, mayUse, hides, storeCap }: DicomWebOptions): Hono => {
  const app = new Hono()
  const patientOf = (instance: IndexedInstance | undefined) => String(instance?.attributes['00100020']?.Value?.[0] ?? '')
  const allowed = (context: Context, studyInstanceUid: string) => {
    const study = storeOf(context).study(studyInstanceUid)
    if (!study) return undefined
    const first = study.values().next().value?.values().next().value
    if (mayUse && !mayUse(context, { studyInstanceUid, patientId: patientOf(first) })) return undefined
    const hidden = hides?.(context)
    return hidden ? new Map([...study].filter(([series]) => !hidden(series))) : study
  }
  const search = (context: Context, fixed: Record<string, string>, rows: (include: QidoQuery['include']) => Iterable<DicomJson>) => {
    const parsed = parseQido(new URL(context.req.url).searchParams, fixed)
    if (parsed.kind === 'refused') return problem(400, parsed.reason)
    const { limit, offset } = parsed.query
    const found = [...rows(parsed.query.include)].filter((row) => matchesQido(row, parsed.query))
    return json(found.slice(offset, offset + limit))
  }
  const instanceAt = (context: Context): IndexedInstance | undefined => {
    const { study = '', series = '', instance = '' } = context.req.param() as Record<string, string>
    return allowed(context, study)?.get(series)?.get(instance)
  }
  const metadataOf = async (store: Store, instance: IndexedInstance): Promise<DicomJson> => {
    const place = `${base}/studies/${instance.studyInstanceUid}/series/${instance.seriesInstanceUid}/instances/${instance.sopInstanceUid}`
    const file = await readPart10(await store.read(instance))
    return { ...toDicomJson(file, (tag) => `${place}/bulkdata/${tag}`), '00083002': { vr: 'UI', Value: [instance.transferSyntaxUid] } }
  }
  const metadata = async (context: Context, members: Iterable<IndexedInstance>) => {
    const all: DicomJson[] = []
    for (const instance of members) all.push(await metadataOf(storeOf(context), instance))
    return json(all)
  }
  const whole = async (context: Context, members: Iterable<IndexedInstance>) => {
    const parts: { type: string; body: Uint8Array }[] = []
    for (const instance of members) parts.push({ type: `application/dicom; transfer-syntax=${instance.transferSyntaxUid}`, body: await storeOf(context).read(instance) })
    return many(parts, 'application/dicom')
  }

  app.onError((error) => {
    if (error instanceof UnreadableFile) return problem(422, error.message)
    if (error instanceof BadMultipart) return problem(400, error.message)
    throw error
  })

  app.get('/studies', (c) => search(c, {}, function* () {
    for (const [uid, series] of storeOf(c).studies()) if (allowed(c, uid)) yield studyRow(uid, series, base)
  }))
  app.get('/studies/:study/series', (c) => search(c, { '0020000D': c.req.param('study') }, function* (include) {
    for (const [uid, members] of allowed(c, c.req.param('study')) ?? []) yield seriesRow(c.req.param('study'), uid, members, base, include)
  }))
  app.get('/studies/:study/series/:series/instances', (c) => search(c, { '0020000D': c.req.param('study'), '0020000E': c.req.param('series') }, function* (include) {
    for (const instance of allowed(c, c.req.param('study'))?.get(c.req.param('series'))?.values() ?? []) yield instanceRow(instance, base, include)
  }))
  app.get('/studies/:study/metadata', (c) => {
    const study = allowed(c, c.req.param('study'))
    return study ? metadata(c, [...study.values()].flatMap((members) => [...members.values()])) : problem(404, 'no such study')
  })
  app.get('/studies/:study/series/:series/metadata', (c) => {
    const members = allowed(c, c.req.param('study'))?.get(c.req.param('series'))
    return members ? metadata(c, members.values()) : problem(404, 'no such series')
  })
  app.get('/studies/:study/series/:series/instances/:instance/metadata', (c) => {
    const instance = instanceAt(c)
    return instance ? metadata(c, [instance]) : problem(404, 'no such instance')
  })
  app.get('/studies/:study', (c) => {
    const study = allowed(c, c.req.param('study'))
    return study ? whole(c, [...study.values()].flatMap((members) => [...members.values()])) : problem(404, 'no such study')
  })
  app.get('/studies/:study/series/:series', (c) => {
    const members = allowed(c, c.req.param('study'))?.get(c.req.param('series'))
    return members ? whole(c, members.values()) : problem(404, 'no such series')
  })
  app.get('/studies/:study/series/:series/instances/:instance', async (c) => {
    const instance = instanceAt(c)
    if (!instance) return problem(404, 'no such instance')
    if (/^application\/dicom\b/.test(c.req.header('accept') ?? '')) return bytes(await storeOf(c).read(instance), 'application/dicom')
    return whole(c, [instance])
  })
  app.get('/studies/:study/series/:series/instances/:instance/frames/:frames', async (c) => {
    const instance = instanceAt(c)
    if (!instance) return problem(404, 'no such instance')
    const numbers = frameList(c.req.param('frames'))
    if (!numbers) return problem(400, badFrames)
    if (numbers.some((n) => n > instance.frames)) return problem(404, `the instance has ${instance.frames} frames`)
    const file = await readPart10(await storeOf(c).read(instance))
    const type = frameType(instance.transferSyntaxUid)
    const frames = numbers.map((n) => ({ type, body: frameBytes(file, n) }))
    const [only] = frames
    if (wantsSingle(c.req.header('accept')) && frames.length === 1 && only) return bytes(only.body, type)
    return many(frames, type.split(';')[0] ?? type)
  })
  const picture = async (context: Context, instance: IndexedInstance, frame: number, maximum: number) =>
    bytes(await renderFrame(await readPart10(await storeOf(context).read(instance)), frame, maximum), 'image/png')
  app.get('/studies/:study/series/:series/instances/:instance/rendered', (c) => {
    const instance = instanceAt(c)
    return instance ? picture(c, instance, 1, 2048) : problem(404, 'no such instance')
  })
  app.get('/studies/:study/series/:series/thumbnail', (c) => {
    const members = [...(allowed(c, c.req.param('study'))?.get(c.req.param('series'))?.values() ?? [])]
    const order = (instance: IndexedInstance) => Number(instance.attributes['00200013']?.Value?.[0] ?? 0)
    const middle = members.sort((a, b) => order(a) - order(b))[Math.floor(members.length / 2)]
    return middle ? picture(c, middle, Math.ceil(middle.frames / 2), 160) : problem(404, 'no such series')
  })
  app.get('/studies/:study/series/:series/instances/:instance/bulkdata/:tag', async (c) => {
    const instance = instanceAt(c)
    const tag = c.req.param('tag')
    if (!instance || !/^[0-9A-Fa-f]{8}$/.test(tag)) return problem(404, 'no such bulk data')
    const { dataSet } = await readPart10(await storeOf(c).read(instance))
    const element = dataSet.elements[`x${tag.toLowerCase()}`]
    if (!element || element.items) return problem(404, 'no such bulk data')
    return bytes(dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length), 'application/octet-stream')
  })

  const storeInto = createStow({ base, ...(mayUse ? { mayUse } : {}), ...(storeCap ? { storeCap } : {}), put: (body, context) => storeOf(context).put(body) })
  app.post('/studies', (c) => storeInto(c, undefined))
  app.post('/studies/:study', (c) => storeInto(c, c.req.param('study')))
  return app
}
