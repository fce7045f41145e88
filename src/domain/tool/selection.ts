import { imageKindsOf, orientationOf, type ImageKind, type Orientation, type SeriesTraits } from './traits.ts'

/** What a tool with one input asks of its series beside the modality. What is not asked does not matter. */
export type SelectionRule = {
  /** Kinds of images that are taken; without it none but plain slices. */
  readonly admits?: readonly ImageKind[]
  /** Within 20 degrees of that plane of the body. */
  readonly orientation?: Orientation | 'any'
  /** From slice to slice. */
  readonly spacingMm?: { readonly min?: number; readonly max?: number }
  readonly minSlices?: number
  /** Kernels that are preferred, by name without regard to case; `*` at the end stands for any rest. */
  readonly kernels?: readonly string[]
  readonly contrast?: 'with' | 'without'
}
/** All that a tool asks of its series; without a rule every series that it can run on is as good as another. */
export type SeriesNeed = { readonly modalities: readonly string[]; readonly volume: boolean; readonly rule?: SelectionRule }

export const traitNames = ['modality', 'colour', 'volume', 'imageType', 'orientation', 'spacing', 'slices', 'kernel', 'contrast'] as const
/** `unknown`: the images do not say. `preferred` and `other` are of what is only better or worse, `refused` of what may not be. */
export const verdicts = ['fits', 'preferred', 'other', 'unknown', 'refused'] as const
/** One thing that a rule asks, what the series says of it (a word, a number of mm or of slices), and what follows. */
export type Ground = { readonly trait: (typeof traitNames)[number]; readonly verdict: (typeof verdicts)[number]; readonly value: string }

export type Candidate<T extends SeriesTraits = SeriesTraits> = {
  readonly series: T
  /** How many preferences it is known to meet. */
  readonly score: number
  readonly grounds: readonly Ground[]
  /** Whether everything that must be is known to be. */
  readonly certain: boolean
}
/** What put one candidate before another. */
export const settlers = ['only', 'certain', 'score', 'thinnest', 'latest', 'order'] as const
export type Settler = (typeof settlers)[number]
export type Ranking<T extends SeriesTraits = SeriesTraits> = {
  readonly candidates: readonly Candidate<T>[]
  readonly refused: readonly { readonly series: T; readonly grounds: readonly Ground[] }[]
}

/** As a record of a run keeps it. `asked`: a person chose it from the candidates; `opened`: the tool has no rule, a person had it open. */
export type SeriesChoice = {
  readonly by: 'rule' | 'person'
  readonly reason: Settler | 'asked' | 'opened'
  readonly grounds: readonly Ground[]
  readonly stack?: string
  /** The best of the other candidates. */
  readonly runnerUp?: { readonly series: string; readonly stack?: string }
}

type Check = (need: SeriesNeed, series: SeriesTraits) => Omit<Ground, 'trait'> | undefined
const unknown = { verdict: 'unknown', value: '' } as const
const must = (fits: boolean, value: string): Omit<Ground, 'trait'> => ({ verdict: fits ? 'fits' : 'refused', value })
/** Positions are written with few digits: so much nearer or farther is no difference. */
const toleranceMm = 0.01
const rounded = (mm: number): number => Math.round(mm * 100) / 100
const isNamed = (pattern: string, kernel: string): boolean => {
  const [wanted, given] = [pattern.trim().toUpperCase(), kernel.trim().toUpperCase()]
  return wanted.endsWith('*') ? given.startsWith(wanted.slice(0, -1)) : given === wanted
}

