import { Button, Group, NativeSelect, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useApi } from '../../../api/index.ts'
import { formatNumber, useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { State } from '../../../ui/State.tsx'
import { datasetsQuery, type CatalogueSearch } from '../queries.ts'
import { DatasetCard } from './DatasetCard.tsx'
import { Facets } from './Facets.tsx'
import { WhereStrip } from './WhereStrip.tsx'

/** The public catalogue: filters left, results right, what is chosen stands in the address. */
export const CataloguePage = ({ search, onSearch }: { search: CatalogueSearch; onSearch: (search: CatalogueSearch) => void }) => {
  const { t, i18n } = useTranslation('library')
  const api = useApi()
  const { data: page, error, refetch } = useQuery(datasetsQuery(api, search))
  const { data: nodes = [] } = useQuery({ queryKey: ['nodes'], queryFn: ({ signal }) => api.call('nodes', { signal, background: true }) })
  const nodeNames = new Map(nodes.map(({ id, name }) => [id, name]))
  if (error && !page) return <LoadFailure error={error} retry={() => void refetch()} />
  const number = (value: number) => formatNumber(value, i18n.language)
  return (
    <div style={{ display: 'grid', gridTemplateColumns: '240px minmax(0, 1fr)', minHeight: '100%' }}>
      <div style={{ padding: 24, borderRight: '1px solid var(--ciw-border)' }}>
        {page ? <Facets page={page} search={search} nodeNames={nodeNames} onChange={onSearch} /> : <Skeleton height={320} />}
      </div>
      <Stack gap="lg" p="xl" pt={16}>
        <h1 className="ciw-skip">{t('catalogue.title')}</h1>
        <TextInput size="md" type="search" aria-label={t('catalogue.searchLabel')} placeholder={t('catalogue.search', { count: page?.total ?? 0 })} leftSection={<IconSearch size={18} stroke={1.75} aria-hidden />}
          defaultValue={search.text ?? ''} onChange={({ currentTarget: { value } }) => onSearch({ ...search, text: value })} />
        {page ? <WhereStrip page={page} search={search} nodeNames={nodeNames} onChange={onSearch} /> : <Skeleton height={180} />}
        <Group justify="space-between">
          <Group gap="sm" align="baseline" role="status">
            <Text fw={600} size="lg">{page ? t('catalogue.found', { count: page.total }) : t('catalogue.title')}</Text>
            {page ? <Text size="sm" c="dimmed">{t('catalogue.sum', { subjects: number(page.subjects), studies: number(page.studies) })}</Text> : null}
          </Group>
          <NativeSelect size="xs" aria-label={t('catalogue.sort')} value={search.sort ?? 'subjects'} onChange={({ currentTarget: { value } }) => onSearch({ ...search, sort: value as 'subjects' | 'title' | 'newest' })}
            data={[{ value: 'subjects', label: t('catalogue.sortSubjects') }, { value: 'title', label: t('catalogue.sortTitle') }, { value: 'newest', label: t('catalogue.sortNewest') }]} />
        </Group>
        {page?.total === 0 ? (
          <State title={t('catalogue.none')} text={t('catalogue.noneText')}><Button variant="default" onClick={() => onSearch({})}>{t('catalogue.clear')}</Button></State>
        ) : (
          <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(300px, 1fr))', gap: 12 }}>
            {page?.items.map((dataset) => <DatasetCard key={dataset.id} dataset={dataset} hospital={nodeNames.get(dataset.node) ?? dataset.node} away={nodes.find(({ id }) => id === dataset.node)?.state === 'away'} />) ?? [0, 1, 2].map((n) => <Skeleton key={n} height={200} />)}
          </div>
        )}
      </Stack>
    </div>
  )
}
