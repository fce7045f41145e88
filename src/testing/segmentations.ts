import { toDicomJson } from '../dicom/file/json.ts'
import { readPart10 } from '../dicom/file/read.ts'
import { encodeSegmentation } from '../dicom/seg/encode.ts'
import { syntheticCt, uidOf } from './dicom.ts'

const lesion = { value: '52988006', scheme: 'SCT', meaning: 'Lesion' }
const structure = { value: '49755003', scheme: 'SCT', meaning: 'Morphologically Abnormal Structure' }

/** Names of a true outline over the generated CT of a patient: a SEG in the study of the images, in a series of its own. */
export const outlineOf = (patientId: string) => ({ study: uidOf(`${patientId}/study`), series: uidOf(`${patientId} truth series`), instance: uidOf(`${patientId} truth`) })

/** That outline as a file: a lesion of a quarter of the image on the middle of three slices. */
export const trueOutline = async (patientId: string): Promise<Uint8Array<ArrayBuffer>> => {
  const json = await Promise.all(syntheticCt({ patientId }).map(async (file) => toDicomJson(await readPart10(file))))
  const { study, series, instance } = outlineOf(patientId)
  const frames = json.map((_, slice) => ({
    ref: { studyInstanceUid: study, seriesInstanceUid: uidOf(`${patientId}/study/series`), sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: uidOf(`${patientId}/study/series/${slice}`), frameNumber: 1 },
    plane: { origin: [-32, -32, slice * 2] as const, rowDirection: [1, 0, 0] as const, columnDirection: [0, 1, 0] as const, rowSpacingMm: 1, columnSpacingMm: 1, rows: 64, columns: 64 },
    frameOfReferenceUid: uidOf(`${patientId}/study/frame`),
  }))
  const data = new Uint8Array(64 * 64 * 3)
  for (let row = 0; row < 32; row++) data.fill(1, 64 * 64 + row * 64, 64 * 64 + row * 64 + 32)
  return encodeSegmentation({
    frames, labelMap: { columns: 64, rows: 64, slices: 3, data }, segments: [{ number: 1, label: 'L1', category: structure, type: lesion, colour: [228, 26, 28], trackingId: 'L1', trackingUid: uidOf('L1') }],
    algorithm: { type: 'AUTOMATIC', name: 'Truth of the phantom', version: '1', modelSha256: '' }, sopInstanceUid: instance, seriesInstanceUid: series, seriesNumber: 100, instanceNumber: 1, source: json[0] ?? {}, creator: 'Phantom',
    device: { uid: uidOf('device'), name: 'Phantom', version: '1' }, date: '20260105', time: '120000',
  })
}
