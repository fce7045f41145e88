import { afterAll, beforeAll, expect, it } from 'vitest'
import { differences as differencesOf } from '../../dicom/file/compare.ts'
import { encodePart10 } from '../../dicom/file/write.ts'
import { encodeMultipart, parseMultipart } from '../../dicom/web/multipart.ts'
import { syntheticCt, syntheticCtDatasets, uidOf } from '../../testing/dicom.ts'

type Row = Record<string, { vr: string; Value?: unknown[] }>
/** What an archive does otherwise than the embedded one; each stands in decision 0009. */
export type Differences = {
  /** Answer to other bytes under a UID that is there. */
  readonly otherBytes: number
  /** Answer to a query key that is not known. */
  readonly unknownKey: number
  /** Answer to a part that is not DICOM. */
  readonly notDicom: number
  /** Answer to a store of which one part is of another study: of what is good beside it too. */
  readonly mixed: number
  /** Answer to a frame asked for as it is, without multipart around it. */
  readonly singlePart: number
  /** Whether a series has a thumbnail. */
  readonly thumbnail: number
}

const patient = 'CONTRACT-1'
const study = uidOf(`${patient}/study`)
const series = uidOf(`${patient}/study/series`)
const files = syntheticCt({ patientId: patient, slices: 4 })
/** Three frames of two by two pixels, all 1, all 2, all 3, with a binary value beside them. */
const multi = { series: uidOf(`${patient}/study/multi`), instance: uidOf(`${patient}/study/multi/0`) }
const multiFrame = encodePart10({
  ...syntheticCtDatasets({ patientId: patient, series: 'multi', slices: 1 })[0], NumberOfFrames: 3, Rows: 2, Columns: 2, BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelRepresentation: 0,
  ICCProfile: new Uint8Array([9, 8, 7, 6]).buffer, PixelData: new Uint8Array([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]).buffer,
})
const first = uidOf(`${patient}/study/series/0`)

/** An archive under test: how it is asked (paths below its DICOMweb root) and how it is ended. */
export type UnderTest = { readonly ask: (path: string, init: { readonly method?: string; readonly headers: Record<string, string>; readonly body?: Uint8Array<ArrayBuffer> }) => Promise<Response>; readonly stop: () => Promise<void> }
/** Asks an archive at an address. */
export const over = (base: string): UnderTest['ask'] => (path, init) => fetch(base + path, init)

