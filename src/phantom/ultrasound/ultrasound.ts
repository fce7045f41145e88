import type { NaturalDataset } from '../../dicom/file/write.ts'
import type { GeneratedImage, Pixels } from '../image.ts'
import { hashText } from '../random.ts'
import { instanceUidOf, patientAndStudy, seriesUidOf } from '../study.ts'
import type { StudyTruth, TrueLesion } from '../truth.ts'
import { layoutOf, traceSeconds, traceSpan, type Layout } from './layout.ts'
import { drawScales, drawTrace, toGray } from './screen.ts'
import type { UltrasoundCase, UltrasoundOptions, UltrasoundPicture } from './plan.ts'
import { createEchoTextures, drawEchoes, noEchoTextures, sectionOf, type Section } from './tissue.ts'

const seriesOf = (picture: UltrasoundPicture): number => (picture === 'cine' ? 2 : 1)
/** Instance Number: stills by their order in the plan. */
const instanceOf = ({ pictures }: UltrasoundCase, picture: UltrasoundPicture): number => (picture === 'cine' ? 1 : pictures.filter((one) => one !== 'cine').indexOf(picture) + 1)

/** Where the plane of a frame lies along a sweep: -1.3 to 1.3 of the lesion's half length; a still lies in its middle. */
const shareOf = ({ cineFrames }: UltrasoundCase, picture: UltrasoundPicture, frame: number): number => (picture === 'cine' && cineFrames > 1 ? (2.6 * (frame - Math.floor(cineFrames / 2))) / cineFrames : 0)

const sectionsOf = (one: UltrasoundCase, picture: UltrasoundPicture, frame: number): Section[] => one.lesions.flatMap((lesion) => sectionOf(one, lesion, picture, shareOf(one, picture, frame)) ?? [])

/** The images of a study, one after another; the same plan gives the same bytes on one Node major. */
export function* ultrasoundImages(one: UltrasoundCase, { plain = false }: UltrasoundOptions = {}): Generator<GeneratedImage> {
  const textures = plain ? noEchoTextures : createEchoTextures(one.seed)
  const { rows, columns } = one
  for (const picture of one.pictures) {
    const layout = layoutOf(one, picture)
    const { tissue, pixelMm } = layout
    const [width, height] = [tissue.right - tissue.left + 1, tissue.bottom - tissue.top + 1]
    const frames = Array.from({ length: picture === 'cine' ? one.cineFrames : 1 }, (_, frame): Pixels => {
      const echoes = drawEchoes(one, textures, sectionsOf(one, picture, frame), width, height, pixelMm, { picture, frame }, plain)
      const screen = new Uint8Array(rows * columns)
      toGray(screen, columns, echoes, width, tissue)
      drawScales(screen, columns, layout)
      return layout.trace ? drawTrace(screen, columns, layout, one.seed, plain) : screen
    })
    yield { dataset: datasetOf(one, picture, layout), frames }
  }
}

const tenth = (value: number): number => Math.round(value * 10) / 10

/** What is truly in the images: a row a lesion and picture (of a sweep its middle frame), and a mask of the sweep's frames in order. */
export const ultrasoundTruth = (one: UltrasoundCase): StudyTruth => {
  const lesions: TrueLesion[] = []
  const { study, side, rows, columns, cineFrames } = one
  const site = { value: side === 'R' ? '73056007' : '80248007', scheme: 'SCT', meaning: side === 'R' ? 'Right breast' : 'Left breast' }
  for (const picture of one.pictures) {
    const layout = layoutOf(one, picture)
    for (const { lesion, x, z, extent } of sectionsOf(one, picture, picture === 'cine' ? Math.floor(cineFrames / 2) : 0)) {
      const [column, row] = pixelOf(layout, x + extent.centre[0], z + extent.centre[1])
      lesions.push({
        lesion: lesion.lesion, type: lesion.kind, site, state: 'present', seriesInstanceUid: seriesUidOf(study, seriesOf(picture)),
        pixel: { sopInstanceUid: instanceUidOf(study, seriesOf(picture), instanceOf(one, picture)), column, row }, longestMm: tenth(extent.longest), shortestMm: tenth(extent.shortest),
      })
    }
  }
  if (!one.pictures.includes('cine') || one.lesions.length === 0) return { lesions, masks: [] }
  const layout = layoutOf(one, 'cine')
  const data = new Uint8Array(rows * columns * cineFrames)
  for (let frame = 0; frame < cineFrames; frame++) for (const section of sectionsOf(one, 'cine', frame)) maskSection(data.subarray(frame * rows * columns, (frame + 1) * rows * columns), columns, layout, section, one.lesions.indexOf(section.lesion) + 1)
  const type = { value: '4147007', scheme: 'SCT', meaning: 'Mass' }
  return { lesions, masks: [{ seriesInstanceUid: seriesUidOf(study, 2), labelMap: { columns, rows, slices: cineFrames, data }, segments: one.lesions.map(({ lesion }, i) => ({ number: i + 1, lesion, type })) }] }
}

/** Column and row of a place under the probe, mm from its middle and from the skin. */
const pixelOf = ({ tissue, pixelMm }: Layout, x: number, z: number): readonly [number, number] => [x / pixelMm + (tissue.left + tissue.right) / 2, z / pixelMm - 0.5 + tissue.top]

