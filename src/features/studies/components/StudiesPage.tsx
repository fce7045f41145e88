import { Group, NativeSelect, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../../../api/index.ts'
import type { StudyRow } from '../../../contract/index.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { State } from '../../../ui/State.tsx'
import { studyHandle } from '../handle.ts'
import { studiesQuery, studyByHandle, type StudiesSearch } from '../queries.ts'
import { StudiesTable } from './StudiesTable.tsx'
import { StudyPreview } from './StudyPreview.tsx'

/** The studies the caller is granted: table, filters, preview. */
export const StudiesPage = ({ search, onSearch, onOpen }: { search: StudiesSearch; onSearch: (search: StudiesSearch) => void; onOpen: (dataset: string, handle: string) => void }) => {
  const { t } = useTranslation('library')
  const api = useApi()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const [sought] = useDebouncedValue(text.trim(), 250)
  const [cursor, setCursor] = useState(0)
  const query = useInfiniteQuery(studiesQuery(api, search, sought))
  const datasets = useQuery({ queryKey: ['datasets', {}], queryFn: ({ signal }) => api.call('datasets', { signal }) })
  if (query.error && !query.data) return <LoadFailure error={query.error} retry={() => void query.refetch()} />
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? []
  const total = query.data?.pages[0]?.total ?? 0
  const current = rows[Math.min(cursor, rows.length - 1)]
  const open = async (row: StudyRow): Promise<void> => {
    const handle = await studyHandle(row.dataset, row.studyInstanceUid)
    // What the row says need not be asked for again.
    queries.setQueryData(studyByHandle(api, row.dataset, handle).queryKey, row)
    onOpen(row.dataset, handle)
  }
  const granted = datasets.data?.items.filter(({ mine }) => mine?.state === 'granted') ?? []
  const without = (key: keyof StudiesSearch): StudiesSearch => {
    const { [key]: _, ...rest } = search
    return rest
  }
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 352px', height: '100%' }}>
      <div style={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}>
        <h1 className="ciw-skip">{t('studies.title')}</h1>
        <Group p="md" px="xl" gap="sm">
          <TextInput type="search" aria-label={t('studies.searchLabel')} placeholder={t('studies.search')} leftSection={<IconSearch size={16} aria-hidden />} value={text} onChange={({ currentTarget: { value } }) => setText(value)} style={{ flex: 1, maxWidth: 320 }} />
          <NativeSelect aria-label={t('studies.dataset')} value={search.dataset ?? ''} onChange={({ currentTarget: { value } }) => onSearch(value ? { ...search, dataset: value } : without('dataset'))} data={[{ value: '', label: t('studies.all') }, ...granted.map(({ id, title }) => ({ value: id, label: title }))]} />
          <NativeSelect aria-label={t('studies.modality')} value={search.modality ?? ''} onChange={({ currentTarget: { value } }) => onSearch(value ? { ...search, modality: value } : without('modality'))} data={[{ value: '', label: t('studies.anyModality') }, ...(query.data?.pages[0]?.facets[0]?.values.map(({ value }) => value) ?? [])]} />
        </Group>
        {query.data && total === 0 ? <State title={t('studies.none')} text={t('studies.noneText')} /> : (
          <StudiesTable rows={rows} total={total} cursor={cursor} sort={search.sort ?? '-date'} loading={query.isPending} onCursor={setCursor} onOpen={(row) => void open(row)} onSort={(sort) => onSearch({ ...search, sort })} onEnd={() => { if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage() }} />
        )}
        <Group px="xl" py={8} gap="lg" style={{ borderTop: '1px solid var(--ciw-border)' }}><Text size="sm" role="status">{t('studies.rows', { count: total })}</Text></Group>
      </div>
      {current ? <StudyPreview study={current} onOpen={() => void open(current)} /> : <aside style={{ borderLeft: '1px solid var(--ciw-border)', background: 'var(--ciw-surface)' }}><State title={t('studies.preview')} text={t('studies.pick')} /></aside>}
    </div>
  )
}
