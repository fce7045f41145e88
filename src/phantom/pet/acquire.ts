import { blurVolume } from '../blur.ts'
import { keepLast } from '../keepLast.ts'
import { addNoise, createNoiseTiles } from '../noise.ts'
import { createNormal, createRandom, hashText } from '../random.ts'
import { createSlab, paintShapes, type Shape } from '../shapes.ts'
import { keyOf } from '../study.ts'
import { createNoiseVolume } from '../texture.ts'
import { petCtPlanes, type PetCtPlan } from './plan.ts'
import { torsoShapes } from './torso.ts'

/** A torso and the noise that bends it and gives it texture. */
export type Torso = { readonly shapes: readonly Shape[]; readonly volume: Float32Array }
export const createTorso = keepLast((plan: PetCtPlan): Torso => ({ shapes: torsoShapes(plan), volume: createNoiseVolume(plan.seed + 1, 0.35) }))

const only = (shapes: readonly Shape[], channel: 0 | 1): Shape[] =>
  shapes.map(({ values, texture, ...rest }) => ({ ...rest, values: [values[channel] ?? 0], ...(texture ? { texture: texture.towards ? { ...texture, towards: [texture.towards[channel] ?? 0] } : texture } : {}) }))

/** White noise smoothed as reconstructed PET is, of unit variance. */
const petNoise = (seed: number, columns: number, rows: number, planes: number): Float32Array => {
  const normal = createNormal(createRandom(seed))
  const noise = new Float32Array(columns * rows * planes)
  for (let at = 0; at < noise.length; at++) noise[at] = normal()
  blurVolume(noise, columns, rows, [0.85, 0.85, 0.6])
  let sum = 0
  for (const value of noise) sum += value * value
  const scale = 1 / Math.sqrt(sum / noise.length)
  for (let at = 0; at < noise.length; at++) noise[at] = (noise[at] ?? 0) * scale
  return noise
}

/** SUVbw of every voxel of the PET, plane after plane, feet first: painted, blurred, with noise that grows with the root of the counts. */
export const acquireSuv = keepLast((plan: PetCtPlan, { shapes, volume }: Torso): Float32Array => {
  const planes = petCtPlanes(plan, plan.pet)
  const { columns, spacingMm } = plan.pet
  const suv = new Float32Array(columns * columns * planes.length)
  const own = only(shapes, 1)
  for (const [index, plane] of planes.entries()) {
    const slab = createSlab(plane, plan.stepMm, 1, volume)
    paintShapes(slab, own, plan.bare ? undefined : volume)
    suv.set(slab.channels[0] ?? [], index * columns * columns)
  }
  if (plan.bare) return suv
  const sigmaMm = plan.psfMm / 2.3548
  blurVolume(suv, columns, columns, [sigmaMm / spacingMm, sigmaMm / spacingMm, sigmaMm / plan.stepMm])
  const noise = petNoise(hashText(`${keyOf(plan.study)}/pet`), columns, columns, planes.length)
  for (let at = 0; at < suv.length; at++) {
    const value = suv[at] ?? 0
    suv[at] = Math.max(0, value + 0.15 * Math.sqrt(value + 0.03) * (noise[at] ?? 0))
  }
  return suv
}, ([plan, torso], [other, its]) => torso === its && JSON.stringify(plan) === JSON.stringify(other))

/** HU of each slice of the low-dose CT, feet first; outside the round field of view there is nothing. */
export function* acquireHu(plan: PetCtPlan, { shapes, volume }: Torso): Generator<Float32Array> {
  const own = only(shapes, 0)
  const { columns } = plan.ct
  const key = `${keyOf(plan.study)}/ct`
  const seed = hashText(key)
  const tiles = createNoiseTiles(seed, 0.75)
  const across = Math.ceil(columns / 4)
  const strength = new Float32Array(across * across).fill(22)
  for (const [index, plane] of petCtPlanes(plan, plan.ct).entries()) {
    const slab = createSlab(plane, plan.stepMm, 1, volume)
    const hu = slab.channels[0] ?? new Float32Array(0)
    hu.fill(-1000)
    paintShapes(slab, own, plan.bare ? undefined : volume)
    if (!plan.bare) {
      blurVolume(hu, columns, columns, [0.55, 0.55, 0])
      addNoise(hu, columns, tiles, seed, index, strength, across, 0)
    }
    const radius = (columns / 2) ** 2
    for (let at = 0; at < hu.length; at++) if (((at % columns) - columns / 2 + 0.5) ** 2 + (Math.floor(at / columns) - columns / 2 + 0.5) ** 2 > radius) hu[at] = -1024
    yield hu
  }
}
