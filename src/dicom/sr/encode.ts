import type { Measurement } from '../../domain/measurement/types.ts'
import { encodePart10 } from '../file/write.ts'
import type { DicomJson } from '../file/json.ts'
import { coded, code, container, image, imageCoordinates, numeric, personName, spaceCoordinates, text, uid, type ContentItem } from './content.ts'
import { patientAndStudy } from './source.ts'

export const comprehensive3dSr = '1.2.840.10008.5.1.4.1.1.88.34'
export const researchUseOnly = 'Research use only'

export type Report = {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly seriesNumber: number
  readonly instanceNumber: number
  /** An image of the study, in the JSON model: patient and study are taken over from it. */
  readonly source: DicomJson
  readonly observer: string
  readonly device: { readonly uid: string; readonly name: string; readonly version: string }
  /** YYYYMMDD, HHMMSS. */
  readonly date: string
  readonly time: string
  readonly measurements: readonly Measurement[]
  /** The report that this one replaces. */
  readonly predecessor?: { readonly sopInstanceUid: string; readonly seriesInstanceUid: string }
}

/** TID 1501, one group a mark: what is tracked, then the number inferred from its own coordinates (TID 300, 320). */
const groupOf = (mark: Measurement): ContentItem => {
  const { place } = mark
  const coordinates = place.kind === 'image'
    ? imageCoordinates('POLYLINE', place.points, image('SELECTED FROM', 'source', place.frame.sopClassUid, place.frame.sopInstanceUid, place.frame.frameNumber > 1 ? place.frame.frameNumber : undefined))
    : spaceCoordinates('POLYLINE', place.points, place.frameOfReferenceUid)
  return container('group', [
    text('HAS OBS CONTEXT', 'trackingId', mark.trackingId), uid('HAS OBS CONTEXT', 'trackingUid', mark.trackingUid),
    ...mark.values.filter(({ quantity }) => quantity === 'length').map((value) => numeric('length', value.unit === 'mm' ? 'mm' : 'px', value.text, [coordinates])),
  ], '1501')
}

/** Every image referred to, once, by study and series (PS3.3 C.17.2: Current Requested Procedure Evidence). */
const evidenceOf = (study: unknown, measurements: readonly Measurement[]): ContentItem[] => {
  const series = new Map<string, Map<string, string>>()
  for (const { place } of measurements) {
    if (place.kind !== 'image') continue
    const instances = series.get(place.frame.seriesInstanceUid) ?? new Map<string, string>()
    series.set(place.frame.seriesInstanceUid, instances.set(place.frame.sopInstanceUid, place.frame.sopClassUid))
  }
  if (series.size === 0) return []
  return [{
    StudyInstanceUID: study,
    ReferencedSeriesSequence: [...series].map(([SeriesInstanceUID, instances]) => ({
      SeriesInstanceUID, ReferencedSOPSequence: [...instances].map(([ReferencedSOPInstanceUID, ReferencedSOPClassUID]) => ({ ReferencedSOPClassUID, ReferencedSOPInstanceUID })),
    })),
  }]
}

/**
 * Measurements as a Comprehensive 3D SR by TID 1500 "Measurement Report" (PS3.16), as a Part 10 file. A mark on an acquired frame
 * is SCOORD + IMAGE, one on a reformatted plane SCOORD3D.
 * @throws Error where a mark has no number to report
 */
export const encodeReport = (report: Report): Uint8Array<ArrayBuffer> => {
  const unmeasured = report.measurements.find(({ values }) => values.length === 0)
  if (unmeasured) throw new Error(`${unmeasured.trackingId} has no value to report`)
  const patient = patientAndStudy(report.source)
  const evidence = evidenceOf(patient['StudyInstanceUID'], report.measurements)
  const images = evidence.flatMap((study) => (study['ReferencedSeriesSequence'] as { ReferencedSOPSequence: { ReferencedSOPClassUID: string; ReferencedSOPInstanceUID: string }[] }[]).flatMap((series) => series.ReferencedSOPSequence))
  return encodePart10({
    SpecificCharacterSet: 'ISO_IR 192', InstanceCreationDate: report.date, InstanceCreationTime: report.time, SOPClassUID: comprehensive3dSr, SOPInstanceUID: report.sopInstanceUid, ...patient,
    ContentDate: report.date, ContentTime: report.time, SeriesDate: report.date, SeriesTime: report.time, Modality: 'SR', SeriesInstanceUID: report.seriesInstanceUid, SeriesNumber: report.seriesNumber,
    SeriesDescription: `Measurements - ${researchUseOnly.toLowerCase()}`, ReferencedPerformedProcedureStepSequence: [], Manufacturer: 'Cancer Image Workbench', ManufacturerModelName: report.device.name,
    DeviceSerialNumber: report.device.uid, SoftwareVersions: report.device.version, InstanceNumber: report.instanceNumber, CompletionFlag: 'PARTIAL', VerificationFlag: 'UNVERIFIED', PerformedProcedureCodeSequence: [],
    ...(evidence.length > 0 ? { CurrentRequestedProcedureEvidenceSequence: evidence } : {}),
    ...(report.predecessor ? {
      PredecessorDocumentsSequence: [{ StudyInstanceUID: patient['StudyInstanceUID'], ReferencedSeriesSequence: [{ SeriesInstanceUID: report.predecessor.seriesInstanceUid, ReferencedSOPSequence: [{ ReferencedSOPClassUID: comprehensive3dSr, ReferencedSOPInstanceUID: report.predecessor.sopInstanceUid }] }] }],
    } : {}),
    ValueType: 'CONTAINER', ConceptNameCodeSequence: [code('report')], ContinuityOfContent: 'SEPARATE', ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: '1500' }],
    ContentSequence: [
      coded('HAS CONCEPT MOD', 'language', 'english'),
      coded('HAS OBS CONTEXT', 'observerType', 'person'), personName('personName', report.observer),
      coded('HAS OBS CONTEXT', 'observerType', 'device'), uid('HAS OBS CONTEXT', 'deviceUid', report.device.uid), text('HAS OBS CONTEXT', 'deviceName', report.device.name),
      text('HAS OBS CONTEXT', 'deviceManufacturer', 'Cancer Image Workbench'), text('HAS OBS CONTEXT', 'deviceModel', `${report.device.name} ${report.device.version}`),
      coded('HAS CONCEPT MOD', 'procedure', 'imaging'),
      ...(images.length > 0 ? [container('imageLibrary', [container('imageLibraryGroup', images.map(({ ReferencedSOPClassUID, ReferencedSOPInstanceUID }) => image('CONTAINS', undefined, ReferencedSOPClassUID, ReferencedSOPInstanceUID, undefined)))])] : []),
      container('measurements', report.measurements.map(groupOf)),
      text('CONTAINS', 'comment', researchUseOnly),
    ],
  })
}
