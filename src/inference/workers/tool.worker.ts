import { serve } from '../../pool/serve.ts'
import { runPipeline, type Outcome, type Progress } from '../runPipeline.ts'
import { createWasmRuntime } from './wasmRuntime.ts'
import type { ToolRequest } from './toolRunner.ts'

serve<ToolRequest, Progress, Outcome & { readonly runtime: string }>(async ({ steps, model, volume, wasm, threads }, onProgress) => {
  const runtime = createWasmRuntime({ wasm, threads })
  const outcome = await runPipeline({ steps, model, volume, runtime, onProgress })
  return { reply: { ...outcome, runtime: runtime.name }, transfer: outcome.kind === 'labels' ? [outcome.labels.buffer] : [] }
})
