import { Button, Group, Stack, Text } from '@mantine/core'
import { useMemo } from 'react'
import { whyNoSegmentation } from '../../../dicom/seg/lattice.ts'
import { mostLabelled } from '../../../domain/segmentation/paint.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { Status } from '../../../ui/Status.tsx'
import { short } from '../queries.ts'
import { Cautions } from './Cautions.tsx'
import type { Found, Saving } from '../run/createToolRuns.ts'

/** What a tool found, what it was found with, and what a person says of it. */
export const RunResult = ({ found, accepted, saving, record, onOpen, onAccept, onReject, onSave }: {
  found: Found; accepted: boolean; saving: Saving; record: 'none' | 'sent' | 'failed'; onOpen: (series: EngineSeries, slice?: number) => void; onAccept: () => void; onReject: () => void; onSave: () => void
}) => {
  const { t } = useTranslation('tools')
  const { tool, series, input: { of, choice, runnerUp }, labelMap, scores, slice, modelSha256, runtime } = found
  const fullest = useMemo(() => labelMap && mostLabelled(labelMap), [labelMap])
  const at = slice ?? fullest
  const empty = labelMap !== undefined && fullest === undefined
  const notKept = labelMap && whyNoSegmentation(series.frames)
  const facts: [string, string, string][] = [
    [t('choice.series'), `${of.label}, ${t(`choice.reason.${choice.reason}`)}`, of.series.seriesInstanceUid], ...(runnerUp ? [[t('choice.runnerUp'), runnerUp, choice.runnerUp?.series ?? ''] as [string, string, string]] : []),
    [t('algorithm'), `${tool.name} ${tool.version}`, ''], [t('weights'), short(modelSha256), modelSha256], [t('runtime'), runtime, ''],
  ]
  return (
    <Stack gap="xs" role="region" aria-label={t('result')} data-result={tool.id}>
      <Text size="sm" fw={600}>{slice === undefined ? t('result') : `${t('result')}, ${t('slice', { slice: slice + 1 })}`}</Text>
      <Cautions tool={tool} />
      {at === undefined ? null : <Button size="compact-xs" variant="default" onClick={() => onOpen(series, at)}>{t('choice.go')}</Button>}
      {empty ? <Text size="sm">{t('nothing')}</Text> : null}
      {scores ? (
        <>
          {tool.outputs.map(({ value, label }) => <Group key={value} justify="space-between"><Text size="sm">{label}</Text><Text size="sm">{t('score', { value: ((scores[value] ?? 0) * 100).toFixed(1) })}</Text></Group>)}
          <Text size="xs" c="dimmed">{t('uncalibrated')}</Text>
        </>
      ) : null}
      <dl style={{ display: 'grid', gridTemplateColumns: 'auto minmax(0, 1fr)', gap: '2px 12px', margin: 0, fontSize: 12 }}>
        {facts.map(([name, value, title]) => [<dt key={name} style={{ color: '#9aa4ae' }}>{name}</dt>, <dd key={`${name} is`} title={title} style={{ margin: 0, overflowWrap: 'anywhere' }}>{value}</dd>])}
      </dl>
      {accepted ? (
        <>
          <Status kind="ok">{t('accepted')}</Status>
          {labelMap && !empty ? notKept ? <Text size="sm" role="note">{t(`notKept.${notKept}`)}</Text> : <Button size="xs" loading={saving.kind === 'busy'} onClick={onSave}>{t('save')}</Button> : null}
          {saving.kind === 'failed' ? <div role="alert" style={{ padding: 8, borderRadius: 6, background: '#3a1f1d', color: '#f1a39c', fontSize: 13 }}><strong>{t('notSaved')}</strong><br />{t('notSavedText', { detail: saving.detail })}</div> : null}
        </>
      ) : (
        <Group gap="sm" grow><Button size="xs" onClick={onAccept}>{t('accept')}</Button><Button size="xs" variant="default" onClick={onReject}>{t('reject')}</Button></Group>
      )}
      {record === 'none' ? null : <Text size="xs" c="dimmed">{record === 'sent' ? t('recorded') : t('notRecorded')}</Text>}
    </Stack>
  )
}
