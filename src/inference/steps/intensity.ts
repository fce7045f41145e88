import type { Volume } from '../volume.ts'

const mapped = (volume: Volume, change: (value: number) => number): Volume => ({ ...volume, data: volume.data.map(change) })

/** Applies a change to each slice's own values, or to all at once. */
const each = (volume: Volume, over: 'volume' | 'slice', change: (part: Float32Array) => Float32Array): Volume => {
  if (over === 'volume') return { ...volume, data: change(volume.data) }
  const size = volume.dimensions[0] * volume.dimensions[1]
  const data = new Float32Array(volume.data.length)
  for (let at = 0; at < data.length; at += size) data.set(change(volume.data.subarray(at, at + size)), at)
  return { ...volume, data }
}

export const clip = (volume: Volume, low: number, high: number): Volume => mapped(volume, (value) => Math.min(high, Math.max(low, value)))

/** low to 0 and high to 1, clipped. */
export const windowed = (volume: Volume, low: number, high: number): Volume => mapped(volume, (value) => Math.min(1, Math.max(0, (value - low) / (high - low))))

export const scaled = (volume: Volume, by: number, add: number): Volume => mapped(volume, (value) => value * by + add)

/** (value - mean) / (SD + epsilon), the SD of the population (numpy's std). */
export const zscore = (volume: Volume, { over, epsilon, mean, sd }: { over: 'volume' | 'slice'; epsilon: number; mean?: number; sd?: number }): Volume => each(volume, over, (part) => {
  const m = mean ?? part.reduce((sum, value) => sum + value, 0) / part.length
  const s = sd ?? Math.sqrt(part.reduce((sum, value) => sum + (value - m) ** 2, 0) / part.length)
  return part.map((value) => (value - m) / (s + epsilon))
})

/** Smallest to 0, largest to 1; a constant becomes 0. */
export const minmax = (volume: Volume, over: 'volume' | 'slice'): Volume => each(volume, over, (part) => {
  let [low, high] = [Infinity, -Infinity]
  for (const value of part) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return part.map((value) => (high > low ? (value - low) / (high - low) : 0))
})

/** Percentile by linear interpolation between ranks (numpy's default). */
export const percentileOf = (sorted: Float32Array, percent: number): number => {
  const rank = (percent / 100) * (sorted.length - 1)
  const below = Math.floor(rank)
  const [a, b] = [sorted[below] ?? 0, sorted[Math.min(sorted.length - 1, below + 1)] ?? 0]
  return a + (b - a) * (rank - below)
}

/** Clipped to two percentiles, those to 0 and 1. */
export const percentile = (volume: Volume, low: number, high: number): Volume => {
  const sorted = volume.data.slice().sort()
  const [from, to] = [percentileOf(sorted, low), percentileOf(sorted, high)]
  return to > from ? windowed(volume, from, to) : mapped(volume, () => 0)
}
