import { toDecimalString } from '../../domain/measurement/measure.ts'
import { cross, dot, subtract } from '../../domain/geometry/plane.ts'
import type { FramePlane, Vec3 } from '../../domain/geometry/points.ts'
import type { FrameRef } from '../../domain/measurement/types.ts'
import type { CodedConcept, Fractions, LabelMap, Segment } from '../../domain/segmentation/types.ts'
import { fitted } from '../file/elements.ts'
import { creatorOf, headerOf, type ObjectHeader } from '../file/header.ts'
import { encodePart10, type NaturalDataset } from '../file/write.ts'
import { code } from '../sr/codes.ts'
import { packBits } from './bits.ts'
import { toDicomLab } from './colour.ts'
import { whyNoSegmentation } from './lattice.ts'

/** SOP classes of segmentations: one for BINARY and FRACTIONAL (PS3.3 A.51), one for label maps (A.92). */
export const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4'
export const labelMapStorage = '1.2.840.10008.5.1.4.1.1.66.7'

/** A frame that was segmented, and where it lies. */
export type SegmentedFrame = { readonly ref: FrameRef; readonly plane: FramePlane; readonly frameOfReferenceUid: string }

/** What made the segments. */
export type Algorithm = {
  readonly type: 'AUTOMATIC' | 'SEMIAUTOMATIC' | 'MANUAL'
  readonly name: string
  readonly version: string
  /** By default artificial intelligence (PS3.16 CID 7162). */
  readonly family?: 'artificialIntelligence' | 'manualProcessing'
  /** Of the network's weights. */
  readonly modelSha256?: string
  /** Of the file that the segments were taken from. */
  readonly fileSha256?: string
  /** What whoever reads the object must know of the algorithm; it stands with each segment. */
  readonly caution?: string
}
type Content = {
  /** All frames of the series in geometric order: frame k belongs to slice k of the voxels. */
  readonly frames: readonly SegmentedFrame[]
  /** Numbers from 1 without a gap. */
  readonly segments: readonly Segment[]
  readonly algorithm: Algorithm
  /** Series and content description; by default the algorithm's name. */
  readonly description?: string
}
/** What was outlined, on which frames, by what: each voxel in one segment at most, as BINARY unless a label map is asked for. */
export type SegmentationContent = Content & { readonly labelMap: LabelMap; readonly kind?: 'BINARY' | 'LABELMAP' }
/** How likely each voxel is in each segment. */
export type FractionalContent = Content & { readonly fractions: Fractions; readonly kind: 'FRACTIONAL' }
export type Segmentation = SegmentationContent & ObjectHeader
export type FractionalSegmentation = FractionalContent & ObjectHeader

const coded = ({ value, scheme, meaning }: CodedConcept): NaturalDataset => ({ CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning })
const decimals = (values: readonly number[]): string[] => values.map(toDecimalString)

/** mm from slice to slice along the normal; the slice thickness is taken as much. */
const sliceStep = (frames: readonly SegmentedFrame[]): number => {
  const [first, last] = [frames[0]?.plane, frames.at(-1)?.plane]
  if (!first || !last || frames.length < 2) return 1
  return Math.abs(dot(subtract(last.origin, first.origin), cross(first.rowDirection, first.columnDirection))) / (frames.length - 1)
}

/**
 * @throws Error naming what does not fit: sizes, numbers of segments, frames of another lattice, values
 */
const check = (content: SegmentationContent | FractionalContent): void => {
  const { frames, segments } = content
  const { columns, rows, slices } = sizeOf(content)
  const [first] = frames
  if (!first || frames.length !== slices) throw new Error(`the label map has ${slices} slices and the series ${frames.length} frames in space`)
  const volumes = content.kind === 'FRACTIONAL' ? content.fractions.data : [content.labelMap.data]
  for (const data of volumes) if (data.length !== columns * rows * slices) throw new Error(`the label map has ${data.length} voxels where ${columns * rows * slices} are expected`)
  if (segments.some(({ number }, index) => number !== index + 1)) throw new Error('segments are numbered from 1 without a gap')
  if (first.plane.rows !== rows || first.plane.columns !== columns || whyNoSegmentation(frames)) throw new Error('the frames of the series do not lie on one lattice')
  // A label of no segment would be lost in BINARY, and mean nothing in a label map.
  if (content.kind !== 'FRACTIONAL') {
    const { data } = content.labelMap
    let stray = 0
    for (let at = 0; at < data.length && stray === 0; at++) if ((data[at] ?? 0) > segments.length) stray = data[at] ?? 0
    if (stray > 0) throw new Error(`a voxel has the label ${stray}, which no segment has`)
    return
  }
  const { maximum, data } = content.fractions
  if (data.length !== segments.length) throw new Error(`there are ${segments.length} segments and fractions of ${data.length}`)
  if (!Number.isInteger(maximum) || maximum < 1 || maximum > 255) throw new Error(`the maximum fractional value is ${maximum}, and must be 1 to 255`)
  const over = data.flatMap((values) => values.find((value) => value > maximum) ?? [])[0]
  if (over !== undefined) throw new Error(`a voxel has the fraction ${over} of ${maximum}`)
}

