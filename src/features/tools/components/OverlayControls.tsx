import { ActionIcon, Group, Slider, Stack, Text } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { DecodedAlgorithm } from '../../../dicom/seg/decode.ts'
import { voxelVolumeMm3 } from '../../../domain/geometry/grid.ts'
import { countLabels } from '../../../domain/segmentation/paint.ts'
import { formatNumber, useTranslation } from '../../../i18n/index.ts'
import { short } from '../queries.ts'
import { useOverlayStore } from '../run/overlayStore.ts'

const toHex = (colour: readonly number[]): string => `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`
const fromHex = (text: string): readonly [number, number, number] => {
  const part = (at: number): number => Number.parseInt(text.slice(at, at + 2), 16)
  return [part(1), part(3), part(5)]
}

/** What made the labels: an algorithm by name, version and the hash of its weights, or a person. */
const MadeBy = ({ by: { type, name, version, modelSha256, caution } }: { by: DecodedAlgorithm }) => {
  const { t } = useTranslation('tools')
  const algorithm = `${name || t('madeBy.unnamed')} ${version}`.trim()
  return (
    <Text size="xs" component="div" data-made-by={type ?? 'unknown'} style={{ overflowWrap: 'anywhere' }}>
      {t(`madeBy.${type ?? 'unknown'}`, { algorithm })}
      {type !== 'MANUAL' && modelSha256 ? <span title={modelSha256}>{`, ${t('madeBy.weights', { hash: short(modelSha256) })}`}</span> : null}
      {caution ? <strong>{`, ${caution}`}</strong> : null}
    </Text>
  )
}

/** What lies over the images: what made it; each segment with its colour, size and eye; one opacity for all. */
export const OverlayControls = () => {
  const { t, i18n } = useTranslation('tools')
  const { shown, hidden, visible, opacity, toggle, set } = useOverlayStore()
  const counts = useMemo(() => (shown ? countLabels(shown.labelMap.data) : new Map<number, number>()), [shown])
  if (!shown) return null
  const size = (segment: number): string => {
    const voxels = counts.get(segment) ?? 0
    const { grid } = shown
    return grid ? t('volume', { value: formatNumber(Number(((voxels * voxelVolumeMm3(grid)) / 1000).toFixed(1)), i18n.language) }) : t('voxels', { value: formatNumber(voxels, i18n.language) })
  }
  return (
    <Stack gap="xs">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={600}>{t('overlay')}</Text>
        <ActionIcon variant="default" size={24} aria-label={visible ? t('hideAll') : t('showAll')} aria-pressed={visible} onClick={() => set({ visible: !visible })}>{visible ? <IconEye size={14} aria-hidden /> : <IconEyeOff size={14} aria-hidden />}</ActionIcon>
      </Group>
      {shown.madeBy.map((by, index) => <MadeBy key={index} by={by} />)}
      <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {shown.segments.map(({ number, label, colour }) => (
          <li key={number} data-segment={label} style={{ display: 'flex', alignItems: 'center', gap: 8, minHeight: 28, fontSize: 13 }}>
            <input type="color" aria-label={label} value={toHex(colour)} onChange={({ currentTarget: { value } }) => set({ colour: { segment: number, colour: fromHex(value) } })} style={{ width: 20, height: 20, padding: 0, border: 0, background: 'none' }} />
            <span style={{ flex: 1 }}>{label}</span>
            <span style={{ color: '#9aa4ae' }}>{size(number)}</span>
            <ActionIcon variant="subtle" color="gray" size={24} aria-label={hidden.has(number) ? t('show', { label }) : t('hide', { label })} onClick={() => toggle(number)}>{hidden.has(number) ? <IconEyeOff size={14} aria-hidden /> : <IconEye size={14} aria-hidden />}</ActionIcon>
          </li>
        ))}
      </ul>
      <Slider aria-label={t('opacity')} thumbLabel={t('opacity')} size="sm" min={0} max={100} value={Math.round(opacity * 100)} onChange={(value) => set({ opacity: value / 100 })} label={(value) => t('score', { value })} />
    </Stack>
  )
}
