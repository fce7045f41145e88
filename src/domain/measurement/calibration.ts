import type { FramePlane, ImagePoint } from '../geometry/points.ts'

/** Millimetres between rows and between columns of a frame. */
export type Spacing = Pick<FramePlane, 'rowSpacingMm' | 'columnSpacingMm'>

/**
 * What the millimetres of an image are: as Pixel Spacing says, with no more to say of them;
 * corrected by a known object or by the geometry (PS3.3 10.7.1.3); divided by the magnification; those at the detector, larger than
 * in the body; of a projection that does not say whether they were corrected; or of a region of an ultrasound image (C.8.5.5).
 */
export type CalibrationKind = 'pixelSpacing' | 'fiducial' | 'geometry' | 'magnification' | 'detector' | 'notSaid' | 'region'
export type Calibration = Spacing & {
  readonly kind: CalibrationKind
  /** The maker's words for how it was corrected, or the factor of magnification. */
  readonly detail?: string
  /** Pixels it holds for, as corners in image coordinates; absent: the whole frame. */
  readonly within?: { readonly from: ImagePoint; readonly to: ImagePoint }
}

type Pair = readonly [betweenRows: number, betweenColumns: number]
/** What an image says of the size of its pixels (PS3.3 10.7); lengths in mm. */
export type SaidOfSize = {
  readonly pixelSpacing?: Pair | undefined
  /** At the detector: only projections have it. */
  readonly imagerPixelSpacing?: Pair | undefined
  /** Pixel Spacing Calibration Type (0028,0A02) and Description (0028,0A04). */
  readonly calibrationType?: string; readonly calibrationDescription?: string
  /** Estimated Radiographic Magnification Factor (0018,1114): detector over body. */
  readonly magnification?: number | undefined
  readonly projection: boolean
}

const isPair = (pair: Pair | undefined): pair is Pair => pair !== undefined && pair[0] > 0 && pair[1] > 0 && Number.isFinite(pair[0]) && Number.isFinite(pair[1])
const same = (a: Pair, b: Pair): boolean => a.every((value, index) => Math.abs(value - (b[index] ?? NaN)) <= 1e-6 * value)

/**
 * Size of the pixels of an image that has no plane in space (PS3.3 10.7.1.3). Pixel Spacing that differs from Imager Pixel Spacing
 * was corrected; equal to it, or without it, the size is that at the detector, and is divided by the magnification where that is said.
 * @returns undefined where nothing says a size: lengths are then pixels
 */
export const calibrationOfImage = ({ pixelSpacing, imagerPixelSpacing, calibrationType, calibrationDescription, magnification, projection }: SaidOfSize): Calibration | undefined => {
  const of = ([rowSpacingMm, columnSpacingMm]: Pair, kind: CalibrationKind, detail?: string): Calibration => ({ rowSpacingMm, columnSpacingMm, kind, ...(detail ? { detail } : {}) })
  const [own, imager] = [isPair(pixelSpacing) ? pixelSpacing : undefined, isPair(imagerPixelSpacing) ? imagerPixelSpacing : undefined]
  if (own && (calibrationType === 'FIDUCIAL' || calibrationType === 'GEOMETRY')) return of(own, calibrationType === 'FIDUCIAL' ? 'fiducial' : 'geometry', calibrationDescription)
  if (own && imager && !same(own, imager)) return of(own, 'notSaid')
  if (imager) return magnification !== undefined && magnification > 0 && Number.isFinite(magnification) ? of([imager[0] / magnification, imager[1] / magnification], 'magnification', String(magnification)) : of(imager, 'detector')
  return own && of(own, projection ? 'notSaid' : 'pixelSpacing')
}

/** An item of the Sequence of Ultrasound Regions (0018,6011), bounds as pixels from 0, both ends inside (PS3.3 C.8.5.5.1). */
export type UltrasoundRegion = {
  readonly spatialFormat: number; readonly unitsX: number; readonly unitsY: number; readonly deltaX: number; readonly deltaY: number
  readonly minX: number; readonly minY: number; readonly maxX: number; readonly maxY: number
}
/** Region Spatial Format 1: 2D; Physical Units 3: cm. */
const [tissue2d, centimetres] = [1, 3]

/** The calibrations of an ultrasound image, one for each region that shows tissue in cm; a region beside it (a trace, in seconds) has none. */
export const calibrationsOfRegions = (regions: readonly UltrasoundRegion[]): Calibration[] => regions.flatMap(({ spatialFormat, unitsX, unitsY, deltaX, deltaY, minX, minY, maxX, maxY }) => {
  // A negative delta says only which way the values run.
  const pair = [Math.abs(deltaY) * 10, Math.abs(deltaX) * 10] as const
  if (spatialFormat !== tissue2d || unitsX !== centimetres || unitsY !== centimetres || !isPair(pair)) return []
  return [{ rowSpacingMm: pair[0], columnSpacingMm: pair[1], kind: 'region', within: { from: [minX, minY], to: [maxX + 1, maxY + 1] } }]
})

const holds = ({ within }: Calibration, [x, y]: ImagePoint): boolean => !within || (x >= within.from[0] && x <= within.to[0] && y >= within.from[1] && y <= within.to[1])

/**
 * What lengths between points of a frame are in: the calibration that holds for all of them.
 * @returns undefined where none does, where points lie in different regions, and where regions of different scales lie over one another
 */
export const calibrationAt = (calibrations: readonly Calibration[], points: readonly ImagePoint[]): Calibration | undefined => {
  const found = calibrations.filter((one) => points.every((point) => holds(one, point)))
  const [first] = found
  const touched = calibrations.filter((one) => points.some((point) => holds(one, point)))
  return first && touched.every(({ rowSpacingMm, columnSpacingMm }) => rowSpacingMm === first.rowSpacingMm && columnSpacingMm === first.columnSpacingMm) ? first : undefined
}
