import * as ort from 'onnxruntime-web/wasm'
import type { Grid } from '../../domain/geometry/grid.ts'
import { activate } from '../../inference/after.ts'
import { components } from '../../inference/components.ts'
import { parsePipeline, type Step } from '../../inference/pipeline.ts'
import { predict } from '../../inference/predict.ts'
import { clip, scaled } from '../../inference/steps/intensity.ts'
import { latticeOf, orient, resampleOnto } from '../../inference/steps/spatial.ts'
import type { Volume } from '../../inference/volume.ts'
import { baseline } from './baseline.ts'
import { lattice, seeds, trainingCase } from './cases.ts'

/** A part found: how sure, where, how large. */
export type Candidate = { readonly score: number; readonly centre: readonly [number, number, number]; readonly volumeMm3: number; readonly voxels: ReadonlySet<number> }

const worldOf = ({ origin, steps }: Grid, [i, j, k]: readonly [number, number, number]): [number, number, number] =>
  [0, 1, 2].map((axis) => (origin[axis] ?? 0) + i * (steps[0][axis] ?? 0) + j * (steps[1][axis] ?? 0) + k * (steps[2][axis] ?? 0)) as [number, number, number]

/** Connected parts of what is at least `threshold`, 26 neighbours, with the mean of their values as score. */
export const candidatesOf = (values: Float32Array, grid: Grid, threshold: number, minimumMm3: number): Candidate[] => {
  const [nx, ny] = grid.dimensions
  const { of, parts } = components(Uint8Array.from(values, (value) => (value >= threshold ? 1 : 0)), grid.dimensions, 26)
  const voxelMm3 = Math.abs((grid.steps[0][0] ?? 0) * (grid.steps[1][1] ?? 0) * (grid.steps[2][2] ?? 0))
  const lists = new Map<number, number[]>(parts.filter(({ voxels }) => voxels * voxelMm3 >= minimumMm3).map(({ number }) => [number, []]))
  of.forEach((number, at) => lists.get(number)?.push(at))
  return [...lists.values()].map((voxels) => {
    const sum = voxels.reduce(([x, y, z, score], at) => [x + (at % nx), y + (Math.floor(at / nx) % ny), z + Math.floor(at / (nx * ny)), score + (values[at] ?? 0)] as const, [0, 0, 0, 0] as readonly [number, number, number, number])
    const n = voxels.length
    return { score: sum[3] / n, centre: worldOf(grid, [sum[0] / n, sum[1] / n, sum[2] / n]), volumeMm3: n * voxelMm3, voxels: new Set(voxels) }
  })
}

/** Probability of nodule over the network's lattice by a manifest's own steps, up to where labels are made of them. */
export const createScorer = async (steps: readonly Readonly<Record<string, unknown>>[], model: Uint8Array) => {
  ort.env.wasm.numThreads = 1
  const session = await ort.InferenceSession.create(model)
  const parsed = parsePipeline(steps)
  const runtime = {
    inputs: session.inputNames, outputs: session.outputNames, release: () => session.release(),
    run: async (feeds: Readonly<Record<string, { dims: readonly number[]; data: Float32Array }>>) => Object.fromEntries(Object.entries(await session.run(Object.fromEntries(Object.entries(feeds).map(([name, { dims, data }]) => [name, new ort.Tensor('float32', data, dims)])))).map(([name, { dims, data }]) => [name, { dims, data: data as Float32Array }])),
  }
  const prepare = (volume: Volume, step: Step): Volume => step.step === 'orient' ? orient(volume, step.axes) : step.step === 'resample' ? resampleOnto(volume, latticeOf(volume, step), step.order) : step.step === 'clip' ? clip(volume, step.low, step.high) : step.step === 'scale' ? scaled(volume, step.by, step.add) : volume
  return async (volume: Volume): Promise<{ probability: Float32Array; grid: Grid; seconds: number }> => {
    const network = parsed.find((step) => step.step === 'predict')
    if (network?.step !== 'predict') throw new Error('the steps ask no network')
    const ready = parsed.slice(0, parsed.indexOf(network)).reduce(prepare, volume)
    const began = performance.now()
    const { channels, dimensions, origin, steps: axes } = activate(await predict(ready, network, runtime, () => undefined), 'sigmoid')
    return { probability: channels[1] ?? new Float32Array(0), grid: { dimensions, origin, steps: axes }, seconds: (performance.now() - began) / 1000 }
  }
}

