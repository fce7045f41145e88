import { extentOf, type Extent } from '../breast/extent.ts'
import { createClouds, createStrands, sample } from '../breast/textures.ts'
import { createRandom, hashText } from '../random.ts'
import { createSpeckle } from './speckle.ts'
import type { UltrasoundCase, UltrasoundLesion, UltrasoundPicture } from './plan.ts'

/** Echoes of a breast below a probe, from the seed of the case; textures are made once for all pictures. */
export type EchoTextures = { readonly strands: Float32Array; readonly clouds: Float32Array }
export const createEchoTextures = (seed: number): EchoTextures => ({ strands: createStrands(hashText(`echo ${seed}`), 8, 4, 0.7), clouds: createClouds(hashText(`cloud ${seed}`), 6, 4, 0.6) })
export const noEchoTextures: EchoTextures = { strands: new Float32Array(0), clouds: new Float32Array(0) }

const steps = 180

/** A lesion cut by the plane of a picture: its border by angle, mm about its centre. */
export type Section = { readonly lesion: UltrasoundLesion; readonly x: number; readonly z: number; readonly radii: Float64Array; readonly extent: Extent }

const bordersOf = (radii: Float64Array) => Array.from(radii, (radius, i): readonly [number, number] => [radius * Math.cos((i * 2 * Math.PI) / steps), radius * Math.sin((i * 2 * Math.PI) / steps)])

/**
 * The lesion in a picture's plane, or undefined where the plane misses it.
 * @param share how far the plane lies from the lesion's middle, as a share of its half length along the sweep
 */
export const sectionOf = (one: UltrasoundCase, lesion: UltrasoundLesion, picture: UltrasoundPicture, share: number): Section | undefined => {
  if (Math.abs(share) >= 0.98) return undefined
  const second = picture === 'antiradial'
  const random = createRandom(hashText(`${one.seed}/${lesion.lesion}/${second ? 'second' : 'first'}`))
  const tall = lesion.kind === 'carcinoma'
  const rough = tall ? 0.085 : lesion.kind === 'fibroadenoma' ? 0.03 : 0.018
  const [rx, rz] = tall ? [lesion.roundness, 1] : [1, lesion.roundness]
  const tilt = (random() - 0.5) * 0.4
  const narrower = second ? 0.86 : 1
  const waves = [2, 3, 4, 5, 7, 10].map((k) => ({ k, height: (rough * (0.4 + random())) / Math.sqrt(k - 1), phase: random() * 6.3 }))
  const raw = new Float64Array(steps)
  for (let i = 0; i < steps; i++) {
    const angle = (i * 2 * Math.PI) / steps
    const [cos, sin] = [Math.cos(angle - tilt), Math.sin(angle - tilt)]
    raw[i] = ((rx * rz) / Math.hypot(rz * cos, rx * sin)) * waves.reduce((sum, { k, height, phase }) => sum + height * Math.cos(k * angle + phase), 1)
  }
  const scale = (lesion.longestMm * narrower * Math.sqrt(1 - share * share)) / extentOf(bordersOf(raw)).longest
  const radii = raw.map((radius) => radius * scale)
  return { lesion, x: lesion.lateralMm * (second ? -0.6 : 1), z: lesion.depthMm + (second ? 0.8 : 0), radii, extent: extentOf(bordersOf(radii)) }
}

/** Distance to the border of a lesion along its radius, mm, positive inside. */
const insideOf = ({ radii, x, z }: Section, px: number, pz: number): number => {
  const [dx, dz] = [px - x, pz - z]
  const angle = Math.atan2(dz, dx)
  const turned = ((angle < 0 ? angle + 2 * Math.PI : angle) / (2 * Math.PI)) * steps
  const i = Math.floor(turned)
  return (radii[i % steps] ?? 0) * (1 - turned + i) + (radii[(i + 1) % steps] ?? 0) * (turned - i) - Math.hypot(dx, dz)
}

const smooth = (from: number, to: number, value: number): number => {
  const t = Math.max(0, Math.min(1, (value - from) / (to - from)))
  return t * t * (3 - 2 * t)
}

const inside: Readonly<Record<UltrasoundLesion['kind'], number>> = { cyst: -68, fibroadenoma: -38, carcinoma: -42 }

