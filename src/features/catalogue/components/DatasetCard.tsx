import { Badge, Group, Stack, Text } from '@mantine/core'
import { IconBuildingHospital } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Dataset } from '../../../contract/index.ts'
import { formatNumber, useTranslation } from '../../../i18n/index.ts'
import { Stats } from '../../../ui/Stats.tsx'
import { Status } from '../../../ui/Status.tsx'

/** Years of imaging, one where first and last are the same. */
export const yearsOf = (dataset: Dataset): string =>
  dataset.firstYear === null ? '–' : dataset.firstYear === dataset.lastYear ? String(dataset.firstYear) : `${dataset.firstYear}–${String(dataset.lastYear).slice(2)}`

const kinds = { granted: 'ok', requested: 'waiting', refused: 'refused', expired: 'old', revoked: 'refused' } as const

/** Of the caller: access, a request under way, or nothing. */
export const MineStatus = ({ dataset }: { dataset: Dataset }) => {
  const { t } = useTranslation('library')
  const state = dataset.mine?.state
  return state && state !== 'none' ? <Status kind={kinds[state]}>{t(`catalogue.${state}`)}</Status> : null
}

export const DatasetCard = ({ dataset, hospital, away }: { dataset: Dataset; hospital: string; away: boolean }) => {
  const { t, i18n } = useTranslation('library')
  return (
    <article className="ciw-card" style={{ padding: 16, display: 'flex', flexDirection: 'column', gap: 8 }}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="xs" c="dimmed">{`${dataset.cancerTypes.join(', ') || '–'} · ${dataset.modalities.join(', ') || '–'}`}</Text>
        <Group gap={8} wrap="nowrap"><MineStatus dataset={dataset} /><Badge>{t('catalogue.tier', { tier: dataset.tier })}</Badge></Group>
      </Group>
      <Text component="h3" fw={600} m={0}><Link to="/catalogue/$dataset" params={{ dataset: dataset.id }} style={{ color: 'inherit', textDecoration: 'none' }}>{dataset.title}</Link></Text>
      <Stats items={[
        { value: formatNumber(dataset.subjects, i18n.language), label: t('catalogue.subjects') }, { value: formatNumber(dataset.studies, i18n.language), label: t('catalogue.studies') }, { value: yearsOf(dataset), label: t('catalogue.imaging') },
      ]} />
      <Text size="sm" c="var(--ciw-text-2)" lineClamp={2}>{dataset.description}</Text>
      <Stack mt="auto" gap={0} pt={8} style={{ borderTop: '1px solid var(--ciw-border)' }}>
        <Group justify="space-between">
          <Group gap={8}><IconBuildingHospital size={16} stroke={1.75} aria-hidden /><Text size="sm" c="var(--ciw-text-2)">{hospital}</Text></Group>
          {away ? <Status kind="waiting">{t('catalogue.away')}</Status> : <Text size="sm" c="dimmed">{t(`model.${dataset.accessModels.at(-1) ?? 'REMOTE_PROCESSING'}`)}</Text>}
        </Group>
      </Stack>
    </article>
  )
}
