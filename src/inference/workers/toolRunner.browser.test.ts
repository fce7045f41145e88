import { describe, expect, it } from 'vitest'
import manifest from '../../hub/tools/lung-fields/tool.json' with { type: 'json' }
import modelUrl from '../../hub/tools/lung-fields/model.onnx?url'
import { WorkerFailure } from '../../pool/callWorker.ts'
import { chestVolume } from '../../testing/chestVolume.ts'
import type { Progress } from '../runPipeline.ts'
import { runTool } from './toolRunner.ts'

const model = async (): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await (await fetch(modelUrl)).arrayBuffer())
const run = async (change: { model?: Uint8Array<ArrayBuffer>; steps?: Readonly<Record<string, unknown>>[]; signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {}) => {
  const { volume, lung } = chestVolume(11, { slices: 44, spacing: [1.8, 1.8, 6] })
  const outcome = await runTool({ fetch: (input, init) => fetch(input, init), steps: manifest.pipeline, model: await model(), volume, signal: new AbortController().signal, onProgress: () => undefined, ...change })
  return { outcome, lung }
}

describe('a tool in a worker of the browser', () => {
  it('outlines the lungs, says how far it is and what it ran on', async () => {
    const steps: string[] = []
    const { outcome, lung } = await run({ onProgress: ({ step }) => { if (steps.at(-1) !== step) steps.push(step) } })
    expect(outcome.kind).toBe('labels')
    if (outcome.kind !== 'labels') return
    const both = outcome.labels.filter((label, v) => label === 1 && lung[v] === 1).length
    const count = (labels: Uint8Array): number => labels.filter(Boolean).length
    expect((2 * both) / (count(outcome.labels) + count(lung))).toBeGreaterThan(0.95)
    expect(steps).toEqual(['load', 'orient', 'resample', 'clip', 'scale', 'predict', 'activate', 'components', 'labels'])
    expect(outcome.runtime).toMatch(/^onnxruntime-web 1\.\d+\.\d+ wasm \d+ threads?$/)
  })
  it('ends at once when it is cancelled, and the next run is right', async () => {
    const abort = new AbortController()
    await expect(run({ signal: abort.signal, onProgress: ({ step }) => { if (step === 'predict') abort.abort() } })).rejects.toMatchObject({ name: 'AbortError' })
    expect((await run()).outcome.kind).toBe('labels')
  })
  it('says what is wrong with a network that is none, or that is not the one of the steps', async () => {
    await expect(run({ model: new Uint8Array([1, 2, 3]) })).rejects.toThrow(WorkerFailure)
    await expect(run({ steps: [{ step: 'predict', input: 'pixels', output: 'logits' }, { step: 'labels' }] })).rejects.toThrow('the network has no input pixels, but image')
  })
})
