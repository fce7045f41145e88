import { DatasetTable, safeParse, tableCap, TableList, TableName, type ZodMiniType } from '../../contract/index.ts'
import { readCapped } from '../../server/upstream.ts'
import type { Audit } from '../audit.ts'
import type { HubConfig } from '../config.ts'
import { Refusal } from '../problem.ts'
import { callerOf, grantOf, plain, type Ctx } from '../router.ts'
import type { Database } from '../sql/database.ts'
import type { NodeClient } from '../upstreamNode.ts'

/** Tables of a data set, which lie at its node: under the same grants as its frames, read in the caller's name and parsed before use. */
export const createTables = ({ config, database, nodes, audit }: { config: Pick<HubConfig, 'datasets'>; database: Database; nodes: Pick<NodeClient, 'ask'>; audit: Audit }) => {
  const ask = async (ctx: Ctx, path: string, schema: ZodMiniType): Promise<unknown> => {
    const { dataset, id, purpose } = grantOf(ctx)
    const node = config.datasets.find((known) => known.id === dataset)?.node
    if (node === undefined) throw new Refusal('notFound')
    const answer = await nodes.ask(node, path, { by: { user: callerOf(ctx).id, purpose, grant: id }, dataset, headers: { accept: 'application/json' }, signal: ctx.request.signal })
    if (answer.status !== 200) {
      answer.body.resume()
      throw answer.status === 404 ? new Refusal('notFound') : new Refusal('upstream', `the hospital answered ${answer.status}`)
    }
    const parsed = safeParse(schema, await readJson(answer.body))
    if (!parsed.success) throw new Refusal('upstream', 'the hospital answered something else than a table')
    return parsed.data
  }
  return {
    list: async (ctx: Ctx) => ({ json: await ask(ctx, '/tables', TableList) }),
    /** Each reading of a table is in the audit before it is sent. */
    get: async (ctx: Ctx) => {
      const table = ctx.params['table'] ?? ''
      if (!safeParse(TableName, table).success) throw new Refusal('notFound')
      const json = await ask(ctx, `/tables/${table}`, DatasetTable)
      const { dataset, id, purpose } = grantOf(ctx)
      await database.transaction((sql) => audit(sql, { person: callerOf(ctx).id, action: 'viewTable', subject: { dataset, table, purpose, grant: id } }))
      return { json }
    },
  }
}

/** JSON of at most the size of a table and of a sane depth, or the hospital's fault. */
const readJson = async (body: AsyncIterable<Uint8Array>): Promise<unknown> => {
  const bytes = await readCapped(body, tableCap).catch(() => { throw new Refusal('upstream', 'the answer of the hospital broke off, or is too large') })
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new Refusal('upstream', 'the hospital answered something else than a table')
  }
  if (!plain(value)) throw new Refusal('upstream', 'the answer of the hospital is nested too deep, or has a NUL character')
  return value
}
