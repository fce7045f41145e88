import type { NaturalDataset } from '../../dicom/file/write.ts'
import type { GeneratedImage } from '../image.ts'
import { addNoise, createNoiseTiles } from '../noise.ts'
import { hashText } from '../random.ts'
import { frameUidOf, instanceUidOf, patientAndStudy, seriesUidOf } from '../study.ts'
import { eachCovered, formOf, type Form } from './lesions.ts'
import { createPerson } from './person.ts'
import type { ChestPlan, ChestSeries } from './plan.ts'
import { createChest, createSlicePainter, type Chest } from './slice.ts'
import type { Canvas } from './tubes.ts'

export const chestOf = (plan: ChestPlan): Chest => createChest(createPerson(plan.seed, plan.study.patient.sex, plan.contrast), plan.lesions.map(formOf))

const round = (value: number): number => Math.round(value * 1000) / 1000

/** The plane of a level of a series in the person's frame. A leaning gantry turns the rows about the x axis. */
export const canvasOf = (series: ChestSeries, level: number, hu: Float32Array): Canvas => {
  const { rows, columns, pixelSpacing: [rowStep, columnStep], lowestMm, spacingMm, thicknessMm, tiltDegrees = 0 } = series
  const tilt = (tiltDegrees * Math.PI) / 180
  const along = (row: number): number => (row - (rows - 1) / 2) * rowStep
  return {
    hu, rows, columns, columnStep, rowStep, originX: -((columns - 1) / 2) * columnStep, thickness: thicknessMm,
    rowY: Float32Array.from({ length: rows }, (_, row) => along(row) * Math.cos(tilt)), rowZ: Float32Array.from({ length: rows }, (_, row) => lowestMm + level * spacingMm + along(row) * Math.sin(tilt)),
  }
}

/** Levels in the order they are stored. */
const levelsOf = ({ slices, reversed, missing = [], doubled = [] }: ChestSeries): number[] => {
  const all = Array.from({ length: slices }, (_, level) => level).filter((level) => !missing.includes(level)).flatMap((level) => (doubled.includes(level) ? [level, level] : [level]))
  return reversed ? all.toReversed() : all
}

/** Ten blocks of 8 x 8 pixels in the first rows: the bits of the level, the lowest first, between a white and a black one. */
const writeNumber = (stored: Uint16Array, columns: number, level: number): void => {
  const bits = [1, ...Array.from({ length: 10 }, (_, bit) => (level >> bit) & 1), 0]
  for (let row = 0; row < 8; row++) bits.forEach((bit, block) => stored.fill(bit ? 2524 : 0, row * columns + block * 8, row * columns + block * 8 + 8))
}

/** Values are HU + 1024 in 12 of 16 bits unsigned, with intercept -1024, as scanners write them. */
const storedOf = (hu: Float32Array): Uint16Array<ArrayBuffer> => {
  const stored = new Uint16Array(hu.length)
  for (let at = 0; at < hu.length; at++) {
    const value = Math.round((hu[at] ?? 0) + 1024)
    stored[at] = value < 0 ? 0 : value > 4095 ? 4095 : value
  }
  return stored
}

const attributes = (plan: ChestPlan, series: Pick<ChestSeries, 'number' | 'description' | 'rows' | 'columns' | 'pixelSpacing' | 'thicknessMm' | 'kernel'>, instance: number): NaturalDataset => {
  const { study } = plan
  const time = `1015${String(20 + (series.number % 40)).padStart(2, '0')}`
  return {
    ...patientAndStudy(study), SOPClassUID: '1.2.840.10008.5.1.4.1.1.2', SOPInstanceUID: instanceUidOf(study, series.number, instance), Modality: 'CT', Manufacturer: plan.manufacturer, ManufacturerModelName: plan.model,
    SeriesDate: study.date, AcquisitionDate: study.date, ContentDate: study.date, SeriesTime: time, AcquisitionTime: time, ContentTime: time, SeriesDescription: series.description, SeriesInstanceUID: seriesUidOf(study, series.number),
    SeriesNumber: series.number, AcquisitionNumber: series.number, InstanceNumber: instance, BodyPartExamined: 'CHEST', PatientPosition: 'HFS', KVP: 120, SliceThickness: series.thicknessMm, ConvolutionKernel: series.kernel.name,
    ...(plan.contrast ? { ContrastBolusAgent: 'Iodinated contrast agent', ContrastBolusRoute: 'IV' } : {}),
    FrameOfReferenceUID: frameUidOf(study), PositionReferenceIndicator: '', SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', Rows: series.rows, Columns: series.columns, PixelSpacing: [...series.pixelSpacing],
    BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0, RescaleIntercept: -1024, RescaleSlope: 1, RescaleType: 'HU', WindowCenter: [40, -500], WindowWidth: [400, 1500], WindowCenterWidthExplanation: ['Mediastinum', 'Lung'],
  }
}

/** The place of a point of the person's frame in the study's frame of reference (LPS mm). */
export const toPatient = ({ shiftMm: [dx, dy, dz], tableMm }: ChestPlan, [x, y, z]: readonly [number, number, number]): [number, number, number] => [round(x + dx), round(y + dy), round(z + dz + tableMm)]

const planeOf = (plan: ChestPlan, { originX, rowY, rowZ }: Canvas, tiltDegrees: number) => {
  const tilt = (tiltDegrees * Math.PI) / 180
  const position = toPatient(plan, [originX, rowY[0] ?? 0, rowZ[0] ?? 0])
  return { ImagePositionPatient: position, ImageOrientationPatient: [1, 0, 0, 0, Number(Math.cos(tilt).toFixed(6)), Number(Math.sin(tilt).toFixed(6))], SliceLocation: position[2] }
}

