import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Api } from '../../api/index.ts'
import { ApiFailure } from '../../api/index.ts'
import type { StudyRow, StudySearch } from '../../contract/index.ts'
import { studyHandle } from './handle.ts'

export type StudiesSearch = { readonly dataset?: string; readonly modality?: string; readonly sort?: NonNullable<StudySearch['sort']> }

const pageSize = 100
/** Pages of the table; the text that was searched for stays out of the address, for it may be a name. */
export const studiesQuery = (api: Api, search: StudiesSearch, text: string) => infiniteQueryOptions({
  queryKey: ['studies', search, text], initialPageParam: 0,
  queryFn: ({ signal, pageParam }) => api.call('studiesSearch', {
    signal,
    body: {
      limit: pageSize, offset: pageParam, ...(search.dataset ? { dataset: search.dataset } : {}), ...(search.modality ? { modality: [search.modality] } : {}), ...(search.sort ? { sort: search.sort } : {}), ...(text ? { text } : {}),
    },
  }),
  getNextPageParam: (last, pages) => {
    const have = pages.reduce((sum, page) => sum + page.items.length, 0)
    return have < last.total ? have : undefined
  },
})

/** The study behind a handle: the data set's studies are looked through, page by page. */
export const studyByHandle = (api: Api, dataset: string, handle: string) => queryOptions({
  queryKey: ['study', dataset, handle], staleTime: Infinity,
  queryFn: async ({ signal }): Promise<StudyRow> => {
    for (let offset = 0; ; offset += 500) {
      const page = await api.call('studiesSearch', { signal, body: { dataset, limit: 500, offset } })
      for (const row of page.items) if (await studyHandle(row.dataset, row.studyInstanceUid) === handle) return row
      if (offset + page.items.length >= page.total) throw new ApiFailure('refused', 'notFound', 'no such study', 404)
    }
  },
})

export type SeriesRow = { readonly seriesInstanceUid: string; readonly number: number | null; readonly modality: string; readonly description: string; readonly images: number }
const value = (row: Record<string, { Value?: unknown[] }>, tag: string): unknown => row[tag]?.Value?.[0]
/** Series of a study by QIDO-RS, in order of their number. */
export const seriesQuery = (api: Api, dataset: string, study: string) => queryOptions({
  queryKey: ['series', dataset, study],
  queryFn: async ({ signal }): Promise<SeriesRow[]> => {
    const response = await api.call('qidoSeries', { params: { dataset, study }, signal })
    const rows = await response.json() as Record<string, { Value?: unknown[] }>[]
    return rows.map((row) => ({
      seriesInstanceUid: String(value(row, '0020000E')), number: typeof value(row, '00200011') === 'number' ? Number(value(row, '00200011')) : null, modality: String(value(row, '00080060') ?? ''),
      description: String(value(row, '0008103E') ?? ''), images: Number(value(row, '00201209') ?? 0),
    })).sort((a, b) => (a.number ?? 1e9) - (b.number ?? 1e9))
  },
})