const sizeOf = (content: SegmentationContent | FractionalContent): Omit<LabelMap, 'data'> => (content.kind === 'FRACTIONAL' ? content.fractions : content.labelMap)

const parametersOf = ({ modelSha256, fileSha256, caution }: Algorithm): string =>
  [modelSha256 === undefined ? '' : `model sha256 ${modelSha256}`, fileSha256 === undefined ? '' : `mask file sha256 ${fileSha256}`, caution ? `caution: ${caution}` : ''].filter(Boolean).join('; ')

const describe = ({ number, label, category, type, anatomicRegion, colour, trackingId, trackingUid }: Segment, algorithm: Algorithm): NaturalDataset => {
  const { type: kind, name, version, caution, family = 'artificialIntelligence' } = algorithm
  return {
    SegmentNumber: number, SegmentLabel: fitted(label, 64), ...(caution ? { SegmentDescription: caution } : {}), SegmentedPropertyCategoryCodeSequence: [coded(category)], SegmentedPropertyTypeCodeSequence: [coded(type)],
    ...(anatomicRegion ? { AnatomicRegionSequence: [coded(anatomicRegion)] } : {}),
    SegmentAlgorithmType: kind, RecommendedDisplayCIELabValue: [...toDicomLab(colour)], TrackingID: trackingId, TrackingUID: trackingUid,
    ...(kind === 'MANUAL' ? {} : {
      SegmentAlgorithmName: fitted(name, 64),
      SegmentationAlgorithmIdentificationSequence: [{ AlgorithmFamilyCodeSequence: [coded(code(family))], AlgorithmName: fitted(name, 64), AlgorithmVersion: fitted(version, 64), AlgorithmParameters: parametersOf(algorithm) }],
    }),
  }
}

/** What a label map says of its background, which is no segment of ours. */
const background: NaturalDataset = {
  SegmentNumber: 0, SegmentLabel: 'Background', SegmentedPropertyCategoryCodeSequence: [coded(code('spatialConcept'))], SegmentedPropertyTypeCodeSequence: [coded(code('background'))], SegmentAlgorithmType: 'MANUAL', RecommendedDisplayCIELabValue: [0, 32_896, 32_896],
}

/** One frame of the segmentation: a segment, or of a label map all of them, on a slice where it is not empty. `values`: of a binary one the labels of all segments there, else what is stored. */
type Kept = { readonly segment?: number; readonly slice: number; readonly values: Uint8Array }
const keptFrames = (content: SegmentationContent | FractionalContent): Kept[] => {
  const { columns, rows, slices } = sizeOf(content)
  const size = columns * rows
  const all = Array.from({ length: slices }, (_, slice) => slice)
  const on = (data: Uint8Array, slice: number): Uint8Array => data.subarray(slice * size, (slice + 1) * size)
  if (content.kind === 'FRACTIONAL') return content.fractions.data.flatMap((data, index) => all.map((slice) => ({ segment: index + 1, slice, values: on(data, slice) }))).filter(({ values }) => values.some(Boolean))
  const { data } = content.labelMap
  if (content.kind === 'LABELMAP') return all.map((slice) => ({ slice, values: on(data, slice) })).filter(({ values }) => values.some(Boolean))
  const found = all.map((slice) => ({ slice, values: on(data, slice), labels: labelsIn(on(data, slice)) }))
  return content.segments.flatMap(({ number }) => found.flatMap(({ slice, values, labels }): Kept[] => (labels.has(number) ? [{ segment: number, slice, values }] : [])))
}
/** The values that occur. */
const labelsIn = (values: Uint8Array): Set<number> => {
  const seen = new Uint8Array(256)
  for (let at = 0; at < values.length; at++) seen[values[at] ?? 0] = 1
  return new Set([...seen.keys()].filter((value) => seen[value]))
}

/** Values of frames as Pixel Data: a bit each, or a byte each; an even number of bytes. */
const voxelsOf = (kept: readonly Kept[], size: number, bits: 1 | 8): ArrayBuffer => {
  if (bits === 1) return packBits(kept.map(({ values, segment = 1 }) => ({ values, one: segment })), size).buffer
  const bytes = new Uint8Array(kept.length * size + ((kept.length * size) % 2))
  kept.forEach(({ values }, index) => bytes.set(values, index * size))
  return bytes.buffer
}

const sourceItem = ({ ref: { sopClassUid, sopInstanceUid, frameNumber } }: SegmentedFrame, multiFrame: boolean): NaturalDataset => ({
  ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid, ...(multiFrame ? { ReferencedFrameNumber: frameNumber } : {}), PurposeOfReferenceCodeSequence: [coded(code('imageForProcessing'))],
})

