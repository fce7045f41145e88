import { queryOptions } from '@tanstack/react-query'
import type { Api } from '../../api/index.ts'

export const toolsQuery = (api: Api) => queryOptions({ queryKey: ['tools'], queryFn: ({ signal }) => api.call('tools', { signal }) })
