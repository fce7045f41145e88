import { generateKeyPairSync } from 'node:crypto'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { signClaims } from '../../server/signature.ts'
import { encodeMultipart } from '../../dicom/web/multipart.ts'
import { encodePart10 } from '../../dicom/file/write.ts'
import { jpeg2000Claiming } from '../../testing/codestreams.ts'
import { syntheticCt, syntheticCtDatasets, uidOf } from '../../testing/dicom.ts'
import { startHospitalArchive } from '../../testing/hospitalArchive.ts'
import { startOrthanc } from '../../testing/orthanc.ts'
import { program } from '../../testing/programs.ts'
import { createNode, type NodeConfig } from '../createNode.ts'
import { dicomWebContract, over } from './dicomweb.contract.ts'

/** A node over an archive of the hospital, and what signs a request as its hub does. */
const startNode = async (archive: NodeConfig['archive']) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
  const node = await createNode({ id: 'n', name: 'N', country: 'ES', city: 'C', tier: '3', host: '127.0.0.1', port: 0, dataDir: tmpdir(), hubKey: publicKey, archive, datasets: [{ id: 'all', match: { all: true } }] })
  return { node, signed: (path: string, method = 'GET') => ({ authorization: signClaims({ user: 'u', purpose: 'p', grant: 'g', dataset: 'all', method, path }, privateKey) }) }
}
const hasOrthanc = program('orthanc') !== undefined && program('orthancDicomWeb') !== undefined

describe('DICOMweb of the embedded archive', () => {
  dicomWebContract(async () => {
    const { base, stop } = await startHospitalArchive()
    return { ask: over(base), stop }
  }, { otherBytes: 409, unknownKey: 400, notDicom: 409, mixed: 202, singlePart: 200, thumbnail: 200 })
})

describe.skipIf(!hasOrthanc)('what Orthanc holds and cannot part into frames (needs Orthanc)', () => {
  it('HTJ2K comes frame by frame in its own syntax, out of the instance as it is stored', async () => {
    const htj2k = '1.2.840.10008.1.2.4.201'
    const streams = [jpeg2000Claiming(64, 64), jpeg2000Claiming(64, 64).map((byte, at) => (at > 140 ? 7 : byte))]
    const [dataset = {}] = syntheticCtDatasets({ patientId: 'HT-1', slices: 1, more: { NumberOfFrames: 2, PixelData: streams.map((stream) => stream.buffer) } })
    const file = encodePart10(dataset, { transferSyntaxUid: htj2k })
    const orthanc = await startOrthanc()
    try {
      const { node, signed } = await startNode({ kind: 'dicomweb', url: `${orthanc.url}/dicom-web` })
      expect((await fetch(`${orthanc.url}/instances`, { method: 'POST', body: file })).status).toBe(200)
      const instance = `/dicom-web/studies/${uidOf('HT-1/study')}/series/${uidOf('HT-1/study/series')}/instances/${uidOf('HT-1/study/series/0')}`
      expect((await fetch(`${orthanc.url}${instance}/frames/1`, { headers: { accept: 'multipart/related; type="application/octet-stream"; transfer-syntax=*' } })).status).toBe(500)
      for (const [index, stream] of streams.entries()) {
        const path = `${instance}/frames/${index + 1}`
        const answer = await node.app.request(path, { headers: { ...signed(path), accept: 'application/octet-stream' } })
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, `image/jphc; transfer-syntax=${htj2k}`])
        expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(stream))).toBe(true)
      }
      const none = `${instance}/frames/3`
      expect((await node.app.request(none, { headers: signed(none) })).status).toBe(404)
    } finally {
      await orthanc.stop()
    }
  })
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
    const embedded = await startHospitalArchive()
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
