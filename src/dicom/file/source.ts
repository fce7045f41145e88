import dcmjs from 'dcmjs'
import { personName } from './elements.ts'
import type { DicomJson, JsonElement } from './json.ts'
import type { NaturalDataset } from './write.ts'

/**
 * Patient, study and de-identification attributes that a report copies from its source (PS3.3 C.7.1.1, C.7.2.1, C.7.2.2):
 * what stands here is copied where the source has it, empty values too.
 */
const copied = [
  '00080020', '00080030', '00080050', '00080090', '00081030', '00100010', '00100020', '00100021', '00100030', '00100040', '00101010', '00101020', '00101030',
  '00120062', '00120063', '00120064', '0020000D', '00200010',
]
/** Type 2: written empty where the source lacks them. */
const required = ['StudyDate', 'StudyTime', 'AccessionNumber', 'ReferringPhysicianName', 'PatientName', 'PatientID', 'PatientBirthDate', 'PatientSex', 'StudyID']

const keywordOf = (tag: string): string | undefined => dcmjs.data.DicomMetaDictionary.dictionary[`(${tag.slice(0, 4)},${tag.slice(4)})`]?.name

const natural = ({ vr, Value = [] }: JsonElement): unknown => {
  if (vr === 'SQ') return Value.map((item) => fromJson(item as DicomJson, Object.keys(item as DicomJson)))
  const values = vr === 'PN' ? Value.map(personName) : Value.map((value) => value ?? '')
  return values.length > 1 ? values : values[0] ?? ''
}

const fromJson = (json: DicomJson, tags: readonly string[]): NaturalDataset =>
  Object.fromEntries(tags.flatMap((tag) => {
    const [element, keyword] = [json[tag], keywordOf(tag)]
    return element && keyword ? [[keyword, natural(element)]] : []
  }))

/** Attributes of patient and study as an instance of the study has them. */
export const patientAndStudy = (source: DicomJson): NaturalDataset => ({ ...Object.fromEntries(required.map((keyword) => [keyword, ''])), ...fromJson(source, copied) })

/** Maker and model of the equipment that made the images, for Contributing Equipment; undefined where the source names no maker. */
export const equipmentOf = (source: DicomJson): NaturalDataset | undefined => {
  const equipment = fromJson(source, ['00080070', '00081090', '00181020'])
  return equipment['Manufacturer'] ? equipment : undefined
}
