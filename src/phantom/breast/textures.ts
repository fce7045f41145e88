import { createRandom } from '../random.ts'

/** Side of a texture in samples; it repeats without a seam. */
export const textureSide = 512
const mask = textureSide - 1

/** Gradient noise (Perlin) over a lattice of `cells` a side, as a repeating texture added to `out` with a weight; folded = ridges. */
const addOctave = (out: Float32Array, cells: number, weight: number, folded: boolean, random: () => number): void => {
  const gradients = new Float32Array(cells * cells * 2)
  for (let i = 0; i < cells * cells; i++) {
    const angle = random() * 2 * Math.PI
    gradients[2 * i] = Math.cos(angle)
    gradients[2 * i + 1] = Math.sin(angle)
  }
  const step = cells / textureSide
  // What depends on the column alone is the same in every row.
  const fractions = new Float32Array(textureSide)
  const weights = new Float32Array(textureSide)
  const lefts = new Int32Array(textureSide)
  for (let column = 0; column < textureSide; column++) {
    const x = column * step
    const f = x - Math.floor(x)
    fractions[column] = f
    weights[column] = f * f * f * (f * (f * 6 - 15) + 10)
    lefts[column] = Math.floor(x)
  }
  for (let row = 0; row < textureSide; row++) {
    const y0 = Math.floor(row * step)
    const fy = row * step - y0
    const wy = fy * fy * fy * (fy * (fy * 6 - 15) + 10)
    const top = 2 * (y0 % cells) * cells
    const bottom = 2 * ((y0 + 1) % cells) * cells
    for (let column = 0; column < textureSide; column++) {
      const fx = fractions[column] ?? 0
      const wx = weights[column] ?? 0
      const left = lefts[column] ?? 0
      const right = left + 1 === cells ? 0 : left + 1
      const a = top + 2 * left
      const b = top + 2 * right
      const c = bottom + 2 * left
      const d = bottom + 2 * right
      const n00 = (gradients[a] ?? 0) * fx + (gradients[a + 1] ?? 0) * fy
      const n10 = (gradients[b] ?? 0) * (fx - 1) + (gradients[b + 1] ?? 0) * fy
      const n01 = (gradients[c] ?? 0) * fx + (gradients[c + 1] ?? 0) * (fy - 1)
      const n11 = (gradients[d] ?? 0) * (fx - 1) + (gradients[d + 1] ?? 0) * (fy - 1)
      const up = n00 + (n10 - n00) * wx
      const n = up + (n01 + (n11 - n01) * wx - up) * wy
      const at = row * textureSide + column
      if (folded) {
        const ridge = 1 - Math.min(1, 2.6 * Math.abs(n))
        out[at] = (out[at] ?? 0) + weight * ridge * ridge
      } else out[at] = (out[at] ?? 0) + weight * n
    }
  }
}

/** To mean 0 and variance 1, in place. */
const normalise = (texture: Float32Array): Float32Array => {
  let [sum, squares] = [0, 0]
  for (const value of texture) {
    sum += value
    squares += value * value
  }
  const mean = sum / texture.length
  const scale = 1 / Math.sqrt(squares / texture.length - mean * mean)
  for (let i = 0; i < texture.length; i++) texture[i] = ((texture[i] ?? 0) - mean) * scale
  return texture
}

/** Smooth hills and hollows: octaves from `first` cells a side, each `falloff` of the one before. */
export const createClouds = (seed: number, first: number, octaves: number, falloff: number): Float32Array => {
  const random = createRandom(seed)
  const out = new Float32Array(textureSide * textureSide)
  for (let octave = 0; octave < octaves; octave++) addOctave(out, first << octave, falloff ** octave, false, random)
  return normalise(out)
}

/** Thin bright ridges that branch and cross, as strands and septa do. */
export const createStrands = (seed: number, first: number, octaves: number, falloff: number): Float32Array => {
  const random = createRandom(seed)
  const out = new Float32Array(textureSide * textureSide)
  for (let octave = 0; octave < octaves; octave++) addOctave(out, first << octave, falloff ** octave, true, random)
  return normalise(out)
}

/**
 * Lobules of fat between walls of glandular tissue: cells about random points, bent by clouds; a share of the cells
 * are hollows, the others are full. Negative in hollows, highest on the walls.
 */
export const createLobules = (seed: number, cells: number, hollowShare: number): Float32Array => {
  const random = createRandom(seed)
  const points = new Float32Array(cells * cells * 3)
  for (let i = 0; i < cells * cells; i++) {
    points[3 * i] = random()
    points[3 * i + 1] = random()
    points[3 * i + 2] = random() < hollowShare ? 0.5 + 0.5 * random() : -0.25 * random()
  }
  const bendX = createClouds(seed + 11, 8, 3, 0.5)
  const bendY = createClouds(seed + 12, 8, 3, 0.5)
  const out = new Float32Array(textureSide * textureSide)
  const step = cells / textureSide
  for (let row = 0; row < textureSide; row++) {
    for (let column = 0; column < textureSide; column++) {
      const at = row * textureSide + column
      const x = column * step + 0.28 * (bendX[at] ?? 0) + cells
      const y = row * step + 0.28 * (bendY[at] ?? 0) + cells
      const cx = Math.floor(x)
      const cy = Math.floor(y)
      let nearest = 9
      let second = 9
      let depth = 0
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const i = 3 * (((cy + dy) % cells) * cells + ((cx + dx) % cells))
          const ax = cx + dx + (points[i] ?? 0) - x
          const ay = cy + dy + (points[i + 1] ?? 0) - y
          const away = ax * ax + ay * ay
          if (away < nearest) {
            second = nearest
            nearest = away
            depth = points[i + 2] ?? 0
          } else if (away < second) second = away
        }
      }
      const wall = Math.sqrt(second) - Math.sqrt(nearest)
      const inside = Math.min(1, wall * 2.2)
      out[at] = 0.35 * (1 - inside) - depth * inside * inside * (3 - 2 * inside)
    }
  }
  return normalise(out)
}

/** The texture at a place in samples, bilinear, repeating. */
export const sample = (texture: Float32Array, x: number, y: number): number => {
  const x0 = Math.floor(x)
  const y0 = Math.floor(y)
  const fx = x - x0
  const fy = y - y0
  const left = x0 & mask
  const right = (x0 + 1) & mask
  const top = (y0 & mask) * textureSide
  const bottom = ((y0 + 1) & mask) * textureSide
  const up = (texture[top + left] ?? 0) * (1 - fx) + (texture[top + right] ?? 0) * fx
  const down = (texture[bottom + left] ?? 0) * (1 - fx) + (texture[bottom + right] ?? 0) * fx
  return up + (down - up) * fy
}

/** Sum of textures with weights, to mean 0 and variance 1. */
export const mix = (parts: readonly (readonly [Float32Array, number])[]): Float32Array => {
  const out = new Float32Array(textureSide * textureSide)
  for (const [texture, weight] of parts) for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) + weight * (texture[i] ?? 0)
  return normalise(out)
}
