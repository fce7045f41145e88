import { toDicomJson, type DicomJson } from '../dicom/file/json.ts'
import { readPart10 } from '../dicom/file/read.ts'
import { measure, pointsOf, roundPlace } from '../domain/measurement/measure.ts'
import type { Report } from '../dicom/sr/encode.ts'
import type { Measurement, MeasurementKind, Place } from '../domain/measurement/types.ts'
import { syntheticCt, uidOf, type SyntheticCt } from './dicom.ts'

/** DICOM JSON of the first instance of a generated CT: what a report copies patient and study from. */
export const sourceOf = async (options: SyntheticCt = {}): Promise<DicomJson> => {
  const [first] = syntheticCt(options)
  if (!first) throw new Error('a generated CT has at least one slice')
  return toDicomJson(await readPart10(first))
}

const textOf = (json: DicomJson, tag: string): string => String(json[tag]?.Value?.[0] ?? '')

/** The place of points drawn on the instance that the JSON describes. */
export const onInstance = (json: DicomJson, points: readonly (readonly [number, number])[]): Place => roundPlace({
  kind: 'image', points,
  frame: { studyInstanceUid: textOf(json, '0020000D'), seriesInstanceUid: textOf(json, '0020000E'), sopClassUid: textOf(json, '00080016'), sopInstanceUid: textOf(json, '00080018'), frameNumber: 1 },
})

/** A finished mark as drawing would have made it, on pixels of 0.9 (rows) by 0.6 mm (columns) or without calibration. */
export const markOf = (kind: MeasurementKind, place: Place, { id = 'M1', label = '', calibrated = true }: { id?: string; label?: string; calibrated?: boolean } = {}): Measurement => {
  if (place.points.length < pointsOf[kind]) throw new Error(`a ${kind} needs ${pointsOf[kind]} points`)
  return { trackingUid: uidOf(`mark ${id}`), trackingId: id, kind, label, place, values: measure(kind, place, calibrated ? { rowSpacingMm: 0.9, columnSpacingMm: 0.6 } : undefined) }
}

/** All that a report needs beside its marks. */
export const reportOf = (source: DicomJson, measurements: readonly Measurement[], more: Partial<Report> = {}): Report => ({
  measurements, source, observer: 'Rossi^Anna', login: 'clinician', device: { uid: uidOf('device'), name: 'Imaging Workbench', version: '0.1.0' },
  sopInstanceUid: uidOf('report'), seriesInstanceUid: uidOf('report series'), seriesNumber: 900, instanceNumber: 1, date: '20260105', time: '120000', ...more,
})
