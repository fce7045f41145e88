import type { DicomJson } from '../../dicom/file/json.ts'
import { splitFrames, type SplitBy } from '../../domain/geometry/split.ts'
import { inGeometricOrder, whyNotAVolume } from '../../domain/geometry/stack.ts'
import type { SaidOfSeries } from '../../domain/tool/traits.ts'
import type { EngineSeries } from '../../engine/port.ts'
import { framesOf } from './frames.ts'
import { number, text } from './json.ts'
import { saidOf } from './said.ts'
import { splitKeys } from './splitKeys.ts'

/** What the overlay of a viewport says of the study, and a report copies from it. */
export type SeriesFacts = { readonly patientName: string; readonly patientId: string; readonly studyDate: string; readonly studyDescription: string; readonly first: DicomJson }

/** A stack of a series, what its images say of themselves, and by what it differs from the others of it. */
export type SeriesStack = { readonly series: EngineSeries; readonly said: SaidOfSeries; readonly differs: readonly { readonly by: SplitBy; readonly value: string }[] }

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
  const split = splitFrames(byNumber.flatMap((json) => framesOf(json, study, uid).map((frame) => ({ frame, json, ...(frame.plane ? { plane: frame.plane } : {}), rows: frame.pixels.rows, columns: frame.pixels.columns, keys: splitKeys(json, frame.ref.frameNumber) }))))
  const stacks = split.map(({ frames: own, differs }, index): SeriesStack => {
    const frames = inGeometricOrder(own.map(({ frame }) => frame))
    const notAVolume = whyNotAVolume(frames.map(({ plane }) => plane))
    return { differs, said: saidOf(own.map(({ frame, json }) => ({ json, frame: frame.ref.frameNumber }))), series: { datasetId, studyInstanceUid: study, seriesInstanceUid: uid, ...(split.length > 1 ? { stack: String(index + 1) } : {}), modality: text(first, '00080060'), description: text(first, '0008103E'), frames, ...(notAVolume ? { notAVolume } : {}) } }
  })
  return {
    stacks,
    facts: { patientName: text(first, '00100010'), patientId: text(first, '00100020'), studyDate: text(first, '00080020'), studyDescription: text(first, '00081030'), first },
  }
}
