import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { safeParse, ToolManifest } from '../contract/index.ts'
import { writtenCaution } from '../features/tools/index.ts'
import { runPipeline } from '../inference/runPipeline.ts'
import { createNodeRuntime } from '../node/wasmRuntime.ts'
import { chestOf, chestSlices, lesionVoxels } from '../phantom/chest/images.ts'
import { placeLesions } from '../phantom/chest/place.ts'
import { trainingPlan } from './training/cases.ts'
import { candidatesOf, judge, sensitivityAt } from './training/judge.ts'

const folder = 'src/hub/tools/lung-nodules'
const model = readFileSync(`${folder}/model.onnx`)
const manifest = safeParse(ToolManifest, JSON.parse(readFileSync(`${folder}/tool.json`, 'utf8')))

describe('the trained tool', () => {
  it('is the file its manifest names, under 2 MB, and says what it was trained on and that it is a demonstration', () => {
    expect(manifest.success && manifest.data.files).toEqual([{ role: 'model', name: 'model.onnx', sha256: createHash('sha256').update(model).digest('hex'), bytes: model.length }])
    expect(model.length).toBeLessThan(2e6)
    expect(manifest.success && writtenCaution(manifest.data)).toBe('demonstration, trained on synthetic images only')
  })
  it('outlines a large nodule of a chest that it was not trained on', async () => {
    if (!manifest.success) throw new Error(manifest.error.message)
    const plan = trainingPlan(70_001)
    const { person } = chestOf(plan)
    const lesions = placeLesions(person, [{ name: 'L1', type: 'solid', diameterMm: 20 }], { seed: 4, low: -20, high: 40 })
    const [first] = plan.series
    if (!first || !lesions[0]) throw new Error('the plan has no series')
    const series = { ...first, slices: 18, lowestMm: Math.round(lesions[0].z) - 17, noiseHu: 15 }
    const chest = chestOf({ ...plan, lesions })
    const size = series.rows * series.columns
    const data = new Float32Array(size * series.slices)
    for (const { level, canvas } of chestSlices({ ...plan, lesions }, series, { chest })) data.set(canvas.hu, level * size)
    const edge = -((series.columns - 1) / 2) * 1.4
    const outcome = await runPipeline({ steps: manifest.data.pipeline, model, volume: { data, dimensions: [series.columns, series.rows, series.slices], origin: [edge, edge, series.lowestMm], steps: [[1.4, 0, 0], [0, 1.4, 0], [0, 0, 2]] }, runtime: createNodeRuntime(), onProgress: () => undefined })
    const truth = lesionVoxels(series, chest.forms)
    const labels = outcome.kind === 'labels' ? outcome.labels : new Uint8Array(0)
    const both = labels.filter((label, at) => label === 1 && truth[at] === 1).length
    expect(both / truth.filter(Boolean).length).toBeGreaterThan(0.8)
    // It may mark other places too, but not much of a chest.
    expect(labels.filter(Boolean).length).toBeLessThan(3 * truth.filter(Boolean).length)
  })
})

describe('how findings are judged', () => {
  const grid = { dimensions: [10, 10, 3], origin: [0, 0, 0], steps: [[1, 0, 0], [0, 1, 0], [0, 0, 2]] } as const
  const at = (i: number, j: number, k: number): number => i + 10 * (j + 10 * k)
  const mark = (places: readonly (readonly [number, number, number, number])[]): Float32Array => {
    const values = new Float32Array(300)
    for (const [i, j, k, value] of places) values[at(i, j, k)] = value
    return values
  }
  it('parts have their centre in mm, their volume and the mean of their values; small ones are left out', () => {
    const found = candidatesOf(mark([[1, 1, 0, 0.9], [2, 1, 0, 0.7], [2, 2, 1, 0.8], [8, 8, 2, 1]]), grid, 0.5, 3)
    expect(found).toHaveLength(1)
    expect(found[0]?.volumeMm3).toBe(6)
    expect(found[0]?.score).toBeCloseTo(0.8, 6)
    expect(found[0]?.centre.map((value) => Math.round(value * 100) / 100)).toEqual([1.67, 1.33, 0.67])
  })
  it('a mark that touches a nodule hits it, one that touches none is false, a nodule without a mark is missed', () => {
    const truth = new Uint8Array(300)
    truth[at(1, 1, 0)] = truth[at(2, 1, 0)] = 1
    truth[at(5, 5, 1)] = 2
    const judged = judge(candidatesOf(mark([[2, 1, 0, 0.9], [8, 8, 2, 0.95], [8, 2, 2, 0.6]]), grid, 0.5, 1), truth, [12, 4])
    expect(judged.hits.map(({ score }) => Math.round(score * 100))).toEqual([90, -100])
    expect(judged.falseScores.map((score) => Math.round(score * 100)).sort()).toEqual([60, 95])
    expect(judged.dice).toBeCloseTo(2 / (3 + 3), 6)
    expect([sensitivityAt([judged], 0), sensitivityAt([judged], 1), sensitivityAt([judged], 2)]).toEqual([0, 0.5, 0.5])
  })
})
