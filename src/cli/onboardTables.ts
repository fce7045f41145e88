import { DatasetTable, safeParse, tableCap } from '../contract/index.ts'
import type { Table } from '../domain/table/table.ts'
import { signClaims } from '../server/signature.ts'
import { readCapped, requestUpstream } from '../server/upstream.ts'
import type { NodeProcess } from './nodeProcess.ts'

/**
 * Stores a table of a data set at its node, in place of the one of its name; the node has it on disk when this resolves.
 * @param privateKey the hub's, PEM
 * @throws Error naming what is wrong with the table, or what the node answered
 */
export const storeTable = async (node: Pick<NodeProcess, 'id' | 'url'>, dataset: string, privateKey: string, table: Table): Promise<void> => {
  const parsed = safeParse(DatasetTable, table)
  if (!parsed.success) throw new Error(`the table ${table.name} of ${dataset}: ${parsed.error.issues[0]?.message ?? 'not understood'}`)
  const body = Buffer.from(JSON.stringify(parsed.data))
  if (body.byteLength > tableCap) throw new Error(`the table ${table.name} of ${dataset} has ${body.byteLength} bytes; at most ${tableCap} are taken`)
  const path = `/tables/${table.name}`
  const answer = await requestUpstream(`${node.url}${path}`, {
    method: 'PUT', body, headers: { 'content-type': 'application/json', authorization: signClaims({ user: 'system', purpose: 'onboarding', grant: 'onboarding', dataset, method: 'PUT', path }, privateKey) },
  })
  const said = await readCapped(answer.body, 1024 * 1024)
  if (answer.status !== 200) throw new Error(`${node.id} did not take the table ${table.name}: ${answer.status} ${said.toString('utf8').slice(0, 300)}`)
}
