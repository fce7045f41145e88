import { ActionIcon, Button, Group, Stack, Text, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp, IconPencil, IconTrash } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { compactValues } from '../../../domain/measurement/compact.ts'
import type { Measurement } from '../../../domain/measurement/types.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { State } from '../../../ui/State.tsx'
import { Status } from '../../../ui/Status.tsx'
import { markDifferences, type MarkState, type Workspace } from '../../../workspace/index.ts'
import { personName } from '../personName.ts'
import { Contests } from './Contests.tsx'
import { NameField } from './NameField.tsx'

const looks: Record<MarkState, 'busy' | 'ok' | 'waiting' | 'error'> = { drawing: 'busy', failed: 'error', device: 'waiting', hub: 'waiting', verified: 'ok' }

const Notice = ({ title, text, children }: { title: string; text: string; children?: ReactNode }) => (
  <div role="alert" style={{ padding: 8, borderRadius: 6, background: '#3a1f1d', color: '#f1a39c', fontSize: 13 }}>
    <strong>{title}</strong><br />{text}
    {children ? <div style={{ marginTop: 8 }}>{children}</div> : null}
  </div>
)

/** The list of marks: one click goes there; where each is kept; undo, delete, save. */
export const MarksPanel = ({ workspace, onGoTo }: { workspace: Workspace; onGoTo: (mark: Measurement) => void }) => {
  const { t } = useTranslation('annotation')
  const { document, states, saved, save, selected, opening, notOpened, notKept, fault, low, left, colleagues, contests, versions } = useStore(workspace.store)
  const marks = Object.values(document.marks)
  const savedBy = new Map(saved.map((mark) => [mark.trackingUid, mark]))
  const changed = (mark: Measurement): boolean => {
    const before = savedBy.get(mark.trackingUid)
    return before !== undefined && markDifferences(mark, before).length > 0
  }
  const unsaved = marks.some((mark) => states[mark.trackingUid] !== 'verified') || saved.some(({ trackingUid }) => !document.marks[trackingUid]) || versions.filter(({ newest }) => newest).length > 1
  const [naming, setNaming] = useState<string>()
  return (
    <Stack p="md" gap="md">
      <Group justify="space-between">
        <Text component="h2" fw={600} size="md" m={0}>{t('title')}</Text>
        <Group gap={4}>
          <Tooltip label={t('undo')}><ActionIcon variant="default" size={28} aria-label={t('undo')} disabled={document.undo.length === 0} onClick={() => void workspace.undo()}><IconArrowBackUp size={16} aria-hidden /></ActionIcon></Tooltip>
          <Tooltip label={t('redo')}><ActionIcon variant="default" size={28} aria-label={t('redo')} disabled={document.redo.length === 0} onClick={() => void workspace.redo()}><IconArrowForwardUp size={16} aria-hidden /></ActionIcon></Tooltip>
        </Group>
      </Group>
      {opening ? <Text size="sm" role="status">{t('opening')}</Text> : null}
      {notOpened === undefined ? null : <Notice title={t('notOpenedTitle')} text={t('notOpenedText', { detail: notOpened })}><Button size="xs" variant="default" onClick={() => void workspace.reopen()}>{t('retry')}</Button></Notice>}
      {notKept === undefined || notOpened !== undefined ? null : <Notice title={t('state.failed')} text={t('notKeptText', { detail: notKept })}><Button size="xs" variant="default" onClick={() => void workspace.reopen()}>{t('retry')}</Button></Notice>}
      {fault ? <Notice title={t('faultTitle')} text={t(`fault.${fault.kind}`, { record: fault.sequence })} /> : null}
      {low ? <Notice title={t('lowTitle')} text={t('lowText', { left: Math.floor(low.leftBytes / 1024 / 1024) })} /> : null}
      {colleagues.length > 0 || left ? (
        <div role="status" style={{ padding: 8, borderRadius: 6, background: '#12343b', color: '#a9d3db', fontSize: 13 }}>
          {colleagues.map((name) => <div key={name}>{t('colleague', { name: personName(name) })}</div>)}
          {left ? <div>{t(left.gone ? 'leftGone' : 'leftChanged', { id: left.trackingId })}</div> : null}
          <Button size="xs" variant="default" mt={8} onClick={workspace.dismiss}>{t('understood')}</Button>
        </div>
      ) : null}
      <Contests contests={contests} onLook={onGoTo} onChoose={(contest, mark) => void workspace.choose(contest, mark)} />
      {!opening && notOpened === undefined && marks.length === 0 ? <State title={t('none')} text={t('noneText')} /> : null}
      <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {marks.map((mark) => {
          const state = states[mark.trackingUid] ?? 'drawing'
          return (
            <li key={mark.trackingUid} data-mark={mark.trackingId} data-state={state} style={{ display: 'flex', gap: 8, alignItems: 'center', padding: '6px 8px', borderRadius: 6, background: selected === mark.trackingUid ? '#1f252b' : 'none' }}>
              {naming === mark.trackingUid ? <NameField label={t('name', { id: mark.trackingId })} value={mark.label} onDone={(label) => { setNaming(undefined); if (label !== undefined) void workspace.relabel(mark.trackingUid, label) }} /> : <button type="button" aria-label={t('goTo', { id: mark.trackingId })} onClick={() => { workspace.select(mark.trackingUid); onGoTo(mark) }} style={{ flex: 1, textAlign: 'left', border: 0, background: 'none', color: 'inherit', font: 'inherit', padding: 0, cursor: 'pointer' }}>
                <Text size="sm" fw={600}>{`${mark.trackingId} ${mark.label || t(`kind.${mark.kind}`)}`}</Text>
                {mark.values.length > 0 ? <Text size="sm" component="div" style={{ display: 'flex', flexWrap: 'wrap', columnGap: 12 }}>{compactValues(mark.values).map((line) => <span key={line} style={{ whiteSpace: 'nowrap' }}>{line}</span>)}</Text> : null}
                <Text size="xs" component="div"><Status kind={changed(mark) ? 'waiting' : looks[state]}>{changed(mark) ? t('changed') : t(`state.${state}`)}</Status></Text>
              </button>}
              <ActionIcon variant="subtle" color="gray" size={24} aria-label={t('name', { id: mark.trackingId })} onClick={() => setNaming(mark.trackingUid)}><IconPencil size={14} aria-hidden /></ActionIcon>
              <ActionIcon variant="subtle" color="gray" size={24} aria-label={t('delete', { id: mark.trackingId })} onClick={() => void workspace.remove(mark.trackingUid)}><IconTrash size={14} aria-hidden /></ActionIcon>
            </li>
          )
        })}
      </ul>
      {save.kind === 'failed' || save.kind === 'differs' || save.kind === 'rejected' ? (
        <Notice title={save.kind === 'failed' ? t('errorTitle') : t(`state.${save.kind}`)} text={t('errorText', { detail: save.detail })} />
      ) : null}
      {save.kind === 'saving' && save.detail !== undefined ? <Text size="sm" role="status">{t('waitingText', { detail: save.detail })}</Text> : null}
      {marks.length > 0 || saved.length > 0 ? <Button loading={save.kind === 'saving'} disabled={!unsaved || contests.length > 0} onClick={() => void workspace.save()}>{save.kind === 'saving' ? t('saving') : save.kind === 'failed' ? t('retry') : t('save')}</Button> : null}
    </Stack>
  )
}
