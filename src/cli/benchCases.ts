import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodePart10 } from '../dicom/file/write.ts'
import { measure, roundPlace } from '../domain/measurement/measure.ts'
import type { Measurement, Place } from '../domain/measurement/types.ts'
import { syntheticCtDatasets, uidOf, type SyntheticCt } from '../testing/dicom.ts'
import { hundredLabels } from '../testing/hundredLabels.ts'

const [rows, columns] = [512, 512]
const spacingMm = 0.7
const ct = (patientId: string, slices: number): SyntheticCt => ({ patientId, rows, columns, slices, pixelSpacing: [spacingMm, spacingMm], sliceSpacingMm: 1, stored: (column, row, slice) => 900 + ((column + row + slice) % 256) })

/** Writes the same CT of 512 x 512 and so many slices for each subject. */
export const writeBenchCases = (folder: string, slices: number, subjects: readonly string[]): void => {
  for (const subject of subjects) {
    mkdirSync(join(folder, 'dicom', subject), { recursive: true })
    syntheticCtDatasets(ct(subject, slices)).forEach((dataset, slice) => writeFileSync(join(folder, 'dicom', subject, `${slice}.dcm`), encodePart10(dataset)))
  }
}

/** 500 lengths over so many slices of a subject, as drawing would have made them. `study` is what they lie on. */
export const benchMarks = (slices: number, subject: string): { readonly study: string; readonly marks: readonly Measurement[] } => {
  const uidsOf = (slice: number) => ({ study: uidOf(`${subject}/study`), series: uidOf(`${subject}/study/series`), instance: uidOf(`${subject}/study/series/${slice}`) })
  const marks = Array.from({ length: 500 }, (_, index): Measurement => {
    const { study, series, instance } = uidsOf((index * 7) % slices)
    const [x, y] = [40 + ((index * 37) % 400), 40 + ((index * 53) % 400)]
    const place: Place = roundPlace({ kind: 'image', frame: { studyInstanceUid: study, seriesInstanceUid: series, sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: instance, frameNumber: 1 }, points: [[x, y], [x + 20 + (index % 30), y + 15]] })
    return { trackingUid: uidOf(`bench mark ${index}`), trackingId: `M${index + 1}`, kind: 'length', label: `Finding ${index + 1}`, place, values: measure('length', place, { rowSpacingMm: spacingMm, columnSpacingMm: spacingMm }) }
  })
  return { study: uidsOf(0).study, marks }
}

/** 100 labels on that CT as a compressed NIfTI file. */
export const benchMask = (slices: number): Uint8Array => hundredLabels({ columns, rows, slices, spacingMm })
