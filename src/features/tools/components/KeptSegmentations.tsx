import { Button, NativeSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from '../../../i18n/index.ts'
import { Status } from '../../../ui/Status.tsx'
import { maskEndings, type KeptSegmentation, type MaskFormat } from '../../../workspace/index.ts'

const looks = { device: 'waiting', hub: 'waiting', verified: 'ok', failed: 'error', differs: 'error', rejected: 'error' } as const

/** The study's segmentations: where each is kept; one click shows it over the images, and where the grant lets images leave it can be downloaded. */
export const KeptSegmentations = ({ kept, notListed, onShow, onRetry, onExport }: {
  kept: readonly KeptSegmentation[]; notListed: string | undefined; onShow: (one: KeptSegmentation) => Promise<void>; onRetry: (sopInstanceUid: string) => void
  /** Absent: what the person may do here does not include it. */
  onExport: ((one: KeptSegmentation, format: MaskFormat) => Promise<void>) | undefined
}) => {
  const { t } = useTranslation('tools')
  const [fault, setFault] = useState<string>()
  const [exportFault, setExportFault] = useState<string>()
  if (kept.length === 0 && !notListed) return null
  const open = (one: KeptSegmentation) => {
    setFault(undefined)
    onShow(one).catch((error: unknown) => setFault(error instanceof Error ? error.message : ''))
  }
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>{t('kept')}</Text>
      {notListed ? <Text size="xs" role="alert">{t('notListed', { detail: notListed })}</Text> : null}
      <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {kept.map((one) => (
          <li key={one.sopInstanceUid} data-kept={one.sopInstanceUid} data-state={one.state} style={{ padding: '4px 0' }}>
            <button type="button" aria-label={t('open', { name: one.name })} onClick={() => open(one)} style={{ display: 'block', width: '100%', textAlign: 'left', border: 0, background: 'none', color: 'inherit', font: 'inherit', fontSize: 13, padding: 0, cursor: 'pointer' }}>
              {one.name}
              <Text size="xs" component="div"><Status kind={looks[one.state]}>{t(`state.${one.state}`)}</Status>{one.detail ? ` ${one.detail}` : ''}</Text>
            </button>
            {onExport ? (
              <NativeSelect size="xs" mt={4} aria-label={t('mask.exportAs', { name: one.name })} value="" data={[{ value: '', label: t('mask.choose') }, ...Object.entries(maskEndings).map(([value, ending]) => ({ value, label: `${value} (${ending})` }))]}
                onChange={({ currentTarget: { value } }) => {
                  setExportFault(undefined)
                  if (value) onExport(one, value as MaskFormat).catch((error: unknown) => setExportFault(error instanceof Error ? error.message : ''))
                }} />
            ) : null}
            {one.state === 'failed' ? <Button size="compact-xs" variant="default" onClick={() => onRetry(one.sopInstanceUid)}>{t('sendAgain')}</Button> : null}
          </li>
        ))}
      </ul>
      {fault === undefined ? null : <Text size="xs" role="alert">{t('notShown', { detail: fault })}</Text>}
      {exportFault === undefined ? null : <Text size="xs" role="alert">{t('mask.notExported', { detail: exportFault })}</Text>}
    </Stack>
  )
}
