import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useApi } from '../../../api/index.ts'
import type { Dataset } from '../../../contract/index.ts'
import { formatDate, formatNumber, useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { Stats } from '../../../ui/Stats.tsx'
import { datasetQuery } from '../queries.ts'
import { MineStatus, yearsOf } from './DatasetCard.tsx'

/** The one next step: sign in, ask, wait, or open. */
const AccessPanel = ({ dataset }: { dataset: Dataset }) => {
  const { t, i18n } = useTranslation('library')
  const mine = dataset.mine
  return (
    <section className="ciw-card" style={{ padding: 16 }} aria-label={t('dataset.access')}>
      <Stack gap="md">
        <Group justify="space-between"><Text component="h2" fw={600} size="lg" m={0}>{t('dataset.access')}</Text><MineStatus dataset={dataset} /></Group>
        <Stack gap={4}>{dataset.accessModels.map((model) => <Text key={model} size="sm">{t(`model.${model}`)}</Text>)}</Stack>
        {mine?.until ? <Text size="sm" c="dimmed">{t('dataset.until', { date: formatDate(mine.until, i18n.language) })}</Text> : null}
        {mine === undefined ? <Button component="a" href={`/api/session/sign-in?return=${encodeURIComponent(`/catalogue/${dataset.id}`)}`}>{t('dataset.signIn')}</Button> : null}
        {mine?.state === 'granted' ? <Button renderRoot={(props) => <Link to="/studies" search={{ dataset: dataset.id }} {...props} />}>{t('dataset.open')}</Button> : null}
        {mine?.state === 'requested' ? <><Text size="sm">{t('dataset.waiting')}</Text><Button variant="default" renderRoot={(props) => <Link to="/requests" {...props} />}>{t('dataset.see')}</Button></> : null}
        {mine && mine.state !== 'granted' && mine.state !== 'requested' ? <><Text size="sm">{t('dataset.none')}</Text><Button renderRoot={(props) => <Link to="/requests/new" search={{ dataset: dataset.id }} {...props} />}>{mine.state === 'none' ? t('dataset.request') : t('dataset.again')}</Button></> : null}
      </Stack>
    </section>
  )
}

/** One dataset: the four numbers people ask first, what it is, and the way in. */
export const DatasetPage = ({ id }: { id: string }) => {
  const { t, i18n } = useTranslation('library')
  const api = useApi()
  const { data: dataset, error, refetch } = useQuery(datasetQuery(api, id))
  const { data: nodes = [] } = useQuery({ queryKey: ['nodes'], queryFn: ({ signal }) => api.call('nodes', { signal, background: true }) })
  if (error) return <LoadFailure error={error} retry={() => void refetch()} />
  if (!dataset) return <Stack p="xl"><Skeleton height={48} width="60%" /><Skeleton height={80} /><Skeleton height={240} /></Stack>
  const number = (value: number) => formatNumber(value, i18n.language)
  const facts = [
    [t('dataset.hospital'), nodes.find(({ id: node }) => node === dataset.node)?.name ?? dataset.node], [t('dataset.publisher'), dataset.publisher], [t('dataset.legal'), dataset.legalBasis], [t('dataset.conditions'), dataset.conditions],
    [t('dataset.body'), dataset.bodyParts.join(', ')], [t('dataset.vendors'), dataset.vendors.join(', ')], [t('dataset.version'), dataset.version],
  ].filter(([, value]) => value)
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 304px', gap: 24, padding: 24, maxWidth: 1280, alignItems: 'start' }}>
      <Stack gap="lg">
        <div>
          <Text size="sm"><Link to="/catalogue">{t('dataset.back')}</Link></Text>
          <h1 style={{ margin: 0 }}>{dataset.title}</h1>
          <Text size="sm" c="dimmed">{`${dataset.cancerTypes.join(', ') || '–'} · ${dataset.modalities.join(', ') || '–'}`}</Text>
        </div>
        <section className="ciw-card" style={{ padding: 16 }}>
          <Stats items={[
            { value: number(dataset.subjects), label: t('catalogue.subjects') }, { value: number(dataset.studies), label: t('catalogue.studies') }, { value: number(dataset.images), label: t('catalogue.images') },
            { value: yearsOf(dataset), label: t('catalogue.imaging') },
          ]} />
        </section>
        <section className="ciw-card" style={{ padding: 16 }}>
          <Text component="h2" fw={600} size="lg" m={0} mb={8}>{t('dataset.about')}</Text>
          <Text mb="md">{dataset.description}</Text>
          <dl style={{ display: 'grid', gridTemplateColumns: '160px 1fr', rowGap: 8, margin: 0 }}>
            {facts.map(([label, value]) => [<dt key={`${label}t`} style={{ color: 'var(--ciw-text-3)' }}>{label}</dt>, <dd key={`${label}d`} style={{ margin: 0 }}>{value}</dd>])}
          </dl>
        </section>
      </Stack>
      <AccessPanel dataset={dataset} />
    </div>
  )
}
