import type { NaturalDataset } from '../../dicom/file/write.ts'
import type { GeneratedImage } from '../image.ts'
import { hashText, uidFrom } from '../random.ts'
import { instanceUidOf, keyOf, patientAndStudy, seriesUidOf } from '../study.ts'
import type { StudyTruth, TrueLesion, TrueMask } from '../truth.ts'
import { createTissueTextures, noTextures } from './anatomy.ts'
import { breastRegion, isFlipped, orientationOf, siteOf, sizeOf, typeOf, viewCode, viewName } from './attributes.ts'
import { pixelOf } from './canvas.ts'
import { maskLesion } from './lesions.ts'
import { addQuantumNoise, createScene, drawMammogram, type Scene } from './picture.ts'
import type { Exposure, MammographyCase, RenderOptions } from './plan.ts'
import { paddingLimit, paintMarker, toStored, windowsOf } from './stored.ts'

/** mm of the body a pixel: the spacing at the detector over the magnification. */
const bodyPixelMm = ({ matrix: { imagerPixelSpacingMm, magnification } }: MammographyCase): number => imagerPixelSpacingMm / magnification

const sceneOf = (one: MammographyCase, exposure: Exposure): Scene =>
  createScene({ anatomy: one.anatomy, positioningSeed: one.positioningSeed, exposure, columns: one.matrix.columns, rows: one.matrix.rows, pixelMm: bodyPixelMm(one), lesions: one.lesions })

/** The order of exposures is the order of series: Series Number from 1, one instance each. */
const seriesNumber = (index: number): number => index + 1

/** The images of a study, one after another; the same plan gives the same bytes on one Node major. */
export function* mammographyImages(one: MammographyCase, { plain = false }: RenderOptions = {}): Generator<GeneratedImage> {
  const { maker, matrix: { columns, rows }, exposures, study } = one
  const textures = plain ? noTextures : createTissueTextures(one.anatomy)
  for (const [index, exposure] of exposures.entries()) {
    const scene = sceneOf(one, exposure)
    const picture = drawMammogram(scene, textures, maker, plain)
    if (!plain) addQuantumNoise(picture, columns, scene.pixelMm, `${keyOf(study)}/${index}/noise`, 0.02)
    // The marker stands on the detector: readable as the picture hangs, whichever way round it is stored.
    if (exposure.side === 'R') turnAbout(picture, columns)
    if (maker.marker && !plain) paintMarker({ data: picture, columns, rows, pixelMm: scene.pixelMm, nippleRow: scene.nippleRow }, exposure)
    yield { dataset: datasetOf(one, exposure, index, scene), frames: [toStored(picture, columns, exposure.mirrored === true, maker)] }
  }
}

const turnAbout = (picture: Float32Array, columns: number): void => {
  for (let start = 0; start < picture.length; start += columns) picture.subarray(start, start + columns).reverse()
}

/** What is truly in the images of a study: a row a lesion and view it is seen in, and a mask a view that has one. */
export const mammographyTruth = (one: MammographyCase): StudyTruth => {
  const lesions: TrueLesion[] = []
  const masks: TrueMask[] = []
  const { matrix: { columns, rows }, exposures, study } = one
  for (const [index, exposure] of exposures.entries()) {
    const scene = sceneOf(one, exposure)
    const seriesInstanceUid = seriesUidOf(study, seriesNumber(index))
    const flipped = isFlipped(exposure)
    for (const lesion of one.lesions) {
      if (lesion.side === exposure.side && lesion.longestMm <= 0) lesions.push({ lesion: lesion.lesion, type: lesion.kind, site: siteOf(lesion), state: 'absent', seriesInstanceUid, longestMm: 0, shortestMm: 0 })
    }
    if (scene.shapes.length === 0) continue
    const data = new Uint8Array(columns * rows)
    scene.shapes.forEach((shape, i) => {
      const [u, v] = [shape.at[0] + shape.extent.centre[0], shape.at[1] + shape.extent.centre[1]]
      const [column, row] = pixelOf(scene, [u, v])
      const { lesion } = shape
      lesions.push({
        lesion: lesion.lesion, type: lesion.kind, site: siteOf(lesion), state: 'present', seriesInstanceUid,
        pixel: { sopInstanceUid: instanceUidOf(study, seriesNumber(index), 1), column: flipped ? columns - 1 - column : column, row }, ...sizeOf(shape),
      })
      maskLesion(data, scene, shape, i + 1)
    })
    if (flipped) for (let start = 0; start < data.length; start += columns) data.subarray(start, start + columns).reverse()
    masks.push({ seriesInstanceUid, labelMap: { columns, rows, slices: 1, data }, segments: scene.shapes.map(({ lesion }, i) => ({ number: i + 1, lesion: lesion.lesion, type: typeOf[lesion.kind] })) })
  }
  return { lesions, masks }
}

