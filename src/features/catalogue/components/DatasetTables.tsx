import { Group, Skeleton, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../../../api/index.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { State } from '../../../ui/State.tsx'
import { tableQuery, tablesQuery } from '../queries.ts'
import { TableView } from './TableView.tsx'

const OneTable = ({ dataset, name }: { dataset: string; name: string }) => {
  const { data: table, error, refetch } = useQuery(tableQuery(useApi(), dataset, name))
  if (error) return <LoadFailure part error={error} retry={() => void refetch()} />
  return table ? <TableView table={table} /> : <Skeleton height={160} mt={12} data-loading />
}

/** Tables beside the images of a data set, for who may see its images: their names, and the one that is chosen. */
export const DatasetTables = ({ dataset }: { dataset: string }) => {
  const { t } = useTranslation('library')
  const api = useApi()
  const [chosen, setChosen] = useState<string | null>(null)
  const { data: session } = useQuery({ queryKey: ['mySession'], queryFn: ({ signal }) => api.call('session', { signal }) })
  const maySee = session?.grants.some((grant) => grant.dataset === dataset && grant.accessModel !== 'REMOTE_PROCESSING') ?? false
  const { data: tables, error, refetch } = useQuery({ ...tablesQuery(api, dataset), enabled: maySee })
  if (!maySee) return null
  const shown = tables?.find(({ name }) => name === chosen) ?? tables?.[0]
  return (
    <section className="ciw-card" style={{ padding: 16, minWidth: 0 }} aria-label={t('tables.title')}>
      <Group justify="space-between" mb={8}><Text component="h2" fw={600} size="lg" m={0}>{t('tables.title')}</Text>{shown ? <Text size="sm" c="var(--ciw-text-2)">{t('tables.rows', { count: shown.rows })}</Text> : null}</Group>
      {error ? <LoadFailure part error={error} retry={() => void refetch()} /> : null}
      {tables === undefined && !error ? <Skeleton height={200} data-loading /> : null}
      {tables?.length === 0 ? <State title={t('tables.none')} text={t('tables.noneText')} /> : null}
      {tables && shown ? (
        <Tabs value={shown.name} onChange={setChosen} keepMounted={false}>
          <Tabs.List aria-label={t('tables.title')}>{tables.map(({ name, title }) => <Tabs.Tab key={name} value={name}>{title}</Tabs.Tab>)}</Tabs.List>
          {tables.map(({ name }) => <Tabs.Panel key={name} value={name}><OneTable dataset={dataset} name={name} /></Tabs.Panel>)}
        </Tabs>
      ) : null}
    </section>
  )
}
