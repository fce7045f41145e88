import type { NaturalDataset } from '../dicom/file/write.ts'
import { hashText, uidFrom } from './random.ts'

export type Patient = { readonly id: string; readonly name: string; readonly sex: 'M' | 'F'; readonly birthYear: number }

/** What every generated study states, whatever is in its images. */
export type Study = {
  readonly patient: Patient
  /** YYYYMMDD */
  readonly date: string
  readonly description: string
  /** Institution Name; the makers of scanners are named by each kind of study. */
  readonly institution: string
}

/** Study Instance UID and all other identifiers come from this text: the same study, the same identifiers. */
export const keyOf = ({ patient, date, description }: Study): string => `${patient.id}/${date}/${description}`
export const studyUidOf = (study: Study): string => uidFrom(keyOf(study))
export const seriesUidOf = (study: Study, seriesNumber: number): string => uidFrom(`${keyOf(study)}/${seriesNumber}`)
export const instanceUidOf = (study: Study, seriesNumber: number, instanceNumber: number): string => uidFrom(`${keyOf(study)}/${seriesNumber}/${instanceNumber}`)
/** Frame of reference of the study: each time point has its own. */
export const frameUidOf = (study: Study): string => uidFrom(`${keyOf(study)}/frame`)

/** Patient and study attributes (PS3.3 C.7.1.1, C.7.2.1) of a generated study. */
export const patientAndStudy = (study: Study): NaturalDataset => {
  const { patient: { id, name, sex, birthYear }, date, description, institution } = study
  return {
    SpecificCharacterSet: 'ISO_IR 192', StudyDate: date, StudyTime: '101500', AccessionNumber: `G${hashText(keyOf(study))}`, InstitutionName: institution, ReferringPhysicianName: '', StudyDescription: description,
    PatientName: name, PatientID: id, PatientBirthDate: `${birthYear}0101`, PatientSex: sex, PatientAge: `${String(Number(date.slice(0, 4)) - birthYear).padStart(3, '0')}Y`,
    PatientIdentityRemoved: 'YES', DeidentificationMethod: 'Generated: no person is shown', StudyInstanceUID: studyUidOf(study), StudyID: '1', BurnedInAnnotation: 'NO',
  }
}
