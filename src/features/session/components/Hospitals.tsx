import { Group, Text, Tooltip } from '@mantine/core'
import { IconCircleCheck, IconHourglass } from '@tabler/icons-react'
import { useTranslation } from '../../../i18n/index.ts'
import { useNodes } from '../queries.ts'

/** Which hospitals answer now. */
export const Hospitals = () => {
  const { t } = useTranslation()
  const { data: nodes = [] } = useNodes()
  const up = nodes.filter(({ state }) => state === 'up').length
  if (nodes.length === 0) return null
  return (
    <Group gap={4} wrap="nowrap" role="status">
      {nodes.map(({ id, name, state }) => {
        const label = t(state === 'up' ? 'hospitals.up' : 'hospitals.away', { name })
        const Icon = state === 'up' ? IconCircleCheck : IconHourglass
        return <Tooltip key={id} label={label}><Icon size={16} stroke={1.75} role="img" aria-label={label} color={state === 'up' ? 'var(--ciw-ok)' : 'var(--ciw-warn)'} /></Tooltip>
      })}
      <Text size="sm" c="var(--ciw-text-2)" style={{ whiteSpace: 'nowrap' }}>{t('hospitals.count', { up, all: nodes.length })}</Text>
    </Group>
  )
}
