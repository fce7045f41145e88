import { useEffect } from 'react'
import { SignOutDialog } from '../features/unsynced/index.ts'
import { useDrafts } from './Drafts.tsx'

const leave = (): void => window.location.assign('/api/session/sign-out')

/** Signs out at once where nothing waits, and asks where something does. */
export const SignOut = ({ onStay }: { onStay: () => void }) => {
  const { drafts, expected, state, count } = useDrafts()
  const { drafts: known } = state
  // What is on this device is looked at once more: another tab may have drawn.
  useEffect(() => { void drafts?.retry() }, [drafts])
  const nothing = !expected || (known !== undefined && count === 0)
  useEffect(() => { if (nothing) leave() }, [nothing])
  if (nothing) return null
  return (
    <SignOutDialog state={state} syncAndWait={async (...asked) => drafts ? drafts.syncAndWait(...asked) : { kind: 'arrived' }} onSignOut={leave} onStay={onStay} />
  )
}
