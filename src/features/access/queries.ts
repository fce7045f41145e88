import { queryOptions } from '@tanstack/react-query'
import type { Api } from '../../api/index.ts'

export const requestsQuery = (api: Api) => queryOptions({ queryKey: ['accessRequests'], queryFn: ({ signal }) => api.call('accessRequests', { signal }) })
/** What changes when a request is sent or decided. */
export const touched = [['accessRequests'], ['datasets'], ['dataset'], ['session'], ['studies']] as const