/** Layers from the skin down, each by where it begins (mm), bent by the place along the probe. */
const echoOfLayers = (depthMm: number, x: number, z: number, bend: number, textures: EchoTextures, plain: boolean, place: number): number => {
  const cloud = plain ? 0 : sample(textures.clouds, x / 0.12 + place, z / 0.09)
  const strand = (stretch: number, mm: number) => (plain ? 0 : sample(textures.strands, x / (mm * stretch) + place, (z + 0.5 * bend) / mm + place))
  const gland = 0.2 * depthMm + 1.3 * bend + 0.7 * cloud
  const behind = 0.58 * depthMm + 0.9 * bend - 0.6 * cloud
  const muscle = 0.66 * depthMm + 0.5 * bend
  const wall = 0.86 * depthMm + 0.3 * bend
  const glandHere = smooth(gland - 0.7, gland + 0.9, z) * smooth(behind + 0.8, behind - 0.8, z)
  const muscleHere = smooth(muscle - 0.3, muscle + 0.3, z)
  const fat = -33 + 2 * cloud + (glandHere < 1 && muscleHere < 1 ? 4.5 * Math.max(0, strand(2.4, 0.06) - 0.4) ** 2 : 0)
  let echo = fat
  if (glandHere > 0) echo += (-21 + 3.5 * cloud + 2.4 * strand(1.9, 0.05) - fat) * glandHere
  if (muscleHere > 0) echo += (-30 + 1.5 * cloud + 6 * Math.max(0, strand(6, 0.035)) - echo) * muscleHere
  // Fascia before and behind the muscle, the lung's border below with its shadow.
  if (Math.abs(z - muscle) < 1.2) echo += 15 * Math.exp(-(((z - muscle) / 0.35) ** 2))
  if (Math.abs(z - wall) < 1.5) echo += 20 * Math.exp(-(((z - wall) / 0.45) ** 2))
  if (z > wall) echo -= 1.7 * Math.min(14, z - wall)
  if (z > 3) return echo
  const skin = smooth(1.9, 1.5, z)
  echo += (-14 - echo) * skin
  return echo + 14 * Math.exp(-(((z - 0.3) / 0.3) ** 2)) + 9 * Math.exp(-(((z - 1.7) / 0.2) ** 2))
}

/** A picture of tissue in decibel below the strongest echo, `width` by `height` pixels. */
export const drawEchoes = (one: UltrasoundCase, textures: EchoTextures, sections: readonly Section[], width: number, height: number, pixelMm: number, { picture, frame }: { readonly picture: UltrasoundPicture; readonly frame: number }, plain: boolean): Float32Array => {
  const out = new Float32Array(width * height)
  // A duplex shows the plane of the first still, a sweep goes on from it.
  const place = (hashText(`${one.seed}/${picture === 'antiradial' ? 'second' : 'first'}`) % 512) + 3 * frame
  const speckle = plain ? out : createSpeckle(hashText(`${one.seed}/${picture}/${frame}`), width, height, 0.1 / pixelMm, 0.2 / pixelMm)
  const backs = plain ? [] : sections.map((section) => ({ ...section, radius: (section.radii[0] ?? 0) * 0.5 + (section.radii[steps / 2] ?? 0) * 0.5 }))
  for (let column = 0; column < width; column++) {
    const x = (column - (width - 1) / 2) * pixelMm
    const bend = 1.6 * Math.sin(x / 6.5 + place / 40) + 0.8 * Math.sin(x / 2.9 + place / 17)
    for (let row = 0; row < height; row++) {
      const z = (row + 0.5) * pixelMm
      let echo = echoOfLayers(one.depthMm, x, z, bend, textures, plain, place)
      for (const { lesion, x: cx, z: cz, radius } of backs) {
        const beside = Math.abs(x - cx) / radius
        if (z < cz || beside > 1.15) continue
        const below = smooth(cz, cz + radius * 1.3, z)
        if (lesion.kind === 'carcinoma') echo -= 15 * smooth(1.05, 0.55, beside) * below
        else echo += (lesion.kind === 'cyst' ? 8 : 4) * smooth(1, 0.7, beside) * below * Math.exp(-(z - cz - radius) / 14) - 5 * Math.exp(-(((beside - 1) / 0.07) ** 2)) * below
      }
      for (const section of sections) {
        const depth = insideOf(section, x, z)
        if (depth < -2.2) continue
        const soft = section.lesion.kind === 'carcinoma' ? 0.9 : 0.3
        if (!plain) {
          const halo = section.lesion.kind === 'carcinoma' ? 5 * Math.exp(-(((depth + 1.2) / 0.8) ** 2)) : 5 * Math.exp(-(((depth + 0.2) / 0.18) ** 2))
          echo += halo
        }
        const grain = plain ? 0 : sample(textures.clouds, x / 0.06 + 300, z / 0.06) * (section.lesion.kind === 'cyst' ? 0 : 3.5)
        echo += (inside[section.lesion.kind] + grain - echo) * smooth(-soft, soft, depth)
      }
      const at = row * width + column
      // What the machine's gain by depth does not make up for.
      out[at] = echo + (plain ? 0 : (speckle[at] ?? 0) - 0.12 * z)
    }
  }
  return out
}
