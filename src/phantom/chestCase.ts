import { encodePart10, type NaturalDataset } from '../dicom/file/write.ts'
import { createChest, paintChest, type Chest, type Nodule } from './chest.ts'
import { addNoise, createNoiseTile } from './noise.ts'
import { createRandom, hashText, uidFrom } from './random.ts'

export type ChestCase = {
  readonly seed: number
  readonly patientId: string
  readonly name: string
  readonly sex: 'M' | 'F'
  readonly birthYear: number
  /** YYYYMMDD */
  readonly date: string
  readonly description: string
  readonly rows: number
  readonly columns: number
  /** mm between rows, mm between columns. */
  readonly pixelSpacing: readonly [number, number]
  readonly slices: number
  readonly sliceSpacingMm: number
  /** First file highest instead of lowest: Instance Number runs against z. */
  readonly reversed?: boolean
  readonly noiseHu: number
}

/** A nodule as the truth table has it: centre in the patient frame of the study, LPS mm. */
export type TrueNodule = { readonly centre: readonly [number, number, number]; readonly diameterMm: number; readonly type: Nodule['type'] }

const round = (value: number): number => Math.round(value * 1000) / 1000

/** The truth of a case: what the images were made from. */
export const truthOf = (one: ChestCase): TrueNodule[] =>
  createChest(one.seed).nodules.map(({ x, y, z, diameterMm, type }) => ({ centre: [x, y, z], diameterMm, type }))

/** Centre of the lowest slice in mm of the phantom: the stack lies about its middle. */
const lowestZ = (one: ChestCase): number => -((one.slices - 1) * one.sliceSpacingMm) / 2

/**
 * The instances of a chest CT, one after another: the same case gives the same bytes on one Node major.
 * `chest` is the seed's own unless a test changes it. Values are HU + 1024 in 16 bits unsigned with intercept -1024, as scanners write them.
 */
export function* chestInstances(one: ChestCase, chest: Chest = createChest(one.seed)): Generator<Uint8Array<ArrayBuffer>> {
  const { rows, columns, pixelSpacing: [rowSpacingMm, columnSpacingMm], slices, sliceSpacingMm } = one
  const tiles = [createNoiseTile(one.seed + 1), createNoiseTile(one.seed + 2)] as const
  const hu = new Float32Array(rows * columns)
  const originX = -((columns - 1) / 2) * columnSpacingMm
  const originY = -((rows - 1) / 2) * rowSpacingMm
  for (let number = 1; number <= slices; number++) {
    const level = one.reversed ? slices - number : number - 1
    const z = lowestZ(one) + level * sliceSpacingMm
    paintChest({ hu, rows, columns, rowSpacingMm, columnSpacingMm, originX, originY }, chest, z, sliceSpacingMm)
    addNoise(hu, columns, tiles, one.noiseHu, createRandom(hashText(`${one.seed}/${level}`)))
    const stored = new Uint16Array(rows * columns)
    for (let i = 0; i < stored.length; i++) stored[i] = Math.max(0, Math.min(4095, Math.round((hu[i] ?? 0) + 1024)))
    yield encodePart10(instanceOf(one, number, [round(originX), round(originY), round(z)], stored.buffer))
  }
}

const instanceOf = (one: ChestCase, number: number, position: readonly number[], PixelData: ArrayBuffer): NaturalDataset => {
  const key = `${one.patientId}/${one.date}/${one.seed}`
  return {
    SpecificCharacterSet: 'ISO_IR 192', ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'], SOPClassUID: '1.2.840.10008.5.1.4.1.1.2', SOPInstanceUID: uidFrom(`${key}/1/${number}`),
    StudyDate: one.date, SeriesDate: one.date, AcquisitionDate: one.date, ContentDate: one.date, StudyTime: '101500', SeriesTime: '101530', AcquisitionTime: '101530', ContentTime: '101530',
    AccessionNumber: `G${hashText(key)}`, Modality: 'CT', Manufacturer: 'Generated', ManufacturerModelName: 'Chest phantom 1', InstitutionName: 'Generated case', ReferringPhysicianName: '',
    StudyDescription: one.description, SeriesDescription: `Axial ${one.sliceSpacingMm} mm`, PatientName: one.name, PatientID: one.patientId, PatientBirthDate: `${one.birthYear}0101`, PatientSex: one.sex,
    PatientAge: `${String(Number(one.date.slice(0, 4)) - one.birthYear).padStart(3, '0')}Y`, PatientIdentityRemoved: 'YES', DeidentificationMethod: 'Generated: no person is shown',
    BodyPartExamined: 'CHEST', SliceThickness: one.sliceSpacingMm, KVP: 120, PatientPosition: 'HFS', ConvolutionKernel: 'STANDARD', StudyInstanceUID: uidFrom(key), SeriesInstanceUID: uidFrom(`${key}/1`),
    StudyID: '1', SeriesNumber: 1, AcquisitionNumber: 1, InstanceNumber: number, ImagePositionPatient: [...position], ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    FrameOfReferenceUID: uidFrom(`${key}/frame`), PositionReferenceIndicator: '', SliceLocation: position[2], SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', Rows: one.rows, Columns: one.columns,
    PixelSpacing: [...one.pixelSpacing], BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0, WindowCenter: [40, -500], WindowWidth: [400, 1500],
    WindowCenterWidthExplanation: ['Mediastinum', 'Lung'], RescaleIntercept: -1024, RescaleSlope: 1, RescaleType: 'HU', BurnedInAnnotation: 'NO', PixelData,
  }
}
