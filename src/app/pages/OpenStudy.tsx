import { useCallback, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Api } from '../../api/index.ts'
import type { WadoClient } from '../../dicom/web/wadoClient.ts'
import type { FramePlane } from '../../domain/geometry/points.ts'
import type { Measurement, Place } from '../../domain/measurement/types.ts'
import type { Engine, EngineSeries } from '../../engine/port.ts'
import { MarksPanel, SaveChip } from '../../features/annotation/index.ts'
import { ViewerScreen, type SeriesChoice, type SeriesFacts } from '../../features/viewer/index.ts'
import { createWorkspace, openLogDatabase } from '../../workspace/index.ts'
import { createOutside } from '../outside.ts'
import { StudyPanel, useOverlay } from './StudyTools.tsx'

const logDatabase = openLogDatabase()
/** Identifies the program as device observer (TID 1004). */
const device = { uid: '2.25.269859512073464612302180476519215867421', name: 'Imaging Workbench', version: '0.1.0' }

/** An open study: the marks belong to the workspace, the picture to the engine. */
export const OpenStudy = ({ engine, api, wado, observer, series, facts, choices, back, onChoose }: {
  engine: Engine; api: Api; wado: WadoClient; observer: string; series: EngineSeries; facts: SeriesFacts; choices: readonly SeriesChoice[]; back: string; onChoose: (series: string, stack?: string, instance?: string) => void
}) => {
  // One workspace a study: another series of it has the same patient and study for reports to take over.
  const [workspace] = useState(() => createWorkspace({ outside: createOutside({ api, wado }), database: logDatabase, dataset: series.datasetId, study: series.studyInstanceUid, source: facts.first, observer, device }))
  useEffect(() => () => workspace.dispose(), [workspace])
  const { document, states, selected } = useStore(workspace.store)
  const overlay = useOverlay()
  const marks = Object.values(document.marks)
  const onFinished = useCallback((uid: string | undefined, place: Place, plane: FramePlane | undefined) => { void workspace.finish(uid, 'length', place, plane) }, [workspace])
  const onKey = useCallback((key: 'undo' | 'redo' | 'delete') => {
    const now = workspace.store.getState().selected
    if (key === 'delete' && now) void workspace.remove(now)
    else if (key !== 'delete') void workspace[key]()
  }, [workspace])
  const goTo = ({ place }: Measurement) => {
    if (place.kind !== 'image') return
    const slice = series.frames.findIndex(({ ref }) => ref.sopInstanceUid === place.frame.sopInstanceUid && ref.frameNumber === place.frame.frameNumber)
    if (slice < 0) return onChoose(place.frame.seriesInstanceUid, undefined, place.frame.sopInstanceUid)
    engine.setSlice('one', slice)
    return undefined
  }
  return (
    <ViewerScreen
      series={series} facts={facts} choices={choices} onChoose={onChoose} back={back} marks={marks} selected={selected} onFinished={onFinished} onSelect={workspace.select} onKey={onKey}
      chip={<SaveChip states={marks.map(({ trackingUid }) => states[trackingUid] ?? 'drawing')} />} overlay={overlay}
      panel={<StudyPanel engine={engine} api={api} workspace={workspace} series={series} marks={<MarksPanel workspace={workspace} onGoTo={goTo} />} />}
    />
  )
}
