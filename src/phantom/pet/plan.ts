import { planesAbout, type Grid } from '../planes.ts'
import type { Study } from '../study.ts'
import type sites from './sites.json'

export type PetSite = keyof typeof sites

/** A PET/CT of the trunk, as plain data. */
export type PetCtPlan = {
  readonly kind: 'petCt'
  readonly study: Study
  /** Of the patient's anatomy: the same at every time point. */
  readonly seed: number
  readonly weightKg: number
  readonly heightM: number
  readonly scanner: { readonly manufacturer: string; readonly model: string; readonly software: string }
  /** Pixels of both series; the planes are the same. */
  readonly pet: PetGrid
  readonly ct: PetGrid
  readonly slices: number
  readonly stepMm: number
  /** Height of the middle of the stack in the frame of reference, whose origin lies between the kidneys. */
  readonly middleZMm: number
  /** 18F-FDG injected, Bq, and how long before the start of the PET, minutes (to a whole second). */
  readonly doseBq: number
  readonly uptakeMinutes: number
  /** Full width at half maximum of the scanner's blur, mm. */
  readonly psfMm: number
  /** `suv`: of the lesion before blur and noise. */
  readonly lesions: readonly { readonly lesion: string; readonly site: PetSite; readonly diameterMm: number; readonly suv: number }[]
  /** For tests: no texture, blur or noise. */
  readonly bare?: true
}
export type PetGrid = { readonly columns: number; readonly spacingMm: number }

/** `full`: thigh to neck. `small`: for tests, liver and heart. */
export const petCtGrids = {
  full: { pet: { columns: 128, spacingMm: 4 }, ct: { columns: 256, spacingMm: 1.953125 }, slices: 152, stepMm: 5, middleZMm: 20 },
  small: { pet: { columns: 96, spacingMm: 5 }, ct: { columns: 96, spacingMm: 5 }, slices: 26, stepMm: 8, middleZMm: 130 },
} as const satisfies Record<string, Pick<PetCtPlan, 'pet' | 'ct' | 'slices' | 'stepMm' | 'middleZMm'>>

const gridOf = ({ slices, stepMm }: Pick<PetCtPlan, 'slices' | 'stepMm'>, { columns, spacingMm }: PetGrid): Grid => ({ columns, rows: columns, spacingMm, slices, stepMm, thicknessMm: stepMm })

/** The planes of one of the two series, feet first. */
export const petCtPlanes = (plan: Pick<PetCtPlan, 'slices' | 'stepMm' | 'middleZMm'>, grid: PetGrid) => planesAbout([0, 0, plan.middleZMm], [1, 0, 0], [0, 1, 0], gridOf(plan, grid))
