import { imageLoader, type Types } from '@cornerstonejs/core'
import type { EngineSeries } from '../port.ts'
import { toFailure } from './loader.ts'
import { imageIdOf } from './metadata.ts'

/** Values of a decoded picture after the modality LUT; the loader has applied it already where it says so. */
const valuesOf = (image: Types.IImage): ArrayLike<number> => {
  const pixels = image.getPixelData()
  const { slope = 1, intercept = 0 } = image
  if (image.preScale?.scaled || (slope === 1 && intercept === 0)) return pixels
  return Float32Array.from(pixels, (value) => value * slope + intercept)
}

/**
 * Values of some frames after the modality LUT, one after another, from the same cache the pictures are drawn from. Three come at a time.
 * @throws Error naming the image, with its `Failure` as the cause
 */
export const frameValues = async (series: EngineSeries, frames: readonly number[], { onProgress, signal }: { onProgress?: (share: number) => void; signal?: AbortSignal } = {}): Promise<Float32Array<ArrayBuffer>> => {
  const size = (series.frames[0]?.pixels.rows ?? 0) * (series.frames[0]?.pixels.columns ?? 0)
  const all = new Float32Array(size * frames.length)
  const order = [...frames.entries()]
  let done = 0
  const lane = async (): Promise<void> => {
    for (let next = order.shift(); next !== undefined; next = order.shift()) {
      signal?.throwIfAborted()
      const [place, frame] = next
      const image = await imageLoader.loadAndCacheImage(imageIdOf(series, frame)).catch((error: unknown) => {
        const failure = toFailure(error)
        throw new Error(`image ${frame + 1}: ${failure.detail}`, { cause: failure })
      })
      const values = valuesOf(image)
      if (values.length !== size) throw new Error(`image ${frame + 1} has ${values.length} values where ${size} are expected`)
      all.set(values, place * size)
      done += 1
      onProgress?.(done / frames.length)
    }
  }
  await Promise.all([lane(), lane(), lane()])
  return all
}
