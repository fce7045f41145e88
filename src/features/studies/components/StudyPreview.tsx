import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconPhoto } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { pathOf, useApi } from '../../../api/index.ts'
import type { StudyRow } from '../../../contract/index.ts'
import { formatDate, useTranslation } from '../../../i18n/index.ts'
import { seriesQuery } from '../queries.ts'

const derived = new Set(['SR', 'SEG', 'RTSTRUCT', 'KO', 'PR'])

/** The study under the cursor: one middle slice, its series, and the way in. */
export const StudyPreview = ({ study, onOpen }: { study: StudyRow; onOpen: () => void }) => {
  const { t, i18n } = useTranslation('library')
  const api = useApi()
  const { data: series } = useQuery(seriesQuery(api, study.dataset, study.studyInstanceUid))
  const images = series?.filter(({ modality }) => !derived.has(modality))
  const thumbnail = (uid: string) => pathOf('thumbnail', { dataset: study.dataset, study: study.studyInstanceUid, series: uid })
  const [first] = images ?? []
  return (
    <aside aria-label={t('studies.preview')} style={{ borderLeft: '1px solid var(--ciw-border)', background: 'var(--ciw-surface)', overflow: 'auto' }}>
      <div style={{ background: '#000', height: 264, display: 'grid', placeItems: 'center' }}>{first ? <img src={thumbnail(first.seriesInstanceUid)} alt={t('studies.preview')} style={{ height: 264, maxWidth: '100%', objectFit: 'contain' }} /> : null}</div>
      <Stack p="lg" gap="md">
        <div><Text fw={600} size="lg">{study.subject}</Text><Text size="sm" c="dimmed">{study.date ? formatDate(study.date, i18n.language) : '–'}</Text></div>
        <Button onClick={onOpen} leftSection={<IconPhoto size={16} stroke={1.75} aria-hidden />}>{t('studies.open')}</Button>
        <Text size="sm" c="dimmed">{t('studies.seriesCount', { series: study.series, images: study.images })}</Text>
        {series?.map((one) => (
          <Group key={one.seriesInstanceUid} gap="sm" wrap="nowrap">
            {derived.has(one.modality) ? null : <img src={thumbnail(one.seriesInstanceUid)} alt="" width={44} height={44} style={{ objectFit: 'cover', background: '#000', borderRadius: 4 }} />}
            <div style={{ minWidth: 0, flex: 1 }}><Text size="sm" truncate>{`${one.number ?? ''} ${one.description}`}</Text><Text size="xs" c="dimmed">{one.images}</Text></div>
            <Text size="xs" c="dimmed">{one.modality}</Text>
          </Group>
        )) ?? <Skeleton height={120} />}
      </Stack>
    </aside>
  )
}
