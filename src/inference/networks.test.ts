import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { safeParse, ToolManifest } from '../contract/index.ts'
import { encodeNetwork } from '../hub/tools/onnx.ts'
import { lungFields } from '../hub/tools/lung-fields/network.ts'
import { createNodeRuntime } from '../node/wasmRuntime.ts'
import { chestVolume } from '../testing/chestVolume.ts'
import { shared } from '../testing/shared.ts'
import { PipelineError } from './pipeline.ts'
import { patchStarts } from './predict.ts'
import { runPipeline, type Outcome, type Progress } from './runPipeline.ts'
import type { Volume } from './volume.ts'

const runtime = createNodeRuntime()
const manifestAt = (path: string): ToolManifest => {
  const parsed = safeParse(ToolManifest, JSON.parse(readFileSync(path, 'utf8')))
  if (!parsed.success) throw new Error(parsed.error.message)
  return parsed.data
}
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const run = (steps: ToolManifest['pipeline'], model: Uint8Array, volume: Volume, onProgress: (progress: Progress) => void = () => undefined): Promise<Outcome> => runPipeline({ steps, model, volume, runtime, onProgress })
const labelsOf = (outcome: Outcome): Uint8Array => {
  if (outcome.kind !== 'labels') throw new Error('scores came')
  return outcome.labels
}
const dice = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [both, sum] = [0, 0]
  for (let v = 0; v < a.length; v++) {
    both += a[v] && b[v] ? 1 : 0
    sum += (a[v] ? 1 : 0) + (b[v] ? 1 : 0)
  }
  return (2 * both) / sum
}

describe('the shipped tool', () => {
  const folder = 'src/hub/tools/lung-fields'
  const manifest = manifestAt(join(folder, 'tool.json'))
  const model = readFileSync(join(folder, 'model.onnx'))

  it('is the file its script makes, by the hash its manifest says', () => {
    expect(sha256(lungFields())).toBe(sha256(model))
    expect(manifest.files).toEqual([{ role: 'model', name: 'model.onnx', sha256: sha256(model), bytes: model.length }])
  })
  const upright = new Map<number, Uint8Array>()
  it.each([11, 12])('finds the lungs of generated chest %i', async (seed) => {
    const { volume, lung } = chestVolume(seed)
    const seen: Progress[] = []
    const labels = labelsOf(await run(manifest.pipeline, model, volume, (progress) => seen.push(progress)))
    upright.set(seed, labels)
    expect(dice(labels, lung)).toBeGreaterThan(0.95)
    expect(seen.map(({ step }) => step).filter((step, index, all) => step !== all[index - 1])).toEqual(['load', 'orient', 'resample', 'clip', 'scale', 'predict', 'activate', 'components', 'labels'])
    const shares = seen.filter(({ step }) => step === 'predict').map(({ share }) => share)
    expect(shares.length).toBeGreaterThan(3)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    expect(shares.at(-1)).toBe(1)
  })
  it('says the same of the same chest with its slices the other way round', async () => {
    const down = chestVolume(11, { reversed: true })
    const turned = labelsOf(await run(manifest.pipeline, model, down.volume))
    const size = 224 * 160
    const back = Uint8Array.from({ length: turned.length }, (_, v) => turned[(55 - Math.floor(v / size)) * size + (v % size)] ?? 0)
    expect(sha256(back)).toBe(sha256(upright.get(11) ?? new Uint8Array(0)))
  })
})

describe('what a network may be', () => {
  const grid = { dimensions: [7, 6, 5] as const, origin: [0, 0, 0] as const, steps: [[1, 0, 0], [0, 1, 0], [0, 0, 2]] as const }
  const volume: Volume = { ...grid, data: Float32Array.from({ length: 210 }, (_, v) => Math.sin(v)) }
  /** Two classes: 0 and the value itself. */
  const identity = encodeNetwork({
    name: 'identity', input: { name: 'x', dims: [1, 1, 'z', 'y', 'x'] }, output: { name: 'y', dims: [1, 2, 'z', 'y', 'x'] },
    weights: [{ name: 'w', dims: [2, 1, 1, 1, 1], values: [0, 1] }], operators: [{ type: 'Conv', inputs: ['x', 'w'], output: 'y', integers: { kernel_shape: [1, 1, 1] } }],
  })
  it.each([{}, { patch: [3, 4, 2], overlap: 0.5, weights: 'gaussian' }, { patch: [9, 9, 9], pad: 3 }, { patch: [2, 2, 2] }])('%j: the identity gives every voxel its own sign back', async (how) => {
    const labels = labelsOf(await run([{ step: 'predict', input: 'x', output: 'y', ...how }, { step: 'labels' }], identity, volume))
    expect([...labels]).toEqual([...volume.data].map((value) => (value > 0 ? 1 : 0)))
  })
  it('a picture comes with its neighbours as channels, the ends repeated, its sides filled up', async () => {
    // The answer is the slice before it plus ten times the slice behind it: a network that saw other slices would say something else.
    const beside = encodeNetwork({
      name: 'beside', input: { name: 'x', dims: [1, 3, 'y', 'x'] }, output: { name: 'y', dims: [1, 2, 'y', 'x'] },
      weights: [{ name: 'w', dims: [2, 3, 1, 1], values: [0, 0, 0, 1, 0, 10] }], operators: [{ type: 'Conv', inputs: ['x', 'w'], output: 'y', integers: { kernel_shape: [1, 1] } }],
    })
    const labels = labelsOf(await run([{ step: 'predict', input: 'x', output: 'y', pictures: true, neighbours: 1, multiple: 8 }, { step: 'labels' }], beside, volume))
    const at = (v: number, slice: number): number => volume.data[(v % 42) + 42 * Math.min(4, Math.max(0, slice))] ?? 0
    expect([...labels]).toEqual([...volume.data].map((_, v) => (at(v, Math.floor(v / 42) - 1) + 10 * at(v, Math.floor(v / 42) + 1) > 0 ? 1 : 0)))
  })
  it.each([
    [[{ step: 'predict', input: 'image', output: 'y' }, { step: 'labels' }], 'the network has no input image, but x'],
    [[{ step: 'predict', input: 'x', output: 'logits' }, { step: 'labels' }], 'the network has no output logits, but y'],
  ])('%j is refused by name', async (steps, message) => {
    await expect(run(steps, identity, volume)).rejects.toThrow(PipelineError)
    await expect(run(steps, identity, volume)).rejects.toThrow(message)
  })
  it('patches cover an axis, the last flush with its end', () => {
    expect(patchStarts(5, 8, 0.5)).toEqual([0])
    expect(patchStarts(10, 4, 0.5)).toEqual([0, 2, 4, 6])
    expect(patchStarts(11, 4, 0)).toEqual([0, 4, 7])
  })
})

