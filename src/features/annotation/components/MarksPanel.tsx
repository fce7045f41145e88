import { ActionIcon, Button, Group, Stack, Text, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { Measurement } from '../../../domain/measurement/types.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { State } from '../../../ui/State.tsx'
import type { Workspace } from '../../../workspace/index.ts'
import { personName } from '../personName.ts'
import { Contests } from './Contests.tsx'
import { MarkList } from './MarkList.tsx'

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
  const unsaved = marks.some((mark) => states[mark.trackingUid] !== 'verified') || saved.some(({ trackingUid }) => !document.marks[trackingUid]) || versions.filter(({ newest }) => newest).length > 1
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
      <MarkList workspace={workspace} marks={marks} saved={saved} states={states} selected={selected} onGoTo={onGoTo} />
      {save.kind === 'failed' || save.kind === 'differs' || save.kind === 'rejected' ? (
        <Notice title={save.kind === 'failed' ? t('errorTitle') : t(`state.${save.kind}`)} text={t('errorText', { detail: save.detail })} />
      ) : null}
      {save.kind === 'saving' && save.detail !== undefined ? <Text size="sm" role="status">{t('waitingText', { detail: save.detail })}</Text> : null}
      {marks.length > 0 || saved.length > 0 ? <Button loading={save.kind === 'saving'} disabled={!unsaved || contests.length > 0} onClick={() => void workspace.save()}>{save.kind === 'saving' ? t('saving') : save.kind === 'failed' ? t('retry') : t('save')}</Button> : null}
    </Stack>
  )
}
