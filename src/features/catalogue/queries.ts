import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Api } from '../../api/index.ts'

/** What the catalogue's address holds; lists stand with dots. */
export type CatalogueSearch = { readonly text?: string; readonly cancerType?: string; readonly modality?: string; readonly access?: string; readonly node?: string; readonly sort?: 'subjects' | 'title' | 'newest' }
export const facetFields = ['cancerType', 'modality', 'access', 'node'] as const
export type FacetField = (typeof facetFields)[number]

export const chosen = (search: CatalogueSearch, field: FacetField): string[] => (search[field] ?? '').split('.').filter(Boolean)
export const toggled = (search: CatalogueSearch, field: FacetField, value: string): CatalogueSearch => {
  const now = chosen(search, field)
  const next = now.includes(value) ? now.filter((one) => one !== value) : [...now, value]
  const { [field]: _, ...rest } = search
  return next.length > 0 ? { ...rest, [field]: next.join('.') } : rest
}

export const datasetsQuery = (api: Api, search: CatalogueSearch) => queryOptions({
  queryKey: ['datasets', search], placeholderData: keepPreviousData,
  queryFn: ({ signal }) => api.call('datasets', {
    signal,
    query: {
      text: search.text || undefined, sort: search.sort,
      ...Object.fromEntries(facetFields.map((field) => [field, chosen(search, field).length > 0 ? chosen(search, field) : undefined])),
    },
  }),
})
/** Tables beside the images of a data set, and one of them; what the hub keeps from others is not kept here either once it is not looked at. */
export const tablesQuery = (api: Api, dataset: string) => queryOptions({ queryKey: ['tables', dataset], queryFn: ({ signal }) => api.call('tables', { params: { dataset }, signal }) })
export const tableQuery = (api: Api, dataset: string, table: string) => queryOptions({ queryKey: ['tables', dataset, table], gcTime: 0, staleTime: Infinity, queryFn: ({ signal }) => api.call('table', { params: { dataset, table }, signal }) })
export const datasetQuery = (api: Api, dataset: string) => queryOptions({ queryKey: ['dataset', dataset], queryFn: ({ signal }) => api.call('dataset', { params: { dataset }, signal }) })
