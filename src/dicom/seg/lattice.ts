import { norm, subtract } from '../../domain/geometry/plane.ts'
import type { FramePlane } from '../../domain/geometry/points.ts'

/** A frame that may carry labels: a segmentation needs its place, and the space that place is in. */
export type FrameInSpace = { readonly plane?: FramePlane; readonly frameOfReferenceUid?: string }

const alike = (a: FramePlane, b: FramePlane): boolean =>
  a.rows === b.rows && a.columns === b.columns && a.rowSpacingMm === b.rowSpacingMm && a.columnSpacingMm === b.columnSpacingMm
  && norm(subtract(a.rowDirection, b.rowDirection)) < 1e-4 && norm(subtract(a.columnDirection, b.columnDirection)) < 1e-4

/**
 * Why a segmentation of these frames cannot be written; undefined where it can. Each frame of it has a position (PS3.3 C.7.6.16.2.3),
 * and all share one size, spacing, orientation and Frame of Reference.
 */
export const whyNoSegmentation = (frames: readonly FrameInSpace[]): 'noPosition' | 'otherLattice' | undefined => {
  const [first] = frames
  if (!first || frames.some(({ plane, frameOfReferenceUid }) => !plane || !frameOfReferenceUid)) return 'noPosition'
  return frames.every(({ plane, frameOfReferenceUid }) => plane && first.plane && alike(plane, first.plane) && frameOfReferenceUid === first.frameOfReferenceUid) ? undefined : 'otherLattice'
}
