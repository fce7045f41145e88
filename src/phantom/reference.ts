import type { DicomJson } from '../dicom/file/json.ts'
import type { NaturalDataset } from '../dicom/file/write.ts'
import { encodeStructureSet } from '../dicom/rtstruct/encode.ts'
import { encodeSegmentation, type SegmentedFrame } from '../dicom/seg/encode.ts'
import { whyNoSegmentation } from '../dicom/seg/lattice.ts'
import { gridOfFrames } from '../domain/geometry/grid.ts'
import { cross, dot } from '../domain/geometry/plane.ts'
import type { FramePlane, Vec3 } from '../domain/geometry/points.ts'
import { contoursOf } from '../domain/segmentation/trace.ts'
import type { Cell, Table } from '../domain/table/table.ts'
import { hashText, uidFrom } from './random.ts'
import { keyOf, type Study } from './study.ts'
import type { StudyTruth, TrueLesion, TrueMask } from './truth.ts'

const maker = 'Cancer Image Workbench phantom'
const category = { value: '49755003', scheme: 'SCT', meaning: 'Morphologically Abnormal Structure' }
const colours = [[214, 82, 82], [222, 158, 54], [92, 178, 201], [150, 120, 210], [110, 190, 110], [205, 110, 170]] as const

const vec = (value: unknown, from = 0): Vec3 => {
  const list = Array.isArray(value) ? value.map(Number) : []
  return [list[from] ?? 0, list[from + 1] ?? 0, list[from + 2] ?? 0]
}
/** Where a classic single-frame image lies, from its data set (PS3.3 C.7.6.2); undefined where it says no place. */
const frameOf = (dataset: NaturalDataset): SegmentedFrame | undefined => {
  const { ImagePositionPatient: position, ImageOrientationPatient: orientation, PixelSpacing: spacing, FrameOfReferenceUID: frame } = dataset
  if (!Array.isArray(position) || !Array.isArray(orientation) || !Array.isArray(spacing) || typeof frame !== 'string') return undefined
  const plane: FramePlane = { origin: vec(position), rowDirection: vec(orientation), columnDirection: vec(orientation, 3), rowSpacingMm: Number(spacing[0]), columnSpacingMm: Number(spacing[1]), rows: Number(dataset['Rows']), columns: Number(dataset['Columns']) }
  return { ref: { studyInstanceUid: String(dataset['StudyInstanceUID']), seriesInstanceUid: String(dataset['SeriesInstanceUID']), sopClassUid: String(dataset['SOPClassUID']), sopInstanceUid: String(dataset['SOPInstanceUID']), frameNumber: 1 }, plane, frameOfReferenceUid: frame }
}

/** The images of a mask's series in geometric order; none where they are no lattice of that size. */
const framesOf = (images: readonly NaturalDataset[], { seriesInstanceUid, labelMap }: TrueMask): SegmentedFrame[] => {
  const frames = images.filter(({ SeriesInstanceUID }) => SeriesInstanceUID === seriesInstanceUid).flatMap((dataset) => frameOf(dataset) ?? [])
  const [first] = frames
  if (!first || frames.length !== labelMap.slices) return []
  const normal = cross(first.plane.rowDirection, first.plane.columnDirection)
  const sorted = frames.toSorted((a, b) => dot(a.plane.origin, normal) - dot(b.plane.origin, normal))
  return whyNoSegmentation(sorted) === undefined ? sorted : []
}

/** Who wrote it, whatever the object. */
const writer = (study: Study, source: DicomJson) => ({ source, creator: 'Phantom^Generated', device: { uid: uidFrom(maker), name: maker, version: '1' }, date: study.date, time: '120000' })
/** Colour and identity of a lesion, the same in every object and at every time point. */
const identityOf = (study: Study, number: number, lesion: string) => ({ colour: colours[(number - 1) % colours.length] ?? colours[0], trackingId: lesion, trackingUid: uidFrom(`${study.patient.id}/${lesion}/${hashText(lesion)}`) })

/**
 * The true outlines of a study as DICOM Segmentations, one a series that is a lattice in space; tilted stacks, those with a gap, and
 * pictures without a place in space have a table alone.
 * @param images data sets of the study's instances, without pixels
 * @param source DICOM JSON of one of them
 */
