import type { DicomJson } from '../../dicom/file/json.ts'
import { WadoFailure } from '../../dicom/web/wadoClient.ts'
import type { FramePlane, Vec3 } from '../../domain/geometry/points.ts'
import { calibrationOfImage, calibrationsOfRegions, type Calibration } from '../../domain/measurement/calibration.ts'
import type { EngineFrame } from '../../engine/port.ts'
import { firstOf, items, number, numbers, sourcesOf, text, values } from './json.ts'

/** Modalities whose images are shadows: what lies nearer to the tube is larger at the detector. */
const projections = new Set(['CR', 'DX', 'MG', 'IO', 'PX', 'RG', 'RF', 'XA'])

const pairOf = (from: DicomJson, tag: string): readonly [number, number] | undefined => {
  const [first = NaN, second = NaN] = numbers(from, tag, 2) ?? []
  return first > 0 && second > 0 ? [first, second] : undefined
}
const spacingOf = (json: DicomJson, frame: number) => firstOf(sourcesOf(json, frame, '00289110'), (from) => pairOf(from, '00280030'))

/** Plane of a frame (PS3.3 C.7.6.2), of its functional groups or the image (C.7.6.16.2.3, C.7.6.16.2.4); none where something of it is not said. */
const planeOf = (json: DicomJson, frame: number, rows: number, columns: number): FramePlane | undefined => {
  const position = firstOf(sourcesOf(json, frame, '00209113'), (from) => numbers(from, '00200032', 3))
  const orientation = firstOf(sourcesOf(json, frame, '00209116'), (from) => numbers(from, '00200037', 6))
  const spacing = spacingOf(json, frame)
  if (!position || !orientation || !spacing) return undefined
  const vec = (list: readonly number[], at: number): Vec3 => [list[at] ?? 0, list[at + 1] ?? 0, list[at + 2] ?? 0]
  return { origin: vec(position, 0), rowDirection: vec(orientation, 0), columnDirection: vec(orientation, 3), rowSpacingMm: spacing[0], columnSpacingMm: spacing[1], rows, columns }
}

/** What lengths are in on an image that has no plane: by its ultrasound regions, else by what it says of its pixels. */
const calibrationsOf = (json: DicomJson, frame: number, modality: string): readonly Calibration[] => {
  const regions = calibrationsOfRegions(items(json, '00186011').map((region) => {
    const of = (tag: string): number => number(region, tag) ?? NaN
    return { spatialFormat: of('00186012'), unitsX: of('00186024'), unitsY: of('00186026'), deltaX: of('0018602C'), deltaY: of('0018602E'), minX: of('00186018'), minY: of('0018601A'), maxX: of('0018601C'), maxY: of('0018601E') }
  }))
  if (regions.length > 0) return regions
  const one = calibrationOfImage({
    pixelSpacing: spacingOf(json, frame), imagerPixelSpacing: pairOf(json, '00181164'), calibrationType: text(json, '00280A02'), calibrationDescription: text(json, '00280A04'),
    magnification: number(json, '00181114'), projection: projections.has(modality),
  })
  return one ? [one] : []
}
/** Height of a pixel over its width: of its size in mm where there is one for all, else Pixel Aspect Ratio (PS3.3 C.7.6.3.1.7). */
const pixelRatioOf = (json: DicomJson, calibrations: readonly Calibration[]): number => {
  const ratios = calibrations.map(({ rowSpacingMm, columnSpacingMm }) => rowSpacingMm / columnSpacingMm)
  const [first] = ratios
  if (first !== undefined && ratios.every((ratio) => Math.abs(ratio - first) < 1e-6 * first)) return first
  const said = pairOf(json, '00280034')
  return said ? said[0] / said[1] : 1
}

/** Patient Orientation of an image without a plane; undefined where it is empty (ultrasound) or says anything else than directions. */
const patientOrientationOf = (json: DicomJson): readonly [string, string] | undefined => {
  const [right, down] = values(json, '00200020')
  const is = (letters: unknown): letters is string => typeof letters === 'string' && /^[LRAPHF]{1,3}$/.test(letters)
  return is(right) && is(down) ? [right, down] : undefined
}

