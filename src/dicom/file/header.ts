import { code } from '../sr/codes.ts'
import { fitted } from './elements.ts'
import type { DicomJson } from './json.ts'
import { equipmentOf, patientAndStudy } from './source.ts'
import type { NaturalDataset } from './write.ts'

const maker = 'Cancer Image Workbench'
const researchUseOnly = ' - research use only'

/** What every object we write says of itself. */
export type ObjectHeader = {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly seriesNumber: number
  readonly instanceNumber: number
  /** DICOM JSON of an image of the study: patient and study are taken over from it. */
  readonly source: DicomJson
  /** Name of the person who made it. */
  readonly creator: string
  readonly device: { readonly uid: string; readonly name: string; readonly version: string }
  /** YYYYMMDD, HHMMSS. */
  readonly date: string
  readonly time: string
}

/** Backslash and = part values and groups of PN (PS3.5 6.2). */
export const creatorOf = ({ creator }: Pick<ObjectHeader, 'creator'>): string => fitted(creator.replace(/=/g, ' '), 64)

/**
 * Patient, study, series, equipment and SOP common attributes. Series Description ends in "research use only", 64 characters at most.
 */
export const headerOf = (header: ObjectHeader, { sopClassUid, modality, description }: { sopClassUid: string; modality: string; description: string }): NaturalDataset => {
  const { source, device, date, time } = header
  const equipment = equipmentOf(source)
  const { value, scheme, meaning } = code('acquisitionEquipment')
  return {
    SpecificCharacterSet: 'ISO_IR 192', SOPClassUID: sopClassUid, SOPInstanceUID: header.sopInstanceUid, ...patientAndStudy(source),
    InstanceCreationDate: date, InstanceCreationTime: time, SeriesDate: date, SeriesTime: time, TimezoneOffsetFromUTC: '+0000',
    Modality: modality, SeriesInstanceUID: header.seriesInstanceUid, SeriesNumber: header.seriesNumber, InstanceNumber: header.instanceNumber,
    SeriesDescription: `${fitted(description, 64 - researchUseOnly.length)}${researchUseOnly}`,
    Manufacturer: maker, ManufacturerModelName: device.name, DeviceSerialNumber: device.uid, SoftwareVersions: device.version,
    ...(equipment ? { ContributingEquipmentSequence: [{ ...equipment, PurposeOfReferenceCodeSequence: [{ CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning }] }] } : {}),
  }
}