const twoDigits = (value: number): string => String(value).padStart(2, '0')

/** Digital Mammography X-Ray Image, For Presentation (PS3.3 A.27). */
const datasetOf = (one: MammographyCase, exposure: Exposure, index: number, scene: Scene): NaturalDataset => {
  const { study, maker, matrix: { columns, rows, imagerPixelSpacingMm, magnification } } = one
  const { date } = study
  const dose = hashText(`${keyOf(study)}/${index}/dose`)
  const time = `10${twoDigits(17 + index)}${twoDigits(dose % 60)}`
  const thickness = scene.breast.outline.thicknessMm
  const spacing = [imagerPixelSpacingMm, imagerPixelSpacingMm]
  const inverse = maker.monochrome1 === true
  const implants = one.anatomy.implants === true
  return {
    ...patientAndStudy(study), SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.2', SOPInstanceUID: instanceUidOf(study, seriesNumber(index), 1), SeriesInstanceUID: seriesUidOf(study, seriesNumber(index)),
    ImageType: ['DERIVED', 'PRIMARY'], SeriesDate: date, AcquisitionDate: date, ContentDate: date, SeriesTime: time, AcquisitionTime: time, ContentTime: time,
    Modality: 'MG', PresentationIntentType: 'FOR PRESENTATION', Manufacturer: maker.manufacturer, ManufacturerModelName: maker.model, DeviceSerialNumber: String(hashText(maker.model) % 100000), SoftwareVersions: '1.0',
    SeriesDescription: viewName(exposure), SeriesNumber: seriesNumber(index), InstanceNumber: 1, AcquisitionNumber: index + 1, PatientOrientation: orientationOf(exposure), ImageLaterality: exposure.side,
    BodyPartExamined: 'BREAST', AnatomicRegionSequence: [breastRegion], AcquisitionContextSequence: [],
    ViewPosition: exposure.view, ViewCodeSequence: [viewCode(exposure)], PositionerType: 'MAMMOGRAPHIC', PositionerPrimaryAngle: exposure.view === 'CC' ? 0 : exposure.side === 'R' ? 45 : -45,
    OrganExposed: 'BREAST', BreastImplantPresent: implants ? 'YES' : 'NO', PartialView: 'NO',
    KVP: 28 + (thickness > 60 ? 2 : 0), ExposureTime: 900 + (dose % 500), XRayTubeCurrent: 80, Exposure: 72 + (dose % 40), AnodeTargetMaterial: 'RHODIUM', FilterMaterial: 'RHODIUM', FilterType: 'STRIP', FocalSpots: 0.3, Grid: ['RECIPROCATING', 'FOCUSED'],
    BodyPartThickness: thickness, CompressionForce: 90 + (dose % 40), DistanceSourceToDetector: 660, DistanceSourceToPatient: Number((660 / magnification).toFixed(3)), ExposureControlMode: 'AUTOMATIC',
    EstimatedRadiographicMagnificationFactor: magnification, ImagerPixelSpacing: spacing, DetectorType: 'SCINTILLATOR', DetectorConfiguration: 'AREA', DetectorID: `D${hashText(maker.model) % 1000}`, DetectorElementPhysicalSize: spacing, DetectorElementSpacing: spacing,
    FieldOfViewShape: 'RECTANGLE', FieldOfViewDimensions: [Math.round(columns * imagerPixelSpacingMm), Math.round(rows * imagerPixelSpacingMm)], FieldOfViewOrigin: [0, 0], FieldOfViewRotation: exposure.side === 'R' ? 180 : 0, FieldOfViewHorizontalFlip: exposure.mirrored ? 'YES' : 'NO',
    SamplesPerPixel: 1, PhotometricInterpretation: inverse ? 'MONOCHROME1' : 'MONOCHROME2', Rows: rows, Columns: columns, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0,
    PixelPaddingValue: inverse ? 4095 : 0, PixelPaddingRangeLimit: inverse ? 4095 - paddingLimit : paddingLimit,
    PixelIntensityRelationship: 'LOG', PixelIntensityRelationshipSign: inverse ? 1 : -1, RescaleIntercept: 0, RescaleSlope: 1, RescaleType: 'US', PresentationLUTShape: inverse ? 'INVERSE' : 'IDENTITY', LossyImageCompression: '00', ...windowsOf(maker),
    IrradiationEventUID: uidFrom(`${keyOf(study)}/${index}/event`),
  }
}
