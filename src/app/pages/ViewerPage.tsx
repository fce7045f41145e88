import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { pathOf, useApi } from '../../api/index.ts'
import type { DicomJson } from '../../dicom/file/json.ts'
import { createWadoClient } from '../../dicom/web/wadoClient.ts'
import type { Engine } from '../../engine/port.ts'
import { EngineProvider } from '../../engine/react.tsx'
import { useSession } from '../../features/session/index.ts'
import { seriesQuery, studyByHandle } from '../../features/studies/index.ts'
import { toEngineSeries } from '../../features/viewer/index.ts'
import { useTranslation } from '../../i18n/index.ts'
import { LoadFailure } from '../../ui/LoadFailure.tsx'
import { State } from '../../ui/State.tsx'
import { OpenStudy } from './OpenStudy.tsx'

const derived = new Set(['SR', 'SEG', 'RTSTRUCT', 'KO', 'PR'])
const wado = createWadoClient({ fetch: (input, init) => window.fetch(input, init) })
// The engine's code comes while metadata are still on their way.
const engineModule = import('../../engine/cornerstone/createEngine.ts')

const useCornerstone = (): Engine | undefined => {
  const [engine, setEngine] = useState<Engine>()
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
  return engine
}

/** Puts engine, viewer and marks side by side for the study of the address. */
export const ViewerPage = () => {
  const { t } = useTranslation('viewer')
  const { dataset, handle } = useParams({ from: '/view/$dataset/$handle' })
  const api = useApi()
  const engine = useCornerstone()
  const { data: session } = useSession()
  const [chosen, setChosen] = useState<string>()
  const study = useQuery(studyByHandle(api, dataset, handle))
  const uid = study.data?.studyInstanceUid
  const list = useQuery({ ...seriesQuery(api, dataset, uid ?? ''), enabled: uid !== undefined })
  const images = useMemo(() => list.data?.filter(({ modality }) => !derived.has(modality)) ?? [], [list.data])
  const current = chosen ?? images[0]?.seriesInstanceUid
  const opened = useQuery({
    queryKey: ['metadata', dataset, uid, current], enabled: uid !== undefined && current !== undefined, staleTime: Infinity, structuralSharing: false, placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => toEngineSeries(await wado.seriesMetadata({ datasetId: dataset, studyInstanceUid: uid ?? '', seriesInstanceUid: current ?? '' }, signal) as DicomJson[], dataset),
  })
  const observer = session?.person.name.split(' ').toReversed().join('^')
  const failed = study.error ?? list.error ?? opened.error
  if (failed) return <LoadFailure error={failed} retry={() => { void study.refetch(); void list.refetch(); void opened.refetch() }} />
  if (!engine || !opened.data || !uid || !observer) return <State title={t('loading')} role="status" />
  return (
    <EngineProvider value={engine}>
      <OpenStudy
        key={uid} engine={engine} api={api} wado={wado} observer={observer} series={opened.data.series} facts={opened.data.facts} back={`/studies?dataset=${dataset}`} onChoose={setChosen}
        choices={images.map((one) => ({ seriesInstanceUid: one.seriesInstanceUid, label: `${one.number ?? ''} ${one.description}`.trim(), images: one.images, thumbnail: pathOf('thumbnail', { dataset, study: uid, series: one.seriesInstanceUid }) }))}
      />
    </EngineProvider>
  )
}
