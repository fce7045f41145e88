import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { signClaims } from '../../server/signature.ts'
import { encodeMultipart } from '../../dicom/web/multipart.ts'
import { syntheticCt, uidOf } from '../../testing/dicom.ts'
import { startOrthanc } from '../../testing/orthanc.ts'
import { program } from '../../testing/programs.ts'
import { createNode, type NodeConfig } from '../createNode.ts'
import { createDicomWeb } from './dicomweb.ts'
import { dicomWebContract, over } from './dicomweb.contract.ts'
import { openStore } from './store.ts'

/** The embedded archive alone, on loopback, as an archive that others talk to. */
const startEmbedded = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'archive-'))
  const store = await openStore(folder)
  const server = await new Promise<{ port: number; close: () => void }>((resolve) => {
    let address = ''
    const app = new Hono()
    // Its own address stands in what it writes, so it is known before the services are made.
    app.all('*', (c) => new Hono().route('/dicom-web', createDicomWeb({ store, base: `${address}/dicom-web` })).fetch(c.req.raw))
    const listening = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }: AddressInfo) => {
      address = `http://127.0.0.1:${port}`
      resolve({ port, close: () => listening.close() })
    })
  })
  return {
    store, base: `http://127.0.0.1:${server.port}/dicom-web`,
    stop: async () => {
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
/** A node over an archive of the hospital, and what signs a request as its hub does. */
const startNode = async (archive: NodeConfig['archive']) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
  const node = await createNode({ id: 'n', name: 'N', country: 'ES', city: 'C', tier: '3', host: '127.0.0.1', port: 0, dataDir: tmpdir(), hubKey: publicKey, archive, datasets: [{ id: 'all', match: { all: true } }] })
  return { node, signed: (path: string, method = 'GET') => ({ authorization: signClaims({ user: 'u', purpose: 'p', grant: 'g', dataset: 'all', method, path }, privateKey) }) }
}
const hasOrthanc = program('orthanc') !== undefined && program('orthancDicomWeb') !== undefined

describe('DICOMweb of the embedded archive', () => {
  dicomWebContract(async () => {
    const { base, stop } = await startEmbedded()
    return { ask: over(base), stop }
  }, { otherBytes: 409, unknownKey: 400, notDicom: 409, mixed: 202, singlePart: 200, thumbnail: 200 })
})

describe.skipIf(!hasOrthanc)('DICOMweb of Orthanc (needs Orthanc)', () => {
  dicomWebContract(async () => {
    const orthanc = await startOrthanc()
    return { ask: over(`${orthanc.url}/dicom-web`), stop: orthanc.stop }
  }, { otherBytes: 200, unknownKey: 200, notDicom: 400, mixed: 409, singlePart: 400, thumbnail: 404 })
})

describe.skipIf(!hasOrthanc)('DICOMweb of a node with Orthanc behind it (needs Orthanc)', () => {
  dicomWebContract(async () => {
    const orthanc = await startOrthanc()
    const { node, signed } = await startNode({ kind: 'dicomweb', url: `${orthanc.url}/dicom-web` })
    return { ask: async (path, init) => node.app.request(`/dicom-web${path}`, { ...init, headers: { ...init.headers, ...signed(`/dicom-web${path}`, init.method) } }), stop: orthanc.stop }
  }, { otherBytes: 409, unknownKey: 400, notDicom: 409, mixed: 202, singlePart: 200, thumbnail: 200 })
})

describe.skipIf(!hasOrthanc)("Orthanc's own DICOMweb client (needs Orthanc)", () => {
  it('stores into the embedded archive and fetches from it', async () => {
    const embedded = await startEmbedded()
    const orthanc = await startOrthanc({ embedded: `${embedded.base}/` })
    const post = (path: string, body: unknown) => fetch(`${orthanc.url}${path}`, { method: 'POST', body: JSON.stringify(body) })
    const [there, back] = [syntheticCt({ patientId: 'ORTHANC-1' }), syntheticCt({ patientId: 'ORTHANC-2' })]
    for (const file of there) await fetch(`${orthanc.url}/instances`, { method: 'POST', body: file })
    const ids = await (await fetch(`${orthanc.url}/studies`)).json() as string[]
    expect((await post('/dicom-web/servers/embedded/stow', { Resources: ids, Synchronous: true })).status).toBe(200)
    expect(embedded.store.study(uidOf('ORTHANC-1/study'))?.get(uidOf('ORTHANC-1/study/series'))?.size).toBe(3)
    const { body, contentType } = encodeMultipart(back.map((file) => ({ type: 'application/dicom', body: file })), 'application/dicom')
    expect((await fetch(`${embedded.base}/studies`, { method: 'POST', body, headers: { 'content-type': contentType } })).status).toBe(200)
    expect((await post('/dicom-web/servers/embedded/retrieve', { Resources: [{ Study: uidOf('ORTHANC-2/study') }], Synchronous: true })).status).toBe(200)
    expect(await (await fetch(`${orthanc.url}/instances`)).json()).toHaveLength(6)
    await orthanc.stop()
    await embedded.stop()
  })
})
