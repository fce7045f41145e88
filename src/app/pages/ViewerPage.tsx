import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { pathOf, useApi } from '../../api/index.ts'
import type { DicomJson } from '../../dicom/file/json.ts'
import { createWadoClient } from '../../dicom/web/wadoClient.ts'
import type { Engine } from '../../engine/port.ts'
import { EngineProvider } from '../../engine/react.tsx'
import { useSession } from '../../features/session/index.ts'
import { seriesQuery, studyByHandle } from '../../features/studies/index.ts'
import { toEngineStacks, type SeriesChoice, type SeriesStack } from '../../features/viewer/index.ts'
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
  const queries = useQueryClient()
  const [chosen, setChosen] = useState<{ series: string; stack: string | undefined; instance: string | undefined }>()
  const study = useQuery(studyByHandle(api, dataset, handle))
  const uid = study.data?.studyInstanceUid
  const list = useQuery({ ...seriesQuery(api, dataset, uid ?? ''), enabled: uid !== undefined })
  const images = useMemo(() => list.data?.filter(({ modality }) => !derived.has(modality)) ?? [], [list.data])
  const current = chosen?.series ?? images[0]?.seriesInstanceUid
  const stacksOf = (seriesInstanceUid: string) => queryOptions({
    queryKey: ['metadata', dataset, uid, seriesInstanceUid], staleTime: Infinity, structuralSharing: false,
    queryFn: async ({ signal }) => toEngineStacks(await wado.seriesMetadata({ datasetId: dataset, studyInstanceUid: uid ?? '', seriesInstanceUid }, signal) as DicomJson[], dataset),
  })
  const opened = useQuery({
    queryKey: ['stack', dataset, uid, current, chosen?.stack, chosen?.instance], enabled: uid !== undefined && current !== undefined, staleTime: Infinity, structuralSharing: false, placeholderData: keepPreviousData,
    queryFn: async () => {
      const { stacks, facts } = await queries.ensureQueryData(stacksOf(current ?? ''))
      const holds = ({ series }: SeriesStack): boolean => (chosen?.instance ? series.frames.some(({ ref }) => ref.sopInstanceUid === chosen.instance) : series.stack === chosen?.stack)
      const open = stacks.find(holds) ?? stacks[0]
      if (!open) throw new Error('the series has no stack')
      return { series: open.series, facts }
    },
  })
  const observer = session?.person.name.split(' ').toReversed().join('^')
  const failed = study.error ?? list.error ?? opened.error
  if (failed) return <LoadFailure error={failed} retry={() => { void study.refetch(); void list.refetch(); void opened.refetch() }} />
  if (!engine || !opened.data || !uid || !observer) return <State page title={t('loading')} role="status" />
  /** A series once opened is offered as its stacks. */
  const choicesOf = (one: (typeof images)[number]): SeriesChoice[] => {
    const stackOf = async (stack: string | undefined) => {
      const { stacks: all } = await queries.ensureQueryData(stacksOf(one.seriesInstanceUid))
      const found = all.find(({ series }) => series.stack === stack) ?? all[0]
      if (!found) throw new Error('the series has no stack')
      return found.series
    }
    const whole = { load: () => stackOf(undefined), seriesInstanceUid: one.seriesInstanceUid, label: `${one.number ?? ''} ${one.description}`.trim(), images: one.images, thumbnail: pathOf('thumbnail', { dataset, study: uid, series: one.seriesInstanceUid }) }
    const stacks = queries.getQueryData(stacksOf(one.seriesInstanceUid).queryKey)?.stacks ?? []
    if (stacks.length < 2) return [whole]
    return stacks.map(({ series, differs }) => ({ ...whole, load: () => stackOf(series.stack), ...(series.stack ? { stack: series.stack } : {}), images: series.frames.length, label: `${whole.label} ${differs.map(({ by, value }) => t(`stack.${by}`, { value })).join(', ')}` }))
  }
  return (
    <EngineProvider value={engine}>
      <OpenStudy
        key={uid} engine={engine} api={api} wado={wado} observer={observer} series={opened.data.series} facts={opened.data.facts} back={`/studies?dataset=${dataset}`} onChoose={(series, stack, instance) => setChosen({ series, stack, instance })}
        choices={images.flatMap(choicesOf)}
      />
    </EngineProvider>
  )
}
