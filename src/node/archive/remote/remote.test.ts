import { generateKeyPairSync } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { toDicomJson, type DicomJson } from '../../../dicom/file/json.ts'
import { readPart10 } from '../../../dicom/file/read.ts'
import { encodeMultipart } from '../../../dicom/web/multipart.ts'
import { signClaims } from '../../../server/signature.ts'
import { syntheticCt, uidOf } from '../../../testing/dicom.ts'
import { createNode } from '../../createNode.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
const mine = syntheticCt({ patientId: 'A-1' })
const theirs = syntheticCt({ patientId: 'B-1' })
const rows = async (): Promise<DicomJson[]> => Promise.all([...mine, ...theirs].map(async (file) => toDicomJson(await readPart10(file))))
const [study, series] = [uidOf('A-1/study'), uidOf('A-1/study/series')]
const foreign = { study: uidOf('B-1/study'), series: uidOf('B-1/study/series'), instance: uidOf('B-1/study/series/0') }

let close: () => void = () => undefined
afterEach(() => close())
/** An archive of one's own making, and a node over it that has the data set of the patients A-. */
const nodeOver = async (listener: RequestListener) => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  close = () => {
    server.closeAllConnections()
    server.close()
  }
  const node = await createNode({
    id: 'n', name: 'N', country: 'ES', city: 'C', tier: '3', host: '127.0.0.1', port: 0, dataDir: tmpdir(), hubKey: publicKey, datasets: [{ id: 'a', match: { patientIdPrefix: 'A-' } }],
    archive: { kind: 'dicomweb', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dicom-web/`, user: 'node', password: 'open sesame' },
  })
  return async (path: string, { method = 'GET', body, type }: { method?: string; body?: Uint8Array<ArrayBuffer>; type?: string } = {}) => node.app.request(path, {
    method, ...(body ? { body } : {}), headers: { accept: '*/*', authorization: signClaims({ user: 'u', purpose: 'p', grant: 'g', dataset: 'a', method, path }, privateKey), ...(type ? { 'content-type': type } : {}) },
  })
}
const asJson = (response: Parameters<RequestListener>[1], value: unknown): void => { response.writeHead(200, { 'content-type': 'application/dicom+json' }).end(JSON.stringify(value)) }

describe('an archive that gives all it has, whatever study or series the path names', () => {
  const everything = async () => {
    const all = await rows()
    const { body, contentType } = encodeMultipart([...mine, ...theirs].map((file) => ({ type: 'application/dicom', body: file })), 'application/dicom')
    return nodeOver((request, response) => {
      if (/multipart/.test(request.headers.accept ?? '')) response.writeHead(200, { 'content-type': contentType }).end(body)
      else asJson(response, all)
    })
  }
  it('gives nothing of another study, series or patient away', async () => {
    const ask = await everything()
    for (const path of [
      `/studies/${foreign.study}/metadata`, `/studies/${study}/series/${foreign.series}/metadata`, `/studies/${study}/series/${series}/instances/${foreign.instance}/metadata`,
      `/studies/${study}/series/${foreign.series}`, `/studies/${study}/series/${series}/instances/${foreign.instance}`, `/studies/${study}/series/${series}/instances/${foreign.instance}/frames/1`,
      `/studies/${study}/series/${series}/instances/${foreign.instance}/rendered`, `/studies/${study}/series/${foreign.series}/thumbnail`, `/studies/${study}/series/${series}/instances/${foreign.instance}/bulkdata/7FE00010`,
    ]) expect([path, (await ask(`/dicom-web${path}`)).status]).toEqual([path, 404])
  })
  it('gives what belongs to the path, and only that', async () => {
    const ask = await everything()
    const patients = async (path: string) => [...new Set((await (await ask(`/dicom-web${path}`)).json() as DicomJson[]).map((row) => String(row['00100020']?.Value?.[0])))]
    for (const path of ['/studies', `/studies/${study}/series`, `/studies/${study}/series/${series}/instances`, `/studies/${study}/metadata`, `/studies/${study}/series/${series}/metadata`]) expect([path, ...await patients(path)]).toEqual([path, 'A-1'])
    const whole = Buffer.from(await (await ask(`/dicom-web/studies/${study}`)).arrayBuffer())
    expect([whole.includes('A-1'), whole.includes('B-1')]).toEqual([true, false])
    const index = await (await ask('/index')).json() as { studies: { subject: string; series: { seriesInstanceUid: string }[] }[] }
    expect(index.studies.map(({ subject, series: of }) => [subject, [...new Set(of.map(({ seriesInstanceUid }) => seriesInstanceUid))]])).toEqual([['A-1', [series]]])
  })
})

describe('an archive that fails', () => {
  const failures: [string, RequestListener, number][] = [
    ['answers 500', (_, response) => { response.writeHead(500).end('node:open sesame') }, 502], ['refuses the account', (_, response) => { response.writeHead(401).end() }, 502],
    ['answers HTML', (_, response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<html>') }, 502], ['breaks off', (request, response) => { response.writeHead(200, { 'content-length': '1000' }).write('[', () => setImmediate(() => request.socket.destroy())) }, 502],
    ['is not there', (request) => { request.socket.destroy() }, 504],
  ]
  it.each(failures)('%s: the hub hears that the hospital is at fault, and no account', async (_, listener, status) => {
    const ask = await nodeOver(listener)
    for (const path of ['/index', `/dicom-web/studies/${study}/metadata`]) {
      const answer = await ask(path)
      expect([path, answer.status]).toEqual([path, status])
      expect(await answer.text()).not.toMatch(/sesame|127\.0\.0\.1/)
    }
  })
  it('is asked with the account of the node', async () => {
    let seen: string | undefined
    const ask = await nodeOver((request, response) => {
      seen = request.headers.authorization
      asJson(response, [])
    })
    expect((await ask(`/dicom-web/studies/${study}/metadata`)).status).toBe(404)
    expect(Buffer.from((seen ?? '').replace('Basic ', ''), 'base64').toString()).toBe('node:open sesame')
  })
  it('refuses a store by its own reason', async () => {
    const ask = await nodeOver((request, response) => {
      if (request.method === 'POST') response.writeHead(409).end('{}')
      else response.writeHead(404).end()
    })
    const { body, contentType } = encodeMultipart([{ type: 'application/dicom', body: mine[0] ?? new Uint8Array() }], 'application/dicom')
    const answer = await ask(`/dicom-web/studies/${study}`, { method: 'POST', body, type: contentType })
    expect(answer.status).toBe(409)
    expect(await answer.text()).toContain('the archive refused it with 409')
  })
})
