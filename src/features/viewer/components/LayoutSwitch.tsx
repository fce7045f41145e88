import { SegmentedControl, Tooltip } from '@mantine/core'
import type { EngineSeries } from '../../../engine/port.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { useViewerStore, type Layout } from '../store.ts'

/** One picture, three planes, or planes with a volume; where a series is no volume it says why there is only one. */
export const LayoutSwitch = ({ series: { notAVolume } }: { series: EngineSeries }) => {
  const { t } = useTranslation('viewer')
  const { layout, tool, set } = useViewerStore()
  const why = notAVolume && t(`notVolume.${notAVolume}`)
  const choose = (value: string): void => set({ layout: value as Layout, active: 'one', ...(value === 'stack' && tool === 'crosshair' ? { tool: 'window' as const } : {}) })
  return (
    <Tooltip label={why} disabled={!why}>
      <SegmentedControl size="xs" aria-label={t('layout')} aria-description={why} value={why ? 'stack' : layout} onChange={choose}
        data={[{ value: 'stack', label: t('layoutStack') }, { value: 'mpr', label: t('layoutMpr'), disabled: why !== undefined }, { value: 'four', label: t('layoutFour'), disabled: why !== undefined }]} />
    </Tooltip>
  )
}
