import { getWebWorkerManager, init as initCore, RenderingEngine } from '@cornerstonejs/core'
import dicomImageLoader from '@cornerstonejs/dicom-image-loader'
import type { WadoClient } from '../../dicom/web/wadoClient.ts'
import { decodeLimitMs, superviseWorker } from './decodeWorker.ts'
import { registerLoader } from './loader.ts'
import { registerMetadata } from './metadata.ts'

const decoders = 'dicomImageLoader'
let engine: RenderingEngine | undefined
let restarts = 0
let graphics: Graphics | undefined
let spawnDecoder: (() => Worker) | undefined

/**
 * Puts the loader's decode workers under supervision; called again it starts afresh with another limit.
 * @param around lets a test put a worker of its own before the real one
 */
export const superviseDecoding = (limitMs: number, around: (spawn: () => Worker) => () => Worker = (spawn) => spawn): void => {
  const manager = getWebWorkerManager()
  const spawn = spawnDecoder
  if (!spawn) throw new Error('the image loader has not registered its decoder')
  if (manager.workerRegistry[decoders]) manager.terminate(decoders)
  const count = Math.max(1, Math.min(4, Math.floor(navigator.hardwareConcurrency / 2)))
  manager.registerWorker(decoders, () => superviseWorker(around(spawn), limitMs), { maxWorkerInstances: count, overwrite: true })
}

/** Starts the loader and catches how it makes a decoder: left to itself it would make one at once, under nobody's supervision. */
const initLoader = (): (() => Worker) | undefined => {
  const manager = getWebWorkerManager()
  let spawn: (() => Worker) | undefined
  const register = manager.registerWorker.bind(manager)
  manager.registerWorker = (_name, workerFn) => { spawn = workerFn }
  try {
    dicomImageLoader.init({ maxWebWorkers: 1 })
  } finally {
    manager.registerWorker = register
  }
  return spawn
}

/** Cornerstone, started once a page: one rendering engine, since a second does not give back its graphics memory. */
export const startCornerstone = (wado: WadoClient): RenderingEngine => {
  if (!engine) {
    initCore()
    spawnDecoder = initLoader()
    superviseDecoding(decodeLimitMs)
    registerMetadata()
    engine = new RenderingEngine('workbench')
  }
  registerLoader(wado)
  return engine
}
/** A new rendering engine in place of one whose graphics card is gone; events of the former are told by its id. */
export const restartRendering = (): RenderingEngine => {
  engine?.destroy()
  graphics = undefined
  restarts += 1
  engine = new RenderingEngine(`workbench-${restarts}`)
  return engine
}
type Graphics = { readonly webgl2: boolean; readonly software: boolean }
/** Asked once and the context given back: a browser has few, and takes the oldest away from whoever draws with it. */
const askGraphics = (): Graphics => {
  const context = document.createElement('canvas').getContext('webgl2')
  const named = context?.getExtension('WEBGL_debug_renderer_info')
  const renderer = context && named ? String(context.getParameter(named.UNMASKED_RENDERER_WEBGL)) : ''
  context?.getExtension('WEBGL_lose_context')?.loseContext()
  return { webgl2: context !== null, software: /swiftshader|llvmpipe|software|basic render/i.test(renderer) }
}
export const hasWebGl2 = (): boolean => (graphics ??= askGraphics()).webgl2
/** No graphics card: drawing a volume takes seconds. */
export const drawsInSoftware = (): boolean => (graphics ??= askGraphics()).software
