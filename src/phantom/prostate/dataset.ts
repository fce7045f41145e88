import type { FramePlane } from '../../domain/geometry/points.ts'
import type { NaturalDataset } from '../../dicom/file/write.ts'
import { frameUidOf, instanceUidOf, patientAndStudy, seriesUidOf } from '../study.ts'
import type { ProstatePlan } from './plan.ts'

export const mrImageStorage = '1.2.840.10008.5.1.4.1.1.4'

/** Numbers of the series in their study; a series for each b-value counts on from `diffusion`. */
export const seriesNumbers = { sagittal: 2, coronal: 3, transverse: 4, diffusion: 5, adc: 9, calculated: 10, dynamic: 11 } as const

/** A time of day so many seconds after the study's begin, as TM. */
export const timeAfter = (seconds: number): string => {
  const at = 10 * 3600 + 15 * 60 + seconds
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${two(at / 3600)}${two((at / 60) % 60)}${two(at % 60)}${at % 1 ? `.${String(Math.round((at % 1) * 1000)).padStart(3, '0')}` : ''}`
}

type Window = { readonly centre: number; readonly width: number }
/** What images of a series share, and what tells one from another. */
export type MrImage = {
  readonly seriesNumber: number
  readonly instanceNumber: number
  readonly description: string
  readonly imageType: readonly string[]
  readonly plane: FramePlane
  readonly thicknessMm: number
  readonly stepMm: number
  readonly seriesSeconds: number
  readonly acquisitionSeconds: number
  readonly window: Window
  /** Sequence and whatever else this kind of image has. */
  readonly more: NaturalDataset
}

/** An MR image without its Pixel Data (PS3.3 A.4, C.8.3). */
export const mrDataset = (plan: ProstatePlan, image: MrImage): NaturalDataset => {
  const { study, scanner } = plan
  const { plane, seriesNumber, instanceNumber } = image
  const { date } = study
  return {
    ...patientAndStudy(study), SOPClassUID: mrImageStorage, SOPInstanceUID: instanceUidOf(study, seriesNumber, instanceNumber), ImageType: [...image.imageType],
    SeriesDate: date, AcquisitionDate: date, ContentDate: date, InstanceCreationDate: date, SeriesTime: timeAfter(image.seriesSeconds), AcquisitionTime: timeAfter(image.acquisitionSeconds), ContentTime: timeAfter(image.acquisitionSeconds + 95), InstanceCreationTime: timeAfter(image.acquisitionSeconds + 95),
    Modality: 'MR', Manufacturer: scanner.manufacturer, ManufacturerModelName: scanner.model, SoftwareVersions: scanner.software, SeriesDescription: image.description, ProtocolName: image.description.replace(/_(?:ADC|CALC).*$/, ''), BodyPartExamined: 'PROSTATE',
    MRAcquisitionType: '2D', SliceThickness: image.thicknessMm, SpacingBetweenSlices: image.stepMm, ImagingFrequency: scanner.fieldStrengthTesla === 3 ? 123.252 : 63.687, ImagedNucleus: '1H', MagneticFieldStrength: scanner.fieldStrengthTesla, TransmitCoilName: 'Body', ReceiveCoilName: 'Body matrix 18',
    PatientPosition: 'HFS', InPlanePhaseEncodingDirection: 'ROW', VariableFlipAngleFlag: 'N', NumberOfPhaseEncodingSteps: plane.rows, PercentSampling: 100, PercentPhaseFieldOfView: 100, AcquisitionMatrix: [0, plane.columns, plane.rows, 0],
    ScanOptions: '', AngioFlag: 'N', ImagesInAcquisition: '', ...image.more,
    SeriesInstanceUID: seriesUidOf(study, seriesNumber), SeriesNumber: seriesNumber, AcquisitionNumber: 1, InstanceNumber: instanceNumber, FrameOfReferenceUID: frameUidOf(study), PositionReferenceIndicator: '',
    ImagePositionPatient: [...plane.origin], ImageOrientationPatient: [...plane.rowDirection, ...plane.columnDirection], PixelSpacing: [plane.rowSpacingMm, plane.columnSpacingMm], SliceLocation: Number(sliceLocation(plane).toFixed(5)),
    SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', Rows: plane.rows, Columns: plane.columns, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0,
    WindowCenter: image.window.centre, WindowWidth: image.window.width,
  }
}

const sliceLocation = ({ origin, rowDirection: [a, b, c], columnDirection: [d, e, f] }: FramePlane): number => origin[0] * (b * f - c * e) + origin[1] * (c * d - a * f) + origin[2] * (a * e - b * d)

/** Turbo spin echo, echo planar and gradient echo, as their images say (PS3.3 C.8.3.1). */
export const sequences = {
  t2: { ScanningSequence: 'SE', SequenceVariant: ['SK', 'SP', 'OSP'], RepetitionTime: 5660, EchoTime: 104, EchoNumbers: 1, EchoTrainLength: 25, NumberOfAverages: 3, FlipAngle: 150, PixelBandwidth: 200, SequenceName: 'tse2d1_25' },
  diffusion: { ScanningSequence: 'EP', SequenceVariant: ['SK', 'SP', 'OSP'], ScanOptions: ['PFP', 'FS'], RepetitionTime: 3500, EchoTime: 63, EchoNumbers: 1, EchoTrainLength: 48, NumberOfAverages: 8, FlipAngle: 90, PixelBandwidth: 1500, DiffusionDirectionality: 'ISOTROPIC' },
  dynamic: { ScanningSequence: 'GR', SequenceVariant: ['SP', 'OSP'], MRAcquisitionType: '3D', RepetitionTime: 4.1, EchoTime: 1.4, EchoNumbers: 1, EchoTrainLength: 1, NumberOfAverages: 1, FlipAngle: 12, PixelBandwidth: 540, SequenceName: 'fl3d1' },
} as const satisfies Record<string, NaturalDataset>

/** The contrast agent of the dynamic series (PS3.3 C.7.6.4). */
export const contrastAgent = (weightKg: number): NaturalDataset => ({
  ContrastBolusAgent: 'Gadoterate meglumine', ContrastBolusRoute: 'IV', ContrastBolusVolume: Math.round(weightKg * 0.2), ContrastBolusTotalDose: Math.round(weightKg * 0.2), ContrastBolusIngredient: 'GADOLINIUM', ContrastBolusIngredientConcentration: 0.5, ContrastFlowRate: 3,
})

/** The units of ADC, in words a program reads (PS3.3 C.7.6.16.2.11): a stored value of 1 is 1 um2/s, 10^-6 mm2/s. */
export const adcUnits: NaturalDataset = {
  RealWorldValueMappingSequence: [{
    RealWorldValueFirstValueMapped: 0, RealWorldValueLastValueMapped: 4095, RealWorldValueIntercept: 0, RealWorldValueSlope: 1, LUTExplanation: 'ADC', LUTLabel: 'ADC',
    MeasurementUnitsCodeSequence: [{ CodeValue: 'um2/s', CodingSchemeDesignator: 'UCUM', CodeMeaning: 'um2/s' }],
    QuantityDefinitionSequence: [{ ValueType: 'CODE', ConceptNameCodeSequence: [{ CodeValue: '246205007', CodingSchemeDesignator: 'SCT', CodeMeaning: 'Quantity' }], ConceptCodeSequence: [{ CodeValue: '113041', CodingSchemeDesignator: 'DCM', CodeMeaning: 'Apparent Diffusion Coefficient' }] }],
  }],
  RescaleIntercept: 0, RescaleSlope: 1, RescaleType: 'US',
}
