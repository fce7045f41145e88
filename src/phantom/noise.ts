import { createNormal, createRandom } from './random.ts'

const side = 256

const blurRows = (from: Float32Array, kernel: readonly number[], across: boolean): Float32Array => {
  const out = new Float32Array(from.length)
  const half = (kernel.length - 1) / 2
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      let sum = 0
      for (let k = -half; k <= half; k++) {
        const at = across ? row * side + ((column + k + side) % side) : ((row + k + side) % side) * side + column
        sum += (from[at] ?? 0) * (kernel[k + half] ?? 0)
      }
      out[row * side + column] = sum
    }
  }
  return out
}
const gauss = (sigma: number): number[] => {
  const half = Math.ceil(3 * sigma)
  const raw = Array.from({ length: 2 * half + 1 }, (_, i) => Math.exp(-((i - half) ** 2) / (2 * sigma * sigma)))
  const sum = raw.reduce((a, b) => a + b, 0)
  return raw.map((value) => value / sum)
}
const blur = (tile: Float32Array, sigma: number): Float32Array => blurRows(blurRows(tile, gauss(sigma), true), gauss(sigma), false)

/** A tile of band-passed noise of unit variance that repeats without a seam, as reconstructed CT noise looks. */
export const createNoiseTile = (seed: number): Float32Array => {
  const normal = createNormal(createRandom(seed))
  const white = Float32Array.from({ length: side * side }, normal)
  const [fine, coarse] = [blur(white, 0.75), blur(white, 2.4)]
  const band = fine.map((value, i) => value - 0.75 * (coarse[i] ?? 0))
  const variance = band.reduce((sum, value) => sum + value * value, 0) / band.length
  return band.map((value) => value / Math.sqrt(variance))
}

/** Adds noise of a slice: two tiles at offsets drawn for the slice. */
export const addNoise = (hu: Float32Array, columns: number, tiles: readonly [Float32Array, Float32Array], sigma: number, random: () => number): void => {
  const offset = () => Math.floor(random() * side)
  const [ax, ay, bx, by] = [offset(), offset(), offset(), offset()]
  const [one, two] = tiles
  const scale = sigma / Math.SQRT2
  for (let at = 0; at < hu.length; at++) {
    const [column, row] = [at % columns, Math.floor(at / columns)]
    const noise = (one[((row + ay) % side) * side + ((column + ax) % side)] ?? 0) + (two[((row + by) % side) * side + ((column + bx) % side)] ?? 0)
    hu[at] = (hu[at] ?? 0) + noise * scale
  }
}
