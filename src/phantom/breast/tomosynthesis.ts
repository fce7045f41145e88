import type { NaturalDataset } from '../../dicom/file/write.ts'
import type { GeneratedImage, Pixels } from '../image.ts'
import { hashText, uidFrom } from '../random.ts'
import { instanceUidOf, keyOf, patientAndStudy, seriesUidOf } from '../study.ts'
import type { StudyTruth, TrueLesion } from '../truth.ts'
import { createTissueTextures, noTextures, sheetCount } from './anatomy.ts'
import { breastRegion, isFlipped, orientationOf, siteOf, sizeOf, typeOf, viewCode, viewName } from './attributes.ts'
import { maskLesion, scaleInPlane } from './lesions.ts'
import { addQuantumNoise, createScene, drawOver, tissueOf, type Scene } from './picture.ts'
import type { RenderOptions, TomosynthesisCase } from './plan.ts'
import { toStored, windowsOf } from './stored.ts'
import { oneSheet, renderTissue } from './tissue.ts'

type Vector = readonly [number, number, number]

/** -1 at the detector to 1 for the middle of a frame. */
const heightOf = ({ frames }: TomosynthesisCase, frame: number): number => (2 * (frame + 0.5)) / frames - 1

/** The scene, its lesions each in the middle of a plane, so that one frame shows them at their largest. */
const sceneOf = (one: TomosynthesisCase): Scene => {
  const { anatomy, positioningSeed, exposure, columns, rows, pixelSpacingMm, lesions, frames } = one
  const scene = createScene({ anatomy, positioningSeed, exposure, columns, rows, pixelMm: pixelSpacingMm, lesions })
  return { ...scene, shapes: scene.shapes.map((shape) => ({ ...shape, z: heightOf(one, Math.max(0, Math.min(frames - 1, Math.round(((shape.z + 1) / 2) * frames - 0.5)))) })) }
}

/** Brightness of a plane: the two sheets it lies between, sharp, and a veil of all of them. */
const blendSheets = (sheets: readonly Float32Array[], veil: Float32Array, z: number): Float32Array => {
  const place = ((z + 1) / 2) * (sheetCount - 1)
  const below = Math.min(sheetCount - 2, Math.floor(place))
  const [low, high, share] = [sheets[below], sheets[below + 1], place - below]
  const out = new Float32Array(veil.length)
  for (let i = 0; i < out.length; i++) out[i] = 0.6 * ((low?.[i] ?? 0) * (1 - share) + (high?.[i] ?? 0) * share) + 0.4 * (veil[i] ?? 0)
  return out
}

/** The instance of a tomosynthesis: one, multi-frame, lowest plane first. */
export const tomosynthesisImage = (one: TomosynthesisCase, { plain = false }: RenderOptions = {}): GeneratedImage => {
  const { anatomy, study, maker, exposure, columns, pixelSpacingMm, frames, frameSpacingMm } = one
  const textures = plain ? noTextures : createTissueTextures(anatomy)
  const scene = sceneOf(one)
  const { tissueScene, every, grid } = tissueOf(scene, textures, maker.rimMm, plain)
  const sheets = Array.from({ length: sheetCount }, (_, sheet) => renderTissue(tissueScene, grid, oneSheet(sheet)).data)
  const veil = new Float32Array(grid.columns * grid.rows)
  for (const sheet of sheets) for (let i = 0; i < veil.length; i++) veil[i] = (veil[i] ?? 0) + (sheet[i] ?? 0) / sheetCount
  const stored = Array.from({ length: frames }, (_, frame): Pixels => {
    const z = heightOf(one, frame)
    const picture = drawOver(scene, { data: blendSheets(sheets, veil, z), columns: grid.columns, every }, textures, plain, { z, thicknessMm: frames * frameSpacingMm, spacingMm: frameSpacingMm })
    if (!plain) addQuantumNoise(picture, columns, pixelSpacingMm, `${keyOf(study)}/tomosynthesis/${frame}`, 0.025)
    return toStored(picture, columns, isFlipped(exposure), maker)
  })
  return { dataset: datasetOf(one, scene), frames: stored }
}

/**
 * Directions in the patient (LPS) of a view: along rows and columns of the stored picture, and away from the detector.
 * An MLO is tilted by 45 degrees: its detector lies below and lateral.
 */
const directionsOf = ({ exposure: { side, view, mirrored } }: TomosynthesisCase): { row: Vector; column: Vector; up: Vector } => {
  const medial = side === 'R' ? 1 : -1
  const tilt = 0.707107
  const posterior = (side === 'R') !== (mirrored === true) ? 1 : -1
  return {
    row: [0, posterior, 0], column: view === 'CC' ? [medial, 0, 0] : [medial * tilt, 0, -tilt], up: view === 'CC' ? [0, 0, 1] : [medial * tilt, 0, tilt],
  }
}

