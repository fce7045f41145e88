import { Button, FileButton, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { whyNoSegmentation } from '../../../dicom/seg/lattice.ts'
import { gridOfFrames } from '../../../domain/geometry/grid.ts'
import type { Mismatch } from '../../../domain/segmentation/regrid.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { formatNumber, useTranslation } from '../../../i18n/index.ts'
import { readMask, type ReadMask } from '../../../workspace/index.ts'
import { labelOf, maskKinds, type ImportedMask, type MaskKind } from '../run/importedMask.ts'

type Import =
  | { readonly kind: 'none' | 'reading' | 'saved' }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'otherLattice'; readonly file: File; readonly mismatch: Mismatch }
  | { readonly kind: 'read'; readonly read: Extract<ReadMask, { placed: unknown }>; readonly sha256: string; readonly busy: boolean; readonly detail?: string }

const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const sha256Of = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const alertStyle = { padding: 8, borderRadius: 6, background: '#3a1f1d', color: '#f1a39c', fontSize: 13 } as const

/** Takes a mask file as a segmentation of the open series: read here, named by a person, then kept as any other. */
export const MaskImport = ({ series, onSave }: { series: EngineSeries; onSave: (mask: ImportedMask) => Promise<void> }) => {
  const { t, i18n } = useTranslation('tools')
  const [state, setState] = useState<Import>({ kind: 'none' })
  const [name, setName] = useState('')
  const [shows, setShows] = useState<MaskKind>('lesion')
  const abort = useRef<AbortController>(undefined)
  // A mask belongs to the stack it was chosen for, which is the same while its images come.
  useEffect(() => () => {
    abort.current?.abort()
    setState({ kind: 'none' })
  }, [series.seriesInstanceUid, series.stack])
  if (whyNoSegmentation(series.frames) || series.notAVolume === 'unevenSpacing') return <Text size="xs" role="note">{t('mask.noLattice')}</Text>
  const read = async (file: File | null, nearest: boolean): Promise<void> => {
    if (!file) return
    abort.current?.abort()
    const own = new AbortController()
    abort.current = own
    setState({ kind: 'reading' })
    try {
      const bytes = new Uint8Array(await file.arrayBuffer())
      const sha256 = await sha256Of(bytes)
      const found = await readMask({ bytes, nearest, grid: gridOfFrames(series.frames.flatMap(({ plane }) => plane ?? [])) }, own.signal)
      if (own.signal.aborted) return
      setState('placed' in found ? { kind: 'read', read: found, sha256, busy: false } : { kind: 'otherLattice', file, mismatch: found.mismatch })
    } catch (error) {
      if (!own.signal.aborted) setState({ kind: 'failed', detail: detailOf(error) })
    }
  }
  const words = (vector: readonly number[], by: string): string => vector.map((value) => formatNumber(Number(value.toFixed(2)), i18n.language)).join(by)
  const difference = ({ reason, mask, series: own }: Mismatch): string => {
    const by = reason === 'size' || reason === 'spacing' ? ' x ' : ' / '
    return t(`mask.difference.${reason}`, { mask: words(mask, by), series: words(own, by) })
  }
  const mask: ImportedMask | undefined = state.kind === 'read' ? { ...state.read, name: name.trim(), kind: shows, sha256: state.sha256 } : undefined
  const save = async (): Promise<void> => {
    if (!mask || state.kind !== 'read') return
    const { detail: _, ...rest } = state
    setState({ ...rest, busy: true })
    const next = await onSave(mask).then((): Import => ({ kind: 'saved' }), (error: unknown): Import => ({ ...rest, busy: false, detail: detailOf(error) }))
    // Another file may have been chosen meanwhile, or another series opened.
    setState((now) => (now.kind === 'read' && now.read === rest.read ? next : now))
    if (next.kind === 'saved') setName('')
  }
  return (
    <Stack gap="xs" role="region" aria-label={t('mask.import')} data-mask={state.kind}>
      <FileButton onChange={(file) => void read(file, false)} accept=".nii,.gz,.nrrd,.mha" inputProps={{ 'aria-label': t('mask.import') }}>
        {(props) => <Button {...props} size="compact-sm" variant="default" loading={state.kind === 'reading'}>{t('mask.import')}</Button>}
      </FileButton>
      <Text size="xs" c="dimmed">{t('mask.hint')}</Text>
      {state.kind === 'reading' ? <Text size="xs" role="status">{t('mask.reading')}</Text> : null}
      {state.kind === 'saved' ? <Text size="xs" role="status">{t('mask.saved')}</Text> : null}
      {state.kind === 'failed' ? <div role="alert" style={alertStyle}><strong>{t('mask.failed')}</strong><br />{t('mask.failedText', { detail: state.detail })}</div> : null}
      {state.kind === 'otherLattice' ? (
        <div role="alert" data-mismatch={state.mismatch.reason} style={alertStyle}>
          <strong>{t('mask.otherLattice')}</strong><br />{difference(state.mismatch)}
          <div style={{ marginTop: 8 }}><Button size="compact-xs" variant="default" onClick={() => void read(state.file, true)}>{t('mask.nearest')}</Button></div>
        </div>
      ) : null}
      {state.kind === 'read' && mask ? (
        <>
          {mask.placed.resampled ? <Text size="xs" role="note">{t('mask.resampled')}</Text> : null}
          <TextInput size="xs" label={t('mask.name')} required maxLength={40} value={name} onChange={({ currentTarget: { value } }) => setName(value)} />
          <NativeSelect size="xs" label={t('mask.shows')} value={shows} onChange={({ currentTarget: { value } }) => setShows(value as MaskKind)} data={maskKinds.map((value) => ({ value, label: t(`mask.kind.${value}`) }))} />
          <ul aria-label={t('mask.labels')} style={{ listStyle: 'none', margin: 0, padding: 0, fontSize: 13 }}>
            {mask.placed.labels.map(({ value, voxels }) => {
              const label = labelOf(value, mask) || `${value}`
              return <li key={value} data-label={value} style={{ display: 'flex', justifyContent: 'space-between' }}><span>{label}</span><span>{voxels > 0 ? t('voxels', { value: formatNumber(voxels, i18n.language) }) : t('mask.lost', { label })}</span></li>
            })}
          </ul>
          {state.detail === undefined ? null : <div role="alert" style={alertStyle}><strong>{t('notSaved')}</strong><br />{t('notSavedText', { detail: state.detail })}</div>}
          <Button size="xs" disabled={!mask.name} loading={state.busy} onClick={() => void save()}>{t('save')}</Button>
          <Button size="xs" variant="default" disabled={state.busy} onClick={() => setState({ kind: 'none' })}>{t('mask.cancel')}</Button>
        </>
      ) : null}
    </Stack>
  )
}
