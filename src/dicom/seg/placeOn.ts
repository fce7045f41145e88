import { norm, offPlaneMm, subtract, toImage } from '../../domain/geometry/plane.ts'
import type { FramePlane } from '../../domain/geometry/points.ts'
import type { Fractions, LabelMap } from '../../domain/segmentation/types.ts'
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

type Frame = DecodedSegmentation['frames'][number]

/**
 * Gives each frame its slice, by where both lie in the patient, never by their order.
 * @returns how many frames lie on no slice
 * @throws Error where none does
 */
const eachOn = (frames: readonly Frame[], planes: readonly FramePlane[], put: (frame: Frame, start: number) => void): number => {
  const [first, second] = planes
  if (!first) throw new Error('the series has no place in space')
  const stepMm = second ? Math.abs(offPlaneMm(first, second.origin)) : 1
  let missed = 0
  for (const frame of frames) {
    const slice = planes.findIndex((one) => coincide(frame.plane, one, stepMm))
    if (slice < 0) missed += 1
    else put(frame, slice * first.rows * first.columns)
  }
  if (frames.length > 0 && missed === frames.length) throw new Error('the segmentation lies on another lattice than this series')
  return missed
}

/**
 * Puts the frames of a segmentation onto the slices of a series. Where segments overlap the later one is seen; of fractions a voxel is in
 * the segment that has at least half of the maximum there.
 * @param planes of the series in geometric order
 * @returns the labels, how many frames lie on no slice, and how many times a voxel had a segment already
 * @throws Error where no frame lies on a slice: it was made on another lattice
 */
export const placeOn = ({ frames, maximum }: DecodedSegmentation, planes: readonly FramePlane[]): { labelMap: LabelMap; missed: number; overlaps: number } => {
  const { rows = 0, columns = 0 } = planes[0] ?? {}
  const data = new Uint8Array(rows * columns * planes.length)
  let overlaps = 0
  const missed = eachOn(frames, planes, ({ segmentNumber, values }, start) => {
    const found = values()
    for (let v = 0; v < found.length; v++) {
      if ((found[v] ?? 0) * 2 < maximum) continue
      if (data[start + v] !== 0) overlaps += 1
      data[start + v] = segmentNumber ?? found[v] ?? 0
    }
  })
  return { labelMap: { columns, rows, slices: planes.length, data }, missed, overlaps }
}

/**
 * The fractions of a segmentation on the slices of a series, segment by segment; those of a BINARY one are 0 and 1.
 * @throws Error as `placeOn`; a label map has none
 */
export const fractionsOn = ({ kind, frames, maximum, segments }: DecodedSegmentation, planes: readonly FramePlane[]): { fractions: Fractions; missed: number } => {
  if (kind === 'LABELMAP') throw new Error('a label map has no fractions')
  const { rows = 0, columns = 0 } = planes[0] ?? {}
  const data = new Map(segments.map(({ number }) => [number, new Uint8Array(rows * columns * planes.length)]))
  const missed = eachOn(frames, planes, ({ segmentNumber = 0, values }, start) => data.get(segmentNumber)?.set(values(), start))
  return { fractions: { columns, rows, slices: planes.length, maximum, data: [...data.values()] }, missed }
}
