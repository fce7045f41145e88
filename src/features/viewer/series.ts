import type { DicomJson } from '../../dicom/file/json.ts'
import type { FramePlane, Vec3 } from '../../domain/geometry/points.ts'
import { splitFrames, type SplitBy } from '../../domain/geometry/split.ts'
import { inGeometricOrder, whyNotAVolume } from '../../domain/geometry/stack.ts'
import type { EngineFrame, EngineSeries } from '../../engine/port.ts'
import { splitKeys } from './splitKeys.ts'

const values = (json: DicomJson, tag: string): unknown[] => json[tag]?.Value ?? []
const number = (json: DicomJson, tag: string): number | undefined => {
  const [value] = values(json, tag)
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
const text = (json: DicomJson, tag: string): string => {
  const [value] = values(json, tag)
  return typeof value === 'string' ? value : typeof value === 'object' && value !== null && 'Alphabetic' in value ? String(value.Alphabetic) : ''
}
const numbers = (json: DicomJson, tag: string, count: number): number[] | undefined => {
  const list = values(json, tag)
  return list.length >= count && list.every((value) => typeof value === 'number') ? list as number[] : undefined
}
const item = (json: DicomJson, tag: string, index = 0): DicomJson => (values(json, tag)[index] as DicomJson | undefined) ?? {}

/** Plane of a frame: its own functional groups, the shared ones, then the image's attributes (PS3.3 C.7.6.16, C.7.6.2). */
const planeOf = (json: DicomJson, frame: number, rows: number, columns: number): FramePlane | undefined => {
  const own = item(json, '52009230', frame - 1)
  const shared = item(json, '52009229')
  const from = (sequence: string, tag: string, count: number) =>
    numbers(item(own, sequence), tag, count) ?? numbers(item(shared, sequence), tag, count) ?? numbers(json, tag, count)
  const position = from('00209113', '00200032', 3)
  const orientation = from('00209116', '00200037', 6)
  const spacing = from('00289110', '00280030', 2)
  if (!position || !orientation || !spacing || !(Number(spacing[0]) > 0) || !(Number(spacing[1]) > 0)) return undefined
  const vec = (list: readonly number[], at: number): Vec3 => [list[at] ?? 0, list[at + 1] ?? 0, list[at + 2] ?? 0]
  return { origin: vec(position, 0), rowDirection: vec(orientation, 0), columnDirection: vec(orientation, 3), rowSpacingMm: Number(spacing[0]), columnSpacingMm: Number(spacing[1]), rows, columns }
}

const framesOf = (json: DicomJson, study: string, series: string): EngineFrame[] => {
  const rows = number(json, '00280010') ?? 0
  const columns = number(json, '00280011') ?? 0
  const count = Math.max(1, number(json, '00280008') ?? 1)
  const centres = values(json, '00281050')
  const widths = values(json, '00281051')
  const names = values(json, '00281055')
  const frameOfReferenceUid = text(json, '00200052')
  const padding = number(json, '00280120')
  const limit = number(json, '00280121') ?? padding
  return Array.from({ length: count }, (_, index): EngineFrame => {
    const plane = planeOf(json, index + 1, rows, columns)
    return {
      ref: { studyInstanceUid: study, seriesInstanceUid: series, sopClassUid: text(json, '00080016'), sopInstanceUid: text(json, '00080018'), frameNumber: index + 1 },
      ...(plane ? { plane } : {}), ...(frameOfReferenceUid ? { frameOfReferenceUid } : {}),
      pixels: {
        rows, columns, samplesPerPixel: number(json, '00280002') ?? 1, photometricInterpretation: text(json, '00280004') || 'MONOCHROME2', planarConfiguration: number(json, '00280006') ?? 0,
        bitsAllocated: number(json, '00280100') ?? 16, bitsStored: number(json, '00280101') ?? 16, highBit: number(json, '00280102') ?? 15, pixelRepresentation: number(json, '00280103') === 1 ? 1 : 0,
      },
      rescale: { slope: number(json, '00281053') ?? 1, intercept: number(json, '00281052') ?? 0 },
      ...(padding !== undefined && limit !== undefined ? { padding: [Math.min(padding, limit), Math.max(padding, limit)] as const } : {}),
      windows: widths.flatMap((width, at) => typeof width === 'number' && typeof centres[at] === 'number' && width >= 1 ? [{ width, centre: centres[at], ...(typeof names[at] === 'string' ? { name: names[at] } : {}) }] : []),
      transferSyntaxUid: text(json, '00083002') || '1.2.840.10008.1.2.1',
    }
  })
}

/** What the overlay of a viewport says of the study, and a report copies from it. */
export type SeriesFacts = { readonly patientName: string; readonly patientId: string; readonly studyDate: string; readonly studyDescription: string; readonly first: DicomJson }

/** A stack of a series, and by what it differs from the others of it. */
export type SeriesStack = { readonly series: EngineSeries; readonly differs: readonly { readonly by: SplitBy; readonly value: string }[] }

/**
 * The stacks of a series as the engine wants them, from its metadata (DICOM JSON): frames by position, and why one is no volume
 * where it is not. Most series are one stack.
 * @throws Error where there is no instance
 */
export const toEngineStacks = (metadata: readonly DicomJson[], datasetId: string): { stacks: readonly SeriesStack[]; facts: SeriesFacts } => {
  const [first] = metadata
  if (!first) throw new Error('the series has no instance')
  const study = text(first, '0020000D')
  const uid = text(first, '0020000E')
  const byNumber = [...metadata].sort((a, b) => (number(a, '00200013') ?? 0) - (number(b, '00200013') ?? 0))
  const split = splitFrames(byNumber.flatMap((json) => framesOf(json, study, uid).map((frame) => ({ frame, ...(frame.plane ? { plane: frame.plane } : {}), rows: frame.pixels.rows, columns: frame.pixels.columns, keys: splitKeys(json, frame.ref.frameNumber) }))))
  const stacks = split.map(({ frames: own, differs }, index): SeriesStack => {
    const frames = inGeometricOrder(own.map(({ frame }) => frame))
    const notAVolume = whyNotAVolume(frames.map(({ plane }) => plane))
    return { differs, series: { datasetId, studyInstanceUid: study, seriesInstanceUid: uid, ...(split.length > 1 ? { stack: String(index + 1) } : {}), modality: text(first, '00080060'), description: text(first, '0008103E'), frames, ...(notAVolume ? { notAVolume } : {}) } }
  })
  return {
    stacks,
    facts: { patientName: text(first, '00100010'), patientId: text(first, '00100020'), studyDate: text(first, '00080020'), studyDescription: text(first, '00081030'), first },
  }
}
