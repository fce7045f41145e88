import { Button, NativeSelect, Progress, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { useApi } from '../../../api/index.ts'
import { whyNoSegmentation } from '../../../dicom/seg/lattice.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { State } from '../../../ui/State.tsx'
import type { Found, ToolRuns } from '../run/createToolRuns.ts'
import { misfitOf, scopeOf } from '../run/suits.ts'
import { labelsOver, useOverlayStore } from '../run/overlayStore.ts'
import { toolsQuery } from '../queries.ts'
import { writtenCaution } from '../run/cautions.ts'
import { Cautions } from './Cautions.tsx'
import { OverlayControls } from './OverlayControls.tsx'
import { RunResult } from './RunResult.tsx'

type StepKey = 'step.images'
/** Runs a tool on the open series, shows how far it is, and what it found. */
export const RunPanel = ({ runs, series, slice, onSave, children }: {
  runs: ToolRuns; series: EngineSeries; slice: number; onSave: (found: Found) => Promise<void>; children?: ReactNode
}) => {
  const { t } = useTranslation('tools')
  const { data: tools, error, refetch } = useQuery(toolsQuery(useApi()))
  const { state, record } = useStore(runs.store)
  const show = useOverlayStore((store) => store.show)
  const [chosen, setChosen] = useState<string>()
  // What is kept already can be looked at whether or not a tool can run.
  const rest = <><OverlayControls />{children}</>
  const without = (why: ReactNode) => <Stack p="md" gap="md">{why}{rest}</Stack>
  if (error) return without(<LoadFailure error={error} retry={() => void refetch()} />)
  if (!tools) return without(<State title={t('loading')} role="status" />)
  // What suits the series comes first.
  const tool = tools.find(({ id }) => id === chosen) ?? tools.find((one) => !misfitOf(one, series)) ?? tools[0]
  if (!tool) return without(<State title={t('none')} />)
  const misfit = misfitOf(tool, series)
  // A score is told, never kept as an object: only what outlines needs a place.
  const notKept = tool.kind === 'segmentation' && !misfit ? whyNoSegmentation(series.frames) : undefined
  const start = async () => {
    await runs.start(tool, series, slice)
    const { state: now } = runs.store.getState()
    if (now.kind !== 'found' || !now.found.labelMap) return
    const { found: { labelMap, modelSha256, tool: of } } = now
    const { name, version, outputs } = of
    const caution = writtenCaution(of)
    show(labelsOver(series, { name, labelMap, madeBy: [{ type: 'AUTOMATIC', name, version, modelSha256, ...(caution ? { caution } : {}) }], segments: outputs.map(({ value, label, colour }) => ({ number: value, label, colour })) }))
  }
  const reject = () => {
    show(undefined)
    void runs.judge('rejected')
  }
  return (
    <Stack p="md" gap="md">
      <Text component="h2" fw={600} size="md" m={0}>{t('title')}</Text>
      <NativeSelect label={t('choose')} size="xs" value={tool.id} disabled={state.kind === 'running'} onChange={({ currentTarget: { value } }) => setChosen(value)} data={tools.map(({ id, name, version }) => ({ value: id, label: `${name} ${version}` }))} />
      <Text size="xs" c="dimmed">{tool.summary}</Text>
      <Cautions tool={tool} />
      {misfit ? <Text size="sm" role="note">{t(`misfit.${misfit.reason}`, { text: misfit.text })}</Text> : (
        <dl style={{ display: 'grid', gridTemplateColumns: 'auto minmax(0, 1fr)', gap: '2px 12px', margin: 0, fontSize: 13 }}>
          <dt style={{ color: '#9aa4ae' }}>{t('input')}</dt><dd style={{ margin: 0 }}>{`${series.description || series.modality}, ${scopeOf(tool) === 'slice' ? t('slice', { slice: slice + 1 }) : t('allSlices', { count: series.frames.length })}`}</dd>
          <dt style={{ color: '#9aa4ae' }}>{t('where')}</dt><dd style={{ margin: 0 }}>{t('browser')}</dd>
        </dl>
      )}
      {notKept && state.kind !== 'found' ? <Text size="sm" role="note">{t(`notKept.${notKept}`)}</Text> : null}
      {state.kind === 'running' ? (
        <Stack gap="xs" role="status" data-run={state.step}>
          <Text size="sm">{t('running', { step: t(`step.${state.step}` as StepKey), percent: Math.round(state.share * 100) })}</Text>
          <Progress value={state.share * 100} aria-label={t('title')} transitionDuration={0} />
          <ul style={{ listStyle: 'none', margin: 0, padding: 0, fontSize: 12, color: '#9aa4ae' }}>
            {state.done.map(({ step, seconds }, index) => <li key={index} style={{ display: 'flex', justifyContent: 'space-between' }}><span>{t(`step.${step}` as StepKey)}</span><span>{t('seconds', { seconds: seconds.toFixed(1) })}</span></li>)}
          </ul>
          <Button size="xs" variant="default" onClick={() => runs.cancel()}>{t('cancel')}</Button>
        </Stack>
      ) : <Button disabled={misfit !== undefined} onClick={() => void start()}>{state.kind === 'found' ? t('again') : t('run')}</Button>}
      {state.kind === 'failed' ? <div role="alert" style={{ padding: 8, borderRadius: 6, background: '#3a1f1d', color: '#f1a39c', fontSize: 13 }}><strong>{t('failed')}</strong><br />{t('failedText', { detail: state.detail })}</div> : null}
      {state.kind === 'found' ? <RunResult {...state} record={record} onAccept={() => void runs.judge('accepted')} onReject={reject} onSave={() => void runs.keep(onSave)} /> : null}
      {rest}
      <Text size="xs" c="dimmed">{t('local')}</Text>
    </Stack>
  )
}
