import { generateKeyPairSync } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodePart10 } from '../dicom/file/write.ts'
import { signClaims } from '../server/signature.ts'
import { syntheticCt, syntheticCtDatasets, uidOf } from '../testing/dicom.ts'
import { shared } from '../testing/shared.ts'
import { createNode } from './createNode.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'))
  mkdirSync(join(folder, 'in'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = () => createNode({
  id: 'own', name: 'Own', country: 'EU', city: '', tier: '1', host: '127.0.0.1', port: 0, dataDir: join(folder, 'data'), hubKey: publicKey, datasets: [{ id: 'all', match: { all: true } }],
  archive: { kind: 'embedded', importFrom: join(folder, 'in') },
})
const ask = (node: Awaited<ReturnType<typeof open>>, path: string) => node.app.request(path, { headers: { authorization: signClaims({ user: 'u', purpose: 'p', grant: 'g', dataset: 'all', method: 'GET', path }, privateKey) } })

/** 0.5 MB that inflate to 512 MB, as a deflated data set (PS3.5 A.5). */
const inflateBomb = (): Buffer => {
  const [dataset = {}] = syntheticCtDatasets()
  const plain = encodePart10(dataset, { transferSyntaxUid: '1.2.840.10008.1.2.1.99' })
  const start = 144 + new DataView(plain.buffer).getUint32(140, true)
  return Buffer.concat([plain.subarray(0, start), deflateRawSync(Buffer.alloc(512 * 2 ** 20), { level: 9 })])
}

describe('a folder of files', () => {
  it('is taken but for what cannot be, each refusal with its file and a reason', async () => {
    const [good] = syntheticCt()
    const [dataset = {}] = syntheticCtDatasets()
    writeFileSync(join(folder, 'in', 'good.dcm'), good ?? '')
    writeFileSync(join(folder, 'in', 'notes.txt'), 'not an image at all')
    writeFileSync(join(folder, 'in', 'cut.dcm'), good?.slice(0, 400) ?? '')
    writeFileSync(join(folder, 'in', 'uid.dcm'), encodePart10({ ...dataset, SOPInstanceUID: '../../../etc/passwd' }))
    writeFileSync(join(folder, 'in', 'bomb.dcm'), inflateBomb())
    writeFileSync(join(folder, 'in', 'frames.dcm'), encodePart10({ ...dataset, SOPInstanceUID: uidOf('frames'), NumberOfFrames: 2_000_000_000 }))
    const node = await open()
    expect(node.report.taken).toBe(1)
    const reasons = Object.fromEntries(node.report.refused.map(({ file, reason }) => [file, reason]))
    expect(Object.keys(reasons).sort()).toEqual(['bomb.dcm', 'cut.dcm', 'frames.dcm', 'notes.txt', 'uid.dcm'])
    expect(reasons['bomb.dcm']).toContain('inflate to more than')
    expect(reasons['frames.dcm']).toContain('claims 2000000000 frames')
    expect(reasons['notes.txt']).toContain('not a DICOM file')
    expect(reasons['uid.dcm']).toContain('is not a UID')
    expect(await (await ask(node, '/import-report')).json()).toEqual(node.report)
    expect((await ask(node, `/dicom-web/studies/${uidOf('TEST-1/study')}/metadata`)).status).toBe(200)
  })

  it.skipIf(!shared('data/malformed'))('of malformed files ends, and the archive works after it (needs the shared material)', async () => {
    const path = shared('data/malformed') ?? ''
    cpSync(path, join(folder, 'in'), { recursive: true })
    writeFileSync(join(folder, 'in', 'good.dcm'), syntheticCt()[0] ?? '')
    const files = readdirSync(join(folder, 'in'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length
    const node = await open()
    expect(files).toBeGreaterThan(20)
    expect(node.report.taken + node.report.refused.length).toBe(files)
    expect(node.report.refused.length).toBeGreaterThan(10)
    for (const { reason } of node.report.refused) expect(reason).toMatch(/^[^\n]{10,300}$/)
    for (const study of node.store?.studies().values() ?? []) {
      for (const [series, members] of study) {
        const [first] = members.values()
        const answer = await ask(node, `/dicom-web/studies/${first?.studyInstanceUid}/series/${series}/thumbnail`)
        expect([200, 422]).toContain(answer.status)
      }
    }
    expect((await ask(node, `/dicom-web/studies/${uidOf('TEST-1/study')}/metadata`)).status).toBe(200)
    expect(readdirSync(folder).sort()).toEqual(['data', 'in'])
  })
})
