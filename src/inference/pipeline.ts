/** Why a tool's steps are not run: the step by its place and name, and what is wrong with it. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError'
}

type Triple = readonly [number, number, number]

/**
 * The steps a manifest may name, in the order they stand in. Before `predict` they work on values, after it on the scores of each
 * class; `labels` ends the list. Lengths in mm, axes in the order column, row, slice of the grid at that point.
 */
export type Step =
  /** Axes permuted and turned so that index grows towards L or R, P or A, S or I, as the three letters say (nearest axes). */
  | { readonly step: 'orient'; readonly axes: string }
  /** A new lattice of that spacing or shape; `extent`: same outer edges (half-pixel rule), `centre`: same first and last centres. Order 0 nearest, 1 linear. */
  | { readonly step: 'resample'; readonly spacingMm?: Triple; readonly shape?: readonly [number | null, number | null, number | null]; readonly order: 0 | 1; readonly grid: 'extent' | 'centre' }
  | { readonly step: 'clip'; readonly low: number; readonly high: number }
  /** low to 0 and high to 1, clipped. */
  | { readonly step: 'window'; readonly low: number; readonly high: number }
  | { readonly step: 'scale'; readonly by: number; readonly add: number }
  /** (value - mean) / (standard deviation + epsilon). */
  | { readonly step: 'zscore'; readonly over: 'volume' | 'slice'; readonly epsilon: number; readonly mean?: number; readonly sd?: number }
  /** Smallest to 0, largest to 1; a constant becomes 0. */
  | { readonly step: 'minmax'; readonly over: 'volume' | 'slice' }
  /** Clipped to two percentiles (linear between ranks), those to 0 and 1. */
  | { readonly step: 'percentile'; readonly low: number; readonly high: number }
  /**
   * Patches (column, row, slice; absent: all at once) over the lattice with an overlap; a patch of one slice is a picture to the
   * network ([1, c, y, x]), else it is [1, c, z, y, x]. `neighbours`: a picture comes with so many slices before and behind it as
   * channels, the first and last repeated at the ends, and the answer is of the one in the middle. `multiple`: without a patch, a side
   * is filled up to a multiple of it, as networks that halve their pictures need.
   */
  | { readonly step: 'predict'; readonly neighbours: number; readonly multiple: number; readonly input: string; readonly output: string; readonly patch?: Triple; readonly pictures: boolean; readonly overlap: number; readonly weights: 'constant' | 'gaussian'; readonly pad: number; readonly layout: 'NCHW' | 'NHWC'; readonly channels: number }
  | { readonly step: 'activate'; readonly function: 'softmax' | 'sigmoid' }
  /** Drops components of a class: smaller than that, touching the edge within slices, or beyond the largest so many. */
  | { readonly step: 'components'; readonly value: number; readonly connectivity: 6 | 18 | 26; readonly minimumMm3: number; readonly keep?: number; readonly dropAtEdge: boolean }
  /** Back onto the series' own lattice (linear in the scores), then the best class, or of one class those above the threshold. */
  | { readonly step: 'labels'; readonly rule: 'best' | 'threshold'; readonly threshold: number }
  /** A score for each output instead of labels. */
  | { readonly step: 'scores' }

type Raw = Readonly<Record<string, unknown>>
type Read = { readonly [Name in Step['step']]: (raw: Raw, at: Reader) => Extract<Step, { step: Name }> }

/** Reads one step's parameters; whatever is not as it should be is named. */
type Reader = ReturnType<typeof readerOf>
const readerOf = (raw: Raw, place: string) => {
  const known = new Set(['step'])
  const fail = (name: string, should: string): never => { throw new PipelineError(`${place}: ${name} should be ${should}`) }
  const take = (name: string): unknown => { known.add(name); return raw[name] }
  return {
    fail,
    number: (name: string, fallback?: number): number => {
      const value = take(name) ?? fallback
      return typeof value === 'number' && Number.isFinite(value) ? value : fail(name, 'a number')
    },
    text: (name: string): string => {
      const value = take(name)
      return typeof value === 'string' && value !== '' ? value : fail(name, 'a text')
    },
    one: <T extends string | number | boolean>(name: string, of: readonly T[], fallback?: T): T => {
      const value = take(name) ?? fallback
      return of.find((each) => each === value) ?? fail(name, `one of ${of.join(', ')}`)
    },
    optional: <T>(name: string, is: (value: unknown) => value is T, should: string): T | undefined => {
      const value = take(name)
      return value === undefined || is(value) ? value : fail(name, should)
    },
    /** A parameter nobody reads may not be meant for nothing. */
    done: (): void => { for (const name of Object.keys(raw)) if (!known.has(name)) throw new PipelineError(`${place}: ${name} is not known`) },
  }
}
const isTriple = (value: unknown): value is Triple => Array.isArray(value) && value.length === 3 && value.every((each) => typeof each === 'number' && each > 0)
const isShape = (value: unknown): value is readonly [number | null, number | null, number | null] => Array.isArray(value) && value.length === 3 && value.every((each) => each === null || (Number.isInteger(each) && each > 0))
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0

