import { readPart10, UnreadableFile } from '../../dicom/file/read.ts'
import { toDicomJson, type DicomJson } from '../../dicom/file/json.ts'
import { isUid } from '../../dicom/web/uid.ts'
import { Refusal } from '../problem.ts'

/** What users may write: SR, SEG, RTSTRUCT, KO, PR, Parametric Map, Spatial Registration (hub.md, What users write). */
const writable = new Set([
  '1.2.840.10008.5.1.4.1.1.88.11', '1.2.840.10008.5.1.4.1.1.88.22', '1.2.840.10008.5.1.4.1.1.88.33', '1.2.840.10008.5.1.4.1.1.88.34', '1.2.840.10008.5.1.4.1.1.88.59',
  '1.2.840.10008.5.1.4.1.1.66.4', '1.2.840.10008.5.1.4.1.1.66.7', '1.2.840.10008.5.1.4.1.1.481.3', '1.2.840.10008.5.1.4.1.1.11.1', '1.2.840.10008.5.1.4.1.1.30', '1.2.840.10008.5.1.4.1.1.66.1',
])

export type Gated = { readonly sopClassUid: string; readonly seriesInstanceUid: string }

const valueOf = (json: DicomJson, tag: string): unknown => json[tag]?.Value?.[0]
const saysResearch = (json: DicomJson): boolean => JSON.stringify(json).toLowerCase().includes('research use only')

/** Values of the elements of a data set and of all items in it; `depth` 0 is the data set itself. */
function* elementsOf(json: DicomJson, depth = 0): Generator<{ readonly tag: string; readonly vr: string; readonly values: readonly unknown[]; readonly depth: number }> {
  for (const [tag, { vr, Value = [] }] of Object.entries(json)) {
    if (vr === 'SQ') for (const item of Value as DicomJson[]) yield* elementsOf(item, depth + 1)
    else yield { tag, vr, values: Value, depth }
  }
}
/** What a reference names must be of the study, and a series of it that its author may see. */
const wrongReference = (json: DicomJson, study: string, series: ReadonlySet<string>): string | undefined => {
  for (const { tag, vr, values, depth } of elementsOf(json)) {
    if (vr === 'UI' && values.some((value) => value !== null && !isUid(value))) return `what stands in ${tag} is not a UID`
    if (depth === 0) continue
    if (tag === '0020000D' && values.some((value) => value !== study)) return 'it refers to images of another study'
    if (tag === '0020000E' && values.some((value) => !series.has(String(value)))) return 'it refers to a series that is not in the study'
  }
  return undefined
}

/**
 * Looks at an object before a byte of it reaches an archive.
 * @param expected.seenSeries the study's series that its author may see: what it may refer to
 * @throws Refusal unprocessable, naming what is wrong with it
 */
export const passWriteGate = async (bytes: Uint8Array, expected: { instance: string; study: string; subject: string; studyDate: string | null; seenSeries: ReadonlySet<string> }): Promise<Gated> => {
  const refuse = (detail: string): never => { throw new Refusal('unprocessable', detail) }
  if (bytes.subarray(0, 128).some((byte) => byte !== 0)) refuse('the preamble is not empty')
  const file = await readPart10(bytes).catch((error: unknown) => {
    if (error instanceof UnreadableFile) throw new Refusal('unprocessable', error.message)
    throw error
  })
  const json = toDicomJson(file)
  // An archive may read the first of two values, or both as one.
  for (const tag of ['00080016', '00080018', '0020000D', '0020000E']) if (json[tag]?.Value?.length !== 1 || !isUid(valueOf(json, tag))) refuse(`what stands in ${tag} is not a UID`)
  const [sopClassUid, seriesInstanceUid] = [String(valueOf(json, '00080016')), String(valueOf(json, '0020000E'))]
  if (!writable.has(sopClassUid)) refuse('only reports, segmentations and the like can be written')
  if (valueOf(json, '00080018') !== expected.instance) refuse('the SOP Instance UID is not the one of the address')
  if (valueOf(json, '0020000D') !== expected.study) refuse('the Study Instance UID is not the one named')
  if ((valueOf(json, '00100020') ?? '') !== expected.subject) refuse('the Patient ID is not that of the study')
  if ((valueOf(json, '00080020') ?? '') !== (expected.studyDate ?? '')) refuse('the Study Date is not that of the study')
  const wrong = wrongReference(json, expected.study, expected.seenSeries)
  if (wrong) refuse(wrong)
  if (!saysResearch(json)) refuse('it does not say that it is for research use only')
  return { sopClassUid, seriesInstanceUid }
}