/** Where a place of the view lies in the patient, LPS mm: the chest wall at the nipple's height on the detector is the breast's middle. */
const worldOf = (one: TomosynthesisCase, u: number, v: number, heightMm: number): Vector => {
  const { column, up } = directionsOf(one)
  const base: Vector = [one.exposure.side === 'R' ? -85 : 85, 0, 0]
  const at = (axis: 0 | 1 | 2) => base[axis] + (axis === 1 ? -u : 0) + column[axis] * v + up[axis] * heightMm
  return [at(0), at(1), at(2)]
}

const frameHeightMm = ({ frameSpacingMm }: TomosynthesisCase, frame: number): number => (frame + 0.5) * frameSpacingMm
const round = (value: number): number => Math.round(value * 1000) / 1000 + 0

/** Centre of the first stored pixel of a frame. */
const positionOf = (one: TomosynthesisCase, { nippleRow, columns, pixelMm }: Scene, frame: number): number[] => {
  const first = isFlipped(one.exposure) ? columns - 1 : 0
  return worldOf(one, (first + 0.5) * pixelMm, -nippleRow * pixelMm, frameHeightMm(one, frame)).map(round)
}

/** What is truly in a tomosynthesis: centres in its frame of reference, and masks of its frames, lowest first. */
export const tomosynthesisTruth = (one: TomosynthesisCase): StudyTruth => {
  const { study, exposure, columns, rows, frames, frameSpacingMm, seriesNumber } = one
  const scene = sceneOf(one)
  const seriesInstanceUid = seriesUidOf(study, seriesNumber)
  const data = new Uint8Array(columns * rows * frames)
  const lesions = scene.shapes.map((shape, i): TrueLesion => {
    const { lesion, at, extent: { centre }, z } = shape
    for (let frame = 0; frame < frames; frame++) {
      const scale = scaleInPlane(shape, { dzMm: ((heightOf(one, frame) - z) * frames * frameSpacingMm) / 2, halfMm: frameSpacingMm / 2 })
      if (scale > 0) maskLesion(data.subarray(frame * columns * rows, (frame + 1) * columns * rows), scene, shape, i + 1, scale)
    }
    return {
      lesion: lesion.lesion, type: lesion.kind, site: siteOf(lesion), state: 'present', seriesInstanceUid,
      centre: worldOf(one, at[0] + centre[0], at[1] + centre[1], ((z + 1) / 2) * frames * frameSpacingMm), ...sizeOf(shape),
    }
  })
  if (isFlipped(exposure)) for (let start = 0; start < data.length; start += columns) data.subarray(start, start + columns).reverse()
  const segments = scene.shapes.map(({ lesion }, i) => ({ number: i + 1, lesion: lesion.lesion, type: typeOf[lesion.kind] }))
  return { lesions, masks: segments.length === 0 ? [] : [{ seriesInstanceUid, labelMap: { columns, rows, slices: frames, data }, segments }] }
}

/** How many exposures a sweep takes, and the arc they lie on, degrees. */
const projections = 15
const arcDegrees = 25

/** The sweep the planes were reconstructed from (PS3.3 C.8.21.3.4). */
const acquisitionOf = ({ frames, frameSpacingMm, exposure: { side, view } }: TomosynthesisCase): NaturalDataset => {
  const middle = view === 'CC' ? 0 : side === 'R' ? 45 : -45
  return {
    KVP: 30, ExposureInmAs: 60, Grid: 'NONE', DistanceSourceToDetector: 700, DistanceSourceToPatient: 660.378, EstimatedRadiographicMagnificationFactor: 1.06, AnodeTargetMaterial: 'TUNGSTEN', FilterMaterial: 'ALUMINUM', FilterType: 'FLAT', FocalSpots: 0.3,
    BodyPartThickness: Math.round(frames * frameSpacingMm), CompressionForce: 95, PaddleDescription: 'Large', ExposureControlMode: 'AUTOMATIC', ExposureControlModeDescription: 'By breast thickness', HalfValueLayer: 0.55,
    XRayReceptorType: 'DIGITAL_DETECTOR', DetectorTemperature: 28, FieldOfViewShape: 'RECTANGLE', FieldOfViewOrigin: [0, 0], PrimaryPositionerScanArc: arcDegrees, PrimaryPositionerScanStartAngle: middle - arcDegrees / 2, PrimaryPositionerIncrement: Number((arcDegrees / (projections - 1)).toFixed(4)),
    PerProjectionAcquisitionSequence: Array.from({ length: projections }, (_, i) => ({ PositionerPrimaryAngle: Number((middle - arcDegrees / 2 + (i * arcDegrees) / (projections - 1)).toFixed(3)), XRayTubeCurrentInmA: 180, ExposureTimeInms: 22, ExposureInmAs: 4, RelativeXRayExposure: 520 })),
  }
}

