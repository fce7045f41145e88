import { Button, NativeSelect, Progress, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { useApi } from '../../../api/index.ts'
import type { ToolManifest } from '../../../contract/index.ts'
import { whyNoSegmentation } from '../../../dicom/seg/lattice.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { useTranslation } from '../../../i18n/index.ts'
import { LoadFailure } from '../../../ui/LoadFailure.tsx'
import { State } from '../../../ui/State.tsx'
import type { Found, ToolRuns } from '../run/createToolRuns.ts'
import { chooseSeries, fitsOpen } from '../run/chooseSeries.ts'
import { faultOf } from '../run/scope.ts'
import { useToolSeries, type ListedSeries } from '../run/useToolSeries.ts'
import { labelsOver, useOverlayStore } from '../run/overlayStore.ts'
import { toolsQuery } from '../queries.ts'
import { writtenCaution } from '../run/cautions.ts'
import { Cautions } from './Cautions.tsx'
import { InputChoice } from './InputChoice.tsx'
import { OverlayControls } from './OverlayControls.tsx'
import { RunResult } from './RunResult.tsx'

type StepKey = 'step.images'
type Props = {
  runs: ToolRuns
  /** The open one, and all that the study has. */
  series: EngineSeries; listed: readonly ListedSeries[]
  slice: number; onSave: (found: Found) => Promise<void>
  /** Shows a series, at a slice of it. */
  onOpen: (series: EngineSeries, slice?: number) => void; children?: ReactNode
}

/** One tool of those that are registered: what it would run on, and how far it is. */
const ChosenTool = ({ tool, tools, onChoose, study, runs, series, slice, onSave, onOpen }: Pick<Props, 'runs' | 'series' | 'slice' | 'onSave' | 'onOpen'> & {
  tool: ToolManifest; tools: readonly ToolManifest[]; onChoose: (id: string) => void; study: ReturnType<typeof useToolSeries>
}) => {
  const { t } = useTranslation('tools')
  const { state, record, picks } = useStore(runs.store)
  const show = useOverlayStore((store) => store.show)
  const fault = faultOf(tool)
  const choosing = fault ? undefined : chooseSeries(tool, study.stacks, series, picks[tool.id])
  // What the rule says is known only when everything was looked at.
  const looking = tool.selection !== undefined && study.waiting > 0
  const input = looking || !choosing?.chosen || !choosing.choice ? undefined : { of: choosing.chosen.of, choice: choosing.choice, ...(choosing.runnerUp ? { runnerUp: choosing.runnerUp.of.label } : {}) }
  // A score is told, never kept as an object: only what outlines needs a place.
  const notKept = tool.kind === 'segmentation' && input ? whyNoSegmentation(input.of.series.frames) : undefined
  const start = async () => {
    if (!input) return
    await runs.start(tool, input, slice)
    const { state: now } = runs.store.getState()
    if (now.kind !== 'found' || !now.found.labelMap) return
    const { found: { labelMap, modelSha256, tool: of, series: on } } = now
    const { name, version, outputs } = of
    const caution = writtenCaution(of)
    show(labelsOver(on, { name, labelMap, madeBy: [{ type: 'AUTOMATIC', name, version, modelSha256, ...(caution ? { caution } : {}) }], segments: outputs.map(({ value, label, colour }) => ({ number: value, label, colour })) }))
  }
  const reject = () => {
    show(undefined)
    void runs.judge('rejected')
  }
  return (
    <>
      <Text component="h2" fw={600} size="md" m={0}>{t('title')}</Text>
      <NativeSelect label={t('choose')} size="xs" value={tool.id} disabled={state.kind === 'running'} onChange={({ currentTarget: { value } }) => onChoose(value)} data={tools.map(({ id, name, version }) => ({ value: id, label: `${name} ${version}` }))} />
      <Text size="xs" c="dimmed">{tool.summary}</Text>
      <Cautions tool={tool} />
      {fault ? <Text size="sm" role="note">{t(`fault.${fault.reason}`, { text: fault.text })}</Text> : null}
      {choosing ? (
        <>
          {looking ? <Text size="xs" c="dimmed" role="status">{t('choice.waiting', { count: study.waiting })}</Text> : <InputChoice tool={tool} choosing={choosing} study={study} open={series} slice={slice} disabled={state.kind === 'running'} onPick={(key) => runs.pick(tool.id, key)} onOpen={onOpen} />}
          <dl style={{ display: 'grid', gridTemplateColumns: 'auto minmax(0, 1fr)', gap: '2px 12px', margin: 0, fontSize: 13 }}>
            <dt style={{ color: '#9aa4ae' }}>{t('where')}</dt><dd style={{ margin: 0 }}>{t('browser')}</dd>
          </dl>
        </>
      ) : null}
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
      ) : <Button disabled={!input} onClick={() => void start()}>{state.kind === 'found' ? t('again') : t('run')}</Button>}
      {state.kind === 'failed' ? <div role="alert" style={{ padding: 8, borderRadius: 6, background: '#3a1f1d', color: '#f1a39c', fontSize: 13 }}><strong>{t('failed')}</strong><br />{t('failedText', { detail: state.detail })}</div> : null}
      {state.kind === 'found' ? <RunResult {...state} record={record} onOpen={onOpen} onAccept={() => void runs.judge('accepted')} onReject={reject} onSave={() => void runs.keep(onSave)} /> : null}
    </>
  )
}

/** Runs a tool on the series of the study that it takes by its rule or that a person chose, shows how far it is, and what it found. */
export const RunPanel = ({ runs, series, listed, slice, onSave, onOpen, children }: Props) => {
  const { t } = useTranslation('tools')
  const { data: tools, error, refetch } = useQuery(toolsQuery(useApi()))
  const [chosen, setChosen] = useState<string>()
  // What suits the series comes first.
  const tool = tools?.find(({ id }) => id === chosen) ?? tools?.find((one) => !faultOf(one) && fitsOpen(one, series)) ?? tools?.[0]
  const study = useToolSeries(listed, tool?.modalities ?? [], series)
  const head = error ? <LoadFailure error={error} retry={() => void refetch()} /> : !tools ? <State title={t('loading')} role="status" /> : !tool ? <State title={t('none')} />
    : <ChosenTool tool={tool} tools={tools} onChoose={setChosen} study={study} runs={runs} series={series} slice={slice} onSave={onSave} onOpen={onOpen} />
  // What is kept can be looked at, and a mask taken, whether or not a tool can run; and stays where it is when the tools have come.
  return (
    <Stack p="md" gap="md">
      {head}
      <OverlayControls />
      {children}
      {tool ? <Text size="xs" c="dimmed">{t('local')}</Text> : null}
    </Stack>
  )
}