/** The slices of a series in HU with their noise, lowest first; `bare` leaves the noise out. */
export function* chestSlices(plan: ChestPlan, series: ChestSeries, { chest = chestOf(plan), bare = false, levels }: { chest?: Chest; bare?: boolean; levels?: readonly number[] } = {}): Generator<{ level: number; canvas: Canvas }> {
  const { rows, columns, slices, noiseHu, kernel } = series
  const paint = createSlicePainter(chest, kernel.softness)
  const seed = hashText(`${plan.seed}/${plan.study.date}/${series.number}`)
  const tiles = createNoiseTiles(seed, kernel.fineness)
  const hu = new Float32Array(rows * columns)
  for (const level of levels ?? Array.from({ length: slices }, (_, index) => index)) {
    const canvas = canvasOf(series, level, hu)
    const { strength, across } = paint(canvas)
    const shoulders = Math.min(1, Math.max(0, ((canvas.rowZ[Math.floor(rows / 2)] ?? 0) - 98) / 45))
    if (!bare) addNoise(hu, columns, tiles, seed, level, strength.map((share) => share * noiseHu), across, shoulders * 0.9)
    yield { level, canvas }
  }
}

/** Outside the round field of view of a reconstruction there is nothing: -1024. */
const cutRound = ({ hu, rows, columns, rowStep, columnStep }: Canvas): void => {
  const radius = Math.min(rows * rowStep, columns * columnStep) / 2
  for (let row = 0; row < rows; row++) {
    const y = (row - (rows - 1) / 2) * rowStep
    const half = Math.sqrt(Math.max(0, radius * radius - y * y)) / columnStep
    const first = Math.max(0, Math.ceil((columns - 1) / 2 - half))
    hu.fill(-1024, row * columns, row * columns + first)
    hu.fill(-1024, (row + 1) * columns - first, (row + 1) * columns)
  }
}

/** The instances of a chest CT, one after another: the same plan gives the same bytes on one Node major. */
export function* chestImages(plan: ChestPlan, { bare = false } = {}): Generator<GeneratedImage> {
  const chest = chestOf(plan)
  if (plan.localiser) yield* localiser(plan, chest)
  for (const series of plan.series) {
    let instance = 0
    for (const { level, canvas } of chestSlices(plan, series, { chest, bare, levels: levelsOf(series) })) {
      cutRound(canvas)
      const stored = storedOf(canvas.hu)
      if (series.numbered) writeNumber(stored, series.columns, level)
      instance++
      yield {
        dataset: { ...attributes(plan, series, instance), ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'], ...(series.tiltDegrees ? { GantryDetectorTilt: -series.tiltDegrees } : {}), ...planeOf(plan, canvas, series.tiltDegrees ?? 0) },
        frames: [stored],
      }
    }
  }
}

/** One series of three scouts, across, from the front and from the side, each a mean along its view. */
function* localiser(plan: ChestPlan, chest: Chest): Generator<GeneratedImage> {
  const side = 128
  const step = 3
  const series: ChestSeries = { number: 99, description: 'Localiser', rows: side, columns: side, pixelSpacing: [step, step], slices: 90, spacingMm: step, thicknessMm: step, lowestMm: -135, noiseHu: 8, kernel: { name: 'SCOUT', softness: 0.5, fineness: 0.8 } }
  const front = new Float32Array(side * series.slices)
  const lateral = new Float32Array(side * series.slices)
  let middle = new Float32Array(side * side)
  for (const { level, canvas } of chestSlices(plan, series, { chest })) {
    const row = (series.slices - 1 - level) * side
    for (let j = 0; j < side; j++) for (let i = 0; i < side; i++) {
      const value = (canvas.hu[j * side + i] ?? 0) / side
      front[row + i] = (front[row + i] ?? 0) + value
      lateral[row + j] = (lateral[row + j] ?? 0) + value
    }
    if (level === 45) middle = canvas.hu.slice()
  }
  const edge = -((side - 1) / 2) * step
  const top = series.lowestMm + (series.slices - 1) * step
  const views = [
    { pixels: middle, rows: side, orientation: [1, 0, 0, 0, 1, 0], at: [edge, edge, series.lowestMm + 45 * step] as const }, { pixels: front, rows: series.slices, orientation: [1, 0, 0, 0, 0, -1], at: [edge, 0, top] as const },
    { pixels: lateral, rows: series.slices, orientation: [0, 1, 0, 0, 0, -1], at: [0, edge, top] as const },
  ]
  for (const [index, { pixels, rows, orientation, at }] of views.entries()) {
    const position = toPatient(plan, at)
    yield {
      dataset: { ...attributes(plan, { ...series, rows }, index + 1), ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'], ImagePositionPatient: position, ImageOrientationPatient: orientation, SliceLocation: position[2], WindowCenter: -300, WindowWidth: 1200, WindowCenterWidthExplanation: 'Scout' },
      frames: [storedOf(pixels)],
    }
  }
}

/** Voxels of the lesions over a series (value n: the n-th), slices from the lowest: those at least half covered. */
export const lesionVoxels = (series: ChestSeries, forms: readonly Form[], levels: readonly number[] = Array.from({ length: series.slices }, (_, index) => index)): Uint8Array => {
  const size = series.rows * series.columns
  const voxels = new Uint8Array(size * levels.length)
  const none = new Float32Array(0)
  levels.forEach((level, index) => {
    const canvas = canvasOf(series, level, none)
    forms.forEach((form, number) => eachCovered(canvas, form, (at, cover) => { if (cover >= 0.5) voxels[index * size + at] = number + 1 }))
  })
  return voxels
}
