import { Hono, type Context } from 'hono'
import { differences } from '../../../dicom/file/compare.ts'
import type { DicomJson } from '../../../dicom/file/json.ts'
import { frameBytes, numberOfFrames } from '../../../dicom/file/frames.ts'
import { readPart10, UnreadableFile } from '../../../dicom/file/read.ts'
import { BadMultipart } from '../../../dicom/web/multipart.ts'
import { matchesQido, parseQido } from '../../../dicom/web/qido.ts'
import { isUid } from '../../../dicom/web/uid.ts'
import { badFrames, bytes, frameList, frameType, json, many, problem, wantsSingle } from '../http.ts'
import { createStow, type Hidden, type MayUse, type PutResult } from '../stowService.ts'
import { ArchiveFailed, type ArchiveClient } from './client.ts'
import { createMembers, textOf } from './members.ts'

const whole = 'multipart/related; type="application/dicom"; transfer-syntax=*'
const frames = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'

/**
 * The DICOMweb services of a node over an archive of the hospital. The archive is asked for what was found to be allowed and nothing else:
 * each study by its patient, each series and instance by the parents its own row names.
 */
export const createRemoteDicomWeb = ({ client, base, mayUse, hides = () => () => false, storeCap, now = Date.now }: { client: ArchiveClient; base: string; mayUse: MayUse; hides?: (c: Context) => Hidden; storeCap?: number; now?: () => number }): Hono => {
  const app = new Hono()
  const members = createMembers({ client, now })

  /** Whether the path's study, series and instance are there, belong together, and may be seen. */
  const allowed = async (c: Context): Promise<boolean> => {
    const { study = '', series, instance } = c.req.param() as Record<string, string | undefined>
    if (![study, ...(series === undefined ? [] : [series]), ...(instance === undefined ? [] : [instance])].every(isUid)) return false
    const patientId = await members.patientOf(study)
    if (patientId === undefined || !mayUse(c, { studyInstanceUid: study, patientId })) return false
    if (series === undefined) return true
    if (hides(c)(series)) return false
    if (instance === undefined) return members.hasSeries(study, series)
    return members.hasInstance(study, series, instance)
  }
  const pathOf = (c: Context): string => {
    const { study, series, instance } = c.req.param() as Record<string, string | undefined>
    return `/studies/${study}${series ? `/series/${series}` : ''}${instance ? `/instances/${instance}` : ''}`
  }
  const gone = (): Response => problem(404, 'it is not there')
  const route = (path: string, answer: (c: Context) => Promise<Response>): void => { app.get(path, async (c) => (await allowed(c) ? answer(c) : gone())) }

  /** Addresses an archive wrote lead to itself; ours are made from the row's own UIDs. */
  const readdressed = (row: DicomJson): DicomJson => {
    const [study, series, instance] = ['0020000D', '0020000E', '00080018'].map((tag) => textOf(row, tag))
    const place = `${base}/studies/${study}${series ? `/series/${series}` : ''}${instance ? `/instances/${instance}` : ''}`
    return Object.fromEntries(Object.entries(row).map(([tag, element]) => [tag,
      tag === '00081190' ? { vr: 'UR', Value: [place] } : element.BulkDataURI === undefined ? element : { vr: element.vr, BulkDataURI: `${place}/bulkdata/${tag}` }]))
  }
  /** Bulk data below the top level cannot be addressed here and is left out. */
  const withoutPixels = ({ '7FE00010': _pixels, ...row }: DicomJson): DicomJson => row

  const search = async (c: Context, path: string, fixed: Readonly<Record<string, string>>, keeps: (row: DicomJson) => boolean): Promise<Response> => {
    const params = new URL(c.req.url).searchParams
    const parsed = parseQido(params, fixed)
    if (parsed.kind === 'refused') return problem(400, parsed.reason)
    // Cut here, since rows of others are taken out first.
    const asked = new URLSearchParams([...params].filter(([name]) => name !== 'limit' && name !== 'offset'))
    for (const { tag } of parsed.query.filters) if (!(tag in fixed)) asked.append('includefield', tag)
    const query = asked.toString()
    const rows = (await client.rows(`${path}${query ? `?${query}` : ''}`)).filter((row) => keeps(row) && matchesQido(row, parsed.query))
    return json(rows.slice(parsed.query.offset, parsed.query.offset + parsed.query.limit).map(readdressed))
  }
  app.onError((error) => {
    if (error instanceof ArchiveFailed) return problem(error.status, error.message)
    if (error instanceof UnreadableFile) return problem(422, error.message)
    if (error instanceof BadMultipart) return problem(502, 'the archive answered a damaged multipart body')
    throw error
  })

  app.get('/studies', (c) => search(c, '/studies', {}, (row) => mayUse(c, { studyInstanceUid: textOf(row, '0020000D'), patientId: textOf(row, '00100020') })))
  route('/studies/:study/series', (c) => {
    const study = c.req.param('study') ?? ''
    return search(c, pathOf(c) + '/series', { '0020000D': study }, (row) => textOf(row, '0020000D') === study && !hides(c)(textOf(row, '0020000E')))
  })
  route('/studies/:study/series/:series/instances', (c) => {
    const { study = '', series = '' } = c.req.param() as Record<string, string>
    return search(c, pathOf(c) + '/instances', { '0020000D': study, '0020000E': series }, (row) => textOf(row, '0020000D') === study && textOf(row, '0020000E') === series)
  })
  const metadata = async (c: Context): Promise<Response> => {
    const { study, series, instance } = c.req.param() as Record<string, string | undefined>
    const rows = (await client.rows(`${pathOf(c)}/metadata`)).filter((row) => textOf(row, '0020000D') === study && !hides(c)(textOf(row, '0020000E'))
      && (series === undefined || textOf(row, '0020000E') === series) && (instance === undefined || textOf(row, '00080018') === instance))
    return rows.length === 0 ? gone() : json(rows.map((row) => readdressed(withoutPixels(row))))
  }
  for (const path of ['/studies/:study/metadata', '/studies/:study/series/:series/metadata', '/studies/:study/series/:series/instances/:instance/metadata']) route(path, metadata)

  /** Instances as files, only those that say themselves that they are of the path. */
  const filesOf = async (c: Context): Promise<Uint8Array[]> => {
    const { study, series, instance } = c.req.param() as Record<string, string | undefined>
    const files: Uint8Array[] = []
    for (const { body } of await client.parts(pathOf(c), whole) ?? []) {
      const { dataSet } = await readPart10(body)
      const own = dataSet.string('x0020000e') ?? ''
      if (dataSet.string('x0020000d') === study && !hides(c)(own) && (series === undefined || own === series) && (instance === undefined || dataSet.string('x00080018') === instance)) files.push(body)
    }
    return files
  }
  const retrieve = async (c: Context): Promise<Response> => {
    const files = await filesOf(c)
    const [only] = files
    if (!only) return gone()
    if (c.req.param('instance') && /^application\/dicom\b/.test(c.req.header('accept') ?? '')) return bytes(only, 'application/dicom')
    return many(files.map((body) => ({ type: 'application/dicom', body })), 'application/dicom')
  }
  for (const path of ['/studies/:study', '/studies/:study/series/:series', '/studies/:study/series/:series/instances/:instance']) route(path, retrieve)

  /** An archive may hold what it cannot part into frames (Orthanc: HTJ2K): they are taken out of the instance as it is stored. */
  const framesOfFile = async (c: Context, numbers: readonly number[]): Promise<{ type: string; body: Uint8Array }[]> => {
    const [bytesOfFile] = await filesOf(c)
    if (!bytesOfFile) return []
    const file = await readPart10(bytesOfFile)
    if (numbers.some((number) => number > numberOfFrames(file))) return []
    return numbers.map((number) => ({ type: frameType(file.transferSyntaxUid), body: frameBytes(file, number) }))
  }
  route('/studies/:study/series/:series/instances/:instance/frames/:frames', async (c) => {
    const list = c.req.param('frames') ?? ''
    const numbers = frameList(list)
    if (!numbers) return problem(400, badFrames)
    const typed = await client.parts(`${pathOf(c)}/frames/${list}`, frames).then(
      (parts) => parts?.map(({ headers, body }) => ({ type: headers['content-type'] ?? 'application/octet-stream', body })),
      (error: unknown) => {
        if (error instanceof ArchiveFailed && error.status === 502) return framesOfFile(c, numbers)
        throw error
      },
    )
    const [only] = typed ?? []
    if (!typed || !only) return gone()
    if (wantsSingle(c.req.header('accept')) && typed.length === 1) return bytes(only.body, typed[0]?.type ?? '')
    return many(typed, typed[0]?.type.split(';')[0] ?? 'application/octet-stream')
  })
  const picture = async (path: string): Promise<Response> => {
    const answer = await client.picture(path)
    return answer ? bytes(answer.body, answer.type.split(';')[0] ?? 'image/png') : gone()
  }
  route('/studies/:study/series/:series/instances/:instance/rendered', (c) => picture(`${pathOf(c)}/rendered`))
  route('/studies/:study/series/:series/thumbnail', async (c) => {
    const { study, series } = c.req.param() as Record<string, string>
    const number = (row: DicomJson): number => Number(textOf(row, '00200013') || 0)
    const rows = (await client.rows(`/studies/${study}/series/${series}/instances`)).filter((row) => textOf(row, '0020000E') === series && textOf(row, '0020000D') === study).sort((a, b) => number(a) - number(b))
    const middle = rows[Math.floor(rows.length / 2)]
    return middle ? picture(`/studies/${study}/series/${series}/instances/${textOf(middle, '00080018')}/rendered?viewport=160,160`) : gone()
  })
  route('/studies/:study/series/:series/instances/:instance/bulkdata/:tag', async (c) => {
    const tag = c.req.param('tag') ?? ''
    const [file] = await filesOf(c)
    if (!file || !/^[0-9A-Fa-f]{8}$/.test(tag)) return gone()
    const { dataSet } = await readPart10(file)
    const element = dataSet.elements[`x${tag.toLowerCase()}`]
    return !element || element.items ? gone() : bytes(dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length), 'application/octet-stream')
  })

  /** An archive that answers 200 to other bytes under a UID it has would hide a loss: what is there is compared first. */
  const put = async (body: Uint8Array): Promise<PutResult> => {
    const { dataSet } = await readPart10(body)
    const [sopClassUid = '', sopInstanceUid = '', studyInstanceUid = '', seriesInstanceUid = ''] = ['x00080016', 'x00080018', 'x0020000d', 'x0020000e'].map((tag) => dataSet.string(tag))
    if (![sopClassUid, sopInstanceUid, studyInstanceUid, seriesInstanceUid].every(isUid)) return { kind: 'refused', reason: 'a UID is missing or is not one' }
    const instance = { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid }
    const [there] = await client.parts(`/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`, whole) ?? []
    if (there) return (await differences(there.body, body)).length === 0 ? { kind: 'same', instance } : { kind: 'conflict', sopInstanceUid, sopClassUid }
    const answer = await client.store(studyInstanceUid, body)
    members.forget(studyInstanceUid)
    if (answer.status === 200 || answer.status === 202) {
      const said = JSON.parse(answer.body.toString('utf8') || '{}') as DicomJson
      if (!said['00081198']?.Value?.length) return { kind: 'stored', instance }
    }
    if (answer.status >= 500) throw new ArchiveFailed(502, `the archive answered ${answer.status}`)
    return { kind: 'refused', reason: `the archive refused it with ${answer.status}`, sopInstanceUid, sopClassUid }
  }
  const stow = createStow({ base, mayUse, ...(storeCap ? { storeCap } : {}), put })
  app.post('/studies', (c) => stow(c, undefined))
  app.post('/studies/:study', (c) => stow(c, c.req.param('study')))
  return app
}