/** The windows of the first of these that has any; width and centre belong together. */
const windowsOf = (sources: readonly DicomJson[]): EngineFrame['windows'] => firstOf(sources, (from) => {
  const [widths, centres] = [numbers(from, '00281051', 1) ?? [], numbers(from, '00281050', 1) ?? []]
  const names = values(from, '00281055')
  const found = widths.flatMap((width, at) => {
    const [centre, name] = [centres[at], names[at]]
    return centre !== undefined && width >= 1 ? [{ width, centre, ...(typeof name === 'string' && name.trim() ? { name: name.trim() } : {}) }] : []
  })
  return found.length > 0 ? found : undefined
}) ?? []

/** A stored value of 16 bits as the pixels are signed: archives and files say US of signed pixels, and SS of unsigned ones, too (PS3.3 C.7.5.1.1.2). */
const asStored = (value: number | undefined, signed: boolean): number | undefined =>
  value === undefined ? undefined : signed && value >= 0x8000 && value <= 0xffff ? value - 0x10000 : !signed && value < 0 && value >= -0x8000 ? value + 0x10000 : value

/** More than any image has: whoever believes such a number sets up that many frames, and the page stands still. */
const mostFrames = 100_000

/**
 * The frames of an instance as the engine wants them. What changes from frame to frame is taken from its functional groups.
 * @throws WadoFailure undecodable, where the instance claims more than can be
 */
export const framesOf = (json: DicomJson, study: string, series: string): EngineFrame[] => {
  const rows = number(json, '00280010') ?? 0
  const columns = number(json, '00280011') ?? 0
  const count = Math.max(1, number(json, '00280008') ?? 1)
  if (!Number.isInteger(count) || count > mostFrames) throw new WadoFailure('undecodable', `an image of the series claims ${count} frames`)
  const frameOfReferenceUid = text(json, '00200052')
  const signed = number(json, '00280103') === 1
  const padding = asStored(number(json, '00280120'), signed)
  const limit = asStored(number(json, '00280121'), signed) ?? padding
  return Array.from({ length: count }, (_, index): EngineFrame => {
    const frame = index + 1
    const plane = planeOf(json, frame, rows, columns)
    const calibrations = plane ? [] : calibrationsOf(json, frame, text(json, '00080060'))
    const ratio = plane ? 1 : pixelRatioOf(json, calibrations)
    const patientOrientation = plane ? undefined : patientOrientationOf(json)
    const transformation = sourcesOf(json, frame, '00289145')
    const rescaleType = firstOf(transformation, (from) => text(from, '00281054') || undefined)
    return {
      ref: { studyInstanceUid: study, seriesInstanceUid: series, sopClassUid: text(json, '00080016'), sopInstanceUid: text(json, '00080018'), frameNumber: frame },
      ...(plane ? { plane } : {}), ...(calibrations.length > 0 ? { calibrations } : {}), ...(patientOrientation ? { patientOrientation } : {}), ...(ratio === 1 ? {} : { pixelRatio: ratio }), ...(frameOfReferenceUid ? { frameOfReferenceUid } : {}),
      pixels: {
        rows, columns, samplesPerPixel: number(json, '00280002') ?? 1, photometricInterpretation: text(json, '00280004') || 'MONOCHROME2', planarConfiguration: number(json, '00280006') ?? 0,
        bitsAllocated: number(json, '00280100') ?? 16, bitsStored: number(json, '00280101') ?? 16, highBit: number(json, '00280102') ?? 15, pixelRepresentation: signed ? 1 : 0,
      },
      rescale: { slope: firstOf(transformation, (from) => number(from, '00281053')) ?? 1, intercept: firstOf(transformation, (from) => number(from, '00281052')) ?? 0, ...(rescaleType ? { type: rescaleType } : {}) },
      ...(padding !== undefined && limit !== undefined ? { padding: [Math.min(padding, limit), Math.max(padding, limit)] as const } : {}),
      windows: windowsOf(sourcesOf(json, frame, '00289132')),
      transferSyntaxUid: text(json, '00083002') || '1.2.840.10008.1.2.1',
    }
  })
}