/**
 * Segments as a DICOM Segmentation, as a Part 10 file: BINARY or FRACTIONAL (PS3.3 A.51) with a frame for each segment and slice where it is
 * not empty, or a label map (A.92) with a frame for each slice where anything is. A segment without a voxel is described all the same.
 * Patient coordinates and frame of reference are those of the source. The same content gives the same bytes.
 * @throws Error naming what does not fit; voxels of which none is in a segment are one such
 */
export const encodeSegmentation = (segmentation: Segmentation | FractionalSegmentation): Uint8Array<ArrayBuffer> => {
  check(segmentation)
  const { frames, segments, algorithm, source, date, time, kind = 'BINARY', description = algorithm.name } = segmentation
  const { rows, columns } = sizeOf(segmentation)
  const kept = keptFrames(segmentation)
  const [first] = frames
  if (!first || kept.length === 0) throw new Error('nothing is outlined')
  const { plane } = first
  const multiFrame = new Set(frames.map(({ ref }) => ref.sopInstanceUid)).size < frames.length
  const instances = new Map(frames.map(({ ref }) => [ref.sopInstanceUid, ref.sopClassUid]))
  const step = toDecimalString(sliceStep(frames))
  const slicesUsed = [...new Set(kept.map(({ slice }) => slice))].sort((a, b) => a - b)
  const dimension = `${segmentation.sopInstanceUid}`
  const lossy = (source['00282110']?.Value?.[0] ?? '00') === '01'
  const isMap = kind === 'LABELMAP'
  const bits = kind === 'BINARY' ? 1 : 8
  return encodePart10({
    ...headerOf(segmentation, { sopClassUid: isMap ? labelMapStorage : segmentationStorage, modality: 'SEG', description }),
    ImageType: ['DERIVED', 'PRIMARY'], ContentDate: date, ContentTime: time, FrameOfReferenceUID: first.frameOfReferenceUid, PositionReferenceIndicator: '',
    SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', NumberOfFrames: kept.length, Rows: rows, Columns: columns, BitsAllocated: bits, BitsStored: bits, HighBit: bits - 1, PixelRepresentation: 0,
    LossyImageCompression: lossy ? '01' : '00',
    ...(lossy ? { LossyImageCompressionRatio: source['00282112']?.Value ?? [], LossyImageCompressionMethod: source['00282114']?.Value ?? [] } : {}),
    SegmentationType: kind, ...(segmentation.kind === 'FRACTIONAL' ? { SegmentationFractionalType: 'PROBABILITY', MaximumFractionalValue: segmentation.fractions.maximum } : { SegmentsOverlap: 'NO' }), ...(isMap ? { PixelPaddingValue: 0 } : {}),
    ContentLabel: 'SEGMENTATION', ContentDescription: fitted(description, 64), ContentCreatorName: creatorOf(segmentation),
    SegmentSequence: [...(isMap ? [background] : []), ...segments.map((segment) => describe(segment, algorithm))],
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: dimension }],
    DimensionIndexSequence: [
      ...(isMap ? [] : [{ DimensionOrganizationUID: dimension, DimensionIndexPointer: 0x0062000b, FunctionalGroupPointer: 0x0062000a, DimensionDescriptionLabel: 'Segment' }]),
      { DimensionOrganizationUID: dimension, DimensionIndexPointer: 0x00200032, FunctionalGroupPointer: 0x00209113, DimensionDescriptionLabel: 'Position' },
    ],
    ReferencedSeriesSequence: [{ SeriesInstanceUID: first.ref.seriesInstanceUid, ReferencedInstanceSequence: [...instances].map(([ReferencedSOPInstanceUID, ReferencedSOPClassUID]) => ({ ReferencedSOPClassUID, ReferencedSOPInstanceUID })) }],
    SharedFunctionalGroupsSequence: [{
      PixelMeasuresSequence: [{ PixelSpacing: decimals([plane.rowSpacingMm, plane.columnSpacingMm]), SliceThickness: step, SpacingBetweenSlices: step }],
      PlaneOrientationSequence: [{ ImageOrientationPatient: decimals([...plane.rowDirection, ...plane.columnDirection]) }],
    }],
    PerFrameFunctionalGroupsSequence: kept.map(({ segment, slice }) => {
      const frame = frames[slice] ?? first
      const position = slicesUsed.indexOf(slice) + 1
      return {
        FrameContentSequence: [{ DimensionIndexValues: segment === undefined ? [position] : [segment, position] }],
        PlanePositionSequence: [{ ImagePositionPatient: decimals(frame.plane.origin as Vec3) }],
        ...(segment === undefined ? {} : { SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segment }] }),
        DerivationImageSequence: [{ DerivationCodeSequence: [coded(code('segmentation'))], SourceImageSequence: [sourceItem(frame, multiFrame)] }],
      }
    }),
    PixelData: voxelsOf(kept, rows * columns, bits),
  })
}
