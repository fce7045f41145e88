import { cache, imageLoader, type Types } from '@cornerstonejs/core'
import dicomImageLoader from '@cornerstonejs/dicom-image-loader'
import { guardFrame } from '../../dicom/guard/guard.ts'
import { WadoFailure, type WadoClient } from '../../dicom/web/wadoClient.ts'
import type { Failure, FailureKind } from '../port.ts'
import { timeLimitError } from './decodeWorker.ts'
import { knownImage, scheme } from './metadata.ts'

/** Why a frame has no picture, for the viewport that asked for it. */
export class FrameFailure extends Error {
  override readonly name = 'FrameFailure'
  constructor(readonly failure: Failure) {
    super(failure.detail)
  }
}
export const toFailure = (error: unknown): Failure => {
  if (error instanceof FrameFailure) return error.failure
  if (error instanceof WadoFailure) return { kind: error.kind satisfies FailureKind, detail: error.message }
  if (error instanceof Error && error.name === timeLimitError) return { kind: 'timeLimit', detail: error.message }
  if (typeof error === 'object' && error !== null && 'error' in error) return toFailure(error.error)
  return { kind: 'undecodable', detail: error instanceof Error ? error.message : 'the decoder gave up' }
}

/**
 * Frames come through our own client and the guard, then to the loader's decode workers: WADO → guard → worker.
 */
export const registerLoader = (wado: WadoClient): void => {
  const load = async (imageId: string, signal: AbortSignal): Promise<Types.IImage> => {
    const image = knownImage(imageId)
    if (!image) throw new FrameFailure({ kind: 'notFound', detail: 'an image that was closed' })
    const { frame, series } = image
    // Its colours stand in tables that are not brought here: without them the decoder never answers.
    if (frame.pixels.photometricInterpretation === 'PALETTE COLOR') throw new FrameFailure({ kind: 'unsupported', detail: 'PALETTE COLOR' })
    const { bytes, transferSyntaxUid } = await wado.frame({ datasetId: series.datasetId, studyInstanceUid: frame.ref.studyInstanceUid, seriesInstanceUid: series.seriesInstanceUid, sopInstanceUid: frame.ref.sopInstanceUid, frameNumber: frame.ref.frameNumber }, frame.transferSyntaxUid, signal)
    const guarded = guardFrame(bytes, transferSyntaxUid, { rows: frame.pixels.rows, columns: frame.pixels.columns, samplesPerPixel: frame.pixels.samplesPerPixel, bitsAllocated: frame.pixels.bitsAllocated })
    if (guarded.kind !== 'pass') throw new FrameFailure({ kind: guarded.kind, detail: guarded.detail })
    // The decoder takes the buffer as a whole, so a view into a multipart body is copied out.
    const decoded = await dicomImageLoader.createImage(imageId, bytes.slice() as unknown as Parameters<typeof dicomImageLoader.createImage>[1], transferSyntaxUid, { preScale: { enabled: true } } as Parameters<typeof dicomImageLoader.createImage>[3])
    return decoded as unknown as Types.IImage
  }
  imageLoader.registerImageLoader(scheme, (imageId: string) => {
    const abort = new AbortController()
    const loading = { promise: load(imageId, abort.signal), cancelFn: () => abort.abort() } as unknown as ReturnType<Types.ImageLoaderFn>
    // Cached here, since Cornerstone's own call leaves the failure of each frame as an unhandled rejection.
    cache.putImageLoadObject(imageId, loading as unknown as Parameters<typeof cache.putImageLoadObject>[1]).catch(() => undefined)
    return loading
  })
}
