import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeMultipart, parseMultipart } from '../dicom/web/multipart.ts'
import { signClaims } from '../server/signature.ts'
import { syntheticCt, uidOf } from '../testing/dicom.ts'
import { createNode } from './createNode.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
const study = uidOf('PCL-1/study')
const series = uidOf('PCL-1/study/series')
let folder: string
let node: Awaited<ReturnType<typeof createNode>>

/** A signed request, as the hub makes it. */
const ask = (path: string, { method = 'GET', dataset = 'one', only, ...init }: RequestInit & { dataset?: string; only?: string } = {}) =>
  node.app.request(path, {
    ...init, method,
    headers: { authorization: signClaims({ user: 'u', purpose: 'p', grant: 'g', dataset, method, path, ...(only ? { study: only } : {}) }, privateKey), ...(init.headers as Record<string, string> | undefined) },
  })
const post = (files: Uint8Array[], path = `/dicom-web/studies/${study}`, dataset = 'one') => {
  const { body, contentType } = encodeMultipart(files.map((file) => ({ type: 'application/dicom', body: file })), 'application/dicom')
  return ask(path, { method: 'POST', body, dataset, headers: { 'content-type': contentType } })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node-'))
  node = await createNode({
    id: 'n', name: 'N', country: 'ES', city: 'C', tier: '3', host: '127.0.0.1', port: 0, dataDir: folder, hubKey: publicKey, archive: { kind: 'embedded' },
    datasets: [{ id: 'one', match: { patientIdPrefix: 'PCL-' } }, { id: 'two', match: { patientIdPrefix: 'ZZZ-' } }],
  })
  expect((await post(syntheticCt({ patientId: 'PCL-1' }))).status).toBe(200)
})
afterAll(() => rm(folder, { recursive: true }))

