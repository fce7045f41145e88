import * as ort from 'onnxruntime-web/wasm'
import type { Runtime } from '../inference/runtime.ts'

/** ONNX Runtime's WebAssembly build under Node, one thread: the same operators as in the browser. */
export const createNodeRuntime = (): Runtime => {
  ort.env.wasm.numThreads = 1
  return {
    name: `onnxruntime-web ${ort.env.versions.web ?? ''} wasm 1 thread`,
    load: async (model) => {
      const session = await ort.InferenceSession.create(model)
      return {
        inputs: session.inputNames, outputs: session.outputNames, release: () => session.release(),
        run: async (feeds) => {
          const answer = await session.run(Object.fromEntries(Object.entries(feeds).map(([name, { dims, data }]) => [name, new ort.Tensor('float32', data, dims)])))
          return Object.fromEntries(Object.entries(answer).map(([name, { dims, data }]) => [name, { dims, data: data as Float32Array }]))
        },
      }
    },
  }
}
