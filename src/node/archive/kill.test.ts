import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readPart10 } from '../../dicom/file/read.ts'
import { encodeMultipart } from '../../dicom/web/multipart.ts'
import { createRandom } from '../../phantom/random.ts'
import { signClaims } from '../../server/signature.ts'
import { requestUpstream, readCapped } from '../../server/upstream.ts'
import { syntheticCtDatasets, uidOf } from '../../testing/dicom.ts'
import { encodePart10 } from '../../dicom/file/write.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const outDir = join(root, '.cache', 'kill-test')
const { privateKey, publicKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
const kills = 40
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kill-'))
  await build({ root, configFile: false, logLevel: 'error', build: { ssr: true, outDir, emptyOutDir: true, rollupOptions: { input: { node: join(root, 'src/cli/node.ts') }, output: { entryFileNames: '[name].js' } } } })
  writeFileSync(join(folder, 'node.json'), JSON.stringify({ id: 'k', name: 'K', country: 'ES', city: 'K', tier: '3', host: '127.0.0.1', port: 0, dataDir: folder, hubKey: publicKey, datasets: [{ id: 'all', match: { all: true } }], archive: { kind: 'embedded' } }))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const start = () => {
  const child = spawn(process.execPath, [join(outDir, 'node.js'), '--config', join(folder, 'node.json')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const url = new Promise<string>((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += String(chunk)
      if (said.includes('\n')) resolve((JSON.parse(said) as { listening: string }).listening)
    })
    child.once('exit', () => reject(new Error('the node ended before it listened')))
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return { url, kill: () => { child.kill('SIGKILL'); return ended } }
}

const instanceOf = (number: number): { uid: string; bytes: Uint8Array<ArrayBuffer> } => {
  const [dataset = {}] = syntheticCtDatasets({ patientId: 'K-1', rows: 128, columns: 128, slices: 1 })
  const uid = uidOf(`killed/${number}`)
  return { uid, bytes: encodePart10({ ...dataset, SOPInstanceUID: uid, InstanceNumber: number }) }
}

it(`after ${kills} SIGKILLs inside concurrent stores every acknowledged instance is there, byte for byte, and what else is there is whole`, async () => {
  const random = createRandom(20260105)
  const acknowledged = new Map<string, Uint8Array>()
  const sent = new Map<string, Uint8Array>()
  let number = 0
  for (let round = 0; round < kills; round++) {
    const node = start()
    const url = await node.url
    const target = 1 + Math.floor(random() * 12)
    let here = 0
    let dead = false
    await new Promise<void>((resolve, reject) => {
      const writer = async (): Promise<void> => {
        while (!dead) {
          const { uid, bytes } = instanceOf(number++)
          sent.set(uid, bytes)
          const { body, contentType } = encodeMultipart([{ type: 'application/dicom', body: bytes }], 'application/dicom')
          try {
            const answer = await requestUpstream(`${url}/dicom-web/studies`, { method: 'POST', body, headers: { 'content-type': contentType, authorization: signClaims({ user: 'u', purpose: 'p', grant: 'g', dataset: 'all', method: 'POST', path: '/dicom-web/studies' }, privateKey) } })
            await readCapped(answer.body, 1e6)
            if (answer.status !== 200) throw new Error(`the store answered ${answer.status}`)
            acknowledged.set(uid, bytes)
            if (++here === target) {
              dead = true
              await node.kill()
            }
          } catch (error) {
            if (!dead) reject(error instanceof Error ? error : new Error('a store failed'))
            return
          }
        }
      }
      void Promise.all([writer(), writer(), writer(), writer()]).then(() => resolve(), reject)
    })
  }
  const last = start()
  const url = await last.url
  const ask = (path: string) => requestUpstream(url + path, { headers: { accept: 'application/dicom', authorization: signClaims({ user: 'u', purpose: 'p', grant: 'g', dataset: 'all', method: 'GET', path }, privateKey) } }).then(async (answer) => ({ status: answer.status, body: await readCapped(answer.body, 1e8) }))
  const [study, series] = [uidOf('K-1/study'), uidOf('K-1/study/series')]
  const listed = (JSON.parse((await ask(`/dicom-web/studies/${study}/series/${series}/instances?limit=5000`)).body.toString()) as { '00080018': { Value: string[] } }[]).map((row) => row['00080018'].Value[0] ?? '')
  expect(acknowledged.size).toBeGreaterThanOrEqual(kills)
  for (const uid of acknowledged.keys()) expect(listed).toContain(uid)
  for (const uid of listed) {
    const { status, body } = await ask(`/dicom-web/studies/${study}/series/${series}/instances/${uid}`)
    expect(status).toBe(200)
    expect(body.equals(Buffer.from(sent.get(uid) ?? []))).toBe(true)
    await readPart10(body)
  }
  await last.kill()
  expect(readdirSync(join(folder, 'archive', 'objects'))).toHaveLength(listed.length)
  for (const name of readdirSync(join(folder, 'archive', 'objects'))) await readPart10(readFileSync(join(folder, 'archive', 'objects', name)))
  console.log(`${kills} kills, ${sent.size} sent, ${acknowledged.size} acknowledged, ${listed.length} there, 0 lost, 0 torn`)
}, 240_000)
