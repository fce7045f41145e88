import { queryOptions, useQuery } from '@tanstack/react-query'
import { ApiFailure, useApi, type Api } from '../../api/index.ts'
import type { Session } from '../../contract/index.ts'

/** Who is signed in; null where nobody is. */
export const sessionQuery = (api: Api) => queryOptions({
  // Signed in again in another window: this one learns it when it is looked at.
  queryKey: ['session'], staleTime: 60_000, refetchOnWindowFocus: 'always',
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await api.call('session', { signal, background: true })
    } catch (error) {
      if (error instanceof ApiFailure && error.kind === 'signedOut') return null
      throw error
    }
  },
})
export const useSession = () => useQuery(sessionQuery(useApi()))

export const nodesQuery = (api: Api) => queryOptions({ queryKey: ['nodes'], refetchInterval: 30_000, queryFn: ({ signal }) => api.call('nodes', { signal, background: true }) })
export const useNodes = () => useQuery(nodesQuery(useApi()))

/** Where sign-in begins and where it comes back to. */
export const signInAddress = (path: string): string => `/api/session/sign-in?return=${encodeURIComponent(path)}`
