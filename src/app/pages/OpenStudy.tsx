import { useCallback, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Api } from '../../api/index.ts'
import type { WadoClient } from '../../dicom/web/wadoClient.ts'
import type { Measurement } from '../../domain/measurement/types.ts'
import type { Engine, EngineSeries } from '../../engine/port.ts'
import { History, MarksPanel, PaintingsPanel, PastVersion, SaveChip, type PaintingState } from '../../features/annotation/index.ts'
import { keyOf, type ListedSeries } from '../../features/tools/index.ts'
import { BrushSize, goToMark, goToSlice, ViewerScreen, type Finished, type SeriesChoice, type SeriesFacts } from '../../features/viewer/index.ts'
import { LoadFailure } from '../../ui/LoadFailure.tsx'
import { UnsyncedLink } from '../../features/unsynced/index.ts'
import { createWorkspace, type MarkState } from '../../workspace/index.ts'
import { useDrafts } from '../Drafts.tsx'
import { logDatabase } from '../logDatabase.ts'
import { createOutside } from '../outside.ts'
import { useOthers } from './StudyOthers.tsx'
import { StudyPanel, useOverlay } from './StudyTools.tsx'
import { usePaintings } from './usePaintings.ts'

/** Identifies the program as device observer (TID 1004). */
const device = { uid: '2.25.269859512073464612302180476519215867421', name: 'Imaging Workbench', version: '0.1.0' }

const seriesOf = ({ place }: Measurement): string => (place.kind === 'image' ? place.frame.seriesInstanceUid : place.seriesInstanceUid)
/** Whether the open stack is the one a mark lies on: a series may have several. */
const isHere = (mark: Measurement, series: EngineSeries): boolean =>
  seriesOf(mark) === series.seriesInstanceUid && (mark.place.kind === 'plane' || series.frames.some(({ ref }) => mark.place.kind === 'image' && ref.sopInstanceUid === mark.place.frame.sopInstanceUid && ref.frameNumber === mark.place.frame.frameNumber))

/** How far a painted segment is on its way, for the chip over all. */
const chipOf = (state: PaintingState): MarkState => (state === 'changed' ? 'device' : state === 'differs' || state === 'rejected' ? 'failed' : state)

/** How often a study that is looked at asks what colleagues saved. */
const everyMs = 60_000
/** What others saved comes in when the page is looked at again, and every minute while it is. */
const useRefresh = (refresh: () => Promise<void>): void => useEffect(() => {
  const look = (): void => { if (window.document.visibilityState === 'visible') void refresh() }
  const timer = window.setInterval(look, everyMs)
  window.addEventListener('focus', look)
  return () => {
    window.clearInterval(timer)
    window.removeEventListener('focus', look)
  }
}, [refresh])

/** A page that is left or hidden may be gone the next moment: what was painted goes onto the disk. */
const useSettled = (settle: () => Promise<void>): void => useEffect(() => {
  const leave = (): void => { if (window.document.visibilityState === 'hidden') settle().catch(() => undefined) }
  window.document.addEventListener('visibilitychange', leave)
  return () => window.document.removeEventListener('visibilitychange', leave)
}, [settle])

