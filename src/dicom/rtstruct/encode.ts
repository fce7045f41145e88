import { toDecimalString } from '../../domain/measurement/measure.ts'
import type { Contour, ContourImage, Structure, StructureObservation, StructureReferences, StructureSet } from '../../domain/segmentation/structures.ts'
import { fitted } from '../file/elements.ts'
import { creatorOf, headerOf, type ObjectHeader } from '../file/header.ts'
import { encodePart10, type NaturalDataset } from '../file/write.ts'
import { rtStructureSetStorage, studyManagement } from './tags.ts'

const imageItem = ({ sopClassUid, sopInstanceUid, frameNumbers }: ContourImage): NaturalDataset => ({
  ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid, ...(frameNumbers ? { ReferencedFrameNumber: [...frameNumbers] } : {}),
})

const contourItem = ({ kind, points, images, number, kept }: Contour): NaturalDataset => ({
  ...(images.length > 0 ? { ContourImageSequence: images.map(imageItem) } : {}), ContourGeometricType: kind, NumberOfContourPoints: points.length, ...(number === undefined ? {} : { ContourNumber: number }),
  ContourData: points.flat().map(toDecimalString), ...kept,
})

const contoursItem = ({ number, colour, contours, unread = [], keptOfContours }: Structure): NaturalDataset => {
  const items = [...contours.map(contourItem), ...unread]
  return { ...(colour ? { ROIDisplayColor: [...colour] } : {}), ...(items.length > 0 ? { ContourSequence: items } : {}), ReferencedROINumber: number, ...keptOfContours }
}

/** Tracking ID and UID are those of a segment (PS3.3 C.8.20.4), here as additional attributes (PS3.4 B.1, standard extended). */
const roiItem = ({ number, name, description, algorithm, frameOfReferenceUid, trackingId, trackingUid, kept }: Structure): NaturalDataset => ({
  ROINumber: number, ReferencedFrameOfReferenceUID: frameOfReferenceUid, ROIName: fitted(name, 64), ...(description ? { ROIDescription: description } : {}), ROIGenerationAlgorithm: algorithm,
  ...(trackingId ? { TrackingID: trackingId } : {}), ...(trackingUid ? { TrackingUID: trackingUid } : {}), ...kept,
})

const observationItem = (structure: number, { number, label, description, interpretedType, interpreter, codes, kept }: StructureObservation): NaturalDataset => ({
  ObservationNumber: number, ReferencedROINumber: structure, ...(label ? { ROIObservationLabel: fitted(label, 16) } : {}), ...(description ? { ROIObservationDescription: description } : {}),
  ...(codes.length > 0 ? { RTROIIdentificationCodeSequence: codes.map(({ value, scheme, meaning }) => ({ CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning })) } : {}),
  RTROIInterpretedType: interpretedType, ROIInterpreter: interpreter, ...kept,
})

const referencesItem = ({ frameOfReferenceUid, studies, kept }: StructureReferences): NaturalDataset => ({
  FrameOfReferenceUID: frameOfReferenceUid, ...kept,
  ...(studies.length > 0 ? {
    RTReferencedStudySequence: studies.map((study) => ({
      ReferencedSOPClassUID: studyManagement, ReferencedSOPInstanceUID: study.studyInstanceUid, ...study.kept,
      RTReferencedSeriesSequence: study.series.map(({ seriesInstanceUid, images, kept: keptOfSeries }) => ({ SeriesInstanceUID: seriesInstanceUid, ContourImageSequence: images.map(imageItem), ...keptOfSeries })),
    })),
  } : {}),
})

/** @throws Error naming what does not fit */
const check = ({ structures }: StructureSet): void => {
  if (structures.length === 0) throw new Error('a structure set has one structure at least')
  const numbers = structures.map(({ number }) => number)
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index)
  if (twice !== undefined) throw new Error(`two structures have the number ${twice}`)
  for (const { name, number, frameOfReferenceUid, contours, observations } of structures) {
    const who = name || `structure ${number}`
    if (!frameOfReferenceUid) throw new Error(`${who} lies in no frame of reference`)
    if (observations.length === 0) throw new Error(`of ${who} nothing is said: a structure has one observation at least`)
    if (contours.some(({ points }) => points.length === 0)) throw new Error(`a contour of ${who} has no points`)
  }
}

/**
 * Structures as a DICOM RT Structure Set (PS3.3 A.19), as a Part 10 file: UNAPPROVED, whatever it was made from. Coordinates are written
 * as decimal strings of at most 16 characters. The same content gives the same bytes.
 * @throws Error naming what does not fit: no structure, a number twice, no frame of reference, no observation, a contour without points
 */
export const encodeStructureSet = (structureSet: StructureSet, header: ObjectHeader): Uint8Array<ArrayBuffer> => {
  check(structureSet)
  const { label, name, description, date, time, references, structures, kept } = structureSet
  return encodePart10({
    ...headerOf(header, { sopClassUid: rtStructureSetStorage, modality: 'RTSTRUCT', description: name || label || 'Structures' }), OperatorsName: creatorOf(header),
    FrameOfReferenceUID: references[0]?.frameOfReferenceUid ?? structures[0]?.frameOfReferenceUid, PositionReferenceIndicator: '',
    StructureSetLabel: fitted(label, 16), ...(name ? { StructureSetName: fitted(name, 64) } : {}), ...(description ? { StructureSetDescription: description } : {}), StructureSetDate: date, StructureSetTime: time,
    ...(references.length > 0 ? { ReferencedFrameOfReferenceSequence: references.map(referencesItem) } : {}),
    StructureSetROISequence: structures.map(roiItem), ROIContourSequence: structures.map(contoursItem),
    RTROIObservationsSequence: structures.flatMap((structure) => structure.observations.map((one) => observationItem(structure.number, one))),
    ApprovalStatus: 'UNAPPROVED', ...kept,
  })
}
