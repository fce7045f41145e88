import type { Study } from '../study.ts'
import type { Lesion } from './lesions.ts'

/** What is written in a series beside the plain stack of slices. */
export type ChestSeries = {
  readonly number: number
  readonly description: string
  readonly rows: number
  readonly columns: number
  /** mm between rows, mm between columns. */
  readonly pixelSpacing: readonly [number, number]
  readonly slices: number
  /** mm from slice to slice along the table, and how much of it a slice averages. */
  readonly spacingMm: number
  readonly thicknessMm: number
  /** Middle of the lowest slice, mm of the person's frame. */
  readonly lowestMm: number
  readonly noiseHu: number
  /** Reconstruction kernel: its name at the maker, softness of edges and fineness of noise in pixels. */
  readonly kernel: { readonly name: string; readonly softness: number; readonly fineness: number }
  /** The gantry leans so far towards the feet, degrees. */
  readonly tiltDegrees?: number
  /** First file highest instead of lowest: Instance Number runs against z. */
  readonly reversed?: boolean
  /** Levels (0 lowest) that were never stored, or stored twice. */
  readonly missing?: readonly number[]
  readonly doubled?: readonly number[]
  /** Slices carry their level as pixel blocks, for tests of what is on the screen. */
  readonly numbered?: boolean
}

/** One chest CT study: a person, what is wrong with them by then, and how it was scanned. Plain values only. */
export type ChestPlan = {
  readonly kind: 'chest'
  readonly study: Study
  readonly manufacturer: string
  readonly model: string
  /** The person: the same seed, the same anatomy at every time point. */
  readonly seed: number
  readonly contrast: boolean
  readonly lesions: readonly Lesion[]
  /** What the truth says of lesions beside their form: whether they merged, split or are gone. */
  readonly states?: Readonly<Record<string, { readonly state: 'absent' | 'too small to measure' | 'merged' | 'split'; readonly other?: string }>>
  /** Where the person lay this time, mm, and what the table's scale said at its 0. */
  readonly shiftMm: readonly [number, number, number]
  readonly tableMm: number
  readonly series: readonly ChestSeries[]
  /** A localiser of three orientations beside the stacks. */
  readonly localiser?: boolean
}
