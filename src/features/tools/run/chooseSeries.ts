import type { ToolManifest } from '../../../contract/index.ts'
import { offPlaneMm, planeNormal } from '../../../domain/geometry/plane.ts'
import type { Vec3 } from '../../../domain/geometry/points.ts'
import { isParallel } from '../../../domain/geometry/stack.ts'
import { chosenByRule, rankSeries, settledBy, type Candidate, type Ground, type SeriesChoice, type SeriesNeed } from '../../../domain/tool/selection.ts'
import type { SaidOfSeries, SeriesTraits } from '../../../domain/tool/traits.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { scopeOf } from './scope.ts'

/** A stack that a tool may take: as the engine wants it, what its images say, and how a person knows it. */
export type ToolSeries = { readonly series: EngineSeries; readonly said: SaidOfSeries; readonly label: string }
type Known = SeriesTraits & { readonly of: ToolSeries }
/** What of the study a tool may take, what not, and what it takes; without `chosen` a person has to say. */
export type Choosing = {
  readonly candidates: readonly Option[]
  readonly refused: readonly { readonly label: string; readonly grounds: readonly Ground[] }[]
  readonly chosen: Option | undefined
  readonly runnerUp: Option | undefined
  readonly choice: SeriesChoice | undefined
}
export type Option = { readonly key: string; readonly of: ToolSeries; readonly grounds: readonly Ground[]; readonly certain: boolean }

export const keyOf = ({ seriesInstanceUid, stack }: Pick<EngineSeries, 'seriesInstanceUid' | 'stack'>): string => `${seriesInstanceUid}/${stack ?? ''}`

/** Where frames lie, as a tool chooses by it: only what holds for all of them. */
const traitsOf = (of: ToolSeries): Known => {
  const { series: { seriesInstanceUid, stack, modality, notAVolume, frames }, said } = of
  const planes = frames.flatMap(({ plane }) => plane ?? [])
  const [first, last] = [planes[0], planes.at(-1)]
  const placed = planes.length === frames.length && first !== undefined && last !== undefined
  const directions = placed ? planes.map(planeNormal).reduce<Vec3[]>((found, normal) => (found.some((one) => isParallel(one, normal)) ? found : [...found, normal]), []) : undefined
  const even = placed && planes.length > 1 && (!notAVolume || notAVolume === 'tilted')
  return {
    ...said, of, seriesInstanceUid, modality, slices: frames.length, colour: (frames[0]?.pixels.samplesPerPixel ?? 1) !== 1,
    ...(stack ? { stack } : {}), ...(notAVolume ? { notAVolume } : {}), ...(directions ? { directions } : {}), ...(even ? { spacingMm: Math.abs(offPlaneMm(first, last.origin)) / (planes.length - 1) } : {}),
  }
}

/** @throws Error where the tool's steps are not understood */
export const needOf = (tool: ToolManifest): SeriesNeed => ({ modalities: tool.modalities, volume: scopeOf(tool) === 'volume', ...(tool.selection ? { rule: tool.selection } : {}) })

/** Whether a tool could take the open stack by where its frames lie; what its images say of themselves is looked at later. */
export const fitsOpen = (tool: ToolManifest, open: EngineSeries): boolean => rankSeries(needOf(tool), [traitsOf({ series: open, said: {}, label: '' })]).candidates.length > 0

/**
 * What a tool takes of the stacks of a study. A tool with a rule takes what the rule says, whatever is open; one without takes what is
 * open; and what a person picked comes before both, as long as it may be taken. A tool that looks at one slice takes the one in view.
 * @param picked key of the stack that a person chose
 * @throws Error where the tool's steps are not understood
 */
export const chooseSeries = (tool: ToolManifest, stacks: readonly ToolSeries[], open: EngineSeries, picked: string | undefined): Choosing => {
  const pool = scopeOf(tool) === 'slice' ? stacks.filter(({ series }) => keyOf(series) === keyOf(open)) : stacks
  const ranking = rankSeries(needOf(tool), pool.map(traitsOf))
  const optionOf = ({ series, grounds, certain }: Candidate<Known>): Option => ({ key: keyOf(series), of: series.of, grounds, certain })
  const find = (key: string | undefined): Candidate<Known> | undefined => ranking.candidates.find(({ series }) => keyOf(series) === key)
  const asked = find(picked)
  const own = tool.selection ? chosenByRule(ranking) : find(keyOf(open))
  const chosen = asked ?? own
  const second = tool.selection && chosen ? ranking.candidates.find((one) => one !== chosen) : undefined
  const byRule = tool.selection !== undefined && chosen === own
  const { stack } = chosen?.series ?? {}
  return {
    candidates: ranking.candidates.map(optionOf), refused: ranking.refused.map(({ series, grounds }) => ({ label: series.of.label, grounds: grounds.filter(({ verdict }) => verdict === 'refused') })),
    chosen: chosen && optionOf(chosen), runnerUp: second && optionOf(second),
    choice: chosen && {
      by: byRule ? 'rule' : 'person', reason: byRule ? settledBy(chosen, second) : chosen === own ? 'opened' : 'asked', grounds: chosen.grounds, ...(stack ? { stack } : {}),
      ...(second ? { runnerUp: { series: second.series.seriesInstanceUid, ...(second.series.stack ? { stack: second.series.stack } : {}) } } : {}),
    },
  }
}
