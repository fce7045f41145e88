import { useQueries } from '@tanstack/react-query'
import type { EngineSeries } from '../../../engine/port.ts'
import { keyOf, type ToolSeries } from './chooseSeries.ts'

/** A series as the archive lists it, how a person knows it, and how its stacks come: of what its images say, without their pixels. */
export type ListedSeries = { readonly seriesInstanceUid: string; readonly modality: string; readonly label: string; readonly load: () => Promise<readonly ToolSeries[]> }

/** The stacks of a study that are of a tool's kind, as far as they came; `others`: of another kind, by the archive's list. */
export type StudySeries = {
  readonly stacks: readonly ToolSeries[]
  readonly others: readonly ListedSeries[]
  readonly waiting: number
  readonly notCome: readonly string[]
  readonly retry: () => void
}

/** Looks at what a study holds for a tool: only series of its kind are looked at, once. The open one is always there. */
export const useToolSeries = (listed: readonly ListedSeries[], modalities: readonly string[], open: EngineSeries): StudySeries => {
  const ours = listed.filter(({ modality }) => modalities.includes(modality))
  const answers = useQueries({ queries: ours.map(({ seriesInstanceUid, load }) => ({ queryKey: ['toolSeries', open.datasetId, open.studyInstanceUid, seriesInstanceUid], queryFn: load, staleTime: Infinity, structuralSharing: false, retry: false })) })
  const stacks = answers.flatMap(({ data }) => data ?? [])
  return {
    stacks: stacks.some(({ series }) => keyOf(series) === keyOf(open)) ? stacks : [...stacks, { series: open, said: {}, label: listed.find(({ seriesInstanceUid }) => seriesInstanceUid === open.seriesInstanceUid)?.label || open.description || open.modality }],
    others: listed.filter(({ modality, seriesInstanceUid }) => !modalities.includes(modality) && seriesInstanceUid !== open.seriesInstanceUid),
    waiting: answers.filter(({ isPending }) => isPending).length,
    notCome: ours.flatMap(({ label }, index) => (answers[index]?.isError ? [label] : [])),
    retry: () => { for (const answer of answers) if (answer.isError) void answer.refetch() },
  }
}
