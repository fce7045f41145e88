import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useApi } from '../../../api/index.ts'
import { formatDate, useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { State } from '../../../ui/State.tsx'

/** What the caller is granted, for how long and for what. */
export const MyDataPage = () => {
  const { t, i18n } = useTranslation('library')
  const api = useApi()
  const session = useQuery({ queryKey: ['mySession'], queryFn: ({ signal }) => api.call('session', { signal }) })
  const datasets = useQuery({ queryKey: ['datasets', {}], queryFn: ({ signal }) => api.call('datasets', { signal }) })
  if (session.error) return <LoadFailure error={session.error} retry={() => void session.refetch()} />
  const grants = session.data?.grants
  return (
    <Stack p="xl" gap="lg" maw={880}>
      <div><h1 style={{ margin: 0 }}>{t('myData.title')}</h1><Text size="sm" c="dimmed">{t('myData.text')}</Text></div>
      {grants?.length === 0 ? <State title={t('myData.none')} text={t('myData.noneText')}><Button component="a" href="/catalogue" variant="default">{t('catalogue.title')}</Button></State> : null}
      {grants?.map((grant) => (
        <article key={grant.id} className="ciw-card" style={{ padding: 16 }}>
          <Group justify="space-between" wrap="nowrap">
            <div>
              <Text component="h2" fw={600} size="md" m={0}>{datasets.data?.items.find(({ id }) => id === grant.dataset)?.title ?? grant.dataset}</Text>
              <Text size="sm" c="dimmed">{`${t(`model.${grant.accessModel}`)} · ${t('dataset.until', { date: formatDate(grant.expires, i18n.language) })}`}</Text>
              <Text size="sm">{grant.purpose}</Text>
            </div>
            <Button renderRoot={(props) => <Link to="/studies" search={{ dataset: grant.dataset }} {...props} />} variant="default" size="xs">{t('dataset.open')}</Button>
          </Group>
        </article>
      )) ?? <Skeleton height={120} />}
    </Stack>
  )
}
