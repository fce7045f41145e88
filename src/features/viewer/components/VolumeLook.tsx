import { NativeSelect } from '@mantine/core'
import type { VolumePreset } from '../../../engine/port.ts'
import { useEngine, useViewport } from '../../../engine/react.tsx'
import { useTranslation } from '../../../i18n/index.ts'

/** How a volume in space is coloured, chosen in its own viewport. */
export const VolumeLook = ({ viewportId }: { viewportId: string }) => {
  const { t } = useTranslation('viewer')
  const engine = useEngine()
  const volume = useViewport(viewportId)?.volume
  if (!volume) return null
  return (
    <NativeSelect size="xs" aria-label={t('volumeLook')} value={volume.preset} onPointerDown={(event) => event.stopPropagation()} onChange={({ currentTarget: { value } }) => engine.setPreset(viewportId, value as VolumePreset)}
      data={volume.presets.map((value) => ({ value, label: t(`volumePreset.${value}`) }))} style={{ position: 'absolute', top: 5, right: 5, width: 150, pointerEvents: 'all' }} />
  )
}
