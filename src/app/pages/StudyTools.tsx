import { SegmentedControl } from '@mantine/core'
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { Api } from '../../api/index.ts'
import { placeOn, whyForeign } from '../../dicom/seg/placeOn.ts'
import type { Engine, EngineSeries } from '../../engine/port.ts'
import { useViewport } from '../../engine/react.tsx'
import { createToolRuns, KeptSegmentations, labelsOver, RunPanel, useOverlayStore, writtenCaution, type Found, type ListedSeries } from '../../features/tools/index.ts'
import type { Overlay } from '../../features/viewer/index.ts'
import { useTranslation } from '../../i18n/index.ts'
import { runTool } from '../../inference/workers/toolRunner.ts'
import { uidOfUuid, type KeptSegmentation, type Workspace } from '../../workspace/index.ts'
import { placedFrames } from './placedFrames.ts'

/** What lies over the open series, as the viewer draws it. */
export const useOverlay = (): Overlay | undefined => {
  const { shown, hidden, visible, opacity } = useOverlayStore()
  return useMemo(() => (shown && visible ? {
    seriesInstanceUid: shown.seriesInstanceUid, stack: shown.stack, labelMap: shown.labelMap, name: shown.name,
    looks: new Map(shown.segments.filter(({ number }) => !hidden.has(number)).map(({ number, colour }) => [number, { colour, alpha: opacity }])),
  } : undefined), [shown, hidden, visible, opacity])
}

/** The panel at the right of an open study: its marks, or the tools that run on it. */
export const StudyPanel = ({ engine, api, workspace, series, listed, onOpen, marks }: { engine: Pick<Engine, 'values'>; api: Pick<Api, 'call'>; workspace: Pick<Workspace, 'store' | 'saveSegmentation' | 'openSegmentation' | 'retrySegmentation'>; series: EngineSeries; listed: readonly ListedSeries[]; onOpen: (series: EngineSeries, slice?: number) => void; marks: ReactNode }) => {
  const { t } = useTranslation('tools')
  const [tab, setTab] = useState<'marks' | 'tools'>('marks')
  const [runs] = useState(() => createToolRuns({ api, engine, run: runTool, fetch: (input, init) => window.fetch(input, init), clock: () => new Date(), dataset: series.datasetId }))
  const { segmentations, notListed } = useStore(workspace.store)
  const show = useOverlayStore((store) => store.show)
  const slice = useViewport('one')?.slice ?? 0
  // What lies over one study must not lie over the next.
  useEffect(() => () => {
    runs.dispose()
    show(undefined)
  }, [runs, show])

  const save = async ({ tool, labelMap, modelSha256, series: of }: Found): Promise<void> => {
    if (!labelMap) return
    const caution = writtenCaution(tool)
    await workspace.saveSegmentation({
      name: tool.name, frames: placedFrames(of), labelMap, algorithm: { type: 'AUTOMATIC', name: tool.name, version: tool.version, modelSha256, ...(caution ? { caution } : {}) },
      segments: tool.outputs.filter(({ value }) => value > 0).map(({ value, label, colour, category, type }) => ({ number: value, label, colour, category, type, trackingId: label, trackingUid: uidOfUuid(crypto.randomUUID()) })),
    })
  }
  const open = async (one: KeptSegmentation): Promise<void> => {
    const decoded = await workspace.openSegmentation(one)
    const foreign = whyForeign(decoded, series)
    if (foreign) throw new Error(t(foreign))
    const { labelMap } = placeOn(decoded, series.frames.flatMap(({ plane }) => (plane ? [plane] : [])))
    show(labelsOver(series, { name: one.name, labelMap, segments: decoded.segments, madeBy: decoded.algorithms }))
  }
  return (
    <>
      <div style={{ padding: '12px 12px 0' }}>
        <SegmentedControl fullWidth size="xs" aria-label={t('panel')} value={tab} onChange={(value) => setTab(value as 'marks')} data={[{ value: 'marks', label: t('marksTab') }, { value: 'tools', label: t('toolsTab') }]} />
      </div>
      {tab === 'marks' ? marks : (
        <RunPanel runs={runs} series={series} listed={listed} slice={slice} onSave={save} onOpen={onOpen}><KeptSegmentations kept={segmentations} notListed={notListed} onShow={open} onRetry={workspace.retrySegmentation} /></RunPanel>
      )}
    </>
  )
}
