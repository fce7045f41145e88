/** A table that lies beside the images of a data set: what is known of its people, or of what is in the images. */
export type Table = {
  /** Lower-case letters, digits and hyphens. */
  readonly name: string
  readonly title: string
  readonly columns: readonly TableColumn[]
  /** A cell for each column, in their order; null where nothing is known. */
  readonly rows: readonly (readonly Cell[])[]
}
export type TableColumn = {
  readonly name: string
  readonly label: string
  /** As a person reads it, for numbers: "mm", "ng/mL". */
  readonly unit?: string
  readonly type: 'text' | 'number' | 'date'
}
/** A date is YYYY-MM-DD. */
export type Cell = string | number | null

/** A name of a table; it becomes a part of an address and of a file's name. */
export const tableName = /^[a-z][a-z0-9-]{0,62}$/

const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)
const fits = (cell: Cell, type: TableColumn['type']): boolean =>
  cell === null || (type === 'number' ? typeof cell === 'number' && Number.isFinite(cell) : typeof cell === 'string' && (type === 'text' || isDate(cell)))

/** What is wrong between the columns and the rows of a table, in words, or undefined: each row has a cell of its column's type for each. */
export const tableFault = ({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string | undefined => {
  if (new Set(columns.map(({ name }) => name)).size < columns.length) return 'two columns have the same name'
  for (const [index, row] of rows.entries()) {
    if (row.length !== columns.length) return `row ${index + 1} has ${row.length} cells for ${columns.length} columns`
    const wrong = columns.find(({ type }, column) => !fits(row[column] ?? null, type))
    if (wrong) return `row ${index + 1}, column ${wrong.name}: not a ${wrong.type}`
  }
  return undefined
}

/**
 * The rows in order of one column, those that are equal in it as they were; empty cells are last either way.
 * @param compareText how the reader's language orders texts
 */
export const sortedRows = (rows: Table['rows'], column: number, descending: boolean, compareText: (a: string, b: string) => number): Table['rows'] => {
  const sign = descending ? -1 : 1
  return [...rows].sort((one, other) => {
    const [a, b] = [one[column] ?? null, other[column] ?? null]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : compareText(String(a), String(b)))
  })
}
