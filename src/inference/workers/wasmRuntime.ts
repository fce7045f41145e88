import * as ort from 'onnxruntime-web/wasm'
import loader from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url'
import type { Runtime } from '../runtime.ts'

/**
 * ONNX Runtime on WebAssembly. Its bytes are handed in: the worker it runs in may not fetch.
 * @param threads 1 where the page is not cross-origin isolated
 */
export const createWasmRuntime = ({ wasm, threads }: { wasm: ArrayBuffer; threads: number }): Runtime => {
  ort.env.wasm.wasmBinary = wasm
  ort.env.wasm.wasmPaths = { mjs: loader }
  ort.env.wasm.numThreads = threads
  return {
    name: `onnxruntime-web ${ort.env.versions.web ?? ''} wasm ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    load: async (model) => {
      const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' })
      return {
        inputs: session.inputNames, outputs: session.outputNames,
        run: async (feeds) => {
          const answer = await session.run(Object.fromEntries(Object.entries(feeds).map(([name, { dims, data }]) => [name, new ort.Tensor('float32', data, dims)])))
          return Object.fromEntries(Object.entries(answer).map(([name, { dims, data }]) => [name, { dims: [...dims], data: data as Float32Array }]))
        },
        release: () => session.release(),
      }
    },
  }
}
