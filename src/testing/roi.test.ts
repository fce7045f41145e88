import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeFrame } from '../dicom/codec/decode.ts'
import { frameBytes } from '../dicom/file/frames.ts'
import { readPart10 } from '../dicom/file/read.ts'

import { measure, roundPlace } from '../domain/measurement/measure.ts'
import type { Pixels } from '../domain/measurement/roi.ts'
import type { ImagePoint } from '../domain/geometry/points.ts'
import type { Value } from '../domain/measurement/types.ts'
import { shared } from './shared.ts'

/** The first frame of an uncompressed file, after slope and intercept. */
const pixelsOf = async (path: string): Promise<Pixels> => {
  const file = await readPart10(readFileSync(path))
  const whole = (tag: string) => file.dataSet.uint16(tag) ?? 0
  const [rows, columns] = [whole('x00280010'), whole('x00280011')]
  const stored = await decodeFrame(frameBytes(file, 1), file.transferSyntaxUid, {
    rows, columns, samples: 1, bitsAllocated: whole('x00280100'), bitsStored: whole('x00280101'), signed: whole('x00280103') === 1,
  })
  const intercept = Number(file.dataSet.string('x00281052') ?? 0)
  return { kind: 'frame', rows, columns, unit: '1', values: Float64Array.from(stored, (value) => value + intercept) }
}
const frame = { studyInstanceUid: '1.2.1', seriesInstanceUid: '1.2.2', sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '1.2.3', frameNumber: 1 }
const statistics = (kind: 'ellipse' | 'freehand', points: readonly ImagePoint[], pixels: Pixels) => {
  const values = measure(kind, roundPlace({ kind: 'image', frame, points }), undefined, pixels)
  return Object.fromEntries(values.map((value: Value) => [value.quantity, value.number]))
}
const circle = (x: number, y: number, rx: number, ry = rx): ImagePoint[] => [[x - rx, y], [x + rx, y], [x, y - ry], [x, y + ry]]

const clearCanvas = shared('data/measurement-accuracy/clearcanvas-roi/OT')
const lidc = shared('data/lidc-idri/LIDC-IDRI-0314/CT_1mm/000090.dcm')
const inflate = ['/usr/bin/dcmdjpls'].find((path) => existsSync(path))

describe('statistics of real pictures, by readers other than ours', () => {
  it.skipIf(!clearCanvas)('ClearCanvas simple02, a square (shared data)', async () => {
    const found = statistics('freehand', [[77, 79], [177, 79], [177, 179], [77, 179]], await pixelsOf(join(clearCanvas ?? '', 'simple02.dcm')))
    expect(found['voxels']).toBe(10_000)
    expect(found['mean']).toBeCloseTo(128.7782, 4)
    expect(found['sd']).toBeCloseTo(73.5975, 4)
    expect([found['min'], found['max']]).toEqual([2, 255])
  })
  it.skipIf(!clearCanvas)('ClearCanvas simple06, a circle (shared data)', async () => {
    const found = statistics('ellipse', circle(125, 150, 75), await pixelsOf(join(clearCanvas ?? '', 'simple06.dcm')))
    expect(found['voxels']).toBe(17_692)
    expect(found['mean']).toBeCloseTo(169.783, 3)
  })
  it.skipIf(!lidc || !inflate)('LIDC-IDRI-0314, a circle of 5 mm about pixel (184,243) (shared data, dcmtk)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ciw-roi-'))
    try {
      const plain = join(folder, 'plain.dcm')
      execFileSync(inflate ?? '', [lidc ?? '', plain])
      const found = statistics('ellipse', circle(184.5, 243.5, 5 / 0.78125), await pixelsOf(plain))
      expect(found['voxels']).toBe(129)
      expect(found['mean']).toBeCloseTo(71.566, 3)
      expect(found['sd']).toBeCloseTo(43.109, 3)
      expect([found['min'], found['max']]).toEqual([-306, 137])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
