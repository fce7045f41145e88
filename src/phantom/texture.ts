import { keepLast } from './keepLast.ts'
import { createNormal, createRandom } from './random.ts'

const side = 64
const mask = side - 1

/** (1 2 1) / 4 along the axis of that step, going round. */
const smooth = (from: Float32Array, step: number): Float32Array => {
  const out = new Float32Array(from.length)
  const span = step * side
  for (let block = 0; block < from.length; block += span) {
    for (let place = 0; place < side; place++) {
      const [here, before, after] = [block + place * step, block + ((place - 1) & mask) * step, block + ((place + 1) & mask) * step]
      for (let i = 0; i < step; i++) out[here + i] = 0.25 * (from[before + i] ?? 0) + 0.5 * (from[here + i] ?? 0) + 0.25 * (from[after + i] ?? 0)
    }
  }
  return out
}
const smoothAll = (from: Float32Array, times: number): Float32Array => {
  let out = from
  for (let time = 0; time < times; time++) for (const step of [1, side, side * side]) out = smooth(out, step)
  return out
}
/** In place. */
const toUnitVariance = (values: Float32Array): Float32Array => {
  let squares = 0
  for (const value of values) squares += value * value
  const deviation = Math.sqrt(squares / values.length)
  for (let at = 0; at < values.length; at++) values[at] = (values[at] ?? 0) / deviation
  return values
}

/** 64 x 64 x 64 smooth random values of unit variance that repeat without a seam. `coarse` is how much of them is of the size of several cells. */
export const createNoiseVolume = keepLast((seed: number, coarse: number): Float32Array => {
  const normal = createNormal(createRandom(seed))
  const draw = () => {
    const values = new Float32Array(side * side * side)
    for (let at = 0; at < values.length; at++) values[at] = normal()
    return values
  }
  const fine = toUnitVariance(smoothAll(draw(), 1))
  const wide = toUnitVariance(smoothAll(draw(), 6))
  for (let at = 0; at < fine.length; at++) fine[at] = (fine[at] ?? 0) * (1 - coarse) + (wide[at] ?? 0) * coarse
  return toUnitVariance(fine)
})

/** The value of a noise volume at a place in cells, between cells by trilinear interpolation. */
export const sampleNoise = (volume: Float32Array, x: number, y: number, z: number): number => {
  const fx = Math.floor(x)
  const fy = Math.floor(y)
  const fz = Math.floor(z)
  const dx = x - fx
  const dy = y - fy
  const dz = z - fz
  const x0 = fx & mask
  const x1 = (fx + 1) & mask
  const y0 = (fy & mask) << 6
  const y1 = ((fy + 1) & mask) << 6
  const z0 = (fz & mask) << 12
  const z1 = ((fz + 1) & mask) << 12
  const low = ((volume[z0 + y0 + x0] ?? 0) * (1 - dx) + (volume[z0 + y0 + x1] ?? 0) * dx) * (1 - dy) + ((volume[z0 + y1 + x0] ?? 0) * (1 - dx) + (volume[z0 + y1 + x1] ?? 0) * dx) * dy
  const high = ((volume[z1 + y0 + x0] ?? 0) * (1 - dx) + (volume[z1 + y0 + x1] ?? 0) * dx) * (1 - dy) + ((volume[z1 + y1 + x0] ?? 0) * (1 - dx) + (volume[z1 + y1 + x1] ?? 0) * dx) * dy
  return low * (1 - dz) + high * dz
}
