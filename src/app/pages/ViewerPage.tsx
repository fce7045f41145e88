import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { pathOf, useApi } from '../../api/index.ts'
import type { DicomJson } from '../../dicom/file/json.ts'
import { createWadoClient } from '../../dicom/web/wadoClient.ts'
import type { Engine } from '../../engine/port.ts'
import { EngineProvider } from '../../engine/react.tsx'
import { SessionEnded, useHeartbeat, useSession } from '../../features/session/index.ts'
import { seriesQuery, studyByHandle } from '../../features/studies/index.ts'
import type { ListedSeries } from '../../features/tools/index.ts'
import { toEngineStacks, type SeriesChoice, type SeriesStack } from '../../features/viewer/index.ts'
import { useTranslation } from '../../i18n/index.ts'
import { LoadFailure } from '../../ui/LoadFailure.tsx'
import { State } from '../../ui/State.tsx'
import { OpenStudy } from './OpenStudy.tsx'

const derived = new Set(['SR', 'SEG', 'RTSTRUCT', 'KO', 'PR'])
const wado = createWadoClient({ fetch: (input, init) => window.fetch(input, init) })
// The engine's code comes while metadata are still on their way.
const engineModule = import('../../engine/cornerstone/createEngine.ts')

/** Whoever looks at studies opens one: its code and engine are ready by then. Code that does not come is said when a study is opened. */
export const warmUp = (): void => { engineModule.then(({ warmUp: start }) => start(wado)).catch(() => undefined) }

const useCornerstone = (): { engine: Engine | undefined; missing: unknown } => {
  const [engine, setEngine] = useState<Engine>()
  const [missing, setMissing] = useState<unknown>()
  useEffect(() => {
    let made: Engine | undefined
    let gone = false
    engineModule.then(({ createEngine }) => {
      if (gone) return
      made = createEngine({ wado })
      setEngine(made)
    }, setMissing)
    return () => {
      gone = true
      made?.dispose()
    }
  }, [])
  return { engine, missing }
}

/** The last value that was there. */
const useLast = <T,>(value: T | undefined): T | undefined => {
  const [last, setLast] = useState(value)
  if (value !== undefined && value !== last) setLast(value)
  return value ?? last
}

/** Puts engine, viewer and marks side by side for the study of the address. */
export const ViewerPage = () => {
  const place = useParams({ from: '/view/$dataset/$handle' })
  return <StudyPage key={`${place.dataset}/${place.handle}`} {...place} />
}

const StudyPage = ({ dataset, handle }: { dataset: string; handle: string }) => {
  const { t } = useTranslation('viewer')
  const api = useApi()
  const { engine, missing } = useCornerstone()
  useHeartbeat()
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
  // Whose work it is stays known when the session ends, and a series that is open stays open when the next one does not come.
  const observer = useLast(session?.person.name.split(' ').toReversed().join('^'))
  const shown = useLast(opened.data)
  if (missing !== undefined) return <LoadFailure error={{ kind: 'network', code: '', detail: '' }} retry={() => window.location.reload()} />
  const failed = (study.data ? undefined : study.error) ?? (list.data ? undefined : list.error) ?? (shown ? undefined : opened.error)
  if (failed) return <LoadFailure error={failed} retry={() => { void study.refetch(); void list.refetch(); void opened.refetch() }} />
  if (!engine || !shown || !uid || !observer) return <State page title={t('loading')} role="status" />
  const nameOf = (one: (typeof images)[number], differs: SeriesStack['differs'] = []): string => [`${one.number ?? ''} ${one.description || one.modality}`.trim(), differs.map(({ by, value }) => t(`stack.${by}`, { value })).join(', ')].filter(Boolean).join(' ')
  const listed = images.map((one): ListedSeries => ({
    seriesInstanceUid: one.seriesInstanceUid, modality: one.modality, label: nameOf(one),
    load: async () => (await queries.ensureQueryData(stacksOf(one.seriesInstanceUid))).stacks.map(({ series, said, differs }) => ({ series, said, label: nameOf(one, differs) })),
  }))
  /** A series once opened is offered as its stacks. */
  const choicesOf = (one: (typeof images)[number]): SeriesChoice[] => {
    const stackOf = async (stack: string | undefined) => {
      const { stacks: all } = await queries.ensureQueryData(stacksOf(one.seriesInstanceUid))
      const found = all.find(({ series }) => series.stack === stack) ?? all[0]
      if (!found) throw new Error('the series has no stack')
      return found.series
    }
    const whole = { load: () => stackOf(undefined), seriesInstanceUid: one.seriesInstanceUid, label: nameOf(one), images: one.images, thumbnail: pathOf('thumbnail', { dataset, study: uid, series: one.seriesInstanceUid }) }
    const stacks = queries.getQueryData(stacksOf(one.seriesInstanceUid).queryKey)?.stacks ?? []
    if (stacks.length < 2) return [whole]
    return stacks.map(({ series, differs }) => ({ ...whole, load: () => stackOf(series.stack), ...(series.stack ? { stack: series.stack } : {}), images: series.frames.length, label: nameOf(one, differs) }))
  }
  return (
    <EngineProvider value={engine}>
      <div style={{ display: 'grid', gridTemplateRows: 'auto minmax(0, 1fr)', height: '100%' }}>
        <div>{session === null ? <SessionEnded /> : null}</div>
        <OpenStudy
          key={uid} engine={engine} api={api} wado={wado} observer={observer} signedIn={session !== null} series={shown.series} facts={shown.facts} back={`/studies?dataset=${dataset}`} onChoose={(series, stack, instance) => setChosen({ series, stack, instance })}
          choices={images.flatMap(choicesOf)} listed={listed} notCome={opened.error ? { error: opened.error, retry: () => void opened.refetch() } : undefined}
        />
      </div>
    </EngineProvider>
  )
}
