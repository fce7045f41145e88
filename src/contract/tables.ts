import * as z from 'zod/mini'
import { tableFault, tableName, type Cell, type Table, type TableColumn } from '../domain/table/table.ts'

const text = (max: number) => z.string().check(z.maxLength(max))
export const TableName = z.string().check(z.regex(tableName))
/** Most bytes of a table as JSON. */
export const tableCap = 5 * 2 ** 20

const Column = z.object({
  name: text(100).check(z.minLength(1)), label: text(200), unit: z.exactOptional(text(50)), type: z.enum(['text', 'number', 'date']),
}) satisfies z.ZodMiniType<TableColumn>
const CellValue = z.nullable(z.union([text(2000), z.number()])) satisfies z.ZodMiniType<Cell>

/** A table of a data set, whole: typed columns and rows in their order. */
export const DatasetTable = z.object({
  name: TableName, title: text(300), columns: z.array(Column).check(z.minLength(1), z.maxLength(200)), rows: z.array(z.array(CellValue)).check(z.maxLength(100_000)),
}).check((context) => {
  const message = tableFault(context.value)
  if (message) context.issues.push({ code: 'custom', message, input: context.value, path: ['rows'] })
}) satisfies z.ZodMiniType<Table>

/** What a list of tables says of each. */
export const TableInfo = z.object({ name: TableName, title: text(300), rows: z.int().check(z.minimum(0)) })
export type TableInfo = z.infer<typeof TableInfo>
export const TableList = z.array(TableInfo).check(z.maxLength(1_000))