/** One case's findings beside its truth. */
type Judged = { readonly dice: number; readonly hits: readonly { readonly diameterMm: number; readonly score: number; readonly dice: number }[]; readonly falseScores: readonly number[] }

/** A candidate hits the nodule it shares most voxels with; what hits none is false; a nodule's score is its best hit's. */
export const judge = (candidates: readonly Candidate[], truth: Uint8Array, diameters: readonly number[]): Judged => {
  const sizes = new Array<number>(diameters.length).fill(0)
  for (const value of truth) if (value > 0) sizes[value - 1] = (sizes[value - 1] ?? 0) + 1
  const best = diameters.map((diameterMm) => ({ diameterMm, score: -1, both: 0, found: 0 }))
  const falseScores: number[] = []
  let [both, found] = [0, 0]
  for (const { score, voxels } of candidates) {
    const shared = new Array<number>(diameters.length).fill(0)
    for (const at of voxels) if (truth[at]) shared[(truth[at] ?? 1) - 1] = (shared[(truth[at] ?? 1) - 1] ?? 0) + 1
    const most = Math.max(0, ...shared)
    found += voxels.size
    both += shared.reduce((sum, value) => sum + value, 0)
    const own = best[shared.indexOf(most)]
    if (most === 0 || !own) falseScores.push(score)
    else Object.assign(own, { score: Math.max(own.score, score), both: own.both + most, found: own.found + voxels.size })
  }
  const real = sizes.reduce((sum, value) => sum + value, 0)
  return { dice: (2 * both) / (found + real || 1), falseScores, hits: best.map(({ diameterMm, score, both: own, found: theirs }, index) => ({ diameterMm, score, dice: (2 * own) / (theirs + (sizes[index] ?? 0) || 1) })) }
}

/** Share of nodules found at the lowest score that leaves at most `perScan` false ones a scan. */
export const sensitivityAt = (cases: readonly Judged[], perScan: number): number => {
  const wrong = cases.flatMap(({ falseScores }) => falseScores).sort((a, b) => b - a)
  const limit = wrong[Math.floor(perScan * cases.length)] ?? -1
  const hits = cases.flatMap((one) => one.hits)
  return hits.filter(({ score }) => score > limit && score >= 0).length / hits.length
}

const sizes = [[0, 6], [6, 10], [10, 20], [20, 99]] as const
const report = (name: string, cases: readonly Judged[]): string[] => {
  const hits = cases.flatMap((one) => one.hits)
  const mean = (values: readonly number[]): string => (values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)).toFixed(3)
  return [
    `${name}: Dice ${mean(cases.map(({ dice }) => dice))}, sensitivity at 1 false a scan ${sensitivityAt(cases, 1).toFixed(3)}, all found ${(hits.filter(({ score }) => score >= 0).length / hits.length).toFixed(3)}, false a scan ${mean(cases.map(({ falseScores }) => falseScores.length))}`,
    ...sizes.map(([low, high]) => {
      const mine = hits.filter(({ diameterMm }) => diameterMm >= low && diameterMm < high)
      return `  ${low} to ${high} mm: ${mine.length} nodules, Dice ${mean(mine.map(({ dice }) => dice))}, found ${(mine.filter(({ score }) => score >= 0).length / Math.max(1, mine.length)).toFixed(3)}`
    }),
  ]
}

/** The network beside the baseline on the cases that it was not trained on. */
export const evaluateHeldOut = async (steps: readonly Readonly<Record<string, unknown>>[], model: Uint8Array, log: (line: string) => void, count: number = seeds.test.length): Promise<{ network: Judged[]; simple: Judged[] }> => {
  const score = await createScorer(steps, model)
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
