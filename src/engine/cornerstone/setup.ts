import { init as initCore, RenderingEngine } from '@cornerstonejs/core'
import dicomImageLoader from '@cornerstonejs/dicom-image-loader'
import type { WadoClient } from '../../dicom/web/wadoClient.ts'
import { registerLoader } from './loader.ts'
import { registerMetadata } from './metadata.ts'

let engine: RenderingEngine | undefined

/** Cornerstone, started once a page: one rendering engine, since a second does not give back its graphics memory. */
export const startCornerstone = (wado: WadoClient): RenderingEngine => {
  if (!engine) {
    initCore()
    dicomImageLoader.init({ maxWebWorkers: Math.max(1, Math.min(4, Math.floor(navigator.hardwareConcurrency / 2))) })
    registerMetadata()
    registerLoader(wado)
    engine = new RenderingEngine('workbench')
  }
  return engine
}
export const hasWebGl2 = (): boolean => document.createElement('canvas').getContext('webgl2') !== null
