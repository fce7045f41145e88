import { Button } from '@mantine/core'
import { IconLogin2 } from '@tabler/icons-react'
import { useTranslation } from '../../../i18n/index.ts'
import { signInAddress } from '../queries.ts'

/** Over the work of somebody whose session has ended: it stays, and goes on after sign-in. */
export const SessionEnded = () => {
  const { t } = useTranslation()
  return (
    <div role="alert" style={{ display: 'flex', alignItems: 'center', gap: 12, padding: '6px 12px', background: 'var(--ciw-warn-soft)', color: 'var(--ciw-warn)', fontSize: 13 }}>
      <strong>{t('state.signedOutTitle')}</strong>
      <span style={{ flex: 1 }}>{t('state.signedOutText')}</span>
      <Button component="a" size="xs" href={signInAddress(window.location.pathname + window.location.search)} leftSection={<IconLogin2 size={14} aria-hidden />}>{t('account.signIn')}</Button>
    </div>
  )
}
