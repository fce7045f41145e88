import { Button } from '@mantine/core'
import { IconAlertOctagon, IconLock, IconLogin2 } from '@tabler/icons-react'
import { useTranslation } from '../i18n/index.ts'
import { State } from './State.tsx'

/** What a screen needs to know of a failed call; `api`'s failure has this shape. */
export type LoadError = { readonly kind: string; readonly code: string; readonly detail: string }
const asLoadError = (error: unknown): LoadError | undefined =>
  typeof error !== 'object' || error === null || !('kind' in error) ? undefined
  : 'code' in error && 'detail' in error ? error as LoadError
  // A failed read of images says what it was, and that in words.
  : { kind: String(error.kind), code: String(error.kind), detail: error instanceof Error ? error.message : '' }

/** A screen, or a part of one, whose data did not come: sign in, nothing there, or try again. */
export const LoadFailure = ({ error, retry, part = false }: { error: unknown; retry: () => void; part?: boolean }) => {
  const { t } = useTranslation()
  const failure = asLoadError(error)
  if (failure?.kind === 'signedOut') {
    const back = encodeURIComponent(window.location.pathname + window.location.search)
    return (
      <State page={!part} title={t('signIn.title')} text={t('signIn.text')} icon={<IconLock size={24} stroke={1.75} aria-hidden />}>
        <Button component="a" href={`/api/session/sign-in?return=${back}`} leftSection={<IconLogin2 size={16} aria-hidden />}>{t('account.signIn')}</Button>
      </State>
    )
  }
  if (failure?.code === 'notFound') {
    return <State page={!part} title={t('state.notFoundTitle')} text={t('state.notFoundText')}><Button component="a" href="/catalogue" variant="default">{t('state.goCatalogue')}</Button></State>
  }
  const text = failure?.kind === 'network' ? t('state.network') : failure?.code === 'forbidden' ? t('state.forbidden') : failure?.detail ?? ''
  return (
    <State page={!part} role="alert" title={t('state.errorTitle')} text={text} icon={<IconAlertOctagon size={24} stroke={1.75} aria-hidden />}>
      <Button variant="default" onClick={retry}>{t('state.retry')}</Button>
    </State>
  )
}
