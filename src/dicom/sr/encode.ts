import type { Measurement } from '../../domain/measurement/types.ts'
import type { DicomJson } from '../file/json.ts'
import { encodePart10, type NaturalDataset } from '../file/write.ts'
import { code, ownScheme } from './codes.ts'
import { encodeGroup } from './group.ts'
import { codeItem, container, libraryItem, nameItem, textItem, uidItem, type ContentItem } from './items.ts'
import { equipmentOf, patientAndStudy } from '../file/source.ts'

export const comprehensive3dSr = '1.2.840.10008.5.1.4.1.1.88.34'
export const researchUseOnly = 'Research use only'

export type Report = {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly seriesNumber: number
  readonly instanceNumber: number
  /** DICOM JSON of an image of the study: patient and study are taken over from it. */
  readonly source: DicomJson
  /** Name of the person, as the grant says it. */
  readonly observer: string
  readonly login?: string
  readonly device: { readonly uid: string; readonly name: string; readonly version: string }
  /** YYYYMMDD, HHMMSS. */
  readonly date: string
  readonly time: string
  readonly measurements: readonly Measurement[]
  /** The reports that this one replaces (0040,A360); they are never overwritten. Several where two browsers wrote from the same one. */
  readonly predecessors?: readonly { readonly sopInstanceUid: string; readonly seriesInstanceUid: string }[]
}

const maker = 'Cancer Image Workbench'

/** A person's name without the characters that part values and groups of PN (PS3.5 6.2). */
const personName = (name: string): string => name.replace(/[\\=]/g, ' ').trim() || 'Unknown'

/** TID 1001: a person (TID 1003), then the device (TID 1004). */
const observers = ({ observer, login, device }: Report): ContentItem[] => [
  codeItem('HAS OBS CONTEXT', 'observerType', 'person'), nameItem('HAS OBS CONTEXT', 'personName', personName(observer)),
  ...(login ? [textItem('HAS OBS CONTEXT', 'personLogin', login)] : []),
  codeItem('HAS OBS CONTEXT', 'observerType', 'device'), uidItem('HAS OBS CONTEXT', 'deviceUid', device.uid), textItem('HAS OBS CONTEXT', 'deviceName', device.name),
  textItem('HAS OBS CONTEXT', 'deviceMaker', maker), textItem('HAS OBS CONTEXT', 'deviceModel', `${device.name} ${device.version}`),
]

/** Each image named in the tree once, by study and series (PS3.3 C.17.2.3). */
const evidence = (measurements: readonly Measurement[]): NaturalDataset[] => {
  const studies = new Map<string, Map<string, Map<string, string>>>()
  for (const { place } of measurements) {
    if (place.kind !== 'image') continue
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid } = place.frame
    const series = studies.get(studyInstanceUid) ?? new Map<string, Map<string, string>>()
    studies.set(studyInstanceUid, series)
    const instances = series.get(seriesInstanceUid) ?? new Map<string, string>()
    series.set(seriesInstanceUid, instances)
    instances.set(sopInstanceUid, sopClassUid)
  }
  return [...studies].map(([StudyInstanceUID, series]) => ({
    StudyInstanceUID,
    ReferencedSeriesSequence: [...series].map(([SeriesInstanceUID, instances]) => ({
      SeriesInstanceUID,
      ReferencedSOPSequence: [...instances].map(([ReferencedSOPInstanceUID, ReferencedSOPClassUID]) => ({ ReferencedSOPClassUID, ReferencedSOPInstanceUID })),
    })),
  }))
}

/** TID 1600: every image referred to, once. */
const imageLibrary = (measurements: readonly Measurement[]): ContentItem[] => {
  const images = new Map(measurements.flatMap(({ place }) => (place.kind === 'image' ? [[place.frame.sopInstanceUid, place.frame.sopClassUid] as const] : [])))
  if (images.size === 0) return []
  return [container('CONTAINS', 'imageLibrary', [container('CONTAINS', 'imageLibraryGroup', [...images].map(([instance, sopClass]) => libraryItem(sopClass, instance)))])]
}

/**
 * Marks of one study as a Comprehensive 3D SR of TID 1500 (PS3.3 A.35.13, PS3.16), as a Part 10 file. PARTIAL and UNVERIFIED:
 * nobody signed it. The same report gives the same bytes.
 * @throws Error where a mark other than an arrow has no number to report
 */
export const encodeReport = (report: Report): Uint8Array<ArrayBuffer> => {
  const { measurements, source, device, date, time, predecessors = [] } = report
  const unmeasured = measurements.find(({ kind, values }) => kind !== 'arrow' && values.length === 0)
  if (unmeasured) throw new Error(`${unmeasured.trackingId} has no value to report`)
  const study = patientAndStudy(source)
  const references = evidence(measurements)
  const equipment = equipmentOf(source)
  const { value, scheme, meaning } = code('acquisitionEquipment')
  return encodePart10({
    SpecificCharacterSet: 'ISO_IR 192', SOPClassUID: comprehensive3dSr, SOPInstanceUID: report.sopInstanceUid, ...study,
    InstanceCreationDate: date, InstanceCreationTime: time, SeriesDate: date, SeriesTime: time, ContentDate: date, ContentTime: time,
    TimezoneOffsetFromUTC: '+0000', Modality: 'SR', SeriesInstanceUID: report.seriesInstanceUid, SeriesNumber: report.seriesNumber, InstanceNumber: report.instanceNumber,
    SeriesDescription: `Measurements - ${researchUseOnly.toLowerCase()}`,
    Manufacturer: maker, ManufacturerModelName: device.name, DeviceSerialNumber: device.uid, SoftwareVersions: device.version,
    ...(equipment ? { ContributingEquipmentSequence: [{ ...equipment, PurposeOfReferenceCodeSequence: [{ CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning }] }] } : {}),
    ReferencedPerformedProcedureStepSequence: [], PerformedProcedureCodeSequence: [], CompletionFlag: 'PARTIAL', VerificationFlag: 'UNVERIFIED',
    CodingSchemeIdentificationSequence: [ownScheme],
    ...(references.length > 0 ? { CurrentRequestedProcedureEvidenceSequence: references } : {}),
    ...(predecessors.length > 0 ? {
      PredecessorDocumentsSequence: [{
        StudyInstanceUID: study['StudyInstanceUID'],
        ReferencedSeriesSequence: [...new Set(predecessors.map(({ seriesInstanceUid }) => seriesInstanceUid))].map((SeriesInstanceUID) => ({
          SeriesInstanceUID,
          ReferencedSOPSequence: predecessors.filter(({ seriesInstanceUid }) => seriesInstanceUid === SeriesInstanceUID).map(({ sopInstanceUid }) => ({ ReferencedSOPClassUID: comprehensive3dSr, ReferencedSOPInstanceUID: sopInstanceUid })),
        })),
      }],
    } : {}),
    ...container(undefined, 'report', [
      codeItem('HAS CONCEPT MOD', 'language', 'english'), ...observers(report), codeItem('HAS CONCEPT MOD', 'procedureReported', 'imagingProcedure'),
      ...imageLibrary(measurements), container('CONTAINS', 'measurements', measurements.map(encodeGroup)), textItem('CONTAINS', 'comment', researchUseOnly),
    ], '1500'),
  })
}
