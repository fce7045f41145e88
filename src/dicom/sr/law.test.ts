import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measure, roundPlace } from '../../domain/measurement/measure.ts'
import type { Measurement, MeasurementKind, Place } from '../../domain/measurement/types.ts'
import { markOf, onInstance, reportOf, sourceOf } from '../../testing/marks.ts'
import { uidOf } from '../../testing/dicom.ts'
import { readPart10, UnreadableFile } from '../file/read.ts'
import { toDicomJson } from '../file/json.ts'
import { decodeReport } from './decode.ts'
import { encodeReport } from './encode.ts'

const source = await sourceOf({ pixelSpacing: [0.9, 0.6], patientName: 'Müller^Jörg', more: { PatientIdentityRemoved: 'YES', DeidentificationMethod: 'Generated' } })
const onFrame = onInstance(source, [[100.5, 200.5], [180.5, 260.5]])
const study = onFrame.kind === 'image' ? onFrame.frame.studyInstanceUid : ''

const counts: Record<MeasurementKind, number> = { length: 2, bidirectional: 4, ellipse: 4, freehand: 5, arrow: 2 }
const coordinate = fc.float({ min: -2000, max: 2000, noNaN: true })
const plane2 = fc.array(fc.tuple(coordinate, coordinate), { minLength: 5, maxLength: 40 })
const space3 = fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 5, maxLength: 40 })
const words = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom('a', 'Ü', '肺', ' ', '-', '/', '"', '<', '😀', '1') }).filter((text) => text.trim() === text && text.length > 0)
const uid = fc.integer({ min: 1 }).map((n) => `2.25.${n}`)
const cut = <T>(kind: MeasurementKind, points: readonly T[]): readonly T[] => (kind === 'freehand' ? points : points.slice(0, counts[kind]))

const mark = fc.record({
  kind: fc.constantFrom<MeasurementKind>('length', 'bidirectional', 'ellipse', 'freehand', 'arrow'), flat: plane2, space: space3, image: fc.boolean(), calibrated: fc.boolean(),
  label: fc.oneof(fc.constant(''), words), id: words, uid, frame: fc.integer({ min: 1, max: 500 }), unit: fc.constantFrom<"[hnsf'U]" | '1' | '{counts}'>("[hnsf'U]", '1', '{counts}'),
}).filter(({ kind, flat, space }) => kind !== 'freehand' || (String(flat[0]) !== String(flat.at(-1)) && String(space[0]) !== String(space.at(-1)))).map((given): Measurement => {
  const place: Place = roundPlace(given.image
    ? { kind: 'image', frame: { studyInstanceUid: study, seriesInstanceUid: '1.2.3', sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: `1.2.3.${given.frame}`, frameNumber: given.frame }, points: cut(given.kind, given.flat) }
    : { kind: 'plane', studyInstanceUid: study, seriesInstanceUid: '1.2.3', frameOfReferenceUid: '1.2.9', normal: [0.6, 0, 0.8], points: cut(given.kind, given.space) })
  const pixels = given.image
    ? { kind: 'frame', rows: 40, columns: 40, unit: given.unit, values: Array.from({ length: 1600 }, (_, at) => at / 7) } as const
    : { kind: 'volume', dimensions: [9, 9, 9], spacingMm: [50, 50, 50], origin: [-200, -200, -200], directions: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], unit: given.unit, values: Array.from({ length: 729 }, (_, at) => at / 7) } as const
  return {
    trackingUid: given.uid, trackingId: given.id, kind: given.kind, label: given.label, place,
    values: measure(given.kind, place, given.calibrated ? { rowSpacingMm: 0.9, columnSpacingMm: 0.6 } : undefined, pixels),
  }
})

describe('a report of any mark', () => {
  it('decodes to exactly the marks it was made of', async () => {
    await fc.assert(fc.asyncProperty(fc.array(mark, { minLength: 1, maxLength: 6 }), async (measurements) => {
      const decoded = await decodeReport(encodeReport(reportOf(source, measurements)))
      expect(decoded.notUnderstood).toEqual([])
      expect(decoded.measurements).toEqual(measurements)
    }), { numRuns: 150 })
  }, 120_000)

  it('is the same bytes for the same marks', () => {
    const report = reportOf(source, [markOf('length', onFrame)])
    expect(encodeReport(report)).toEqual(encodeReport(report))
  })

  it('copies patient, study and de-identification, and says what it is for', async () => {
    const predecessors = [{ sopInstanceUid: '1.2.77', seriesInstanceUid: '1.2.78' }, { sopInstanceUid: '1.2.79', seriesInstanceUid: '1.2.80' }, { sopInstanceUid: '1.2.81', seriesInstanceUid: '1.2.78' }]
    const bytes = encodeReport(reportOf(source, [markOf('length', onFrame)], { predecessors }))
    const json = toDicomJson(await readPart10(bytes))
    for (const tag of ['00080020', '00080030', '00100010', '00100020', '00100030', '00100040', '0020000D', '00200010', '00120062', '00120063']) expect(json[tag]).toEqual(source[tag])
    expect(json['00080016']?.Value).toEqual(['1.2.840.10008.5.1.4.1.1.88.34'])
    expect(json['0040A491']?.Value).toEqual(['PARTIAL'])
    expect(json['0040A493']?.Value).toEqual(['UNVERIFIED'])
    expect(String(json['0008103E']?.Value?.[0])).toMatch(/research use only$/)
    expect(JSON.stringify(json['0040A730'])).toContain('Research use only')
    expect(await decodeReport(bytes)).toMatchObject({ predecessors: ['1.2.77', '1.2.81', '1.2.79'], observer: 'Rossi^Anna', sopInstanceUid: uidOf('report'), date: '20260105', time: '120000' })
  })

  it('refuses what is none, in words', async () => {
    await expect(decodeReport(new Uint8Array(300))).rejects.toThrow('DICM')
    const whole = encodeReport(reportOf(source, [markOf('length', onFrame)]))
    // Cut anywhere, it is refused: a report that lacks a mark must not look whole.
    for (let length = 0; length < whole.length; length += 41) await expect(decodeReport(whole.subarray(0, length)), `cut at ${length}`).rejects.toBeInstanceOf(UnreadableFile)
  })
})
