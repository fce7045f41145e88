import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import { callWorker } from '../../pool/callWorker.ts'
import type { Outcome, Progress } from '../runPipeline.ts'
import type { Volume } from '../volume.ts'

export type ToolRequest = { readonly steps: readonly Readonly<Record<string, unknown>>[]; readonly model: Uint8Array<ArrayBuffer>; readonly volume: Volume; readonly wasm: ArrayBuffer; readonly threads: number }

/**
 * Runs a tool in a worker of its own; the signal ends it at once, and whatever it holds. The volume's memory goes to the worker.
 * @throws WorkerFailure naming what went wrong
 */
export const runTool = async ({ fetch, steps, model, volume, onProgress, signal }: {
  fetch: typeof globalThis.fetch; steps: ToolRequest['steps']; model: Uint8Array<ArrayBuffer>; volume: Volume; onProgress: (progress: Progress) => void; signal: AbortSignal
}): Promise<Outcome & { readonly runtime: string }> => {
  const wasm = await (await fetch(wasmUrl, { signal })).arrayBuffer()
  const threads = self.crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1
  return callWorker(() => new Worker(new URL('./tool.worker.ts', import.meta.url), { type: 'module' }), { steps, model, volume, wasm, threads } satisfies ToolRequest, {
    transfer: [volume.data.buffer as ArrayBuffer, wasm], onProgress, signal,
  })
}
