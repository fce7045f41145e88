import type { FramePlane } from '../../domain/geometry/points.ts'
import type { NaturalDataset } from '../../dicom/file/write.ts'
import type { GeneratedImage, Pixels } from '../image.ts'
import { frameUidOf, instanceUidOf, patientAndStudy, seriesUidOf } from '../study.ts'
import { acquireHu, acquireSuv, createTorso, type Torso } from './acquire.ts'
import { petCtPlanes, type PetCtPlan } from './plan.ts'

export const petSeriesNumbers = { ct: 2, pet: 3 } as const

/** 18F, seconds. */
const halfLifeSeconds = 6586.2
/** Seconds after midnight: the study begins at 10:15, the CT follows, then the PET from the thighs up. */
const [ctSeconds, petSeconds, bedSeconds] = [10 * 3600 + 17 * 60, 10 * 3600 + 19 * 60 + 30, 120]
const slicesPerBed = 26

const time = (seconds: number): string => [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((value) => String(Math.floor(value)).padStart(2, '0')).join('')
const code = (CodeValue: string, CodingSchemeDesignator: string, CodeMeaning: string) => [{ CodeValue, CodingSchemeDesignator, CodeMeaning }]

const uptakeSeconds = (minutes: number): number => Math.round(minutes * 60)

/** Activity left at the start of the PET, per gram of body: Bq/ml at which SUVbw is 1. */
export const bqmlPerSuv = ({ doseBq, weightKg, uptakeMinutes }: PetCtPlan): number => (doseBq * 2 ** (-uptakeSeconds(uptakeMinutes) / halfLifeSeconds)) / (weightKg * 1000)

/** Stored values of a slice and the slope that makes Bq/ml of them; the slope has as many digits as a decimal string holds. */
export const storePet = (suv: Float32Array, factor: number): { readonly stored: Uint16Array<ArrayBuffer>; readonly slope: number } => {
  let highest = 0
  for (const value of suv) if (value > highest) highest = value
  const slope = Number(Math.max(1e-4, (highest * factor) / 32000).toPrecision(8))
  const stored = new Uint16Array(suv.length)
  for (let at = 0; at < stored.length; at++) stored[at] = Math.round(((suv[at] ?? 0) * factor) / slope)
  return { stored, slope }
}

const common = (plan: PetCtPlan, plane: FramePlane, seriesNumber: number, instanceNumber: number, seconds: { readonly series: number; readonly acquisition: number }): NaturalDataset => {
  const { study, scanner, weightKg, heightM } = plan
  const { date } = study
  return {
    ...patientAndStudy(study), PatientWeight: weightKg, PatientSize: heightM, SOPInstanceUID: instanceUidOf(study, seriesNumber, instanceNumber), SeriesInstanceUID: seriesUidOf(study, seriesNumber), SeriesNumber: seriesNumber, InstanceNumber: instanceNumber, AcquisitionNumber: 1,
    SeriesDate: date, AcquisitionDate: date, ContentDate: date, SeriesTime: time(seconds.series), AcquisitionTime: time(seconds.acquisition), ContentTime: time(seconds.acquisition + bedSeconds),
    BodyPartExamined: 'WHOLEBODY', Manufacturer: scanner.manufacturer, ManufacturerModelName: scanner.model, SoftwareVersions: scanner.software, FrameOfReferenceUID: frameUidOf(study), PositionReferenceIndicator: '',
    ImagePositionPatient: [...plane.origin], ImageOrientationPatient: [...plane.rowDirection, ...plane.columnDirection], PixelSpacing: [plane.rowSpacingMm, plane.columnSpacingMm], SliceThickness: plan.stepMm, SpacingBetweenSlices: plan.stepMm, SliceLocation: plane.origin[2],
    SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', Rows: plane.rows, Columns: plane.columns, BitsAllocated: 16, PixelRepresentation: 0,
  }
}

/** A PET image (PS3.3 A.21, C.8.9): Bq/ml corrected for decay to the start of the series, a slope of its own for each slice. */
const petDataset = (plan: PetCtPlan, plane: FramePlane, index: number, slope: number, factor: number): NaturalDataset => {
  const bed = Math.floor(index / slicesPerBed)
  const acquisition = petSeconds + bed * (bedSeconds + 4)
  const number = plan.slices - index
  const injected = petSeconds - uptakeSeconds(plan.uptakeMinutes)
  return {
    ...common(plan, plane, petSeriesNumbers.pet, number, { series: petSeconds, acquisition }), SOPClassUID: '1.2.840.10008.5.1.4.1.1.128', ImageType: ['ORIGINAL', 'PRIMARY'], Modality: 'PT', SeriesDescription: 'PET WB AC', BitsStored: 16, HighBit: 15,
    SeriesType: ['WHOLE BODY', 'IMAGE'], Units: 'BQML', CountsSource: 'EMISSION', CorrectedImage: ['RAN', 'DTIM', 'NORM', 'ATTN', 'SCAT', 'DECY'], DecayCorrection: 'START', NumberOfSlices: plan.slices, ImageIndex: number, CollimatorType: 'NONE', RandomsCorrectionMethod: 'DLYD', AttenuationCorrectionMethod: 'CT-derived mu map',
    ScatterCorrectionMethod: 'Model-based', ReconstructionMethod: 'TOF-OSEM 3i 21s', ConvolutionKernel: 'Gaussian 5 mm', ActualFrameDuration: bedSeconds * 1000, FrameReferenceTime: (acquisition - petSeconds + bedSeconds / 2) * 1000, DecayFactor: Number((2 ** ((acquisition - petSeconds) / halfLifeSeconds)).toFixed(6)),
    DoseCalibrationFactor: 1, ScatterFractionFactor: 0.34, EnergyWindowRangeSequence: [{ EnergyWindowLowerLimit: 435, EnergyWindowUpperLimit: 585 }],
    RadiopharmaceuticalInformationSequence: [{
      Radiopharmaceutical: 'Fluorodeoxyglucose', RadiopharmaceuticalRoute: 'Intravenous', RadiopharmaceuticalStartTime: time(injected), RadiopharmaceuticalStartDateTime: `${plan.study.date}${time(injected)}`, RadionuclideTotalDose: plan.doseBq, RadionuclideHalfLife: halfLifeSeconds, RadionuclidePositronFraction: 0.967,
      RadionuclideCodeSequence: code('77004003', 'SCT', '^18^Fluorine'), RadiopharmaceuticalCodeSequence: code('35321007', 'SCT', 'Fluorodeoxyglucose F^18^'),
    }],
    PatientOrientationCodeSequence: [{ ...code('102538003', 'SCT', 'recumbent')[0], PatientOrientationModifierCodeSequence: code('40199007', 'SCT', 'supine') }], PatientGantryRelationshipCodeSequence: code('102540008', 'SCT', 'headfirst'),
    RescaleIntercept: 0, RescaleSlope: slope, RescaleType: 'BQML', WindowCenter: Math.round(3.5 * factor), WindowWidth: Math.round(7 * factor),
  }
}

const ctDataset = (plan: PetCtPlan, plane: FramePlane, index: number): NaturalDataset => ({
  ...common(plan, plane, petSeriesNumbers.ct, index + 1, { series: ctSeconds, acquisition: ctSeconds }), SOPClassUID: '1.2.840.10008.5.1.4.1.1.2', ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'], Modality: 'CT', PatientPosition: 'HFS', SeriesDescription: `CT low dose ${plan.stepMm} mm`, KVP: 120, XRayTubeCurrent: 45, ExposureTime: 500, Exposure: 23,
  ConvolutionKernel: 'STANDARD', DataCollectionDiameter: 500, ReconstructionDiameter: Number((plan.ct.columns * plan.ct.spacingMm).toFixed(2)), GantryDetectorTilt: 0, BitsStored: 12, HighBit: 11, RescaleIntercept: -1024, RescaleSlope: 1, RescaleType: 'HU', WindowCenter: [40, -500], WindowWidth: [400, 1500], WindowCenterWidthExplanation: ['Soft tissue', 'Lung'],
})

const ctStored = (hu: Float32Array): Pixels => {
  const stored = new Uint16Array(hu.length)
  for (let at = 0; at < stored.length; at++) stored[at] = Math.max(0, Math.min(4095, Math.round((hu[at] ?? 0) + 1024)))
  return stored
}

/** All images of a PET/CT: the CT from the feet up, then the PET whose first instance is the highest slice. */
export function* petCtImages(plan: PetCtPlan, torso: Torso = createTorso(plan)): Generator<GeneratedImage> {
  const ctPlanes = petCtPlanes(plan, plan.ct)
  let index = 0
  for (const hu of acquireHu(plan, torso)) {
    const plane = ctPlanes[index]
    if (plane) yield { dataset: ctDataset(plan, plane, index), frames: [ctStored(hu)] }
    index++
  }
  const suv = acquireSuv(plan, torso)
  const factor = bqmlPerSuv(plan)
  const petPlanes = petCtPlanes(plan, plan.pet)
  const size = plan.pet.columns ** 2
  for (let at = plan.slices - 1; at >= 0; at--) {
    const plane = petPlanes[at]
    const { stored, slope } = storePet(suv.subarray(at * size, (at + 1) * size), factor)
    if (plane) yield { dataset: petDataset(plan, plane, at, slope, factor), frames: [stored] }
  }
}
