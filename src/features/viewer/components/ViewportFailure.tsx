import { Button } from '@mantine/core'
import type { FailureKind } from '../../../engine/port.ts'
import { useEngine } from '../../../engine/react.tsx'
import { useTranslation } from '../../../i18n/index.ts'

/** Where asking again can bring the picture. */
const again: ReadonlySet<FailureKind> = new Set<FailureKind>(['forbidden', 'notFound', 'network', 'undecodable', 'timeLimit', 'contextLost'])

/** Why there is no picture and what the person can do, in its place. */
export const ViewportFailure = ({ viewportId, kind }: { viewportId: string; kind: FailureKind }) => {
  const { t } = useTranslation('viewer')
  const engine = useEngine()
  return (
    <div role="alert" style={{ position: 'absolute', inset: 0, display: 'grid', placeContent: 'center', justifyItems: 'center', gap: 12, background: '#000', color: '#e6ebef', padding: 24, textAlign: 'center' }}>
      <span>{t(`failure.${kind}`)}</span>
      {kind === 'signedOut' ? <Button component="a" size="xs" href={`/api/session/sign-in?return=${encodeURIComponent(window.location.pathname)}`}>{t('failure.signIn')}</Button> : null}
      {again.has(kind) ? <Button size="xs" variant="default" onClick={() => engine.retry(viewportId)}>{t(kind === 'contextLost' ? 'redraw' : 'retry')}</Button> : null}
      {kind === 'noWebGL' ? <Button size="xs" variant="default" onClick={() => window.location.reload()}>{t('failure.reload')}</Button> : null}
    </div>
  )
}
