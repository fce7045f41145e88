import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Grid } from '../../domain/geometry/grid.ts'
import { activate } from '../../inference/after.ts'
import { parsePipeline } from '../../inference/pipeline.ts'
import { predict } from '../../inference/predict.ts'
import { prepareVolume, runPipeline } from '../../inference/runPipeline.ts'
import type { Runtime } from '../../inference/runtime.ts'
import type { Volume } from '../../inference/volume.ts'
import { readerVolumes, readLidcCt } from '../lidc.ts'
import { baseline } from './baseline.ts'
import { lattice, seeds, trainingCase } from './cases.ts'
import { candidatesOf, judge, report, type Judged } from './judge.ts'

/** Probability of nodule over the network's lattice by a manifest's own steps, up to where labels are made of them. */
export const createScorer = async (steps: readonly Readonly<Record<string, unknown>>[], model: Uint8Array, runtime: Runtime) => {
  const session = await runtime.load(model)
  const parsed = parsePipeline(steps)
  return async (volume: Volume): Promise<{ probability: Float32Array; grid: Grid; seconds: number }> => {
    const network = parsed.find((step) => step.step === 'predict')
    if (network?.step !== 'predict') throw new Error('the steps ask no network')
    const ready = prepareVolume(volume, parsed.slice(0, parsed.indexOf(network)))
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

/** The nodule's place in LIDC-IDRI-0314 (LUNA16), LPS mm, and how far from it one is still it. */
const lidcNodule = [-57.44, 131.23, -520.36] as const
const lidcReachMm = 7.7

/**
 * The network on one CT of a person: whether it marks the nodule, how many other places, and its volume beside the readers'.
 * @param folder of LIDC-IDRI-0314 in the shared material
 */
export const evaluateLidc = async (pipeline: readonly Readonly<Record<string, unknown>>[], model: Uint8Array, runtime: Runtime, folder: string, log: (line: string) => void): Promise<void> => {
  const volume = await readLidcCt(join(folder, 'CT_1mm'))
  const outcome = await runPipeline({ steps: pipeline, model, volume, runtime, onProgress: () => undefined })
  if (outcome.kind !== 'labels') throw new Error('the tool makes no labels')
  const voxelMm3 = Math.abs(volume.steps[0][0] * volume.steps[1][1] * volume.steps[2][2])
  const parts = candidatesOf(Float32Array.from(outcome.labels), volume, 0.5, 0).map(({ centre, volumeMm3 }) => ({ volumeMm3, awayMm: Math.hypot(...centre.map((value, axis) => value - (lidcNodule[axis] ?? 0))) }))
  const hits = parts.filter(({ awayMm }) => awayMm <= lidcReachMm)
  const annotations = join(folder, 'annotations')
  const [xml = ''] = readdirSync(annotations).filter((name) => name.endsWith('.xml'))
  log(`LIDC-IDRI-0314: nodule ${hits.length > 0 ? `found ${hits.map(({ awayMm, volumeMm3 }) => `${awayMm.toFixed(1)} mm away with ${volumeMm3.toFixed(0)} mm3`).join(', ')}` : 'not found'}; other parts ${parts.length - hits.length} (${parts.filter(({ awayMm }) => awayMm > lidcReachMm).map(({ volumeMm3 }) => volumeMm3.toFixed(0)).join(', ')} mm3)`)
  log(`  the readers' volumes: ${readerVolumes(readFileSync(join(annotations, xml), 'utf8'), voxelMm3).map((value) => value.toFixed(0)).join(', ')} mm3`)
}
