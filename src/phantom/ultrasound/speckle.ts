import { createRandom } from '../random.ts'

const kernelOf = (sigma: number): Float32Array => {
  const half = Math.max(1, Math.ceil(2.4 * sigma))
  return Float32Array.from({ length: 2 * half + 1 }, (_, i) => Math.exp(-((i - half) ** 2) / (2 * sigma * sigma)))
}

/** Convolves along rows (step 1) or columns (step width); what lies beyond the border counts as nothing. */
const blur = (from: Float32Array, width: number, height: number, kernel: Float32Array, across: boolean): Float32Array => {
  const out = new Float32Array(from.length)
  const half = (kernel.length - 1) / 2
  for (let k = -half; k <= half; k++) {
    const weight = kernel[k + half] ?? 0
    const [dx, dy] = across ? [k, 0] : [0, k]
    const firstX = Math.max(0, -dx)
    const lastX = Math.min(width, width - dx)
    for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
      const at = y * width
      const shift = dy * width + dx
      for (let i = at + firstX; i < at + lastX; i++) out[i] = (out[i] ?? 0) + weight * (from[i + shift] ?? 0)
    }
  }
  return out
}

/**
 * Speckle in decibel about 0: the power of what many scatterers send back, blurred by the beam, from two directions (real and
 * imaginary part of each), as machines compound them.
 * @param axialPx, lateralPx width of the pulse along and across the beam, in pixels (standard deviation)
 */
export const createSpeckle = (seed: number, width: number, height: number, axialPx: number, lateralPx: number): Float32Array => {
  const random = createRandom(seed)
  const part = (): Float32Array => {
    // The sum of three even deviates is near enough to normal once it is blurred.
    const white = new Float32Array(width * height)
    for (let i = 0; i < white.length; i++) white[i] = random() + random() + random() - 1.5
    return blur(blur(white, width, height, kernelOf(Math.max(0.55, lateralPx)), true), width, height, kernelOf(Math.max(0.55, axialPx)), false)
  }
  const out = new Float32Array(width * height)
  let sum = 0
  for (let look = 0; look < 4; look++) {
    const wave = part()
    for (let i = 0; i < out.length; i++) {
      const power = (wave[i] ?? 0) ** 2
      out[i] = (out[i] ?? 0) + power
      sum += power
    }
  }
  const mean = sum / out.length
  for (let i = 0; i < out.length; i++) out[i] = 10 * Math.log10((out[i] ?? 0) / mean + 1e-4)
  return out
}
