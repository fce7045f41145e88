import { Group, NativeSelect, Switch } from '@mantine/core'
import { formatNumber, useTranslation } from '../../../i18n/index.ts'
import { brushRadii, paintedBy, useViewerStore } from '../store.ts'

/** How large the brush in hand is, and whether it reaches through the slices; nothing while another tool is in hand. */
export const BrushSize = () => {
  const { t, i18n } = useTranslation('viewer')
  const { tool, radius, ball, set } = useViewerStore()
  if (!paintedBy(tool)) return null
  return (
    <Group gap="md" wrap="nowrap">
      <NativeSelect size="xs" w={92} aria-label={t('brushRadius')} value={String(radius)} onChange={({ currentTarget }) => set({ radius: Number(currentTarget.value) })} data={brushRadii.map((one) => ({ value: String(one), label: t('millimetres', { value: formatNumber(one, i18n.language) }) }))} />
      <Switch size="xs" label={t('brushBall')} checked={ball} onChange={({ currentTarget }) => set({ ball: currentTarget.checked })} styles={{ label: { whiteSpace: 'nowrap' } }} />
    </Group>
  )
}
