import { QueryClient } from '@tanstack/react-query'
import { ApiFailure, createApi } from '../api/index.ts'

/** What the app is made of, with everything that reaches outside handed in. */
export const compose = ({ fetch, uuid }: { fetch: typeof globalThis.fetch; uuid: () => string }) => {
  const queryClient = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000, refetchOnWindowFocus: false,
        retry: (count, error) => count < 2 && error instanceof ApiFailure && (error.kind === 'network' || error.status >= 500),
      },
    },
  })
  const api = createApi({ fetch, uuid, onSignedOut: () => queryClient.setQueryData(['session'], null) })
  return { api, queryClient }
}