export const segmentationsOf = (study: Study, { masks, lesions }: StudyTruth, images: readonly NaturalDataset[], source: DicomJson): Uint8Array<ArrayBuffer>[] => masks.flatMap((mask, index) => {
  const frames = framesOf(images, mask)
  if (frames.length === 0 || !mask.labelMap.data.some((value) => value > 0)) return []
  const key = `${keyOf(study)}/truth/${index}`
  return [encodeSegmentation({
    frames, labelMap: mask.labelMap, algorithm: { type: 'AUTOMATIC', name: maker, version: '1', modelSha256: 'none: the images were painted from this' }, sopInstanceUid: uidFrom(key), seriesInstanceUid: uidFrom(`${key}/series`), seriesNumber: 9000 + index, instanceNumber: 1,
    ...writer(study, source),
    segments: mask.segments.map(({ number, lesion, type }) => {
      const site = lesions.find((one) => one.lesion === lesion)?.site
      return { number, label: lesion, category, type, ...(site ? { anatomicRegion: site } : {}), ...identityOf(study, number, lesion) }
    }),
  })]
})

/** The same outlines as RT Structure Sets: contours along the edges of the voxels. */
export const structureSetsOf = (study: Study, { masks }: StudyTruth, images: readonly NaturalDataset[], source: DicomJson): Uint8Array<ArrayBuffer>[] => masks.flatMap((mask, index) => {
  const frames = framesOf(images, mask)
  const [first] = frames
  if (!first || !mask.labelMap.data.some((value) => value > 0)) return []
  const [key, grid, imageRefs] = [`${keyOf(study)}/truth/${index}/structures`, gridOfFrames(frames.map(({ plane }) => plane)), frames.map(({ ref: { sopClassUid, sopInstanceUid } }) => ({ sopClassUid, sopInstanceUid }))]
  const { frameOfReferenceUid, ref: { studyInstanceUid, seriesInstanceUid } } = first
  return [encodeStructureSet({
    label: 'TRUTH', name: maker, description: '', date: study.date, time: '120000', references: [{ frameOfReferenceUid, studies: [{ studyInstanceUid, series: [{ seriesInstanceUid, images: imageRefs }] }] }],
    structures: mask.segments.map(({ number, lesion, type }) => ({
      number, name: lesion, description: '', algorithm: 'AUTOMATIC', frameOfReferenceUid, ...identityOf(study, number, lesion),
      contours: contoursOf(mask.labelMap, grid, number).map(({ slice, points }) => ({ kind: 'CLOSED_PLANAR', points, images: imageRefs.slice(slice, slice + 1) })),
      observations: [{ number, label: '', description: '', interpretedType: '', interpreter: '', codes: [type] }],
    })),
  }, { ...writer(study, source), sopInstanceUid: uidFrom(key), seriesInstanceUid: uidFrom(`${key}/series`), seriesNumber: 9100 + index, instanceNumber: 1 })]
})

const text = (name: string, label: string): Table['columns'][number] => ({ name, label, type: 'text' })
const number = (name: string, label: string, unit?: string): Table['columns'][number] => ({ name, label, type: 'number', ...(unit ? { unit } : {}) })

const columns: Table['columns'] = [
  text('patient', 'Patient'), { name: 'date', label: 'Study of', type: 'date' }, text('lesion', 'Lesion'), text('type', 'Type'), text('site', 'Site'), text('state', 'State'), text('other', 'Of or into'), number('longest', 'Longest diameter', 'mm'), number('shortest', 'Longest across it', 'mm'),
  number('volume', 'Volume', 'mm3'), number('x', 'Centre, to the left', 'mm'), number('y', 'Centre, to the back', 'mm'), number('z', 'Centre, to the head', 'mm'), number('column', 'Column', 'px'), number('row', 'Row', 'px'), text('series', 'Series Instance UID'), text('instance', 'SOP Instance UID'),
]
const dashed = (date: string): string => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`

/** The lesions of a study as rows of the table of truth. */
export const truthRows = ({ patient, date }: Study, { lesions }: StudyTruth): Cell[][] => lesions.map(({ lesion, type, site, state, other, longestMm, shortestMm, volumeMm3, centre, pixel, seriesInstanceUid }: TrueLesion) => [
  patient.id, dashed(date), lesion, type, site.meaning, state, other ?? null, longestMm, shortestMm, volumeMm3 ?? null, centre?.[0] ?? null, centre?.[1] ?? null, centre?.[2] ?? null, pixel?.column ?? null, pixel?.row ?? null, seriesInstanceUid, pixel?.sopInstanceUid ?? null,
])
export const truthTable = (rows: readonly Cell[][]): Table => ({ name: 'lesions', title: 'True lesions', columns, rows: rows.toSorted((a, b) => `${a[0]} ${a[1]} ${a[2]}`.localeCompare(`${b[0]} ${b[1]} ${b[2]}`)) })