describe('networks of others, against their own test vectors', () => {
  const vectorOf = (tool: string) => shared(`models/${tool}/testvector/vector.json`)
  const bytesOf = (tool: string, file: string): Buffer => readFileSync(shared(`models/${tool}/testvector/${file}`) ?? '')
  const floatsOf = (tool: string, file: string): Float32Array => {
    const bytes = bytesOf(tool, file)
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  }
  const toolOf = (tool: string): { manifest: ToolManifest; model: Buffer } => {
    const manifest = manifestAt(`src/testing/tools/${tool}/tool.json`)
    const model = readFileSync(shared(`models/${tool}/model.onnx`) ?? '')
    expect(sha256(model)).toBe(manifest.files[0]?.sha256)
    return { manifest, model }
  }
  const without = (steps: ToolManifest['pipeline'], name: string, ...instead: ToolManifest['pipeline']): ToolManifest['pipeline'] => steps.flatMap((step) => (step.step === name ? instead : [step]))

  it.skipIf(!vectorOf('brain-tissue-meshnet'))('brain tissue: every label of 64 x 64 x 64 voxels (shared models)', async () => {
    const { manifest, model } = toolOf('brain-tissue-meshnet')
    const data = Float32Array.from(bytesOf('brain-tissue-meshnet', 't1_64.input.input_u8.bin'))
    const volume: Volume = { data, dimensions: [64, 64, 64], origin: [0, 0, 0], steps: [[1, 0, 0], [0, 0, -1], [0, -1, 0]] }
    const labels = labelsOf(await run(without(manifest.pipeline, 'minmax', { step: 'scale', by: 1 / 255 }), model, volume))
    expect(sha256(labels)).toBe(sha256(bytesOf('brain-tissue-meshnet', 't1_64.output.labels.bin')))
  })
  it.skipIf(!vectorOf('unet2d-nuclei'))('nuclei: every pixel on its side of one half (shared models)', async () => {
    const { manifest, model } = toolOf('unet2d-nuclei')
    const volume: Volume = { data: floatsOf('unet2d-nuclei', 'official.input.raw.bin'), dimensions: [512, 512, 1], origin: [0, 0, 0], steps: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }
    const labels = labelsOf(await run(manifest.pipeline, model, volume))
    const truth = floatsOf('unet2d-nuclei', 'official.output.probability.bin')
    const wrong = truth.filter((probability, v) => Math.abs(probability - 0.5) > 1e-4 && (probability > 0.5) !== (labels[v] === 1)).length
    expect(labels.filter(Boolean).length).toBeGreaterThan(1000)
    expect(wrong).toBe(0)
  })
  it.skipIf(!vectorOf('brain-tumor-lenet'))('brain tumour: the scores of two pictures (shared models)', async () => {
    const { manifest, model } = toolOf('brain-tumor-lenet')
    for (const name of ['phantom_plain', 'phantom_bright_mass']) {
      const data = Float32Array.from(bytesOf('brain-tumor-lenet', `${name}.input.image_u8.bin`))
      const outcome = await run(without(manifest.pipeline, 'percentile', { step: 'scale', by: 1 / 255 }), model, { data, dimensions: [224, 224, 1], origin: [0, 0, 0], steps: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] })
      const truth = floatsOf('brain-tumor-lenet', `${name}.output.Identity_0.bin`)
      expect(outcome.kind).toBe('scores')
      if (outcome.kind === 'scores') outcome.scores.forEach((score, index) => expect(Math.abs(score - (truth[index] ?? 9))).toBeLessThan(1e-4))
    }
  })
})
