import type { FramePlane } from '../../domain/geometry/points.ts'
import { blurVolume } from '../blur.ts'
import { createNormal, createRandom, hashText } from '../random.ts'
import { createSlab, paintShapes, type Shape, type Slab } from '../shapes.ts'
import { keyOf } from '../study.ts'
import { createNoiseVolume } from '../texture.ts'
import { createGland, placeLesion, type Gland, type PlacedLesion } from './gland.ts'
import type { Part } from './part.ts'
import { pelvisParts } from './pelvis.ts'
import type { ProstatePlan } from './plan.ts'
import { diffusionSignal, enhancement, type Tissue } from './tissue.ts'

/** A patient: gland and lesions, all parts from the undermost up, and the noise their textures and bends come from. */
export type Anatomy = { readonly gland: Gland; readonly lesions: readonly PlacedLesion[]; readonly parts: readonly Part[]; readonly volume: Float32Array }

export const createAnatomy = ({ seed, lesions }: Pick<ProstatePlan, 'seed' | 'lesions'>): Anatomy => {
  const random = createRandom(seed)
  const gland = createGland(random)
  const pelvis = pelvisParts(random, gland.half)
  const placed = lesions.map((lesion) => placeLesion(gland, lesion))
  return { gland, lesions: placed, parts: [...pelvis, ...gland.parts, ...placed.map(({ part }) => part)], volume: createNoiseVolume(seed + 1, 0.35) }
}

const tileSide = 512

/** What degrades images of a plan: white noise, the same for the same study. */
export type Receiver = { readonly tile: Float32Array; readonly key: string; readonly bare: boolean }
export const createReceiver = (plan: ProstatePlan): Receiver => {
  const key = `${keyOf(plan.study)}/${plan.seed}`
  return { tile: plan.bare ? new Float32Array(0) : Float32Array.from({ length: tileSide * tileSide }, createNormal(createRandom(hashText(key)))), key, bare: plan.bare === true }
}

/** Surface coils see the front and back of the body better; normalisation leaves some of it. */
const shade = ({ places }: Slab, samples: Float32Array): void => {
  for (let at = 0; at < samples.length; at++) {
    const x = places[at * 3] ?? 0
    const y = places[at * 3 + 1] ?? 0
    const z = places[at * 3 + 2] ?? 0
    samples[at] = (samples[at] ?? 0) * (0.9 + 0.5 * Math.exp(-(y + 98) / 26) + 0.32 * Math.exp((y - 108) / 26) + 0.0007 * x - 0.000006 * (x * x + z * z))
  }
}

/** Magnitude of a signal with noise in both channels of the receiver. */
const addRician = (samples: Float32Array, columns: number, tile: Float32Array, sigma: number, key: string): void => {
  const random = createRandom(hashText(key))
  const offset = () => Math.floor(random() * tileSide)
  const [ax, ay, bx, by] = [offset(), offset(), offset(), offset()]
  for (let at = 0; at < samples.length; at++) {
    const column = at % columns
    const row = (at / columns) | 0
    const real = (samples[at] ?? 0) + sigma * (tile[(((row + ay) & 511) << 9) + ((column + ax) & 511)] ?? 0)
    const imaginary = sigma * (tile[(((row + by) & 511) << 9) + ((column + bx) & 511)] ?? 0)
    samples[at] = Math.sqrt(real * real + imaginary * imaginary)
  }
}

type Contrast = { readonly values: (tissue: Tissue) => readonly number[]; readonly channels: number; readonly blurPixels: number; readonly sigma: (channel: number) => number; readonly name: string }

const shapeOf = ({ tissue, texture, ...shape }: Part, { values }: Contrast): Shape => {
  if (!texture) return { ...shape, values: values(tissue) }
  const { towards, ...rest } = texture
  return { ...shape, values: values(tissue), texture: towards ? { ...rest, towards: values(towards) } : rest }
}

