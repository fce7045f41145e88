import { ActionIcon, Text } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { memo, useMemo, type CSSProperties, type Ref } from 'react'
import { compactValues } from '../../../domain/measurement/compact.ts'
import type { Measurement } from '../../../domain/measurement/types.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { Status } from '../../../ui/Status.tsx'
import { markDifferences, type MarkState, type Workspace } from '../../../workspace/index.ts'
import { NameField } from './NameField.tsx'

const looks: Record<MarkState, 'busy' | 'ok' | 'waiting' | 'error'> = { drawing: 'busy', failed: 'error', device: 'waiting', hub: 'waiting', verified: 'ok' }

/** Where a row of a long list lies, and who measures it. */
export type RowPlace = { readonly index: number; readonly of: number; readonly top: number; readonly measure: Ref<HTMLLIElement> }

/** One mark of the list. Drawn anew only where something of it changed: a list may have hundreds. `before` is what is saved of it. */
export const MarkRow = memo(({ workspace, mark, before, state, selected, naming, onNaming, onGoTo, index, of, top, measure }: {
  workspace: Pick<Workspace, 'select' | 'relabel' | 'remove'>; mark: Measurement; before: Measurement | undefined; state: MarkState; selected: boolean; naming: boolean; onNaming: (uid: string | undefined) => void; onGoTo: (mark: Measurement) => void
} & Partial<RowPlace>) => {
  const { t } = useTranslation('annotation')
  const changed = useMemo(() => before !== undefined && before !== mark && markDifferences(mark, before).length > 0, [mark, before])
  const placed: CSSProperties = top === undefined ? {} : { position: 'absolute', top: 0, left: 0, right: 0, transform: `translateY(${top}px)` }
  return (
    <li ref={measure} data-index={index} aria-posinset={index === undefined ? undefined : index + 1} aria-setsize={of} data-mark={mark.trackingId} data-state={state} style={{ display: 'flex', gap: 8, alignItems: 'center', padding: '6px 8px', borderRadius: 6, background: selected ? '#1f252b' : 'none', ...placed }}>
      {naming ? <NameField label={t('name', { id: mark.trackingId })} value={mark.label} onDone={(label) => { onNaming(undefined); if (label !== undefined) void workspace.relabel(mark.trackingUid, label) }} /> : <button type="button" aria-label={t('goTo', { id: mark.trackingId })} onClick={() => { workspace.select(mark.trackingUid); onGoTo(mark) }} style={{ flex: 1, textAlign: 'left', border: 0, background: 'none', color: 'inherit', font: 'inherit', padding: 0, cursor: 'pointer' }}>
        <Text size="sm" fw={600}>{`${mark.trackingId} ${mark.label || t(`kind.${mark.kind}`)}`}</Text>
        {mark.values.length > 0 ? <Text size="sm" component="div" style={{ display: 'flex', flexWrap: 'wrap', columnGap: 12 }}>{compactValues(mark.values).map((line) => <span key={line} style={{ whiteSpace: 'nowrap' }}>{line}</span>)}</Text> : null}
        <Text size="xs" component="div"><Status kind={changed ? 'waiting' : looks[state]}>{changed ? t('changed') : t(`state.${state}`)}</Status></Text>
      </button>}
      <ActionIcon variant="subtle" color="gray" size={24} aria-label={t('name', { id: mark.trackingId })} onClick={() => onNaming(mark.trackingUid)}><IconPencil size={14} aria-hidden /></ActionIcon>
      <ActionIcon variant="subtle" color="gray" size={24} aria-label={t('delete', { id: mark.trackingId })} onClick={() => void workspace.remove(mark.trackingUid)}><IconTrash size={14} aria-hidden /></ActionIcon>
    </li>
  )
})
