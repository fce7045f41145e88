import { norm, offPlaneMm, subtract, toImage } from '../../domain/geometry/plane.ts'
import type { FramePlane } from '../../domain/geometry/points.ts'
import type { LabelMap } from '../../domain/segmentation/types.ts'
import type { DecodedSegmentation } from './decode.ts'

/** A tenth of a voxel: further off, a frame of the segmentation is not on a slice. */
const tolerance = 0.1

/** Whether two frames hold the same lattice within their plane. */
const coincide = (a: FramePlane, b: FramePlane, stepMm: number): boolean => {
  if (a.rows !== b.rows || a.columns !== b.columns || norm(subtract(a.rowDirection, b.rowDirection)) > 1e-3 || norm(subtract(a.columnDirection, b.columnDirection)) > 1e-3) return false
  if (Math.abs(a.rowSpacingMm - b.rowSpacingMm) > 1e-3 * b.rowSpacingMm || Math.abs(a.columnSpacingMm - b.columnSpacingMm) > 1e-3 * b.columnSpacingMm) return false
  const [column, row] = toImage(b, a.origin)
  return Math.abs(column - 0.5) <= tolerance && Math.abs(row - 0.5) <= tolerance && Math.abs(offPlaneMm(b, a.origin)) <= tolerance * stepMm
}

/**
 * Why a segmentation may not be laid over a series, undefined where it may: it names another, or its coordinates belong to another
 * space. Equal coordinates mean the same place only within one Frame of Reference (PS3.3 C.7.4.1).
 */
export const whyForeign = ({ referencedSeriesUid, frameOfReferenceUid }: Pick<DecodedSegmentation, 'referencedSeriesUid' | 'frameOfReferenceUid'>, { seriesInstanceUid, frames }: { readonly seriesInstanceUid: string; readonly frames: readonly { readonly frameOfReferenceUid?: string }[] }): 'otherSeries' | 'otherFrameOfReference' | undefined => {
  if (referencedSeriesUid !== undefined && referencedSeriesUid !== seriesInstanceUid) return 'otherSeries'
  return frameOfReferenceUid !== '' && frames.every((frame) => frame.frameOfReferenceUid === frameOfReferenceUid) ? undefined : 'otherFrameOfReference'
}

/**
 * Puts the frames of a segmentation onto the slices of a series by where they lie in the patient, never by their order.
 * Where segments overlap the later one is seen.
 * @param planes of the series in geometric order
 * @returns the labels, and how many frames lie on no slice
 * @throws Error where no frame lies on a slice: it was made on another lattice
 */
export const placeOn = ({ frames }: DecodedSegmentation, planes: readonly FramePlane[]): { labelMap: LabelMap; missed: number } => {
  const [first, second] = planes
  if (!first) throw new Error('the series has no place in space')
  const { rows, columns } = first
  const stepMm = second ? Math.abs(offPlaneMm(first, second.origin)) : 1
  const data = new Uint8Array(rows * columns * planes.length)
  let missed = 0
  for (const { plane, segmentNumber, values } of frames) {
    const slice = planes.findIndex((one) => coincide(plane, one, stepMm))
    if (slice < 0) {
      missed += 1
      continue
    }
    const found = values()
    const start = slice * rows * columns
    for (let v = 0; v < found.length; v++) if (found[v]) data[start + v] = segmentNumber ?? found[v] ?? 0
  }
  if (frames.length > 0 && missed === frames.length) throw new Error('the segmentation lies on another lattice than this series')
  return { labelMap: { columns, rows, slices: planes.length, data }, missed }
}
