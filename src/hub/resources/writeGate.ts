import { readPart10, UnreadableFile } from '../../dicom/file/read.ts'
import { toDicomJson, type DicomJson } from '../../dicom/file/json.ts'
import { Refusal } from '../problem.ts'

/** What users may write: SR, SEG, RTSTRUCT, KO, PR, Parametric Map, Spatial Registration (hub.md, What users write). */
const writable = new Set([
  '1.2.840.10008.5.1.4.1.1.88.11', '1.2.840.10008.5.1.4.1.1.88.22', '1.2.840.10008.5.1.4.1.1.88.33', '1.2.840.10008.5.1.4.1.1.88.34', '1.2.840.10008.5.1.4.1.1.88.59',
  '1.2.840.10008.5.1.4.1.1.66.4', '1.2.840.10008.5.1.4.1.1.66.7', '1.2.840.10008.5.1.4.1.1.481.3', '1.2.840.10008.5.1.4.1.1.11.1', '1.2.840.10008.5.1.4.1.1.30', '1.2.840.10008.5.1.4.1.1.66.1',
])

export type Gated = { readonly sopClassUid: string; readonly seriesInstanceUid: string }

const valueOf = (json: DicomJson, tag: string): unknown => json[tag]?.Value?.[0]
const saysResearch = (json: DicomJson): boolean => JSON.stringify(json).toLowerCase().includes('research use only')

/** Every Referenced Study / evidence item must name the study itself. */
const foreignStudy = (json: DicomJson, study: string): string | undefined => {
  for (const tag of ['0040A375', '00081200']) {
    for (const item of (json[tag]?.Value ?? []) as DicomJson[]) {
      const named = valueOf(item, '0020000D')
      if (typeof named === 'string' && named !== study) return named
    }
  }
  return undefined
}

/**
 * Looks at an object before a byte of it reaches an archive.
 * @throws Refusal unprocessable, naming what is wrong with it
 */
export const passWriteGate = async (bytes: Uint8Array, expected: { instance: string; study: string; subject: string; studyDate: string | null }): Promise<Gated> => {
  const refuse = (detail: string): never => { throw new Refusal('unprocessable', detail) }
  if (bytes.subarray(0, 128).some((byte) => byte !== 0)) refuse('the preamble is not empty')
  const file = await readPart10(bytes).catch((error: unknown) => {
    if (error instanceof UnreadableFile) throw new Refusal('unprocessable', error.message)
    throw error
  })
  const json = toDicomJson(file)
  const sopClassUid = String(valueOf(json, '00080016') ?? '')
  if (!writable.has(sopClassUid)) refuse('only reports, segmentations and the like can be written')
  if (valueOf(json, '00080018') !== expected.instance) refuse('the SOP Instance UID is not the one of the address')
  if (valueOf(json, '0020000D') !== expected.study) refuse('the Study Instance UID is not the one named')
  if ((valueOf(json, '00100020') ?? '') !== expected.subject) refuse('the Patient ID is not that of the study')
  if ((valueOf(json, '00080020') ?? '') !== (expected.studyDate ?? '')) refuse('the Study Date is not that of the study')
  if (foreignStudy(json, expected.study)) refuse('it refers to images of another study')
  if (!saysResearch(json)) refuse('it does not say that it is for research use only')
  const seriesInstanceUid = String(valueOf(json, '0020000E') ?? '')
  if (!seriesInstanceUid) refuse('the Series Instance UID is missing')
  return { sopClassUid, seriesInstanceUid }
}
