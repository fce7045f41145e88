import { Badge, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCopy } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useApi } from '../../../api/index.ts'
import type { AccessModel, Dataset } from '../../../contract/index.ts'
import { formatDate, formatNumber, useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { datasetQuery } from '../queries.ts'
import { MineStatus, yearsOf } from './DatasetCard.tsx'
import { DatasetTables } from './DatasetTables.tsx'

/** What each kind of access adds to the ones before it (hub.md, Rights). */
const models: readonly AccessModel[] = ['REMOTE_PROCESSING', 'IN_SITU_PROCESSING', 'DOWNLOAD']

const Facts = ({ facts, width }: { facts: readonly (readonly [string, string])[]; width: number }) => (
  <dl style={{ display: 'grid', gridTemplateColumns: `${width}px 1fr`, gap: '8px 12px', margin: 0, fontSize: 13, lineHeight: '20px' }}>
    {facts.filter(([, value]) => value).map(([label, value]) => [<dt key={`${label}t`} style={{ color: 'var(--ciw-text-3)' }}>{label}</dt>, <dd key={`${label}d`} style={{ margin: 0 }}>{value}</dd>])}
  </dl>
)

/** How to name the dataset in a publication. */
const Cite = ({ dataset }: { dataset: Dataset }) => {
  const { t } = useTranslation('library')
  const clipboard = useClipboard()
  const text = `${dataset.publisher}. ${dataset.title}, version ${dataset.version}. ${dataset.id}`
  return (
    <section className="ciw-card" style={{ padding: 16 }} aria-label={t('dataset.cite')}>
      <Group justify="space-between" mb={8}><Text component="h2" fw={600} size="md" m={0}>{t('dataset.cite')}</Text><Button variant="subtle" size="xs" leftSection={<IconCopy size={14} stroke={1.75} aria-hidden />} onClick={() => clipboard.copy(text)}>{clipboard.copied ? t('tools.copied') : t('dataset.copy')}</Button></Group>
      <Text size="sm" c="var(--ciw-text-2)">{text}</Text>
    </section>
  )
}

/** The one next step: sign in, ask, wait, or open. */
const AccessPanel = ({ dataset }: { dataset: Dataset }) => {
  const { t, i18n } = useTranslation('library')
  const api = useApi()
  const mine = dataset.mine
  const { data: session } = useQuery({ queryKey: ['mySession'], enabled: mine?.state === 'granted', queryFn: ({ signal }) => api.call('session', { signal }) })
  const grant = session?.grants.find((one) => one.dataset === dataset.id)
  const granted = grant ? models.slice(0, models.indexOf(grant.accessModel) + 1) : []
  const rights = (list: readonly AccessModel[]): string => list.map((model) => t(`dataset.right.${model}`)).join('; ')
  return (
    <section className="ciw-card" style={{ padding: 16 }} aria-label={t('dataset.access')}>
      <Stack gap="md">
        <Group justify="space-between"><Text component="h2" fw={600} size="lg" m={0}>{t('dataset.access')}</Text><MineStatus dataset={dataset} /></Group>
        {grant ? <Facts facts={[[t('dataset.for'), grant.purpose], [t('dataset.ends'), formatDate(grant.expires, i18n.language)], [t('dataset.may'), rights(granted)], [t('dataset.mayNot'), rights(models.filter((model) => !granted.includes(model)))]]} width={88} /> : (
          <Facts facts={[[t('dataset.offers'), dataset.accessModels.map((model) => t(`model.${model}`)).join(', ')]]} width={88} />
        )}
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
  const hospital = nodes.find(({ id: node }) => node === dataset.node)
  const numbers: readonly (readonly [string, string, string])[] = [
    [t('dataset.subjects'), number(dataset.subjects), ''], [t('dataset.studies'), number(dataset.studies), t('dataset.seriesImages', { series: number(dataset.series), images: number(dataset.images) })],
    [t('dataset.modalities'), dataset.modalities.join(', ') || '–', yearsOf(dataset)], [t('dataset.access'), t(`model.${dataset.accessModels.at(-1) ?? 'REMOTE_PROCESSING'}`), dataset.byConsent ? t('catalogue.consent') : ''],
  ]
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 304px', gap: 24, padding: 24, maxWidth: 1280, alignItems: 'start' }}>
      <Stack gap="lg">
        <div>
          <Text size="sm"><Link to="/catalogue">{t('dataset.back')}</Link></Text>
          <Group gap={8} my={8}>
            {dataset.cancerTypes.map((type) => <Badge key={type} variant="light">{type}</Badge>)}
            <Badge variant="outline">{t('catalogue.tier', { tier: dataset.tier })}</Badge><Badge variant="outline">{`${t('dataset.version')} ${dataset.version}`}</Badge>
            {dataset.synthetic ? <Badge variant="outline">{t('catalogue.generated')}</Badge> : null}
          </Group>
          <h1 style={{ margin: 0 }}>{dataset.title}</h1>
          <Text c="var(--ciw-text-2)" maw={680} mt={4}>{dataset.description}</Text>
        </div>
        <section className="ciw-card"><dl className="ciw-strip">{numbers.map(([label, value, more]) => <div key={label}><dt>{label}</dt><dd>{value}</dd>{more ? <dd>{more}</dd> : null}</div>)}</dl></section>
        <section className="ciw-card" style={{ padding: 16 }}>
          <Text component="h2" fw={600} size="lg" m={0} mb={12}>{t('dataset.about')}</Text>
          <Facts width={160} facts={[
            [t('dataset.hospital'), hospital ? `${hospital.name}, ${new Intl.DisplayNames([i18n.language], { type: 'region' }).of(hospital.country) ?? hospital.country}` : dataset.node], [t('dataset.publisher'), dataset.publisher], [t('dataset.legal'), dataset.legalBasis], [t('dataset.body'), dataset.bodyParts.join(', ')], [t('dataset.vendors'), dataset.vendors.join(', ')],
          ]} />
        </section>
        {dataset.mine?.state === 'granted' ? <DatasetTables dataset={dataset.id} /> : null}
      </Stack>
      <Stack gap="md">
        <AccessPanel dataset={dataset} />
        {dataset.conditions ? <section className="ciw-card" style={{ padding: 16 }} aria-label={t('dataset.conditions')}><Text component="h2" fw={600} size="md" m={0} mb={8}>{t('dataset.conditions')}</Text><Text size="sm" c="var(--ciw-text-2)">{dataset.conditions}</Text></section> : null}
        <Cite dataset={dataset} />
      </Stack>
    </div>
  )
}