const maskSection = (mask: Uint8Array, columns: number, layout: Layout, { x, z, radii, extent }: Section, value: number): void => {
  const { tissue, pixelMm } = layout
  const [cx, cy] = pixelOf(layout, x, z)
  const reach = extent.longest / pixelMm
  for (let row = Math.max(tissue.top, Math.floor(cy - reach)); row <= Math.min(tissue.bottom, cy + reach); row++) {
    for (let column = Math.max(tissue.left, Math.floor(cx - reach)); column <= Math.min(tissue.right, cx + reach); column++) {
      const angle = Math.atan2(row - cy, column - cx)
      const i = Math.round(((angle < 0 ? angle + 2 * Math.PI : angle) / (2 * Math.PI)) * radii.length) % radii.length
      if (Math.hypot(column - cx, row - cy) * pixelMm <= (radii[i] ?? 0)) mask[row * columns + column] = value
    }
  }
}

/** Sequence of Ultrasound Regions (PS3.3 C.8.5.5): tissue in cm, and a trace in seconds by cm/s. */
const regionsOf = ({ tissue, pixelMm, trace }: Layout): NaturalDataset[] => {
  const corners = ({ left, top, right, bottom }: Layout['tissue']) => ({ RegionFlags: 3, RegionLocationMinX0: left, RegionLocationMinY0: top, RegionLocationMaxX1: right, RegionLocationMaxY1: bottom })
  const regions: NaturalDataset[] = [{
    ...corners(tissue), RegionSpatialFormat: 1, RegionDataType: 1, PhysicalUnitsXDirection: 3, PhysicalUnitsYDirection: 3, ReferencePixelX0: Math.round((tissue.right - tissue.left) / 2), ReferencePixelY0: 0, ReferencePixelPhysicalValueX: 0, ReferencePixelPhysicalValueY: 0,
    PhysicalDeltaX: pixelMm / 10, PhysicalDeltaY: pixelMm / 10, TransducerFrequency: 12000,
  }]
  if (trace) {
    const [width, height] = [trace.right - trace.left + 1, trace.bottom - trace.top + 1]
    regions.push({
      ...corners(trace), RegionSpatialFormat: 3, RegionDataType: 3, PhysicalUnitsXDirection: 4, PhysicalUnitsYDirection: 7, ReferencePixelX0: 0, ReferencePixelY0: Math.round(height * 0.75), ReferencePixelPhysicalValueX: 0, ReferencePixelPhysicalValueY: 0,
      PhysicalDeltaX: traceSeconds / width, PhysicalDeltaY: -traceSpan / height, TransducerFrequency: 12000, PulseRepetitionFrequency: 4000, DopplerCorrectionAngle: 45,
    })
  }
  return regions
}

/** Ultrasound Image or Ultrasound Multi-frame Image (PS3.3 A.6, A.7). */
const datasetOf = (one: UltrasoundCase, picture: UltrasoundPicture, layout: Layout): NaturalDataset => {
  const { study, maker, side, rows, columns, cineFrames } = one
  const { date } = study
  const [series, instance] = [seriesOf(picture), instanceOf(one, picture)]
  const colour = picture === 'duplex'
  const time = `1016${String(10 + 11 * instance + 30 * (series - 1)).padStart(2, '0')}`
  return {
    ...patientAndStudy(study), SOPClassUID: picture === 'cine' ? '1.2.840.10008.5.1.4.1.1.3.1' : '1.2.840.10008.5.1.4.1.1.6.1', SOPInstanceUID: instanceUidOf(study, series, instance), SeriesInstanceUID: seriesUidOf(study, series),
    ImageType: ['ORIGINAL', 'PRIMARY', 'BREAST', colour ? '0019' : '0001'], SeriesDate: date, AcquisitionDate: date, ContentDate: date, SeriesTime: '101600', AcquisitionTime: time, ContentTime: time,
    Modality: 'US', Manufacturer: maker.manufacturer, ManufacturerModelName: maker.model, DeviceSerialNumber: String(hashText(maker.model) % 100000), SoftwareVersions: '2.1', SeriesDescription: picture === 'cine' ? `${side} breast sweep` : `${side} breast`,
    SeriesNumber: series, InstanceNumber: instance, PatientOrientation: '', Laterality: side, BodyPartExamined: 'BREAST', AnatomicRegionSequence: [{ CodeValue: '76752008', CodingSchemeDesignator: 'SCT', CodeMeaning: 'Breast' }],
    TransducerType: 'LINEAR', UltrasoundColorDataPresent: colour ? 1 : 0, SequenceOfUltrasoundRegions: regionsOf(layout), ImageComments: picture === 'cine' ? 'Sweep across the lesion' : picture, LossyImageCompression: '00',
    ...(picture === 'cine' ? { NumberOfFrames: cineFrames, FrameIncrementPointer: 0x00181063, FrameTime: 80, CineRate: 12 } : {}),
    SamplesPerPixel: colour ? 3 : 1, PhotometricInterpretation: colour ? 'RGB' : 'MONOCHROME2', ...(colour ? { PlanarConfiguration: 0 } : {}), Rows: rows, Columns: columns, BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelRepresentation: 0,
    ...(colour ? {} : { WindowCenter: 128, WindowWidth: 256 }),
  }
}
