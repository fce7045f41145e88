import { dot, norm, planeNormal, subtract } from './plane.ts'
import type { FramePlane, Vec3 } from './points.ts'

export type NotAVolume = 'single' | 'unevenSpacing' | 'mixedOrientation' | 'noPosition' | 'tilted'

/** Within one degree. */
export const isParallel = (a: Vec3, b: Vec3): boolean => dot(a, b) > Math.cos((1 * Math.PI) / 180)

/**
 * Orders frames by their position along the normal of the first, never by Instance Number; frames without a position keep their
 * order behind the others.
 */
export const inGeometricOrder = <T extends { readonly plane?: FramePlane }>(frames: readonly T[]): T[] => {
  const first = frames.find(({ plane }) => plane)?.plane
  if (!first) return [...frames]
  const normal = planeNormal(first)
  const height = ({ plane }: T): number => (plane ? dot(plane.origin, normal) : Number.POSITIVE_INFINITY)
  return [...frames].sort((a, b) => height(a) - height(b) || 0)
}

/**
 * Why frames in geometric order are not a regular volume, undefined where they are: at least two, one orientation, spacing even to
 * 1 %, no slice shifted against the normal (gantry tilt).
 */
export const whyNotAVolume = (planes: readonly (FramePlane | undefined)[]): NotAVolume | undefined => {
  if (planes.length < 2) return 'single'
  const known = planes.filter((plane) => plane !== undefined)
  const [first, second] = known
  if (known.length < planes.length || !first || !second) return 'noPosition'
  const normal = planeNormal(first)
  if (!known.every((plane) => isParallel(normal, planeNormal(plane)) && isParallel(first.rowDirection, plane.rowDirection))) return 'mixedOrientation'
  const steps = known.slice(1).map((plane, index) => subtract(plane.origin, known[index]?.origin ?? first.origin))
  const spacings = steps.map((step) => dot(step, normal))
  const mean = spacings.reduce((sum, spacing) => sum + spacing, 0) / spacings.length
  if (mean < 1e-3 || spacings.some((spacing) => Math.abs(spacing - mean) > 0.01 * mean + 1e-3)) return 'unevenSpacing'
  if (steps.some((step) => Math.abs(norm(step) - dot(step, normal)) > 0.01 * mean)) return 'tilted'
  return undefined
}
