import { lazy, Suspense, type ReactNode } from 'react'
import { ApiFailure } from '../api/index.ts'
import { useSession } from '../features/session/index.ts'

const OfflinePage = lazy(() => import('./pages/offline.tsx').then(({ OfflinePage: page }) => ({ default: page })))

/** The app, or, where the hub cannot be reached from its start on, what waits on this device. Once reached it stays, whatever comes. */
export const Reached = ({ children }: { children: ReactNode }) => {
  const { data, error, fetchStatus, refetch } = useSession()
  const away = data === undefined && (fetchStatus === 'paused' || (error instanceof ApiFailure && error.kind === 'network'))
  return away ? <Suspense><OfflinePage retry={() => void refetch({ cancelRefetch: false })} /></Suspense> : children
}