/** An open study: the marks belong to the workspace, the picture to the engine. */
export const OpenStudy = ({ engine, api, wado, observer, signedIn, series, facts, choices, listed, back, onChoose, notCome }: {
  engine: Engine; api: Api; wado: WadoClient; observer: string; signedIn: boolean; series: EngineSeries; facts: SeriesFacts; choices: readonly SeriesChoice[]; listed: readonly ListedSeries[]; back: string; onChoose: (series: string, stack?: string, instance?: string) => void
  /** The series chosen last did not come; the one before is still open. */
  notCome: { readonly error: unknown; readonly retry: () => void } | undefined
}) => {
  // One workspace a study: another series of it has the same patient and study for reports to take over.
  const [workspace] = useState(() => createWorkspace({ outside: createOutside({ api, wado }), database: logDatabase, dataset: series.datasetId, study: series.studyInstanceUid, source: facts.first, observer, device }))
  useEffect(() => () => workspace.dispose(), [workspace])
  // What was refused while nobody was signed in is tried again.
  useEffect(() => { if (signedIn) void workspace.resume() }, [workspace, signedIn])
  useRefresh(workspace.refresh)
  useSettled(workspace.settle)
  const { count } = useDrafts()
  const { document, states, selected, versions } = useStore(workspace.store)
  const [past, setPast] = useState<string>()
  const version = versions.find(({ sopInstanceUid }) => sopInstanceUid === past)
  const overlay = useOverlay()
  const paintings = usePaintings(workspace, series)
  const marks = Object.values(document.marks)
  const onFinished = useCallback(async ({ uid, kind, place, calibration, label }: Finished) => {
    await workspace.finish(uid, kind, place, calibration, { pixels: kind === 'ellipse' || kind === 'freehand' ? () => engine.pixels(series, place) : undefined, label })
  }, [workspace, engine, series])
  const onKey = useCallback((key: 'undo' | 'redo' | 'delete') => {
    // Of an old version nothing is changed.
    if (version) return
    const now = workspace.store.getState().selected
    if (key === 'delete' && now) void workspace.remove(now)
    else if (key !== 'delete') void workspace[key]()
  }, [workspace, version])
  // Kept until what it lies on is open.
  const [target, setTarget] = useState<Measurement>()
  const goTo = (mark: Measurement) => {
    setTarget(mark)
    if (!isHere(mark, series)) onChoose(seriesOf(mark), undefined, mark.place.kind === 'image' ? mark.place.frame.sopInstanceUid : undefined)
  }
  useEffect(() => (target && isHere(target, series) ? goToMark(engine, series, target, () => setTarget(undefined)) : undefined), [engine, series, target])
  // The slice of a series that is looked at once that series is open.
  const [goal, setGoal] = useState<{ readonly key: string; readonly slice: number }>()
  const onOpen = (one: EngineSeries, slice?: number) => {
    setGoal(slice === undefined ? undefined : { key: keyOf(one), slice })
    if (keyOf(one) !== keyOf(series)) onChoose(one.seriesInstanceUid, one.stack)
  }
  const goToPainting = (uid: string): void => {
    const place = paintings.placeOf(uid)
    if (!place) return
    const { on: { seriesInstanceUid, stack }, slice } = place
    setGoal(slice === undefined ? undefined : { key: keyOf({ seriesInstanceUid, ...(stack ? { stack } : {}) }), slice })
    if (seriesInstanceUid !== series.seriesInstanceUid || stack !== series.stack) onChoose(seriesInstanceUid, stack)
  }
  useEffect(() => (goal && goal.key === keyOf(series) ? goToSlice(engine, series, goal.slice, () => setGoal(undefined)) : undefined), [engine, series, goal])
  const { panel: others, contours } = useOthers({ engine, load: workspace.others, series, listed, onChoose })
  const history = <History versions={versions} shown={past} onShow={setPast} />
  return (
    <ViewerScreen
      series={series} facts={facts} choices={choices} onChoose={onChoose} back={back} marks={version?.marks ?? marks} selected={selected} onFinished={(mark) => {
        // What is drawn is of today; a mark of an old version stays as it was.
        if (version && mark.uid !== undefined) return
        setPast(undefined)
        void onFinished(mark)
      }} onSelect={workspace.select} onKey={onKey}
      chip={<><UnsyncedLink count={count} narrow /><SaveChip states={[...marks.map(({ trackingUid }) => states[trackingUid] ?? 'drawing'), ...paintings.list.map(({ state }) => chipOf(state))]} /></>} overlay={overlay} contours={contours} paintings={paintings.overlays} surface={paintings.surface}
      cover={notCome ? <LoadFailure part error={notCome.error} retry={notCome.retry} /> : undefined}
      panel={<StudyPanel engine={engine} api={api} workspace={workspace} series={series} listed={listed} onOpen={onOpen} marks={version ? <><PastVersion version={version} onGoTo={goTo} onBack={() => setPast(undefined)} />{history}</> : <><MarksPanel workspace={workspace} onGoTo={goTo} />{history}<PaintingsPanel {...paintings} brush={<BrushSize />} onTake={paintings.take} onNew={paintings.create} onName={paintings.name} onSave={paintings.save} onToggle={paintings.toggle} onGoTo={goToPainting} />{others}</>} />}
    />
  )
}
