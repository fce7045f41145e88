import { toDecimalString } from '../../domain/measurement/measure.ts'
import { cross, dot, subtract } from '../../domain/geometry/plane.ts'
import type { FramePlane, Vec3 } from '../../domain/geometry/points.ts'
import type { FrameRef } from '../../domain/measurement/types.ts'
import type { CodedConcept, LabelMap, Segment } from '../../domain/segmentation/types.ts'
import type { ObjectHeader } from '../file/header.ts'
import { equipmentOf, patientAndStudy } from '../file/source.ts'
import { encodePart10, type NaturalDataset } from '../file/write.ts'
import { code } from '../sr/codes.ts'
import { packBits } from './bits.ts'
import { toDicomLab } from './colour.ts'
import { whyNoSegmentation } from './lattice.ts'

export const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4'
const maker = 'Cancer Image Workbench'
const researchUseOnly = ' - research use only'

/** A frame that was segmented, and where it lies. */
export type SegmentedFrame = { readonly ref: FrameRef; readonly plane: FramePlane; readonly frameOfReferenceUid: string }

/** What was outlined, on which frames, by what. */
export type SegmentationContent = {
  /** All frames of the series in geometric order: frame k belongs to slice k of the label map. */
  readonly frames: readonly SegmentedFrame[]
  readonly labelMap: LabelMap
  /** Numbers from 1 without a gap. */
  readonly segments: readonly Segment[]
  readonly algorithm: { readonly type: 'AUTOMATIC' | 'SEMIAUTOMATIC' | 'MANUAL'; readonly name: string; readonly version: string; readonly modelSha256: string; /** What whoever reads the object must know of the algorithm; it stands with each segment. */ readonly caution?: string }
}
export type Segmentation = SegmentationContent & ObjectHeader

const coded = ({ value, scheme, meaning }: CodedConcept): NaturalDataset => ({ CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning })
const decimals = (values: readonly number[]): string[] => values.map(toDecimalString)

/** mm from slice to slice along the normal; the slice thickness is taken as much. */
const sliceStep = (frames: readonly SegmentedFrame[]): number => {
  const [first, last] = [frames[0]?.plane, frames.at(-1)?.plane]
  if (!first || !last || frames.length < 2) return 1
  return Math.abs(dot(subtract(last.origin, first.origin), cross(first.rowDirection, first.columnDirection))) / (frames.length - 1)
}

/**
 * @throws Error naming what does not fit: sizes, numbers of segments, frames of another lattice, or nothing outlined at all
 */
const check = ({ frames, labelMap, segments }: SegmentationContent): void => {
  const { columns, rows, slices, data } = labelMap
  const [first] = frames
  if (!first || frames.length !== slices) throw new Error(`the label map has ${slices} slices and the series ${frames.length} frames in space`)
  if (data.length !== columns * rows * slices) throw new Error(`the label map has ${data.length} voxels where ${columns * rows * slices} are expected`)
  if (segments.some(({ number }, index) => number !== index + 1)) throw new Error('segments are numbered from 1 without a gap')
  if (first.plane.rows !== rows || first.plane.columns !== columns || whyNoSegmentation(frames)) throw new Error('the frames of the series do not lie on one lattice')
}

const describe = ({ number, label, category, type, anatomicRegion, colour, trackingId, trackingUid }: Segment, { type: kind, name, version, modelSha256, caution }: SegmentationContent['algorithm']): NaturalDataset => ({
  SegmentNumber: number, SegmentLabel: label.slice(0, 64), ...(caution ? { SegmentDescription: caution } : {}), SegmentedPropertyCategoryCodeSequence: [coded(category)], SegmentedPropertyTypeCodeSequence: [coded(type)],
  ...(anatomicRegion ? { AnatomicRegionSequence: [coded(anatomicRegion)] } : {}),
  SegmentAlgorithmType: kind, RecommendedDisplayCIELabValue: [...toDicomLab(colour)], TrackingID: trackingId, TrackingUID: trackingUid,
  ...(kind === 'MANUAL' ? {} : {
    SegmentAlgorithmName: name.slice(0, 64),
    SegmentationAlgorithmIdentificationSequence: [{ AlgorithmFamilyCodeSequence: [coded(code('artificialIntelligence'))], AlgorithmName: name.slice(0, 64), AlgorithmVersion: version.slice(0, 64), AlgorithmParameters: `model sha256 ${modelSha256}${caution ? `; caution: ${caution}` : ''}` }],
  }),
})

/** One frame of the segmentation: a segment on a slice where it is not empty. */
type Kept = { readonly segment: number; readonly slice: number; readonly bits: Uint8Array }
const keptFrames = ({ labelMap: { columns, rows, slices, data }, segments }: SegmentationContent): Kept[] => {
  const size = columns * rows
  return segments.flatMap(({ number }) => Array.from({ length: slices }, (_, slice) => slice).flatMap((slice): Kept[] => {
    const labels = data.subarray(slice * size, (slice + 1) * size)
    return labels.includes(number) ? [{ segment: number, slice, bits: labels.map((label) => (label === number ? 1 : 0)) }] : []
  }))
}

const sourceItem = ({ ref: { sopClassUid, sopInstanceUid, frameNumber } }: SegmentedFrame, multiFrame: boolean): NaturalDataset => ({
  ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid, ...(multiFrame ? { ReferencedFrameNumber: frameNumber } : {}), PurposeOfReferenceCodeSequence: [coded(code('imageForProcessing'))],
})

