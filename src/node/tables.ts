import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono, type Context } from 'hono'
import { DatasetTable, safeParse, tableCap, type TableInfo } from '../contract/index.ts'
import { tableName, type Table } from '../domain/table/table.ts'
import { readCapped, TooMuch } from '../server/upstream.ts'
import { writeWhole } from '../server/writeWhole.ts'

const problem = (status: 404 | 413 | 422, code: string, title: string): Response => new Response(JSON.stringify({ title, status, code }), { status, headers: { 'content-type': 'application/problem+json' } })
const notThere = (): Response => problem(404, 'notFound', 'no such table')

const readTable = (text: string): Table | string => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'it is not JSON'
  }
  const parsed = safeParse(DatasetTable, value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return `${issue?.path.join('.') || 'the table'}: ${issue?.message ?? 'not understood'}`
}

/**
 * Tables of the node's data sets, a JSON file each, read when they are asked for: `tables/<data set>/<name>.json`. The data set of a
 * request was checked against the node's list, and a name is letters, digits and hyphens: no other text becomes a path.
 * @param datasetOf the data set a request is for
 */
export const createTables = (folder: string, datasetOf: (context: Context) => string): Hono => {
  const fileOf = (dataset: string, name: string): string => join(folder, dataset, `${name}.json`)
  const read = (dataset: string, name: string): Table | undefined => {
    const file = fileOf(dataset, name)
    if (!tableName.test(name) || !existsSync(file)) return undefined
    const table = readTable(readFileSync(file, 'utf8'))
    return typeof table === 'string' || table.name !== name ? undefined : table
  }
  const list = (dataset: string): TableInfo[] => {
    const own = join(folder, dataset)
    const names = existsSync(own) ? readdirSync(own).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length)).sort() : []
    return names.flatMap((name) => {
      const table = read(dataset, name)
      return table ? [{ name, title: table.title, rows: table.rows.length }] : []
    })
  }

  const app = new Hono()
  app.get('/', (c) => c.json(list(datasetOf(c))))
  app.get('/:table', (c) => {
    const table = read(datasetOf(c), c.req.param('table'))
    return table ? c.json(table) : notThere()
  })
  app.put('/:table', async (c) => {
    const name = c.req.param('table')
    if (!tableName.test(name)) return notThere()
    let text = ''
    try {
      text = c.req.raw.body ? (await readCapped(c.req.raw.body, tableCap)).toString('utf8') : ''
    } catch (error) {
      if (error instanceof TooMuch) return problem(413, 'tooLarge', error.message)
      throw error
    }
    const table = readTable(text)
    if (typeof table === 'string') return problem(422, 'unprocessable', table)
    if (table.name !== name) return problem(422, 'unprocessable', 'name: it is not that of the address')
    const dataset = datasetOf(c)
    mkdirSync(join(folder, dataset), { recursive: true, mode: 0o700 })
    writeWhole(fileOf(dataset, name), JSON.stringify(table))
    return c.json({ name, title: table.title, rows: table.rows.length } satisfies TableInfo)
  })
  return app
}
