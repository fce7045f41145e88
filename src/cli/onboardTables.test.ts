import { serve } from '@hono/node-server'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createNode } from '../node/createNode.ts'
import { clinicalTable } from '../testing/tables.ts'
import embedded from './embedded.json' with { type: 'json' }
import { storeTable } from './onboardTables.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
const folder = mkdtempSync(join(tmpdir(), 'node-'))
let node: { id: string; url: string }
let close: () => void
beforeAll(async () => {
  const { app } = await createNode({ id: 'n', name: 'N', country: 'ES', city: 'C', tier: '3', host: '127.0.0.1', port: 0, dataDir: folder, hubKey: publicKey, archive: { kind: 'embedded' }, datasets: [{ id: 'one', match: { all: true } }] })
  await new Promise<void>((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }: AddressInfo) => {
      node = { id: 'n', url: `http://127.0.0.1:${port}` }
      close = () => server.close()
      resolve()
    })
  })
})
afterAll(() => {
  close()
  rmSync(folder, { recursive: true })
})

describe('a table that is stored', () => {
  it('is on disk when that is said, again when it is stored again', async () => {
    await storeTable(node, 'one', privateKey, clinicalTable)
    await storeTable(node, 'one', privateKey, clinicalTable)
    expect(JSON.parse(readFileSync(join(folder, 'tables', 'one', 'clinical.json'), 'utf8'))).toEqual(clinicalTable)
  })
  it('is refused with the row that is wrong, before the node is asked', async () => {
    await expect(storeTable(node, 'one', privateKey, { ...clinicalTable, rows: [['A-1']] })).rejects.toThrow('row 1 has 1 cells for 8 columns')
  })
  it('is refused by a node that does not have the data set', async () => {
    await expect(storeTable(node, 'two', privateKey, clinicalTable)).rejects.toThrow('n did not take the table clinical: 404')
  })
})

describe('the data sets of the embedded hospitals', () => {
  const references = embedded.datasets.filter((dataset) => 'archive' in dataset && dataset.archive === 'reference')
  const images = embedded.datasets.filter((dataset) => !references.includes(dataset))
  it('lie beside one reference standard at each hospital, in an archive of its own, that covers all their patients', () => {
    expect(references.map(({ node: at }) => at)).toEqual(embedded.nodes.map(({ id }) => id))
    for (const { id, node: at, patientIdPrefix } of images) expect(references.filter((one) => one.node === at && patientIdPrefix.startsWith(one.patientIdPrefix)), `of ${id}`).toHaveLength(1)
    // No two data sets of images share a patient.
    for (const one of images) expect(images.filter((other) => other.patientIdPrefix.startsWith(one.patientIdPrefix))).toEqual([one])
  })
  it('that are reference standards are granted to the evaluator alone; a clinician has all images, others some', () => {
    const { evaluator, ...others } = embedded.grants
    expect(Object.values(others).flat().filter((id) => references.some((dataset) => dataset.id === id))).toEqual([])
    expect(references.every(({ id }) => evaluator.includes(id))).toBe(true)
    expect(others.clinician).toEqual(images.map(({ id }) => id))
    expect(others['clinician-2']).toContain('lung-screening')
    expect(others['clinician-3']).toEqual(['thorax-follow-up'])
  })
})