/** One slice of an anatomy in every channel of a contrast. */
const acquire = ({ parts, volume }: Anatomy, plane: FramePlane, thicknessMm: number, { tile, key, bare }: Receiver, contrast: Contrast): readonly Float32Array[] => {
  const slab = createSlab(plane, thicknessMm, contrast.channels, volume)
  paintShapes(slab, parts.map((part) => shapeOf(part, contrast)), bare ? undefined : volume)
  if (bare) return slab.channels
  slab.channels.forEach((samples, channel) => {
    shade(slab, samples)
    blurVolume(samples, plane.columns, plane.rows, [contrast.blurPixels, contrast.blurPixels, 0])
    addRician(samples, plane.columns, tile, contrast.sigma(channel), `${key}/${contrast.name}/${channel}/${plane.origin.join('/')}`)
  })
  return slab.channels
}

/** Noise falls with the field and, in larger voxels, with their size. */
const noiseOf = ({ scanner }: ProstatePlan): number => (3 / scanner.fieldStrengthTesla) ** 0.8

export const acquireT2 = (plan: ProstatePlan, anatomy: Anatomy, receiver: Receiver, plane: FramePlane, thicknessMm: number): Float32Array | undefined =>
  acquire(anatomy, plane, thicknessMm, receiver, { name: 'T2', channels: 1, values: ({ t2 }) => [t2], blurPixels: plane.columnSpacingMm < 1 ? 0.62 : 0.4, sigma: () => 15 * noiseOf(plan) })[0]

/** The phases of a slice, each in its own array. */
export const acquireDynamic = (plan: ProstatePlan, anatomy: Anatomy, receiver: Receiver, plane: FramePlane, thicknessMm: number): readonly Float32Array[] =>
  acquire(anatomy, plane, thicknessMm, receiver, {
    name: 'DCE', channels: plan.phaseSeconds.length, values: (tissue) => plan.phaseSeconds.map((seconds) => tissue.t1 * (1 + enhancement(tissue, seconds))), blurPixels: 0.55, sigma: () => 5 * noiseOf(plan),
  })

/** A slice's diffusion-weighted images and what is derived from them: ADC in 10^-6 mm2/s (0 where there is no signal) and images of a higher b-value. */
export type Diffusion = { readonly weighted: readonly Float32Array[]; readonly adc: Float32Array; readonly calculated: Float32Array }

export const acquireDiffusion = (plan: ProstatePlan, anatomy: Anatomy, receiver: Receiver, plane: FramePlane, thicknessMm: number): Diffusion => {
  const { bValues, calculatedB } = plan
  const weighted = acquire(anatomy, plane, thicknessMm, receiver, { name: 'DWI', channels: bValues.length, values: (tissue) => bValues.map((b) => diffusionSignal(tissue, b)), blurPixels: 0.6, sigma: (channel) => 4.4 * noiseOf(plan) / Math.sqrt(1 + channel * 0.5) })
  return { weighted, ...fitDiffusion(weighted, bValues, calculatedB) }
}

const leastSignal = 62

/** The straight line through the logarithms of the signals over b, by least squares. */
const fitDiffusion = (weighted: readonly Float32Array[], bValues: readonly number[], calculatedB: number): { adc: Float32Array; calculated: Float32Array } => {
  const mean = bValues.reduce((sum, b) => sum + b, 0) / bValues.length
  const spread = bValues.reduce((sum, b) => sum + (b - mean) ** 2, 0)
  const size = weighted[0]?.length ?? 0
  const [adc, calculated] = [new Float32Array(size), new Float32Array(size)]
  for (let at = 0; at < size; at++) {
    if ((weighted[0]?.[at] ?? 0) < leastSignal) continue
    let [logs, slope] = [0, 0]
    for (let i = 0; i < bValues.length; i++) {
      const log = Math.log(Math.max(0.5, weighted[i]?.[at] ?? 0))
      logs += log / bValues.length
      slope += (log * ((bValues[i] ?? 0) - mean)) / spread
    }
    adc[at] = Math.max(0, Math.min(4095, -slope * 1e6))
    calculated[at] = Math.exp(logs + slope * (calculatedB - mean))
  }
  return { adc, calculated }
}