const checks: Readonly<Record<Ground['trait'], Check>> = {
  modality: ({ modalities }, { modality }) => must(modalities.includes(modality), modality),
  colour: (_, { colour }) => (colour ? must(false, '') : undefined),
  volume: ({ volume }, { notAVolume }) => (volume && notAVolume ? must(false, notAVolume) : undefined),
  imageType: ({ rule }, { imageTypes }) => {
    if (!rule) return undefined
    if (!imageTypes) return unknown
    const [kind] = imageKindsOf(imageTypes).filter((one) => !rule.admits?.includes(one))
    return must(kind === undefined, kind ?? '')
  },
  orientation: ({ rule }, { directions }) => {
    if (!rule?.orientation || rule.orientation === 'any') return undefined
    const found = directions && orientationOf(directions)
    return found ? must(found === rule.orientation, found) : unknown
  },
  spacing: ({ rule }, { spacingMm }) => {
    if (!rule?.spacingMm) return undefined
    const { min = 0, max = Infinity } = rule.spacingMm
    return spacingMm === undefined ? unknown : must(spacingMm >= min - toleranceMm && spacingMm <= max + toleranceMm, String(rounded(spacingMm)))
  },
  slices: ({ rule }, { slices }) => (rule?.minSlices === undefined ? undefined : slices === undefined ? unknown : must(slices >= rule.minSlices, String(slices))),
  kernel: ({ rule }, { kernels }) => {
    if (!rule?.kernels) return undefined
    return kernels?.length ? { verdict: kernels.every((kernel) => rule.kernels?.some((pattern) => isNamed(pattern, kernel))) ? 'preferred' : 'other', value: kernels.join(', ') } : unknown
  },
  // Whoever gave no agent often says nothing of it (the module is there only where one was given, PS3.3 C.7.6.4): to say nothing refuses nobody.
  contrast: ({ rule }, { contrast }) => (!rule?.contrast ? undefined : !contrast ? unknown : { verdict: contrast === rule.contrast ? 'preferred' : 'refused', value: contrast }),
}
/** What is only preferred leaves a series certain where it is not known. */
const preferences: ReadonlySet<Ground['trait']> = new Set(['kernel', 'contrast'])

const groundsOf = (need: SeriesNeed, series: SeriesTraits): Ground[] => {
  const found = traitNames.flatMap((trait): Ground[] => {
    const ground = checks[trait](need, series)
    return ground ? [{ trait, ...ground }] : []
  })
  // Of another kind of image nothing else is worth saying.
  return found[0]?.verdict === 'refused' ? found.slice(0, 1) : found
}

/** The coarser of thickness and spacing: thick slices blur, thin ones far apart leave gaps. Unknown comes last. */
const coarsenessMm = ({ thicknessMm, spacingMm }: SeriesTraits): number => (thicknessMm === undefined && spacingMm === undefined ? Infinity : rounded(Math.max(thicknessMm ?? 0, spacingMm ?? 0)))

/** By what candidates are ordered, the lower first. */
const ladder: readonly (readonly [Exclude<Settler, 'only'>, (candidate: Candidate) => number])[] = [
  ['certain', ({ certain }) => (certain ? 0 : 1)],
  ['score', ({ score }) => -score],
  ['thinnest', ({ series }) => coarsenessMm(series)],
  ['latest', ({ series }) => -Number(series.acquired ?? 0)],
  ['order', ({ series }) => series.seriesNumber ?? Infinity],
]
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const compare = (a: Candidate, b: Candidate): number => {
  for (const [, of] of ladder) {
    const [left, right] = [of(a), of(b)]
    if (left !== right) return left < right ? -1 : 1
  }
  return byText(a.series.seriesInstanceUid, b.series.seriesInstanceUid) || Number(a.series.stack ?? 0) - Number(b.series.stack ?? 0)
}

/**
 * Which series of a study a tool may take, the best first, and which not, each with what was found of it. Those certain to fit come
 * before those that do not say all that must be; then the number of preferences met (`score`); then the thinnest slices, the latest
 * acquisition, the lowest Series Number. The order of the pool does not matter.
 * @param pool stacks of the study
 */
export const rankSeries = <T extends SeriesTraits>(need: SeriesNeed, pool: readonly T[]): Ranking<T> => {
  const all = pool.map((series) => ({ series, grounds: groundsOf(need, series) }))
  const isRefused = ({ grounds }: { readonly grounds: readonly Ground[] }): boolean => grounds.some(({ verdict }) => verdict === 'refused')
  const candidates = all.filter((one) => !isRefused(one)).map(({ series, grounds }): Candidate<T> => ({
    series, grounds, score: grounds.filter(({ verdict }) => verdict === 'preferred').length, certain: !grounds.some(({ trait, verdict }) => verdict === 'unknown' && !preferences.has(trait)),
  }))
  const [order, refused] = [candidates.sort(compare), all.filter(isRefused)]
  return { candidates: order, refused: refused.sort((a, b) => compare({ ...a, score: 0, certain: true }, { ...b, score: 0, certain: true })) }
}

/** The candidate that the rule takes: the first, where it is certain to fit. Where none is, a person has to say. */
export const chosenByRule = <T extends SeriesTraits>({ candidates: [first] }: Pick<Ranking<T>, 'candidates'>): Candidate<T> | undefined => (first?.certain ? first : undefined)

/** What puts a candidate before the next best. */
export const settledBy = (first: Candidate, next: Candidate | undefined): Settler => (next ? ladder.find(([, of]) => of(first) !== of(next))?.[0] ?? 'order' : 'only')