/** The DICOMweb services as the hub uses them (PS3.18), alike over every archive but for the stated differences. */
export const dicomWebContract = (start: () => Promise<UnderTest>, differences: Differences): void => {
  let ask: UnderTest['ask']
  let stop: () => Promise<void>
  beforeAll(async () => ({ ask, stop } = await start()))
  afterAll(() => stop())

  const get = (path: string, accept = 'application/dicom+json') => ask(path, { headers: { accept } })
  const rows = async (path: string): Promise<Row[]> => (await get(path)).json() as Promise<Row[]>
  const store = (parts: readonly Uint8Array[], path = `/studies/${study}`) => {
    const { body, contentType } = encodeMultipart(parts.map((part) => ({ type: 'application/dicom', body: part })), 'application/dicom')
    return ask(path, { method: 'POST', body, headers: { 'content-type': contentType, accept: 'application/dicom+json' } })
  }
  const partsOf = async (response: Response) => parseMultipart(new Uint8Array(await response.arrayBuffer()), response.headers.get('content-type') ?? '')

  it('stores, and says what it stored', async () => {
    const answer = await store(files)
    expect(answer.status).toBe(200)
    const body = await answer.json() as Record<string, { Value: Row[] }>
    expect(body['00081199']?.Value.map((item) => item['00081155']?.Value?.[0])).toHaveLength(4)
  })
  it('takes the same bytes again', async () => {
    expect((await store(files.slice(0, 1))).status).toBe(200)
  })
  it('answers other bytes under the same UID, and keeps the first', async () => {
    const [dataset = {}] = syntheticCtDatasets({ patientId: patient })
    expect((await store([encodePart10({ ...dataset, SeriesDescription: 'changed' })])).status).toBe(differences.otherBytes)
    const [row] = await rows(`/studies/${study}/series/${series}/instances/${first}/metadata`)
    expect(row?.['0008103E']?.Value).toEqual(['Test series series'])
  })
  it('answers what is not DICOM', async () => {
    expect((await store([new TextEncoder().encode('not a DICOM file at all'.repeat(20))])).status).toBe(differences.notDicom)
  })
  it('finds studies, series and instances by their UIDs and attributes', async () => {
    const studies = await rows(`/studies?StudyInstanceUID=${study}&includefield=00081030`)
    expect(studies.map((row) => row['0020000D']?.Value)).toEqual([[study]])
    expect(studies[0]?.['00081030']?.Value).toEqual(['Test study'])
    expect((await rows(`/studies?PatientID=${patient}`))).toHaveLength(1)
    expect((await rows('/studies?PatientID=NOBODY'))).toHaveLength(0)
    expect((await rows(`/studies/${study}/series`)).map((row) => row['0020000E']?.Value)).toEqual([[series]])
    expect((await rows(`/studies/${study}/series/${series}/instances`))).toHaveLength(4)
  })
  it('cuts a list by limit and offset without losing or doubling a row', async () => {
    const uids = async (query: string) => (await rows(`/studies/${study}/series/${series}/instances?${query}`)).map((row) => String(row['00080018']?.Value?.[0]))
    const cut = [...await uids('limit=3&offset=0'), ...await uids('limit=3&offset=3')]
    expect(new Set(cut).size).toBe(4)
    expect(cut).toHaveLength(4)
  })
  it('begins a list where it is told to, and ends it', async () => {
    const counts = await Promise.all(['limit=1', 'limit=2&offset=1', 'offset=3', 'offset=4', 'limit=100'].map(async (query) => (await rows(`/studies/${study}/series/${series}/instances?${query}`)).length))
    expect(counts).toEqual([1, 2, 1, 0, 4])
  })
  it('puts into a row what is asked for beside its own', async () => {
    const [wanted] = await rows(`/studies/${study}/series/${series}/instances?includefield=00081030&includefield=00080020&limit=1`)
    expect([wanted?.['00081030']?.Value, wanted?.['00080020']?.Value]).toEqual([['Test study'], ['20260105']])
    const [all] = await rows(`/studies/${study}/series?includefield=all`)
    expect([all?.['0008103E']?.Value, all?.['00080060']?.Value]).toEqual([['Test series series'], ['CT']])
    expect((await rows(`/studies?StudyInstanceUID=${study}&includefield=PatientSex`))[0]?.['00100040']?.Value).toEqual(['O'])
  })
  it('takes fuzzy matching that is off, and matches literally', async () => {
    expect(await rows(`/studies?PatientID=${patient}&fuzzymatching=false`)).toHaveLength(1)
    expect(await rows('/studies?PatientName=Tset^Patient&fuzzymatching=false')).toHaveLength(0)
  })
  it('answers a key that it does not know', async () => {
    expect((await get('/studies?NoSuchAttribute=1')).status).toBe(differences.unknownKey)
  })
  it('gives metadata with geometry, and no pixels', async () => {
    const all = await rows(`/studies/${study}/series/${series}/metadata`)
    expect(all).toHaveLength(4)
    const heights = all.map((row) => Number(row['00200032']?.Value?.[2])).sort((a, b) => a - b)
    expect(heights).toEqual([0, 2, 4, 6])
    expect(all[0]?.['00280030']?.Value?.map(Number)).toEqual([1, 1])
    expect(all[0]?.['7FE00010']?.Value).toBeUndefined()
  })
  it('gives frames in their stored syntax, the pixels as they were', async () => {
    const answer = await get(`/studies/${study}/series/${series}/instances/${first}/frames/1`, 'multipart/related; type=application/octet-stream; transfer-syntax=*')
    expect(answer.status).toBe(200)
    const [part] = await partsOf(answer)
    const pixels = new Int16Array(part?.body.slice().buffer ?? new ArrayBuffer(0))
    expect([pixels.length, pixels[0], pixels[64 * 64 - 1]]).toEqual([4096, 1000, 1126])
  })
  it('gives several frames, or one as it is', async () => {
    const frames = `/studies/${study}/series/${multi.series}/instances/${multi.instance}/frames`
    expect((await store([multiFrame])).status).toBe(200)
    const parts = await partsOf(await get(`${frames}/3,1`, 'multipart/related; type=application/octet-stream; transfer-syntax=*'))
    expect(parts.map((part) => [part.body.byteLength, part.body[0]]).sort()).toEqual([[4, 1], [4, 3]])
    const single = await get(`${frames}/2`, 'application/octet-stream')
    expect(single.status).toBe(differences.singlePart)
    if (single.status === 200) expect([...new Uint8Array(await single.arrayBuffer())]).toEqual([2, 2, 2, 2])
    expect((await get(`${frames}/4`, 'multipart/related; type=application/octet-stream; transfer-syntax=*')).status).toBeGreaterThanOrEqual(400)
  })
  it('gives the bulk data that metadata name, by the address they name', async () => {
    const [row] = await rows(`/studies/${study}/series/${multi.series}/instances/${multi.instance}/metadata`)
    const address = (row?.['00282000'] as { BulkDataURI?: string } | undefined)?.BulkDataURI ?? ''
    const answer = await get(address.slice(address.indexOf('/studies/')), '*/*')
    expect(answer.status).toBe(200)
    expect(Buffer.from(await answer.arrayBuffer()).includes(Buffer.from([9, 8, 7, 6]))).toBe(true)
  })
  it('draws a series small', async () => {
    const answer = await get(`/studies/${study}/series/${series}/thumbnail`, 'image/png')
    expect(answer.status).toBe(differences.thumbnail)
    if (answer.status === 200) expect(Buffer.from(await answer.arrayBuffer()).toString('latin1', 1, 4)).toBe('PNG')
  })
  it('stores what is good beside what is not of the study, and says which is which', async () => {
    const [good = new Uint8Array(), foreign = new Uint8Array()] = [...syntheticCt({ patientId: patient, series: 'mixed', slices: 1 }), ...syntheticCt({ patientId: patient, study: 'another', slices: 1 })]
    const answer = await store([good, foreign])
    expect(answer.status).toBe(differences.mixed)
    const body = await answer.json() as Record<string, { Value?: Row[] }>
    const uids = (tag: string) => body[tag]?.Value?.map((item) => item['00081155']?.Value?.[0]) ?? []
    expect(uids('00081199')).toContain(uidOf(`${patient}/study/mixed/0`))
    expect(body['00081198']?.Value).toHaveLength(1)
  })
  it('gives the instance back whole', async () => {
    const answer = await get(`/studies/${study}/series/${series}/instances/${first}`, 'multipart/related; type=application/dicom')
    const [part] = await partsOf(answer)
    expect(new TextDecoder('latin1').decode(part?.body.subarray(128, 132))).toBe('DICM')
    expect(await differencesOf(part?.body.slice() ?? new Uint8Array(), files[0] ?? new Uint8Array())).toEqual([])
  })
  it('draws a picture', async () => {
    const answer = await get(`/studies/${study}/series/${series}/instances/${first}/rendered`, 'image/png')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('image/png')
    const png = Buffer.from(await answer.arrayBuffer())
    expect([png.toString('latin1', 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(['PNG', 64, 64])
  })
  it.each([`/studies/1.2.3/metadata`, `/studies/${study}/series/1.2.3/metadata`, `/studies/${study}/series/${series}/instances/1.2.3`])('has no %s', async (path) => {
    expect((await get(path, path.endsWith('metadata') ? 'application/dicom+json' : 'multipart/related; type=application/dicom')).status).toBe(404)
  })
}
