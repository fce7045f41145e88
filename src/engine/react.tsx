import { createContext, useCallback, useContext, useSyncExternalStore } from 'react'
import type { Engine, ViewportSnapshot } from './port.ts'

const EngineContext = createContext<Engine | undefined>(undefined)
export const EngineProvider = EngineContext.Provider

/** @throws Error outside of the provider */
export const useEngine = (): Engine => {
  const engine = useContext(EngineContext)
  if (!engine) throw new Error('useEngine outside of EngineProvider')
  return engine
}

/** What a viewport shows, anew whenever the engine says so. */
export const useViewport = (viewportId: string): ViewportSnapshot | undefined => {
  const engine = useEngine()
  const subscribe = useCallback((listener: () => void) => engine.subscribe(viewportId, listener), [engine, viewportId])
  return useSyncExternalStore(subscribe, () => engine.snapshot(viewportId))
}