const over = ['volume', 'slice'] as const
const readers: Read = {
  orient: (_, at) => {
    const axes = at.text('axes')
    const groups = ['LR', 'PA', 'SI']
    const whole = axes.length === 3 && groups.every((group) => [...axes].filter((letter) => group.includes(letter)).length === 1)
    return whole ? { step: 'orient', axes } : at.fail('axes', 'three letters, one each of LR, PA, SI')
  },
  resample: (_, at) => {
    const spacingMm = at.optional('spacingMm', isTriple, 'three lengths')
    const shape = at.optional('shape', isShape, 'three counts or null')
    if ((spacingMm === undefined) === (shape === undefined)) at.fail('spacingMm', 'given, or else shape')
    return { step: 'resample', ...(spacingMm ? { spacingMm } : {}), ...(shape ? { shape } : {}), order: at.one('order', [0, 1] as const, 1), grid: at.one('grid', ['extent', 'centre'] as const, 'extent') }
  },
  clip: (_, at) => ({ step: 'clip', low: at.number('low'), high: at.number('high') }),
  window: (_, at) => ({ step: 'window', low: at.number('low'), high: at.number('high') }),
  scale: (_, at) => ({ step: 'scale', by: at.number('by', 1), add: at.number('add', 0) }),
  zscore: (_, at) => {
    const mean = at.optional('mean', isNumber, 'a number')
    const sd = at.optional('sd', isNumber, 'a number')
    return { step: 'zscore', over: at.one('over', over, 'volume'), epsilon: at.number('epsilon', 1e-8), ...(mean === undefined ? {} : { mean }), ...(sd === undefined ? {} : { sd }) }
  },
  minmax: (_, at) => ({ step: 'minmax', over: at.one('over', over, 'volume') }),
  percentile: (_, at) => ({ step: 'percentile', low: at.number('low'), high: at.number('high') }),
  predict: (_, at) => {
    const patch = at.optional('patch', isTriple, 'three counts')
    const overlap = at.number('overlap', 0)
    if (overlap < 0 || overlap > 0.9) at.fail('overlap', 'between 0 and 0.9')
    const neighbours = at.optional('neighbours', isCount, 'a count') ?? 0
    const pictures = at.one('pictures', [true, false], false)
    const channels = at.one('channels', [1, 3], 1)
    const layout = at.one('layout', ['NCHW', 'NHWC'] as const, 'NCHW')
    if (neighbours > 0 && (!pictures || channels !== 1 || layout !== 'NCHW')) at.fail('neighbours', 'given with pictures of one channel, NCHW, alone')
    return {
      step: 'predict', input: at.text('input'), output: at.text('output'), ...(patch ? { patch } : {}), pictures, overlap, neighbours, multiple: at.optional('multiple', isCount, 'a count') ?? 1,
      weights: at.one('weights', ['constant', 'gaussian'] as const, 'constant'), pad: at.number('pad', 0), layout, channels,
    }
  },
  activate: (_, at) => ({ step: 'activate', function: at.one('function', ['softmax', 'sigmoid'] as const) }),
  components: (_, at) => {
    const keep = at.optional('keep', isCount, 'a count')
    return { step: 'components', value: at.number('value'), connectivity: at.one('connectivity', [6, 18, 26] as const, 26), minimumMm3: at.number('minimumMm3', 0), ...(keep === undefined ? {} : { keep }), dropAtEdge: at.one('dropAtEdge', [true, false], false) }
  },
  labels: (_, at) => ({ step: 'labels', rule: at.one('rule', ['best', 'threshold'] as const, 'best'), threshold: at.number('threshold', 0.5) }),
  scores: () => ({ step: 'scores' }),
}
const isStep = (name: unknown): name is Step['step'] => typeof name === 'string' && Object.hasOwn(readers, name)

/**
 * A manifest's steps, checked: nothing is guessed.
 * @throws PipelineError naming the step and what is wrong with it
 */
export const parsePipeline = (steps: readonly Raw[]): Step[] => {
  const parsed = steps.map((raw, index) => {
    const { step } = raw
    const place = `step ${index + 1} (${String(step)})`
    if (!isStep(step)) throw new PipelineError(`${place} is not known`)
    const at = readerOf(raw, place)
    const read = readers[step](raw, at)
    at.done()
    return read
  })
  const names = parsed.map(({ step }) => step)
  if (names.filter((name) => name === 'predict').length !== 1) throw new PipelineError('there must be one step predict')
  const last = names.at(-1)
  if (last !== 'labels' && last !== 'scores') throw new PipelineError('the last step must be labels or scores')
  const after = new Set<Step['step']>(['activate', 'components', 'labels', 'scores'])
  const predict = names.indexOf('predict')
  const misplaced = names.findIndex((name, index) => (index < predict) === after.has(name) && name !== 'predict')
  if (misplaced >= 0) throw new PipelineError(`step ${misplaced + 1} (${names[misplaced]}) stands on the wrong side of predict`)
  return parsed
}
