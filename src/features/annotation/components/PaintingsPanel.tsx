import { ActionIcon, Button, Group, Stack, Text, Tooltip } from '@mantine/core'
import { IconEye, IconEyeOff, IconPencil, IconPlus } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { formatNumber, useTranslation } from '../../../i18n/index.ts'
import { Status } from '../../../ui/Status.tsx'
import { NameField } from './NameField.tsx'

/** Where what is painted is kept; `changed`: a segmentation was saved and it was painted on since. */
export type PaintingState = 'drawing' | 'device' | 'hub' | 'verified' | 'failed' | 'differs' | 'rejected' | 'changed'
/** A painted segment as the list shows it; ml where its lattice is in space. */
export type ListedPainting = { readonly uid: string; readonly id: string; readonly name: string; readonly colour: readonly [number, number, number]; readonly ml: number | undefined; readonly state: PaintingState; readonly empty: boolean; readonly detail?: string | undefined }

const looks: Record<PaintingState, 'busy' | 'ok' | 'waiting' | 'error'> = { drawing: 'busy', device: 'waiting', changed: 'waiting', hub: 'waiting', verified: 'ok', failed: 'error', differs: 'error', rejected: 'error' }

/** The painted segments of the study: which one the brush is on, how large each is, where it is kept; saved one by one. */
export const PaintingsPanel = ({ list, inHand, whyNot, hidden, brush, onTake, onNew, onName, onSave, onToggle, onGoTo }: {
  list: readonly ListedPainting[]; inHand: string | undefined; whyNot: 'noPosition' | 'otherLattice' | 'uneven' | undefined; hidden: ReadonlySet<string>; /** Of the tool in hand. */ brush: ReactNode
  onTake: (uid: string) => void; onNew: () => void; onName: (uid: string, name: string) => void; onSave: (uid: string) => Promise<void>; onToggle: (uid: string) => void; onGoTo: (uid: string) => void
}) => {
  const { t, i18n } = useTranslation('annotation')
  const [naming, setNaming] = useState<string>()
  const [failed, setFailed] = useState<{ readonly uid: string; readonly detail: string }>()
  const save = (uid: string): void => {
    setFailed(undefined)
    onSave(uid).catch((error: unknown) => setFailed({ uid, detail: error instanceof Error ? error.message : '' }))
  }
  return (
    <Stack p="md" gap="xs" role="region" aria-label={t('painting.title')}>
      <Group justify="space-between">
        <Text component="h2" fw={600} size="md" m={0}>{t('painting.title')}</Text>
        <Tooltip label={t('painting.new')}><ActionIcon variant="default" size={28} aria-label={t('painting.new')} disabled={whyNot !== undefined || inHand === undefined} onClick={onNew}><IconPlus size={16} aria-hidden /></ActionIcon></Tooltip>
      </Group>
      {whyNot ? <Text size="xs" c="dimmed">{t('painting.notHere', { why: t(`painting.why.${whyNot}`) })}</Text> : list.length === 0 ? <Text size="sm" c="dimmed">{t('painting.none')}</Text> : null}
      {whyNot ? null : brush}
      <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {list.map(({ uid, id, name, colour, ml, state, empty, detail }) => (
          <li key={uid} data-painting={id} data-state={state} style={{ display: 'flex', gap: 8, alignItems: 'center', padding: '6px 8px', borderRadius: 6, background: inHand === uid ? '#1f252b' : 'none' }}>
            <span aria-hidden style={{ width: 10, height: 10, borderRadius: 2, flexShrink: 0, background: `rgb(${colour.join(' ')})` }} />
            {naming === uid ? <NameField label={t('painting.name', { id })} value={name} onDone={(text) => { setNaming(undefined); if (text !== undefined) onName(uid, text) }} /> : (
              <button type="button" aria-pressed={inHand === uid} aria-label={t('painting.take', { id })} onClick={() => { onTake(uid); onGoTo(uid) }} style={{ flex: 1, minWidth: 0, textAlign: 'left', border: 0, background: 'none', color: 'inherit', font: 'inherit', padding: 0, cursor: 'pointer' }}>
                <Text size="sm" fw={600} truncate>{[id, name].filter(Boolean).join(' ')}</Text>
                {ml === undefined ? null : <Text size="sm">{t('painting.volume', { value: formatNumber(Number(ml.toPrecision(3)), i18n.language) })}</Text>}
                <Text size="xs" component="div"><Status kind={looks[state]}>{state === 'changed' ? t('painting.again') : t(`state.${state}`)}</Status>{detail ? ` ${detail}` : ''}</Text>
              </button>
            )}
            <ActionIcon variant="subtle" color="gray" size={24} aria-label={t(hidden.has(uid) ? 'painting.show' : 'painting.hide', { id })} onClick={() => onToggle(uid)}>{hidden.has(uid) ? <IconEyeOff size={14} aria-hidden /> : <IconEye size={14} aria-hidden />}</ActionIcon>
            <ActionIcon variant="subtle" color="gray" size={24} aria-label={t('painting.name', { id })} onClick={() => setNaming(uid)}><IconPencil size={14} aria-hidden /></ActionIcon>
            <Button size="compact-xs" variant="default" aria-label={t('painting.save', { id })} disabled={empty || state === 'hub' || state === 'verified'} onClick={() => save(uid)}>{t('painting.saveShort')}</Button>
          </li>
        ))}
      </ul>
      {failed ? <Text size="xs" role="alert">{t('painting.failed', { detail: failed.detail })}</Text> : null}
    </Stack>
  )
}
