import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { tableCap } from '../contract/index.ts'
import { signClaims } from '../server/signature.ts'
import { clinicalTable } from '../testing/tables.ts'
import { createNode } from './createNode.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
let folder: string
let node: Awaited<ReturnType<typeof createNode>>
const open = () => createNode({
  id: 'n', name: 'N', country: 'ES', city: 'C', tier: '3', host: '127.0.0.1', port: 0, dataDir: folder, hubKey: publicKey, archive: { kind: 'embedded' },
  datasets: [{ id: 'one', match: { all: true } }, { id: 'two', match: { all: true } }],
})
const ask = (path: string, { method = 'GET', dataset = 'one', body }: { method?: string; dataset?: string; body?: string } = {}) =>
  node.app.request(path, { method, ...(body === undefined ? {} : { body }), headers: { authorization: signClaims({ user: 'u', purpose: 'p', grant: 'g', dataset, method, path }, privateKey) } })
const put = (body: unknown, path = '/tables/clinical', dataset = 'one') => ask(path, { method: 'PUT', dataset, body: typeof body === 'string' ? body : JSON.stringify(body) })
const info = { name: 'clinical', title: 'Clinical data', rows: 3 }

beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'node-')) })
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(async () => {
  rmSync(join(folder, 'tables'), { recursive: true, force: true })
  node = await open()
})

describe('tables of a node', () => {
  it('are listed and read as they were stored, of their data set alone, also after a restart', async () => {
    expect(await (await ask('/tables')).json()).toEqual([])
    expect((await put(clinicalTable)).status).toBe(200)
    node = await open()
    expect(await (await ask('/tables')).json()).toEqual([info])
    expect(await (await ask('/tables/clinical')).json()).toEqual(clinicalTable)
    expect(await (await ask('/tables', { dataset: 'two' })).json()).toEqual([])
    expect((await ask('/tables/clinical', { dataset: 'two' })).status).toBe(404)
    expect((await ask('/tables', { dataset: 'three' })).status).toBe(404)
  })
  it('are written whole, one in place of another', async () => {
    await put(clinicalTable)
    await put({ ...clinicalTable, rows: [] })
    expect(await (await ask('/tables')).json()).toEqual([{ ...info, rows: 0 }])
    expect(readdirSync(join(folder, 'tables', 'one'))).toEqual(['clinical.json'])
    expect(JSON.parse(readFileSync(join(folder, 'tables', 'one', 'clinical.json'), 'utf8'))).toMatchObject({ rows: [] })
  })
  it('are neither read nor stored by who did not sign', async () => {
    expect((await node.app.request('/tables')).status).toBe(401)
    expect((await node.app.request('/tables/clinical', { method: 'PUT', body: JSON.stringify(clinicalTable) })).status).toBe(401)
  })
  it.each<[string, unknown, string, number]>([
    ['no JSON', '{', '/tables/clinical', 422], ['a table of another name', clinicalTable, '/tables/other', 422], ['a row too short', { ...clinicalTable, rows: [['A-1']] }, '/tables/clinical', 422], ['a text for a number', { ...clinicalTable, rows: [['A-1', '66', ...Array.from({ length: 6 }, () => null)]] }, '/tables/clinical', 422],
    ['no columns', { ...clinicalTable, columns: [], rows: [] }, '/tables/clinical', 422], ['a list', [], '/tables/clinical', 422], ['a nested cell', { ...clinicalTable, rows: [[[['x']], ...Array.from({ length: 7 }, () => null)]] }, '/tables/clinical', 422],
    ['more than 5 MB', 'x'.repeat(tableCap + 1), '/tables/clinical', 413], ['a name of a parent folder', { ...clinicalTable, name: '..' }, '/tables/%2e%2e%2fclinical', 404], ['a name with a capital', { ...clinicalTable, name: 'Clinical' }, '/tables/Clinical', 404],
  ])('refuse %s, and leave what is there', async (_, body, path, status) => {
    await put(clinicalTable)
    expect((await put(body, path)).status).toBe(status)
    expect(await (await ask('/tables')).json()).toEqual([info])
    expect(readdirSync(join(folder, 'tables'))).toEqual(['one'])
  })
  it('leave out a file that is no table', async () => {
    await put(clinicalTable)
    writeFileSync(join(folder, 'tables', 'one', 'broken.json'), '{"name":"broken"')
    writeFileSync(join(folder, 'tables', 'one', 'renamed.json'), JSON.stringify(clinicalTable))
    expect(await (await ask('/tables')).json()).toEqual([info])
    for (const name of ['broken', 'renamed', 'none', '..%2fone%2fclinical']) expect((await ask(`/tables/${name}`)).status).toBe(404)
  })
})