describe('a node', () => {
  it('answers nothing that is not signed, signed for another path, or sent twice', async () => {
    expect((await node.app.request('/index')).status).toBe(401)
    const header = signClaims({ user: 'u', purpose: 'p', grant: 'g', dataset: 'one', method: 'GET', path: '/index' }, privateKey)
    expect((await node.app.request('/dicom-web/studies', { headers: { authorization: header } })).status).toBe(401)
    expect((await node.app.request('/index', { headers: { authorization: header } })).status).toBe(200)
    expect((await node.app.request('/index', { headers: { authorization: header } })).status).toBe(401)
    const old = signClaims({ user: 'u', purpose: 'p', grant: 'g', dataset: 'one', method: 'GET', path: '/index' }, privateKey, Date.now() - 61_000)
    expect((await node.app.request('/index', { headers: { authorization: old } })).status).toBe(401)
  })

  it('keeps data sets apart and knows no other', async () => {
    expect(await (await ask('/dicom-web/studies')).json()).toHaveLength(1)
    expect(await (await ask('/dicom-web/studies', { dataset: 'two' })).json()).toHaveLength(0)
    expect((await ask(`/dicom-web/studies/${study}/metadata`, { dataset: 'two' })).status).toBe(404)
    expect((await ask(`/dicom-web/studies/${study}/metadata`, { only: '1.2.3' })).status).toBe(404)
    expect((await ask('/dicom-web/studies', { dataset: 'three' })).status).toBe(404)
    expect((await post(syntheticCt({ patientId: 'PCL-1', series: 'b' }), undefined, 'two')).status).toBe(409)
  })

  it('answers metadata, frames, instances, pictures', async () => {
    const metadata = await (await ask(`/dicom-web/studies/${study}/series/${series}/metadata`)).json() as Record<string, { Value: unknown[] }>[]
    expect(metadata).toHaveLength(3)
    expect(metadata[0]?.['00280030']?.Value).toEqual([1, 1])
    const instance = String(metadata[1]?.['00080018']?.Value[0])
    const base = `/dicom-web/studies/${study}/series/${series}/instances/${instance}`
    const multi = await ask(`${base}/frames/1`, { headers: { accept: 'multipart/related; type=application/octet-stream; transfer-syntax=*' } })
    const [part] = parseMultipart(new Uint8Array(await multi.arrayBuffer()), multi.headers.get('content-type') ?? '')
    expect(part?.headers['content-type']).toContain('1.2.840.10008.1.2.1')
    expect(new Int16Array(part?.body.slice().buffer ?? new ArrayBuffer(0))[0]).toBe(1010)
    const single = await ask(`${base}/frames/1`, { headers: { accept: 'application/octet-stream' } })
    expect((await single.arrayBuffer()).byteLength).toBe(64 * 64 * 2)
    expect((await ask(`${base}/frames/2`)).status).toBe(404)
    expect((await ask(`${base}/frames/0`)).status).toBe(400)
    for (const list of ['1,1', '1,', '1e3', Array.from({ length: 1_001 }, (_, n) => n + 1).join(',')]) expect([list, (await ask(`${base}/frames/${list}`)).status]).toEqual([list, 400])
    const png = new Uint8Array(await (await ask(`${base}/rendered`)).arrayBuffer())
    expect([...png.subarray(1, 4)].map((c) => String.fromCharCode(c)).join('')).toBe('PNG')
    expect((await ask(`/dicom-web/studies/${study}/series/${series}/thumbnail`)).headers.get('content-type')).toBe('image/png')
  })

  it('searches with limit and offset, and refuses what it does not know', async () => {
    const instances = `/dicom-web/studies/${study}/series/${series}/instances`
    expect(await (await ask(`${instances}?limit=2`)).json()).toHaveLength(2)
    expect(await (await ask(`${instances}?limit=2&offset=2`)).json()).toHaveLength(1)
    expect(await (await ask('/dicom-web/studies?PatientID=PCL-*')).json()).toHaveLength(1)
    expect(await (await ask('/dicom-web/studies?StudyDate=20270101-')).json()).toHaveLength(0)
    for (const query of ['Unknown=1', 'PatientID=a&PatientID=b', 'fuzzymatching=true', 'limit=x', 'PatientID=a&00100020=b']) {
      expect([query, (await ask(`/dicom-web/studies?${query}`)).status]).toEqual([query, 400])
    }
    expect((await ask(`/dicom-web/studies/${study}/series?StudyInstanceUID=1.2.3`)).status).toBe(400)
  })

  it('says what became of each instance of a store request', async () => {
    const [good] = syntheticCt({ patientId: 'PCL-1', series: 'c', slices: 1 })
    const [foreign] = syntheticCt({ patientId: 'PCL-1', study: 'other', slices: 1 })
    const [nameless] = syntheticCt({ patientId: 'PCL-1', series: 'd', slices: 1, more: { SeriesInstanceUID: 'none' } })
    const answer = await post([good ?? new Uint8Array(), foreign ?? new Uint8Array(), new Uint8Array(300), nameless ?? new Uint8Array()])
    expect(answer.status).toBe(202)
    const body = await answer.json() as Record<string, { Value: Record<string, { Value?: unknown[] }>[] }>
    expect(body['00081199']?.Value).toHaveLength(1)
    expect(body['00081198']?.Value.map((item) => item['00081197']?.Value?.[0])).toEqual([0xa900, 0xc000, 0xc000])
    expect(body['00081198']?.Value.map((item) => item['00000902']?.Value?.[0]).at(-1)).toBe('Series Instance UID is missing or is not a UID')
  })

  it.each(['../../etc/passwd', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', "1.2.3';--", '1.2.3%00'])('has no study called %s', async (uid) => {
    expect([404, 401]).toContain((await ask(`/dicom-web/studies/${uid}/metadata`)).status)
  })
})

describe('a reference data set', () => {
  it('cannot be of a node whose archive is asked over DICOMweb', async () => {
    await expect(createNode({
      id: 'n', name: 'N', country: 'ES', city: 'C', tier: '3', host: '127.0.0.1', port: 0, dataDir: folder, hubKey: publicKey, archive: { kind: 'dicomweb', url: 'http://127.0.0.1:1/dicom-web' },
      datasets: [{ id: 'truth', match: { all: true }, archive: 'reference' }],
    })).rejects.toThrow('a reference data set needs an archive of its own')
  })
})
