import { useEffect } from 'react'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { MyDataPage, NewRequestPage, RequestsPage } from '../../features/access/index.ts'
import { CataloguePage, DatasetPage } from '../../features/catalogue/index.ts'
import { useSession, WelcomePage } from '../../features/session/index.ts'
import { StudiesPage, studyHandle } from '../../features/studies/index.ts'
import { UnsyncedPage } from '../../features/unsynced/index.ts'
import { LoadFailure } from '../../ui/LoadFailure.tsx'
import { ToolPage, ToolsPage } from '../../features/tools/index.ts'
import { useDrafts } from '../Drafts.tsx'

export const Welcome = () => <WelcomePage failed={useSearch({ from: '/' })['sign-in']} />
export const Catalogue = () => {
  const navigate = useNavigate()
  return <CataloguePage search={useSearch({ from: '/library/catalogue' })} onSearch={(search) => void navigate({ to: '/catalogue', search, replace: true })} />
}
export const Dataset = () => <DatasetPage id={useParams({ from: '/library/catalogue/$dataset' }).dataset} />
export const Requests = RequestsPage
export const NewRequest = () => {
  const navigate = useNavigate()
  return <NewRequestPage dataset={useSearch({ from: '/library/requests/new' }).dataset} onSent={() => void navigate({ to: '/requests' })} />
}
export const MyData = MyDataPage
/** The list itself comes first. */
const afterListMs = 300
export const Studies = () => {
  const navigate = useNavigate()
  // The viewer's code comes while nothing else is asked for.
  useEffect(() => {
    const timer = window.setTimeout(() => import('./ViewerPage.tsx').then(({ warmUp }) => warmUp()).catch(() => undefined), afterListMs)
    return () => window.clearTimeout(timer)
  }, [])
  return <StudiesPage search={useSearch({ from: '/library/studies' })} onSearch={(search) => void navigate({ to: '/studies', search, replace: true })} onOpen={(dataset, handle) => void navigate({ to: '/view/$dataset/$handle', params: { dataset, handle } })} />
}
export const Nowhere = () => <LoadFailure error={{ kind: 'refused', code: 'notFound', detail: '' }} retry={() => undefined} />
export const Tools = ToolsPage
export const Tool = () => <ToolPage id={useParams({ from: '/library/tools/$tool' }).tool} />
export const Unsynced = () => {
  const navigate = useNavigate()
  const { data: session } = useSession()
  const { drafts, state } = useDrafts()
  if (session === null) return <LoadFailure error={{ kind: 'signedOut', code: '', detail: '' }} retry={() => undefined} />
  return (
    <UnsyncedPage
      state={state} onSync={() => void drafts?.sync()} onRetry={() => void drafts?.retry()}
      onOpen={(dataset, study) => void studyHandle(dataset, study).then((handle) => navigate({ to: '/view/$dataset/$handle', params: { dataset, handle } }))}
    />
  )
}
