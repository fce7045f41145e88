import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconBuildingHospital, IconDatabase, IconLogin2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Navigate } from '@tanstack/react-router'
import { useApi } from '../../../api/index.ts'
import { formatNumber, useTranslation } from '../../../i18n/index.ts'
import { Stats } from '../../../ui/Stats.tsx'
import { Status } from '../../../ui/Status.tsx'
import { signInAddress, useNodes, useSession } from '../queries.ts'

const numbersOf = (language: string, values: readonly (readonly [number | undefined, string])[]) => values.map(([value, label]) => ({ value: value === undefined ? '–' : formatNumber(value, language), label }))

/** The way in: what this is, sign-in or the public catalogue, and what the federation holds now. Who is signed in goes on to the catalogue. */
export const WelcomePage = ({ failed }: { failed: 'expired' | 'failed' | undefined }) => {
  const { t, i18n } = useTranslation()
  const api = useApi()
  const { data: session } = useSession()
  const { data: nodes = [] } = useNodes()
  const { data: catalogue } = useQuery({ queryKey: ['datasets', {}], queryFn: ({ signal }) => api.call('datasets', { signal }) })
  if (session) return <Navigate to="/catalogue" replace />
  return (
    <main className="ciw-welcome">
      <div>
        <header className="ciw-brand" style={{ padding: 0 }}><img src="/icon.svg" alt="" width={20} height={20} />{t('app.name')}</header>
        <Stack gap="md" maw={448} my="auto">
          <h1 style={{ fontSize: 28, lineHeight: '36px', margin: 0 }}>{t('welcome.title')}</h1>
          <Text c="var(--ciw-text-2)">{t('welcome.text')}</Text>
          {failed ? <Alert color="orange" role="alert">{t(`signIn.${failed}`)}</Alert> : null}
          <Button component="a" size="md" href={signInAddress('/catalogue')} leftSection={<IconLogin2 size={18} stroke={1.75} aria-hidden />}>{t('account.signIn')}</Button>
          <Button variant="default" size="md" renderRoot={(props) => <Link to="/catalogue" {...props} />} leftSection={<IconDatabase size={18} stroke={1.75} aria-hidden />}>{t('welcome.catalogue')}</Button>
          <Text size="sm" c="dimmed">{t('welcome.join')}</Text>
        </Stack>
        <Text size="sm" c="dimmed">{`${t('app.researchOnly')}. ${t('app.notDevice')}.`}</Text>
      </div>
      <section aria-label={t('welcome.federation')}>
        <div className="ciw-card" style={{ padding: 24, width: 'min(440px, 100%)' }}>
          <Text component="h2" fw={600} size="lg" m={0} mb="md">{t('welcome.federation')}</Text>
          <Stats items={numbersOf(i18n.language, [[catalogue?.total, t('welcome.datasets')], [catalogue?.subjects, t('welcome.subjects')], [catalogue?.studies, t('welcome.studies')], [nodes.length || undefined, t('welcome.hospitals')]])} />
          <ul style={{ listStyle: 'none', margin: '16px 0 0', padding: 0 }}>
            {nodes.map(({ id, name, country, state }) => (
              <li key={id} style={{ display: 'flex', alignItems: 'center', gap: 8, padding: '8px 0', borderTop: '1px solid var(--ciw-border)' }}>
                <IconBuildingHospital size={16} stroke={1.75} aria-hidden />
                <span style={{ flex: 1 }}>{`${name}, ${new Intl.DisplayNames([i18n.language], { type: 'region' }).of(country) ?? country}`}</span>
                <Status kind={state === 'up' ? 'ok' : 'waiting'}>{t(state === 'up' ? 'welcome.answers' : 'welcome.away')}</Status>
              </li>
            ))}
          </ul>
        </div>
      </section>
    </main>
  )
}