/** Breast Tomosynthesis Image, For Presentation (PS3.3 A.55). */
const datasetOf = (one: TomosynthesisCase, scene: Scene): NaturalDataset => {
  const { study, maker, exposure, columns, rows, pixelSpacingMm, frames, frameSpacingMm, seriesNumber } = one
  const { date } = study
  const { row, column } = directionsOf(one)
  const organization = uidFrom(`${keyOf(study)}/${seriesNumber}/dimensions`)
  const { WindowCenter, WindowWidth, WindowCenterWidthExplanation, VOILUTFunction } = windowsOf(maker)
  const frameType = ['DERIVED', 'PRIMARY', 'TOMOSYNTHESIS', 'NONE']
  const calculated = { PixelPresentation: 'MONOCHROME', VolumetricProperties: 'VOLUME', VolumeBasedCalculationTechnique: 'TOMOSYNTHESIS' }
  const perFrame = Array.from({ length: frames }, (_, frame) => ({
    FrameContentSequence: [{ FrameAcquisitionNumber: 1, StackID: '1', InStackPositionNumber: frame + 1, DimensionIndexValues: [1, frame + 1] }],
    PlanePositionSequence: [{ ImagePositionPatient: positionOf(one, scene, frame) }],
    XRay3DFrameTypeSequence: [{ FrameType: frameType, ...calculated, ReconstructionIndex: 1 }],
  }))
  return {
    ...patientAndStudy(study), SOPClassUID: '1.2.840.10008.5.1.4.1.1.13.1.3', SOPInstanceUID: instanceUidOf(study, seriesNumber, 1), SeriesInstanceUID: seriesUidOf(study, seriesNumber),
    ImageType: frameType, ...calculated, SeriesDate: date, ContentDate: date, SeriesTime: '102500', ContentTime: '102500', AcquisitionDateTime: `${date}102500`,
    Modality: 'MG', PresentationIntentType: 'FOR PRESENTATION', Manufacturer: maker.manufacturer, ManufacturerModelName: maker.model, DeviceSerialNumber: String(hashText(maker.model) % 100000), SoftwareVersions: '1.0',
    SeriesDescription: `${viewName(exposure)} Tomosynthesis`, SeriesNumber: seriesNumber, InstanceNumber: 1, PatientOrientation: orientationOf(exposure), ImageLaterality: exposure.side,
    BodyPartExamined: 'BREAST', AnatomicRegionSequence: [breastRegion], AcquisitionContextSequence: [], ViewPosition: exposure.view, ViewCodeSequence: [viewCode(exposure)], BreastImplantPresent: one.anatomy.implants ? 'YES' : 'NO', PartialView: 'NO',
    ContentQualification: 'PRODUCT', FrameOfReferenceUID: uidFrom(`${keyOf(study)}/${viewName(exposure)}/frame`), PositionReferenceIndicator: '', LossyImageCompression: '00', PresentationLUTShape: 'IDENTITY',
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: organization }],
    DimensionIndexSequence: [
      { DimensionOrganizationUID: organization, DimensionIndexPointer: 0x00209056, FunctionalGroupPointer: 0x00209111, DimensionDescriptionLabel: 'Stack' },
      { DimensionOrganizationUID: organization, DimensionIndexPointer: 0x00209057, FunctionalGroupPointer: 0x00209111, DimensionDescriptionLabel: 'Position' },
    ],
    SharedFunctionalGroupsSequence: [{
      PixelMeasuresSequence: [{ PixelSpacing: [pixelSpacingMm, pixelSpacingMm], SliceThickness: frameSpacingMm, SpacingBetweenSlices: frameSpacingMm }],
      PlaneOrientationSequence: [{ ImageOrientationPatient: [...row, ...column] }],
      FrameAnatomySequence: [{ FrameLaterality: exposure.side, AnatomicRegionSequence: [breastRegion] }],
      FrameVOILUTSequence: [{ WindowCenter, WindowWidth, WindowCenterWidthExplanation, VOILUTFunction }],
      PixelValueTransformationSequence: [{ RescaleIntercept: 0, RescaleSlope: 1, RescaleType: 'US' }],
    }],
    PerFrameFunctionalGroupsSequence: perFrame,
    XRay3DAcquisitionSequence: [acquisitionOf(one)],
    XRay3DReconstructionSequence: [{ ApplicationName: maker.model, ApplicationVersion: '1.0', ApplicationManufacturer: maker.manufacturer, AlgorithmType: 'FILTER_BACK_PROJ', AcquisitionIndex: 1 }],
    NumberOfFrames: frames, SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', Rows: rows, Columns: columns, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0,
  }
}
