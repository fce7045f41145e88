import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tableCap } from '../contract/index.ts'
import { startDatabase } from '../testing/database.ts'
import { clinicalTable } from '../testing/tables.ts'
import { createTables } from './resources/tables.ts'
import type { Ctx } from './router.ts'
import type { Database } from './sql/database.ts'

let database: Database
let stop: () => Promise<void>
beforeAll(async () => ({ database, stop } = await startDatabase()))
afterAll(() => stop())

const grant = { id: 'g', dataset: 'a', accessModel: 'IN_SITU_PROCESSING', purpose: 'growth', annotate: false } as const
const ctx = (): Ctx => ({
  request: new Request('http://localhost/'), params: { dataset: 'a', table: 'clinical' }, query: undefined, body: undefined, grant, sql: database.sql,
  caller: { id: 'p', session: 's', name: 'P', approved: true, roles: [] } as never,
})
/** The resource over a node that answers this, and what was asked and written. */
const over = (status: number, text: string, auditFails = false) => {
  const asked: unknown[] = []
  const audited: unknown[] = []
  const tables = createTables({
    config: { datasets: [{ id: 'a', node: 'n' }] as never }, database,
    nodes: { ask: async (node, path, { by, dataset }) => {
      asked.push([node, path, by, dataset])
      return { status, headers: {}, body: Readable.from([Buffer.from(text)]) as never }
    } },
    audit: async (_, entry) => {
      if (auditFails) throw new Error('the audit cannot be written')
      audited.push(entry)
    },
  })
  return { tables, asked, audited }
}

describe('tables at the hub', () => {
  it('are asked for in the caller\'s name, and read with a row in the audit', async () => {
    const { tables, asked, audited } = over(200, JSON.stringify(clinicalTable))
    expect(await tables.get(ctx())).toEqual({ json: clinicalTable })
    expect(asked).toEqual([['n', '/tables/clinical', { user: 'p', purpose: 'growth', grant: 'g' }, 'a']])
    expect(audited).toEqual([{ person: 'p', action: 'viewTable', subject: { dataset: 'a', table: 'clinical', purpose: 'growth', grant: 'g' } }])
  })
  it('are not served where the audit cannot be written', async () => {
    await expect(over(200, JSON.stringify(clinicalTable), true).tables.get(ctx())).rejects.toThrow('the audit cannot be written')
  })
  it.each([
    ['no JSON', 200, '{"name"'], ['another shape', 200, '{"name":"clinical"}'], ['a cell of another type', 200, JSON.stringify({ ...clinicalTable, rows: [[1]] })], ['more than 5 MB', 200, `"${'x'.repeat(tableCap)}"`],
    ['nests without end', 200, `${'['.repeat(100_000)}${']'.repeat(100_000)}`], ['a NUL character', 200, JSON.stringify({ ...clinicalTable, title: 'a\0b' })], ['a failure', 500, ''], ['a refusal to answer', 401, ''],
  ])('a hospital that answers %s is the upstream\'s fault, and nothing is in the audit', async (_, status, text) => {
    const { tables, audited } = over(status, text)
    await expect(tables.get(ctx())).rejects.toMatchObject({ code: 'upstream' })
    await expect(tables.list(ctx())).rejects.toMatchObject({ code: 'upstream' })
    expect(audited).toEqual([])
  })
  it.each(['../index', 'Clinical', 'a/b', 'a?b', ''])('"%s" is no name of a table: the hospital is not asked', async (table) => {
    const { tables, asked } = over(200, JSON.stringify(clinicalTable))
    await expect(tables.get({ ...ctx(), params: { dataset: 'a', table } })).rejects.toMatchObject({ code: 'notFound' })
    expect(asked).toEqual([])
  })
  it('one that the hospital does not have is not there', async () => {
    await expect(over(404, '').tables.get(ctx())).rejects.toMatchObject({ code: 'notFound' })
  })
})
