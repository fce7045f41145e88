import type { DicomJson } from '../file/json.ts'

/** Attributes of patient and study that an object takes over from the images it is about (PS3.3 C.7.1.1, C.7.2.1). */
const copied: readonly (readonly [string, string])[] = [
  ['00100010', 'PatientName'], ['00100020', 'PatientID'], ['00100030', 'PatientBirthDate'], ['00100040', 'PatientSex'], ['00120062', 'PatientIdentityRemoved'], ['00120063', 'DeidentificationMethod'],
  ['0020000D', 'StudyInstanceUID'], ['00080020', 'StudyDate'], ['00080030', 'StudyTime'], ['00080090', 'ReferringPhysicianName'], ['00200010', 'StudyID'], ['00080050', 'AccessionNumber'], ['00081030', 'StudyDescription'],
  ['00101010', 'PatientAge'],
]
/** Type 2: written empty where the images have none. */
const required = new Set(['PatientName', 'PatientID', 'PatientBirthDate', 'PatientSex', 'StudyDate', 'StudyTime', 'ReferringPhysicianName', 'StudyID', 'AccessionNumber'])

const plain = (value: unknown): unknown => (typeof value === 'object' && value !== null && 'Alphabetic' in value ? value.Alphabetic : value)

/** Patient and study of an image (DICOM JSON) by keyword, for an object that refers to it. */
export const patientAndStudy = (image: DicomJson): Record<string, unknown> =>
  Object.fromEntries(copied.flatMap(([tag, keyword]) => {
    const values = (image[tag]?.Value ?? []).map(plain).filter((value) => value !== null)
    if (values.length === 0) return required.has(keyword) ? [[keyword, ''] as const] : []
    return [[keyword, values.length === 1 ? values[0] : values] as const]
  }))
