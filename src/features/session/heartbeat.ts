import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useApi } from '../../api/index.ts'
import { sessionQuery } from './queries.ts'

/** As often as a person's doing is told to the hub. */
const everyMs = 60_000
const signs = ['pointerdown', 'keydown', 'wheel'] as const

/** A person at work on a loaded case asks the hub for nothing, yet is not idle: one call a minute of real input extends the idle hour. */
export const useHeartbeat = (): void => {
  const api = useApi()
  const queries = useQueryClient()
  useEffect(() => {
    let last = performance.now()
    const beat = (): void => {
      if (performance.now() - last < everyMs) return
      last = performance.now()
      api.call('heartbeat', { body: undefined }).then((session) => queries.setQueryData(sessionQuery(api).queryKey, session), () => undefined)
    }
    for (const sign of signs) window.addEventListener(sign, beat, { capture: true, passive: true })
    return () => { for (const sign of signs) window.removeEventListener(sign, beat, { capture: true }) }
  }, [api, queries])
}
