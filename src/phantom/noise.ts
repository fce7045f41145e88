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

const unit = (values: Float32Array): Float32Array => {
  const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length
  return values.map((value) => value / Math.sqrt(variance))
}

/**
 * A tile of band-passed noise of unit variance that repeats without a seam, as reconstructed CT noise looks.
 * @param fineness sigma in pixels of the finest detail: 0.5 for a sharp kernel, 0.9 for a soft one
 */
export const createNoiseTile = (seed: number, fineness = 0.75): Float32Array => {
  const normal = createNormal(createRandom(seed))
  const white = Float32Array.from({ length: side * side }, normal)
  const [fine, coarse] = [blur(white, fineness), blur(white, 2.4)]
  return unit(fine.map((value, i) => value - 0.75 * (coarse[i] ?? 0)))
}

/** A tile of streaks along rows, as starved detectors leave across shoulders. */
export const createStreakTile = (seed: number): Float32Array => {
  const normal = createNormal(createRandom(seed))
  const white = Float32Array.from({ length: side * side }, normal)
  return unit(blurRows(blurRows(white, gauss(14), true), gauss(0.6), false))
}

/** Tiles of one series; each slice draws where in them it starts. */
export type NoiseTiles = { readonly fine: Float32Array; readonly streaks: Float32Array }
export const createNoiseTiles = (seed: number, fineness: number): NoiseTiles => ({ fine: createNoiseTile(seed + 1, fineness), streaks: createStreakTile(seed + 2) })

/**
 * Adds the noise of slice `level`: a quarter of it is shared with the next slice, as overlapping reconstructions share rays.
 * @param strength HU by pixel block of 4, `across` blocks a row: how much noise there is (more in the middle of a body)
 * @param streaks HU of streaks
 */
export const addNoise = (hu: Float32Array, columns: number, { fine, streaks }: NoiseTiles, seed: number, level: number, strength: Float32Array, across: number, streakHu: number): void => {
  const draw = (n: number): [number, number] => {
    const random = createRandom(seed + n * 7919)
    return [Math.floor(random() * side), Math.floor(random() * side)]
  }
  const [ax, ay] = draw(level)
  const [bx, by] = draw(level + 1)
  const rows = hu.length / columns
  for (let row = 0; row < rows; row++) {
    const [first, second] = [((row + ay) % side) * side, ((row + by) % side) * side]
    const blocks = (row >> 2) * across
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column
      const s = strength[blocks + (column >> 2)] ?? 0
      const own = 0.966 * (fine[first + ((column + ax) & 255)] ?? 0) + 0.259 * (fine[second + ((column + bx) & 255)] ?? 0)
      const streak = streakHu === 0 ? 0 : streakHu * s * (streaks[first + ((column + ax) & 255)] ?? 0)
      hu[at] = (hu[at] ?? 0) + own * s + streak
    }
  }
}
