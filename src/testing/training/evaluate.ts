import type { Grid } from '../../domain/geometry/grid.ts'
import { activate } from '../../inference/after.ts'
import { parsePipeline, type Step } from '../../inference/pipeline.ts'
import { predict } from '../../inference/predict.ts'
import type { Runtime } from '../../inference/runtime.ts'
import { clip, scaled } from '../../inference/steps/intensity.ts'
import { latticeOf, orient, resampleOnto } from '../../inference/steps/spatial.ts'
import type { Volume } from '../../inference/volume.ts'
import { baseline } from './baseline.ts'
import { lattice, seeds, trainingCase } from './cases.ts'
import { candidatesOf, judge, report, type Judged } from './judge.ts'

/** Probability of nodule over the network's lattice by a manifest's own steps, up to where labels are made of them. */
export const createScorer = async (steps: readonly Readonly<Record<string, unknown>>[], model: Uint8Array, runtime: Runtime) => {
  const session = await runtime.load(model)
  const parsed = parsePipeline(steps)
  const prepare = (volume: Volume, step: Step): Volume => step.step === 'orient' ? orient(volume, step.axes) : step.step === 'resample' ? resampleOnto(volume, latticeOf(volume, step), step.order) : step.step === 'clip' ? clip(volume, step.low, step.high) : step.step === 'scale' ? scaled(volume, step.by, step.add) : volume
  return async (volume: Volume): Promise<{ probability: Float32Array; grid: Grid; seconds: number }> => {
    const network = parsed.find((step) => step.step === 'predict')
    if (network?.step !== 'predict') throw new Error('the steps ask no network')
    const ready = parsed.slice(0, parsed.indexOf(network)).reduce(prepare, volume)
    const began = performance.now()
    const { channels, dimensions, origin, steps: axes } = activate(await predict(ready, network, session, () => undefined), 'sigmoid')
    return { probability: channels[1] ?? new Float32Array(0), grid: { dimensions, origin, steps: axes }, seconds: (performance.now() - began) / 1000 }
  }
}

/** The network beside the baseline on the cases that it was not trained on. */
export const evaluateHeldOut = async (steps: readonly Readonly<Record<string, unknown>>[], model: Uint8Array, runtime: Runtime, log: (line: string) => void, count: number = seeds.test.length): Promise<{ network: Judged[]; simple: Judged[] }> => {
  const score = await createScorer(steps, model, runtime)
  const [network, simple]: [Judged[], Judged[]] = [[], []]
  for (const seed of seeds.test.slice(0, count)) {
    const { plan, hu, nodules, lungs } = trainingCase(seed)
    const { side, spacingMm, stepMm, slices } = lattice
    const edge = -((side - 1) / 2) * spacingMm
    const grid: Grid = { dimensions: [side, side, slices], origin: [edge, edge, plan.series[0]?.lowestMm ?? 0], steps: [[spacingMm, 0, 0], [0, spacingMm, 0], [0, 0, stepMm]] }
    const diameters = plan.lesions.filter(({ type }) => type !== 'node').map(({ diameterMm }) => diameterMm)
    const { probability, grid: own, seconds } = await score({ ...grid, data: Float32Array.from(hu) })
    if (own.dimensions.join() !== grid.dimensions.join()) throw new Error('the cases are not on the network\'s lattice')
    network.push(judge(candidatesOf(probability, grid, 0.5, 30), nodules, diameters))
    simple.push(judge(baseline(hu, lungs, grid), nodules, diameters))
    log(`${seed}: network ${network.at(-1)?.dice.toFixed(3)}, baseline ${simple.at(-1)?.dice.toFixed(3)}, ${seconds.toFixed(1)} s`)
  }
  for (const line of [...report('network', network), ...report('baseline', simple)]) log(line)
  return { network, simple }
}
