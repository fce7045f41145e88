import type { Vec3 } from '../../domain/geometry/points.ts'
import { planesAbout, type Grid } from '../planes.ts'
import type { Study } from '../study.ts'
import type { LesionPlan } from './gland.ts'

/** Grids of the five kinds of series; diffusion and its derived images share one. */
export type ProstateGrids = { readonly transverse: Grid; readonly sagittal: Grid; readonly coronal: Grid; readonly diffusion: Grid; readonly dynamic: Grid }

/** A multiparametric MR of the prostate, as plain data. */
export type ProstatePlan = {
  readonly kind: 'prostateMr'
  readonly study: Study
  /** Of the patient's anatomy: the same at every time point. */
  readonly seed: number
  readonly scanner: { readonly manufacturer: string; readonly model: string; readonly software: string; readonly fieldStrengthTesla: 1.5 | 3 }
  readonly grids: ProstateGrids
  /** How far the transverse planes lean back, and all planes turn about the body's axis, degrees. */
  readonly leanDegrees: number
  readonly turnDegrees: number
  /** s/mm2, lowest first, at least two. */
  readonly bValues: readonly number[]
  /** The b-value of the calculated images. */
  readonly calculatedB: number
  /** Makers differ: all b-values of a place in one series, one after another, or a series for each. */
  readonly diffusionSeries: 'one' | 'each'
  /** Start of each phase in seconds after the injection; the first is before the contrast agent arrives. */
  readonly phaseSeconds: readonly number[]
  readonly lesions: readonly LesionPlan[]
  /** For tests: no texture, shading, blur or noise. */
  readonly bare?: true
}

const grid = (columns: number, spacingMm: number, slices: number, stepMm = 3.6): Grid => ({ columns, rows: columns, spacingMm, slices, stepMm, thicknessMm: 3 })

/** `full`: as a 3 T protocol has them. `small`: for tests, the same fields of view in larger pixels and fewer slices. */
export const prostateGrids: Readonly<Record<'full' | 'small', ProstateGrids>> = {
  full: { transverse: grid(384, 0.5, 20), sagittal: grid(320, 0.5625, 20), coronal: grid(320, 0.6, 20), diffusion: grid(128, 2, 20), dynamic: grid(160, 1.625, 20) },
  small: { transverse: grid(96, 2, 8), sagittal: grid(96, 2, 8), coronal: grid(96, 2, 8), diffusion: grid(64, 3, 8), dynamic: grid(64, 3, 8) },
}

/** What a plan says nothing about in particular. */
export const usualProstate = { leanDegrees: 8, turnDegrees: 1.5, bValues: [50, 400, 800], calculatedB: 1400, diffusionSeries: 'one', phaseSeconds: [0, 15, 32, 60, 120, 240] } as const satisfies Partial<ProstatePlan>

/** Middle of the field of view: above the middle of the gland, which is the origin of the frame of reference. */
const middle: Vec3 = [0, 0, 6]

/** The planes of each kind of series, lowest along their normal first: all of one frame of reference. */
export const planesOf = ({ grids, leanDegrees, turnDegrees }: Pick<ProstatePlan, 'grids' | 'leanDegrees' | 'turnDegrees'>) => {
  const [lean, turn] = [(leanDegrees * Math.PI) / 180, (turnDegrees * Math.PI) / 180]
  const across: Vec3 = [Math.cos(turn), Math.sin(turn), 0]
  const back: Vec3 = [-Math.sin(turn) * Math.cos(lean), Math.cos(turn) * Math.cos(lean), -Math.sin(lean)]
  const down: Vec3 = [-Math.sin(turn) * Math.sin(lean), -Math.cos(turn) * Math.sin(lean), -Math.cos(lean)]
  return {
    transverse: planesAbout(middle, across, back, grids.transverse), diffusion: planesAbout(middle, across, back, grids.diffusion), dynamic: planesAbout(middle, across, back, grids.dynamic),
    coronal: planesAbout(middle, across, down, grids.coronal), sagittal: planesAbout([0, 4, 12], [-Math.sin(turn), Math.cos(turn), 0], [0, 0, -1], grids.sagittal),
  }
}
