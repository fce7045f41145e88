import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { useApi } from '../api/index.ts'
import { useSession } from '../features/session/index.ts'
import type { Drafts } from '../workspace/index.ts'
import { countAll, type DraftsState } from '../workspace/waits.ts'

const none = createStore<DraftsState>(() => ({ drafts: undefined, notRead: undefined, sending: new Set(), low: undefined }))
const DraftsContext = createContext<{ readonly drafts: Drafts | undefined; readonly expected: boolean }>({ drafts: undefined, expected: false })
/** What the screen asks for comes first. */
const afterScreenMs = 300

/** From sign-in on, wherever the person is: what is not at its hospital is known, and what was finished is sent. */
export const DraftsProvider = ({ children }: { children: ReactNode }) => {
  const api = useApi()
  const { data: session } = useSession()
  // Somebody who is no member yet has no key and no drafts.
  const person = session?.approved ? session.person.id : undefined
  const [drafts, setDrafts] = useState<Drafts>()
  useEffect(() => {
    if (person === undefined) return undefined
    let made: Drafts | undefined
    let gone = false
    const begin = () => import('./startDrafts.ts').then(({ startDrafts }) => {
      if (gone) return
      made = startDrafts(api)
      setDrafts(made)
    }).catch(() => undefined)
    const timer = window.setTimeout(begin, afterScreenMs)
    const again = (): void => { void made?.sync() }
    window.addEventListener('online', again)
    return () => {
      gone = true
      window.clearTimeout(timer)
      window.removeEventListener('online', again)
      made?.dispose()
      setDrafts(undefined)
    }
  }, [api, person])
  const value = useMemo(() => ({ drafts, expected: person !== undefined }), [drafts, person])
  return <DraftsContext.Provider value={value}>{children}</DraftsContext.Provider>
}

/** The drafts of this person and how they stand; `expected` before they are there. */
export const useDrafts = () => {
  const { drafts, expected } = useContext(DraftsContext)
  const state = useStore(drafts?.store ?? none)
  return { drafts, expected, state, count: countAll(state.drafts ?? []) }
}
