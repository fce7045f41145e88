import { SegmentedControl } from '@mantine/core'
import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { Api } from '../../api/index.ts'
import type { DecodedSegmentation } from '../../dicom/seg/decode.ts'
import { placeOn, whyForeign } from '../../dicom/seg/placeOn.ts'
import { gridOfFrames } from '../../domain/geometry/grid.ts'
import type { Engine, EngineSeries } from '../../engine/port.ts'
import { useViewport } from '../../engine/react.tsx'
import { useSession } from '../../features/session/index.ts'
import { createToolRuns, KeptSegmentations, labelsOver, MaskImport, RunPanel, segmentationOfMask, useOverlayStore, writtenCaution, type Found, type ImportedMask, type ListedSeries } from '../../features/tools/index.ts'
import type { Overlay } from '../../features/viewer/index.ts'
import { useTranslation } from '../../i18n/index.ts'
import { runTool } from '../../inference/workers/toolRunner.ts'
import { maskEndings, uidOfUuid, writeMask, type KeptSegmentation, type MaskFormat, type Workspace } from '../../workspace/index.ts'
import { placedFrames } from './placedFrames.ts'

/** Hands a file to the person. */
const giveFile = (file: Blob, name: string): void => {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(file), download: name })
  link.click()
  URL.revokeObjectURL(link.href)
}

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
  /** A segmentation on the slices of the open series. */
  const onSeries = async (one: KeptSegmentation): Promise<{ decoded: DecodedSegmentation } & ReturnType<typeof placeOn>> => {
    const decoded = await workspace.openSegmentation(one)
    const foreign = whyForeign(decoded, series)
    if (foreign) throw new Error(t(foreign))
    return { decoded, ...placeOn(decoded, series.frames.flatMap(({ plane }) => (plane ? [plane] : []))) }
  }
  const open = async (one: KeptSegmentation): Promise<void> => {
    const { decoded, labelMap } = await onSeries(one)
    show(labelsOver(series, { name: decoded.kind === 'FRACTIONAL' ? `${one.name} (≥ 50 %)` : one.name, labelMap, segments: decoded.segments, madeBy: decoded.algorithms }))
  }
  const take = async (mask: ImportedMask): Promise<void> => {
    const content = segmentationOfMask(mask, () => uidOfUuid(crypto.randomUUID()))
    await workspace.saveSegmentation({ name: mask.name, frames: placedFrames(series), ...content })
    const { type, name, version, caution } = content.algorithm
    show(labelsOver(series, { name: mask.name, labelMap: content.labelMap, segments: content.segments, madeBy: [{ type, name, version, modelSha256: undefined, ...(caution ? { caution } : {}) }] }))
  }
  // What leaves this device as a file needs the right by which whole images leave (DOWNLOAD).
  const { data: session } = useSession()
  const mayExport = session?.grants.some(({ dataset, accessModel }) => dataset === series.datasetId && accessModel === 'DOWNLOAD') ?? false
  const download = async (one: KeptSegmentation, format: MaskFormat): Promise<void> => {
    const { decoded: { kind, segments }, labelMap, missed, overlaps } = await onSeries(one)
    // A file that says less than the segmentation would be taken for it.
    const fault = kind === 'FRACTIONAL' ? 'fractional' : overlaps > 0 ? 'overlapping' : missed > 0 ? 'elsewhere' : undefined
    if (fault) throw new Error(t(`mask.${fault}`))
    if (series.notAVolume === 'unevenSpacing') throw new Error(t('mask.noLattice'))
    const bytes = await writeMask({ format, labelMap, grid: gridOfFrames(series.frames.flatMap(({ plane }) => plane ?? [])), said: new Map(segments.map(({ number, label, colour }) => [number, { name: label, colour }])) })
    giveFile(new Blob([bytes]), `${one.name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 60) || 'segmentation'}${maskEndings[format]}`)
  }
  return (
    <>
      <div style={{ padding: '12px 12px 0' }}>
        <SegmentedControl fullWidth size="xs" aria-label={t('panel')} value={tab} onChange={(value) => setTab(value as 'marks')} data={[{ value: 'marks', label: t('marksTab') }, { value: 'tools', label: t('toolsTab') }]} />
      </div>
      {tab === 'marks' ? marks : (
        <RunPanel runs={runs} series={series} listed={listed} slice={slice} onSave={save} onOpen={onOpen}>
          <KeptSegmentations kept={segmentations} notListed={notListed} onShow={open} onRetry={workspace.retrySegmentation} onExport={mayExport ? download : undefined} />
          <MaskImport series={series} onSave={take} />
        </RunPanel>
      )}
    </>
  )
}
