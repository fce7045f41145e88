import { createHash } from 'node:crypto'
import { encodePart10, type NaturalDataset } from '../dicom/file/write.ts'

/** A UID made from a text: the same text, the same UID (PS3.5 B.2, derived from a hash as from a UUID). */
export const uidOf = (text: string): string => `2.25.${BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 30)}`)}`

export type SyntheticCt = {
  readonly patientId?: string
  readonly patientName?: string
  readonly study?: string
  readonly series?: string
  readonly rows?: number
  readonly columns?: number
  readonly slices?: number
  /** mm between rows, mm between columns. */
  readonly pixelSpacing?: readonly [number, number]
  readonly sliceSpacingMm?: number
  /** Stored value at a column, row and slice; the default is a slope in all three. */
  readonly stored?: (column: number, row: number, slice: number) => number
  readonly more?: NaturalDataset
}

/** Data sets of a plain axial CT, first slice lowest, 16 bits signed, intercept -1024. */
export const syntheticCtDatasets = ({
  patientId = 'TEST-1', patientName = 'Test^Patient', study = 'study', series = 'series', rows = 64, columns = 64, slices = 3, pixelSpacing = [1, 1],
  sliceSpacingMm = 2, stored = (column, row, slice) => 1000 + column + row + slice * 10, more = {},
}: SyntheticCt = {}): NaturalDataset[] =>
  Array.from({ length: slices }, (_, slice) => {
    const pixels = new Int16Array(rows * columns)
    for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) pixels[row * columns + column] = stored(column, row, slice)
    return {
      SpecificCharacterSet: 'ISO_IR 192', ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'], SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      SOPInstanceUID: uidOf(`${patientId}/${study}/${series}/${slice}`), StudyDate: '20260105', SeriesDate: '20260105', StudyTime: '101500', AccessionNumber: '',
      Modality: 'CT', Manufacturer: 'Generated', ReferringPhysicianName: '', StudyDescription: 'Test study', SeriesDescription: `Test series ${series}`,
      PatientName: patientName, PatientID: patientId, PatientBirthDate: '', PatientSex: 'O', SliceThickness: sliceSpacingMm, KVP: 120, PatientPosition: 'HFS',
      StudyInstanceUID: uidOf(`${patientId}/${study}`), SeriesInstanceUID: uidOf(`${patientId}/${study}/${series}`), StudyID: '1', SeriesNumber: 1,
      AcquisitionNumber: 1, InstanceNumber: slice + 1, ImagePositionPatient: [-columns / 2, -rows / 2, slice * sliceSpacingMm],
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0], FrameOfReferenceUID: uidOf(`${patientId}/${study}/frame`), PositionReferenceIndicator: '',
      SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', Rows: rows, Columns: columns, PixelSpacing: [...pixelSpacing],
      BitsAllocated: 16, BitsStored: 16, HighBit: 15, PixelRepresentation: 1, WindowCenter: 40, WindowWidth: 400, RescaleIntercept: -1024, RescaleSlope: 1,
      RescaleType: 'HU', PixelData: pixels.buffer, ...more,
    }
  })

/** The same as Part 10 files, Explicit VR Little Endian. */
export const syntheticCt = (options: SyntheticCt = {}): Uint8Array<ArrayBuffer>[] => syntheticCtDatasets(options).map((dataset) => encodePart10(dataset))

/** The stored pixels of the first slice, as a frame of it is sent. */
export const syntheticCtPixels = (options: SyntheticCt = {}): Uint8Array => new Uint8Array(syntheticCtDatasets({ ...options, slices: 1 })[0]?.['PixelData'] as ArrayBuffer)