/**
 * A label map as a DICOM Segmentation (PS3.3 A.51), BINARY, one bit a voxel, frames only where a segment is not empty, as a Part 10
 * file. Patient coordinates and frame of reference are those of the source. The same content gives the same bytes.
 * @throws Error naming what does not fit; a label map in which no segment has a voxel is one such
 */
export const encodeSegmentation = (segmentation: Segmentation): Uint8Array<ArrayBuffer> => {
  check(segmentation)
  const { frames, labelMap: { columns, rows }, segments, algorithm, source, device, date, time, creator } = segmentation
  const kept = keptFrames(segmentation)
  const [first] = frames
  if (!first || kept.length === 0) throw new Error('nothing is outlined')
  const { plane } = first
  const study = patientAndStudy(source)
  const equipment = equipmentOf(source)
  const multiFrame = new Set(frames.map(({ ref }) => ref.sopInstanceUid)).size < frames.length
  const instances = new Map(frames.map(({ ref }) => [ref.sopInstanceUid, ref.sopClassUid]))
  const step = toDecimalString(sliceStep(frames))
  const slicesUsed = [...new Set(kept.map(({ slice }) => slice))].sort((a, b) => a - b)
  const dimension = `${segmentation.sopInstanceUid}`
  const lossy = (source['00282110']?.Value?.[0] ?? '00') === '01'
  const described = algorithm.name.slice(0, 64 - researchUseOnly.length)
  return encodePart10({
    SpecificCharacterSet: 'ISO_IR 192', ImageType: ['DERIVED', 'PRIMARY'], SOPClassUID: segmentationStorage, SOPInstanceUID: segmentation.sopInstanceUid, ...study,
    InstanceCreationDate: date, InstanceCreationTime: time, SeriesDate: date, SeriesTime: time, ContentDate: date, ContentTime: time, TimezoneOffsetFromUTC: '+0000',
    Modality: 'SEG', SeriesInstanceUID: segmentation.seriesInstanceUid, SeriesNumber: segmentation.seriesNumber, InstanceNumber: segmentation.instanceNumber,
    SeriesDescription: `${described}${researchUseOnly}`, Manufacturer: maker, ManufacturerModelName: device.name, DeviceSerialNumber: device.uid, SoftwareVersions: device.version,
    ...(equipment ? { ContributingEquipmentSequence: [{ ...equipment, PurposeOfReferenceCodeSequence: [coded(code('acquisitionEquipment'))] }] } : {}),
    FrameOfReferenceUID: first.frameOfReferenceUid, PositionReferenceIndicator: '',
    SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', NumberOfFrames: kept.length, Rows: rows, Columns: columns, BitsAllocated: 1, BitsStored: 1, HighBit: 0, PixelRepresentation: 0,
    LossyImageCompression: lossy ? '01' : '00',
    ...(lossy ? { LossyImageCompressionRatio: source['00282112']?.Value ?? [], LossyImageCompressionMethod: source['00282114']?.Value ?? [] } : {}),
    SegmentationType: 'BINARY', SegmentsOverlap: 'NO', ContentLabel: 'SEGMENTATION', ContentDescription: described, ContentCreatorName: creator.replace(/[\\=]/g, ' ').trim(),
    SegmentSequence: segments.map((segment) => describe(segment, algorithm)),
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: dimension }],
    DimensionIndexSequence: [
      { DimensionOrganizationUID: dimension, DimensionIndexPointer: 0x0062000b, FunctionalGroupPointer: 0x0062000a, DimensionDescriptionLabel: 'Segment' },
      { DimensionOrganizationUID: dimension, DimensionIndexPointer: 0x00200032, FunctionalGroupPointer: 0x00209113, DimensionDescriptionLabel: 'Position' },
    ],
    ReferencedSeriesSequence: [{ SeriesInstanceUID: first.ref.seriesInstanceUid, ReferencedInstanceSequence: [...instances].map(([ReferencedSOPInstanceUID, ReferencedSOPClassUID]) => ({ ReferencedSOPClassUID, ReferencedSOPInstanceUID })) }],
    SharedFunctionalGroupsSequence: [{
      PixelMeasuresSequence: [{ PixelSpacing: decimals([plane.rowSpacingMm, plane.columnSpacingMm]), SliceThickness: step, SpacingBetweenSlices: step }],
      PlaneOrientationSequence: [{ ImageOrientationPatient: decimals([...plane.rowDirection, ...plane.columnDirection]) }],
    }],
    PerFrameFunctionalGroupsSequence: kept.map(({ segment, slice }) => {
      const frame = frames[slice] ?? first
      return {
        FrameContentSequence: [{ DimensionIndexValues: [segment, slicesUsed.indexOf(slice) + 1] }],
        PlanePositionSequence: [{ ImagePositionPatient: decimals(frame.plane.origin as Vec3) }],
        SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segment }],
        DerivationImageSequence: [{ DerivationCodeSequence: [coded(code('segmentation'))], SourceImageSequence: [sourceItem(frame, multiFrame)] }],
      }
    }),
    PixelData: packBits(kept.map(({ bits }) => bits), rows * columns).buffer,
  })
}
