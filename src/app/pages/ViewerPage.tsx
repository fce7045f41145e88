import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { pathOf, useApi } from '../../api/index.ts'
import type { DicomJson } from '../../dicom/file/json.ts'
import { createWadoClient } from '../../dicom/web/wadoClient.ts'
import { EngineProvider } from '../../engine/react.tsx'
import type { Engine } from '../../engine/port.ts'
import { seriesQuery, studyByHandle } from '../../features/studies/index.ts'
import { toEngineSeries, ViewerScreen } from '../../features/viewer/index.ts'
import { useTranslation } from '../../i18n/index.ts'
import { LoadFailure } from '../../ui/LoadFailure.tsx'
import { State } from '../../ui/State.tsx'

const derived = new Set(['SR', 'SEG', 'RTSTRUCT', 'KO', 'PR'])
const wado = createWadoClient({ fetch: (input, init) => window.fetch(input, init) })
// The engine's code comes while metadata are still on their way.
const engineModule = import('../../engine/cornerstone/createEngine.ts')

/** Puts engine, viewer and marks side by side for the study of the address. */
export const ViewerPage = () => {
  const { t } = useTranslation('viewer')
  const { dataset, handle } = useParams({ from: '/view/$dataset/$handle' })
  const api = useApi()
  const [engine, setEngine] = useState<Engine>()
  const [chosen, setChosen] = useState<string>()
  useEffect(() => {
    let made: Engine | undefined
    let gone = false
    void engineModule.then(({ createEngine }) => {
      if (gone) return
      made = createEngine({ wado })
      setEngine(made)
    })
    return () => {
      gone = true
      made?.dispose()
    }
  }, [])
  const study = useQuery(studyByHandle(api, dataset, handle))
  const list = useQuery({ ...seriesQuery(api, dataset, study.data?.studyInstanceUid ?? ''), enabled: study.data !== undefined })
  const images = useMemo(() => list.data?.filter(({ modality }) => !derived.has(modality)) ?? [], [list.data])
  const current = chosen ?? images[0]?.seriesInstanceUid
  const opened = useQuery({
    queryKey: ['metadata', dataset, study.data?.studyInstanceUid, current], enabled: study.data !== undefined && current !== undefined, staleTime: Infinity, structuralSharing: false,
    queryFn: async ({ signal }) => toEngineSeries(await wado.seriesMetadata({ datasetId: dataset, studyInstanceUid: study.data?.studyInstanceUid ?? '', seriesInstanceUid: current ?? '' }, signal) as DicomJson[], dataset),
  })
  const failed = study.error ?? list.error ?? opened.error
  if (failed) return <LoadFailure error={failed} retry={() => { void study.refetch(); void list.refetch(); void opened.refetch() }} />
  if (!engine || !opened.data || !study.data) return <State title={t('loading')} role="status" />
  const { studyInstanceUid } = study.data
  return (
    <EngineProvider value={engine}>
      <ViewerScreen
        series={opened.data.series} facts={opened.data.facts} back={`/studies?dataset=${dataset}`} onChoose={setChosen}
        choices={images.map((one) => ({ seriesInstanceUid: one.seriesInstanceUid, label: `${one.number ?? ''} ${one.description}`.trim(), images: one.images, thumbnail: pathOf('thumbnail', { dataset, study: studyInstanceUid, series: one.seriesInstanceUid }) }))}
        marks={[]} selected={undefined} onFinished={() => undefined} onSelect={() => undefined} onKey={() => undefined} chip={null} panel={null}
      />
    </EngineProvider>
  )
}
