import { createRandom } from '../random.ts'

/** One person's body: sizes drawn from the seed. Anatomy is stated for a middling adult in mm and scaled by these. */
export type Person = {
  readonly seed: number
  readonly sex: 'M' | 'F'
  readonly scaleX: number
  readonly scaleY: number
  readonly scaleZ: number
  /** Subcutaneous fat, mm. */
  readonly fat: number
  /** HU of aerated lung halfway between front and back. */
  readonly lung: number
  /** HU of blood: unenhanced, or with contrast agent. */
  readonly blood: number
  readonly contrast: boolean
  readonly heart: number
  /** Height of the right dome of the diaphragm, mm: how deep the breath was. */
  readonly dome: number
  readonly kyphosis: number
  /** Fluid in the chest on a side (+1 left): it lies behind this y, mm. */
  readonly effusion?: { readonly side: 1 | -1; readonly y: number }
  /** How many scars run in from the pleura. */
  readonly scars: number
}

export const createPerson = (seed: number, sex: Person['sex'], contrast: boolean): Person => {
  const random = createRandom(seed)
  const between = (low: number, high: number): number => low + (high - low) * random()
  const size = sex === 'F' ? 0.94 : 1.02
  const fluid = random() < 0.2 ? { effusion: { side: random() < 0.5 ? 1 as const : -1 as const, y: between(30, 74) } } : {}
  return {
    ...fluid, scars: Math.floor(random() * 5), seed, sex, contrast, scaleX: size * between(0.95, 1.06), scaleY: size * between(0.94, 1.07), scaleZ: size * between(0.96, 1.04), fat: between(9, 26), lung: between(-880, -832),
    blood: contrast ? between(150, 210) : between(38, 46), heart: between(0.93, 1.1), dome: between(-74, -56), kyphosis: between(0.0004, 0.0009),
  }
}
