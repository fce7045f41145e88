import type { Grid } from '../domain/geometry/grid.ts'
import { activate, dropComponents, labelsOn } from './after.ts'
import { parsePipeline, PipelineError, type Step } from './pipeline.ts'
import { predict, predictScores } from './predict.ts'
import type { Runtime } from './runtime.ts'
import { clip, minmax, percentile, scaled, windowed, zscore } from './steps/intensity.ts'
import { latticeOf, orient, resampleOnto } from './steps/spatial.ts'
import type { Scores, Volume } from './volume.ts'

/** Which step is under way and how much of it is done, 0 to 1. */
export type Progress = { readonly step: Step['step'] | 'load'; readonly share: number }

/** What a tool found: a label per voxel of the series, or numbers as the network gave them. */
export type Outcome = { readonly kind: 'labels'; readonly labels: Uint8Array } | { readonly kind: 'scores'; readonly scores: readonly number[] }

/** A value step, on the volume as it is by then. */
const prepare = (volume: Volume, step: Step): Volume => {
  switch (step.step) {
    case 'orient': return orient(volume, step.axes)
    case 'resample': return resampleOnto(volume, latticeOf(volume, step), step.order)
    case 'clip': return clip(volume, step.low, step.high)
    case 'window': return windowed(volume, step.low, step.high)
    case 'scale': return scaled(volume, step.by, step.add)
    case 'zscore': return zscore(volume, step)
    case 'minmax': return minmax(volume, step.over)
    case 'percentile': return percentile(volume, step.low, step.high)
    default: throw new PipelineError(`${step.step} cannot stand before predict`)
  }
}
/** The steps before the network, in order, on a volume. */
export const prepareVolume = (volume: Volume, steps: readonly Step[], onStep: (step: Step) => void = () => undefined): Volume => steps.reduce((now, step) => {
  onStep(step)
  return prepare(now, step)
}, volume)

const finish = (scores: Scores, step: Step): Scores => {
  switch (step.step) {
    case 'activate': return activate(scores, step.function)
    case 'components': return dropComponents(scores, step)
    default: throw new PipelineError(`${step.step} cannot stand after predict`)
  }
}
const activated = (values: readonly number[], kind: 'softmax' | 'sigmoid'): number[] => {
  if (kind === 'sigmoid') return values.map((value) => 1 / (1 + Math.exp(-value)))
  const high = Math.max(...values)
  const powers = values.map((value) => Math.exp(value - high))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

/**
 * A tool's steps over one series, in order.
 * @param volume values after the modality LUT on the series' own lattice, slices in geometric order
 * @throws PipelineError where a step is not known or the network is not as the manifest says
 */
export const runPipeline = async ({ steps: raw, model, volume, runtime, onProgress }: {
  steps: readonly Readonly<Record<string, unknown>>[]; model: Uint8Array; volume: Volume; runtime: Runtime; onProgress: (progress: Progress) => void
}): Promise<Outcome> => {
  const steps = parsePipeline(raw)
  const source: Grid = { dimensions: volume.dimensions, origin: volume.origin, steps: volume.steps }
  const at = steps.findIndex(({ step }) => step === 'predict')
  const network = steps[at]
  const last = steps.at(-1)
  if (network?.step !== 'predict' || !last) throw new PipelineError('there must be one step predict')
  onProgress({ step: 'load', share: 0 })
  const session = await runtime.load(model)
  try {
    const now = prepareVolume(volume, steps.slice(0, at), ({ step }) => onProgress({ step, share: 0 }))
    onProgress({ step: 'predict', share: 0 })
    if (last.step === 'scores') {
      const values = [...await predictScores(now, network, session)]
      return { kind: 'scores', scores: steps.reduce((numbers: number[], step) => (step.step === 'activate' ? activated(numbers, step.function) : numbers), values) }
    }
    let scores = await predict(now, network, session, (share) => onProgress({ step: 'predict', share }))
    for (const step of steps.slice(at + 1, -1)) {
      onProgress({ step: step.step, share: 0 })
      scores = finish(scores, step)
    }
    onProgress({ step: 'labels', share: 0 })
    if (last.step !== 'labels') throw new PipelineError(`${last.step} cannot end the steps`)
    return { kind: 'labels', labels: labelsOn(scores, source, last) }
  } finally {
    await session.release()
  }
}
