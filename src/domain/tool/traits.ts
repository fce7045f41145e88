import type { Vec3 } from '../geometry/points.ts'
import type { NotAVolume } from '../geometry/stack.ts'

/**
 * What a tool can know of a series, or of a stack of it, before it takes it. What the images do not say, or do not all say, is
 * absent: unknown, and never assumed.
 */
export type SeriesTraits = {
  readonly seriesInstanceUid: string
  /** Tells stacks of one series apart; absent where it is one. */
  readonly stack?: string
  readonly seriesNumber?: number
  readonly modality: string
  readonly colour?: boolean
  /** Why its slices are no regular volume. */
  readonly notAVolume?: NotAVolume
  readonly slices?: number
  /** Normals of its frames (LPS), each direction once. */
  readonly directions?: readonly Vec3[]
  /** From slice to slice along the normal, where that is even. */
  readonly spacingMm?: number
  /** Slice Thickness, of the thickest. */
  readonly thicknessMm?: number
  /** Each value of Image Type or Frame Type of any of its images (PS3.3 C.7.6.1.1.2, C.8.16.1). */
  readonly imageTypes?: readonly string[]
  /** Convolution Kernel, each name once. */
  readonly kernels?: readonly string[]
  readonly contrast?: 'with' | 'without'
  /** When the last of it was acquired, YYYYMMDDHHMMSS of the scanner's clock. */
  readonly acquired?: string
}

/** What the images say of themselves beside where they lie and what they hold. */
export type SaidOfSeries = Pick<SeriesTraits, 'seriesNumber' | 'thicknessMm' | 'imageTypes' | 'kernels' | 'contrast' | 'acquired'>

/** Kinds of images that are no plain slices of a patient: a tool takes them only where its rule asks for them. */
export const imageKinds = ['localiser', 'screenSave', 'projection', 'reformatted', 'secondary', 'derived'] as const
export type ImageKind = (typeof imageKinds)[number]

/** Values of Image Type by what they make of an image: the defined terms, and what makers write in the further values. */
const kindOf: Readonly<Record<string, ImageKind>> = {
  LOCALIZER: 'localiser', 'SCREEN SAVE': 'screenSave', SCREEN_SAVE: 'screenSave',
  MIP: 'projection', MINIP: 'projection', MAX_IP: 'projection', MIN_IP: 'projection', 'PROJECTION IMAGE': 'projection', VOLUME_RENDER: 'projection', VRT: 'projection',
  MPR: 'reformatted', 'CSA MPR': 'reformatted', MPR_CURVED: 'reformatted', REFORMATTED: 'reformatted',
  SECONDARY: 'secondary', DERIVED: 'derived',
}

/** What kinds of images a series holds, the most telling first; none where it holds plain slices alone. */
export const imageKindsOf = (imageTypes: readonly string[]): ImageKind[] => {
  const found = new Set(imageTypes.map((value) => kindOf[value.trim().toUpperCase()]))
  return imageKinds.filter((kind) => found.has(kind))
}

export const orientations = ['axial', 'coronal', 'sagittal'] as const
export type Orientation = (typeof orientations)[number]
const axes: Readonly<Record<Orientation, Vec3>> = { axial: [0, 0, 1], coronal: [0, 1, 0], sagittal: [1, 0, 0] }
/** Further from an axis of the patient than 20 degrees, a slice is oblique. */
const nearest = Math.cos((20 * Math.PI) / 180) - 1e-9

/** How slices lie in the patient: within 20 degrees of a plane of the body; `mixed`: in several ways; undefined without a direction. */
export const orientationOf = (directions: readonly Vec3[]): Orientation | 'oblique' | 'mixed' | undefined => {
  const found = new Set(directions.map((normal) => orientations.find((name) => {
    const [axis, length] = [axes[name], Math.hypot(...normal)]
    return Math.abs(normal[0] * axis[0] + normal[1] * axis[1] + normal[2] * axis[2]) >= nearest * length
  }) ?? 'oblique'))
  return found.size > 1 ? 'mixed' : [...found][0]
}
