import { Button, Text } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from '../../i18n/index.ts'
import { State } from '../../ui/State.tsx'
import { countLogs } from '../../workspace/logDatabase.ts'
import { logDatabase } from '../logDatabase.ts'

/** How often it is tried whether the hub answers again. */
const everyMs = 5_000

/** What stands in place of the app while the hub cannot be reached: that work is safe, how much of it, and that it goes on by itself. */
export const OfflinePage = ({ retry }: { retry: () => void }) => {
  const { t } = useTranslation()
  const [waits, setWaits] = useState<{ readonly count: number } | { readonly detail: string }>()
  useEffect(() => { logDatabase.then(countLogs).then((count) => setWaits({ count }), (error: unknown) => setWaits({ detail: error instanceof Error ? error.message : '' })) }, [])
  useEffect(() => {
    const timer = window.setInterval(retry, everyMs)
    window.addEventListener('online', retry)
    return () => {
      window.clearInterval(timer)
      window.removeEventListener('online', retry)
    }
  }, [retry])
  return (
    <main style={{ display: 'grid', placeContent: 'center', minHeight: '100vh', padding: 24 }}>
      <State page role="status" title={t('offline.title')} text={t('offline.text')} icon={<IconPlugConnectedX size={28} stroke={1.75} aria-hidden />}>
        {waits === undefined ? null : 'count' in waits ? <Text fw={600} data-waits={waits.count}>{t('offline.waits', { count: waits.count })}</Text> : <Text role="alert">{t('offline.notCounted', waits)}</Text>}
        <Button variant="default" onClick={retry}>{t('offline.retry')}</Button>
      </State>
      <Text size="sm" c="dimmed" ta="center" mt="xl">{`${t('app.researchOnly')}. ${t('app.notDevice')}.`}</Text>
    </main>
  )
}
