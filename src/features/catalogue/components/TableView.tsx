import { Button, Table, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { sortedRows, type Cell, type Table as DatasetTable, type TableColumn } from '../../../domain/table/table.ts'
import { formatDate, formatExact, textOrder, useTranslation } from '../../../i18n/index.ts'

/** Rows drawn at first, and with each request for more. */
const step = 200
const shown = (cell: Cell, { type }: TableColumn, language: string): string =>
  cell === null ? '–' : typeof cell === 'number' ? formatExact(cell, language) : type === 'date' ? formatDate(cell, language) : cell

/** A table whose headings sort it: up, down, and as it came. */
export const TableView = ({ table: { title, columns, rows } }: { table: DatasetTable }) => {
  const { t, i18n } = useTranslation('library')
  const [sort, setSort] = useState<{ readonly column: number; readonly descending: boolean }>()
  const [count, setCount] = useState(step)
  const inOrder = useMemo(() => (sort ? sortedRows(rows, sort.column, sort.descending, textOrder(i18n.language)) : rows), [rows, sort, i18n.language])
  const turn = (column: number) => setSort(sort?.column !== column ? { column, descending: false } : sort.descending ? undefined : { column, descending: true })
  if (rows.length === 0) return <Text size="sm" mt={12} c="var(--ciw-text-2)">{t('tables.empty')}</Text>
  const right = (column: TableColumn) => (column.type === 'number' ? 'right' : 'left')
  return (
    <>
      <div style={{ overflowX: 'auto', marginTop: 8 }}>
        <Table aria-label={title} highlightOnHover fz={13} verticalSpacing={6} horizontalSpacing={12} style={{ width: 'max-content', minWidth: '100%' }}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column, index) => {
                const direction = sort?.column !== index ? 'none' : sort.descending ? 'descending' : 'ascending'
                const label = column.unit ? t('tables.unit', { label: column.label, unit: column.unit }) : column.label
                return (
                  <Table.Th key={column.name} scope="col" aria-sort={direction} style={{ textAlign: right(column), fontWeight: 600 }}>
                    <button type="button" className="ciw-sort" onClick={() => turn(index)}>{`${label}${direction === 'none' ? '' : direction === 'ascending' ? ' ↑' : ' ↓'}`}</button>
                  </Table.Th>
                )
              })}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {inOrder.slice(0, count).map((row, at) => (
              <Table.Tr key={at}>{columns.map((column, index) => <Table.Td key={column.name} style={{ textAlign: right(column), maxWidth: 320 }}>{shown(row[index] ?? null, column, i18n.language)}</Table.Td>)}</Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {count < rows.length ? <Button variant="default" size="xs" mt={12} onClick={() => setCount(count + step)}>{t('tables.more', { count: Math.min(step, rows.length - count) })}</Button> : null}
    </>
  )
}
