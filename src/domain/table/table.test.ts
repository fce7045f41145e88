import { describe, expect, it } from 'vitest'
import { sortedRows, tableFault, tableName, type Cell, type TableColumn } from './table.ts'

const columns: readonly TableColumn[] = [{ name: 'subject', label: 'Subject', type: 'text' }, { name: 'psa', label: 'PSA', unit: 'ng/mL', type: 'number' }, { name: 'seen', label: 'Last seen', type: 'date' }]

describe('a table', () => {
  it('has a cell of its column\'s type for each column, or nothing', () => expect(tableFault({ columns, rows: [['A-1', 6.5, '2025-03-01'], [null, null, null]] })).toBeUndefined())
  it.each<[string, readonly Cell[], string]>([
    ['one cell too few', ['A-1', 6.5], 'row 1 has 2 cells for 3 columns'], ['one too many', ['A-1', 6.5, null, 1], 'row 1 has 4 cells for 3 columns'], ['a text for a number', ['A-1', '6.5', null], 'row 1, column psa: not a number'],
    ['a number that is none', ['A-1', Number.NaN, null], 'row 1, column psa: not a number'], ['a number for a text', [1, 6.5, null], 'row 1, column subject: not a text'], ['a date of another form', ['A-1', 6.5, '01.03.2025'], 'row 1, column seen: not a date'],
    ['a day that does not exist', ['A-1', 6.5, '2025-02-30'], 'row 1, column seen: not a date'],
  ])('refuses %s', (_, row, fault) => expect(tableFault({ columns, rows: [row] })).toBe(fault))
  it('refuses two columns of one name', () => expect(tableFault({ columns: [...columns, ...columns], rows: [] })).toBe('two columns have the same name'))
  it.each(['', 'A', '1a', '../x', 'a/b', 'a.json', 'a b', `a${'b'.repeat(63)}`])('is not called "%s"', (name) => expect(tableName.test(name)).toBe(false))
})

describe('sorted rows', () => {
  const rows: Cell[][] = [['b', 10], ['c', null], ['a', 9], ['d', 9]]
  const first = (column: number, descending: boolean) => sortedRows(rows, column, descending, (a, b) => a.localeCompare(b)).map(([name]) => name)
  it('are in order of numbers or texts, equal ones as they were, empty ones last either way', () => {
    expect(first(1, false)).toEqual(['a', 'd', 'b', 'c'])
    expect(first(1, true)).toEqual(['b', 'a', 'd', 'c'])
    expect(first(0, true)).toEqual(['d', 'c', 'b', 'a'])
    expect(rows[0]).toEqual(['b', 10])
  })
})
