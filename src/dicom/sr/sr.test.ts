import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measure, roundPlace } from '../../domain/measurement/measure.ts'
import type { Measurement, Place } from '../../domain/measurement/types.ts'
import { syntheticCt, uidOf } from '../../testing/dicom.ts'
import { program } from '../../testing/programs.ts'
import { toDicomJson, type DicomJson } from '../file/json.ts'
import { readPart10 } from '../file/read.ts'
import { decodeReport } from './decode.ts'
import { encodeReport, type Report } from './encode.ts'

const plane = { origin: [0, 0, 0], rowDirection: [1, 0, 0], columnDirection: [0, 1, 0], rowSpacingMm: 0.9, columnSpacingMm: 0.6, rows: 512, columns: 512 } as const
const study = uidOf('TEST-1/study')
const frame = { studyInstanceUid: study, seriesInstanceUid: uidOf('TEST-1/study/series'), sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: uidOf('TEST-1/study/series/0'), frameNumber: 1 }
const mark = (name: string, place: Place): Measurement => {
  const rounded = roundPlace(place)
  return { trackingUid: uidOf(name), trackingId: name, kind: 'length', label: '', place: rounded, values: measure('length', rounded, plane) }
}
const source = async (): Promise<DicomJson> => {
  const [first] = syntheticCt({ patientName: 'Müller^Jörg', pixelSpacing: [0.9, 0.6] })
  return toDicomJson(await readPart10(first ?? new Uint8Array()))
}
const report = async (measurements: readonly Measurement[], more: Partial<Report> = {}): Promise<Report> => ({
  sopInstanceUid: uidOf('report'), seriesInstanceUid: uidOf('report series'), seriesNumber: 900, instanceNumber: 1, source: await source(), observer: 'Reader^Anna', device: { uid: uidOf('device'), name: 'Imaging Workbench', version: '0.1.0' },
  date: '20260105', time: '101500', measurements, ...more,
})
const asked = mark('M1', { kind: 'image', frame, points: [[100.5, 200.5], [180.5, 260.5]] })
const withFile = <T>(bytes: Uint8Array, read: (path: string) => T): T => {
  const dir = mkdtempSync(join(tmpdir(), 'sr-'))
  try {
    const path = join(dir, 'report.dcm')
    writeFileSync(path, bytes)
    return read(path)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

describe('a measurement report', () => {
  it('gives back exactly what was put in', async () => {
    const coordinate = fc.double({ min: -2000, max: 4000, noNaN: true })
    const imagePlace = fc.tuple(coordinate, coordinate, coordinate, coordinate).map(([a, b, c, d]): Place => ({ kind: 'image', frame, points: [[a, b], [c, d]] }))
    const places = fc.array(imagePlace, { minLength: 1, maxLength: 5 })
    const image = await source()
    await fc.assert(fc.asyncProperty(places, async (list) => {
      const marks = list.map((place, index) => mark(`M${index + 1}`, place))
      const decoded = await decodeReport(encodeReport({ ...(await report(marks)), source: image }))
      expect(decoded.measurements).toEqual(marks)
      expect(decoded.notUnderstood).toEqual([])
    }), { numRuns: 50 })
  })

  it('keeps a mark on a reformatted plane as SCOORD3D in its frame of reference', async () => {
    const place: Place = { kind: 'plane', studyInstanceUid: study, seriesInstanceUid: frame.seriesInstanceUid, frameOfReferenceUid: uidOf('frame'), normal: [0, 1, 0], points: [[1.25, 2.5, -3.125], [10.5, 2.5, 4.75]] }
    const decoded = await decodeReport(encodeReport(await report([mark('M1', place)])))
    expect(decoded.measurements[0]?.place).toMatchObject({ kind: 'plane', frameOfReferenceUid: uidOf('frame'), points: place.points })
  })

  it('names the report it replaces, its observer, and keeps the name in its letters', async () => {
    const decoded = await decodeReport(encodeReport(await report([asked], { predecessors: [{ sopInstanceUid: '1.2.3', seriesInstanceUid: '1.2' }] })))
    expect(decoded.predecessors).toEqual(['1.2.3'])
    expect(decoded.observer).toBe('Reader^Anna')
    const json = toDicomJson(await readPart10(encodeReport(await report([asked]))))
    expect(json['00100010']?.Value).toEqual([{ Alphabetic: 'Müller^Jörg' }])
    expect(JSON.stringify(json)).toContain('Research use only')
  })

  it('refuses a mark that has no number', async () => {
    await expect(report([{ ...asked, values: [] }]).then(encodeReport)).rejects.toThrow('M1 has no value')
  })

  it.skipIf(!program('dciodvfy'))('passes dciodvfy without an error (needs dicom3tools)', async () => {
    const space: Place = { kind: 'plane', studyInstanceUid: study, seriesInstanceUid: frame.seriesInstanceUid, frameOfReferenceUid: uidOf('frame'), normal: [0, 1, 0], points: [[1, 2, 3], [4, 5, 6]] }
    const bytes = encodeReport(await report([asked, mark('M2', space)], { predecessors: [{ sopInstanceUid: '1.2.3', seriesInstanceUid: '1.2' }] }))
    const { stderr } = withFile(bytes, (path) => spawnSync(program('dciodvfy') ?? '', [path], { encoding: 'utf8' }))
    expect(stderr.split('\n').filter((line) => line.startsWith('Error'))).toEqual([])
  })

  it.skipIf(!program('pydicom'))('read by pydicom says 72.25 mm between 100.5\\200.5 and 180.5\\260.5, in codes it knows (needs python3-pydicom)', async () => {
    const bytes = encodeReport(await report([asked]))
    const { stdout, stderr } = withFile(bytes, (path) => spawnSync('/usr/bin/python3', ['src/testing/reference/read_sr.py', path], { encoding: 'utf8' }))
    expect(stderr).toBe('')
    const read = JSON.parse(stdout) as { numbers: { value: string; float: number; unit: string; type: string; data: number[]; image: string }[]; unknownCodes: string[][]; completion: string }
    expect(read.numbers).toHaveLength(1)
    expect(read.numbers[0]).toMatchObject({ unit: 'mm', type: 'SCOORD', data: [100.5, 200.5, 180.5, 260.5], image: frame.sopInstanceUid })
    expect(Math.abs(Number(read.numbers[0]?.value) - 72.25)).toBeLessThan(0.01)
    expect(read.numbers[0]?.float).toBe(Number(read.numbers[0]?.value))
    // The dictionary has no languages (TID 1204, CID 5000), and not what is ours.
    expect(read.unknownCodes).toEqual([['99CIW', '112039', 'Tracking Identifier'], ['RFC5646', 'en', 'English']])
    expect(read.completion).toBe('PARTIAL')
  })
})
