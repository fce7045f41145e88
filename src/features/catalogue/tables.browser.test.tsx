import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiProvider, createApi } from '../../api/index.ts'
import type { Table } from '../../domain/table/table.ts'
import { createI18n, I18nextProvider } from '../../i18n/index.ts'
import { clinicalTable, truthTable } from '../../testing/tables.ts'
import { DatasetTables } from './components/DatasetTables.tsx'

let close = (): void => undefined
afterEach(() => close())

const session = (accessModel: string) => ({ person: { id: 'p', name: 'P', initials: 'P' }, approved: true, roles: [], idleExpires: '', expires: '', grants: [{ id: 'g', dataset: 'd', accessModel, purpose: 'tests', expires: '', annotate: true }] })
const notThere = () => Response.json({ type: '', title: '', status: 404, code: 'notFound' }, { status: 404 })
type Answers = { readonly list?: () => Response | Promise<Response>; readonly table?: () => Response | Promise<Response> }
/** The part of the page over a hub that answers this. */
const open = (tables: readonly Table[], { list = () => Response.json(tables.map(({ name, title, rows }) => ({ name, title, rows: rows.length }))), table }: Answers = {}, accessModel = 'IN_SITU_PROCESSING') => {
  const asked: string[] = []
  const api = createApi({
    fetch: async (address) => {
      const path = String(address)
      asked.push(path)
      if (path === '/api/session') return Response.json(session(accessModel))
      if (path.endsWith('/tables')) return list()
      const found = tables.find(({ name }) => path.endsWith(`/tables/${name}`))
      return table ? table() : found ? Response.json(found) : notThere()
    }, uuid: () => 'key', onSignedOut: () => undefined,
  })
  const page = document.createElement('div')
  document.body.append(page)
  const root = createRoot(page)
  root.render(<MantineProvider><I18nextProvider i18n={createI18n()}><QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}><ApiProvider value={api}><DatasetTables dataset="d" /></ApiProvider></QueryClientProvider></I18nextProvider></MantineProvider>)
  close = () => { root.unmount(); page.remove() }
  const cells = (): string[][] => [...page.querySelectorAll('tbody tr')].map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? ''))
  return {
    page, asked, cells,
    text: () => page.textContent ?? '',
    press: (name: string) => [...page.querySelectorAll<HTMLElement>('button')].find((button) => button.textContent?.startsWith(name))?.click(),
    heading: (name: string) => [...page.querySelectorAll('th')].find((cell) => cell.textContent?.startsWith(name)),
  }
}

describe('the tables of a data set', () => {
  it('are named, and the first is shown with its units, dates and gaps', async () => {
    const { page, cells, text } = open([clinicalTable, truthTable])
    await vi.waitFor(() => expect(cells()).toHaveLength(3))
    expect([...page.querySelectorAll('[role="tab"]')].map((tab) => [tab.textContent, tab.getAttribute('aria-selected')])).toEqual([['Clinical data', 'true'], ['True lesions', 'false']])
    expect([...page.querySelectorAll('th')].map((cell) => cell.textContent)).toEqual(['Subject', 'Age, years', 'Sex', 'Diagnosis', 'Stage', 'PSA, ng/mL', 'Outcome', 'Last seen'])
    expect(cells()[0]).toEqual(['A-1', '66', 'F', 'Adenocarcinoma of lung', 'IIIA', '–', 'Alive', 'Jan 5, 2026'])
    expect(text()).toContain('3 rows')
  })
  it('are shown one at a time, the other when it is chosen', async () => {
    const { cells, press, asked } = open([clinicalTable, truthTable])
    await vi.waitFor(() => expect(cells()).toHaveLength(3))
    expect(asked.some((path) => path.endsWith('/truth'))).toBe(false)
    press('True lesions')
    await vi.waitFor(() => expect(cells()).toEqual([['A-1', 'L1', '24.3'], ['A-1', 'L2', '8.6']]))
  })
  it('are sorted by a heading: up, down, as they came; empty cells last', async () => {
    const { cells, press, heading } = open([clinicalTable])
    await vi.waitFor(() => expect(cells()).toHaveLength(3))
    const order = () => [heading('PSA')?.getAttribute('aria-sort'), ...cells().map(([subject]) => subject)]
    expect(order()).toEqual(['none', 'A-1', 'A-2', 'A-3'])
    press('PSA')
    await vi.waitFor(() => expect(order()).toEqual(['ascending', 'A-3', 'A-2', 'A-1']))
    press('PSA')
    await vi.waitFor(() => expect(order()).toEqual(['descending', 'A-2', 'A-3', 'A-1']))
    press('PSA')
    await vi.waitFor(() => expect(order()).toEqual(['none', 'A-1', 'A-2', 'A-3']))
  })
  it('of many rows are drawn in parts', async () => {
    const { cells, press, text } = open([{ ...truthTable, rows: Array.from({ length: 250 }, (_, index) => ['A-1', `L${index}`, 2023]) }])
    await vi.waitFor(() => expect(cells()).toHaveLength(200))
    // A year stays a year.
    expect(cells()[0]).toEqual(['A-1', 'L0', '2023'])
    expect(text()).toContain('Show 50 more rows')
    press('Show 50 more')
    await vi.waitFor(() => expect(cells()).toHaveLength(250))
  })
  it('say that there are none, or that one is empty', async () => {
    const none = open([])
    await vi.waitFor(() => expect(none.text()).toContain('No tables'))
    close()
    const empty = open([{ ...truthTable, rows: [] }])
    await vi.waitFor(() => expect(empty.text()).toContain('This table has no rows yet.'))
  })
  it('are a placeholder until they come', async () => {
    const { page, cells } = open([clinicalTable], { list: () => new Promise<Response>(() => undefined) })
    await vi.waitFor(() => expect(page.querySelector('[data-loading]')).not.toBeNull())
    expect(cells()).toEqual([])
  })
  it.each(['list', 'table'] as const)('whose %s does not come say so, and come when they are asked for again', async (which) => {
    let away = true
    const failing = () => (away ? Response.json({ type: '', title: '', status: 502, code: 'upstream', detail: 'Lindental does not answer' }, { status: 502 }) : undefined)
    const { page, cells, press } = open([truthTable], which === 'list'
      ? { list: () => failing() ?? Response.json([{ name: 'truth', title: 'True lesions', rows: 2 }]) }
      : { table: () => failing() ?? Response.json(truthTable) })
    await vi.waitFor(() => expect(page.querySelector('[role="alert"]')?.textContent).toContain('Lindental does not answer'))
    away = false
    press('Try again')
    await vi.waitFor(() => expect(cells()).toHaveLength(2))
  })
  it('are not asked for by who may only process at the hospital', async () => {
    const { page, asked } = open([clinicalTable], {}, 'REMOTE_PROCESSING')
    await vi.waitFor(() => expect(asked).toEqual(['/api/session']))
    await vi.waitFor(() => expect(page.querySelector('section')).toBeNull())
    expect(asked).toEqual(['/api/session'])
  })
})
