import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toDicomJson } from '../../dicom/file/json.ts'
import { readPart10 } from '../../dicom/file/read.ts'
import { program } from '../../testing/programs.ts'
import { extentOf, hullOf } from '../breast/extent.ts'
import { encodeImage, type GeneratedImage } from '../image.ts'
import type { UltrasoundCase, UltrasoundLesion } from './plan.ts'
import { ultrasoundImages, ultrasoundTruth } from './ultrasound.ts'

const lesion: UltrasoundLesion = { lesion: 'lesion 1', kind: 'carcinoma', lateralMm: -3, depthMm: 15, longestMm: 13, roundness: 0.7 }
const small: UltrasoundCase = {
  kind: 'ultrasound', seed: 5, maker: { manufacturer: 'Nordmed', model: 'Echo 7' }, side: 'L', rows: 150, columns: 200, widthMm: 38, depthMm: 38, pictures: ['radial', 'antiradial', 'duplex', 'cine'], cineFrames: 5, lesions: [lesion],
  study: { patient: { id: 'T-0001', name: 'Birch^Generated', sex: 'F', birthYear: 1964 }, date: '20240112', description: 'Breast ultrasound', institution: 'Generated' },
}
const digest = (images: Iterable<GeneratedImage>): string => {
  const hash = createHash('sha256')
  for (const image of images) hash.update(encodeImage(image))
  return hash.digest('hex')
}

describe('generated ultrasound', () => {
  it('is the same bytes for the same plan and others for another seed', () => {
    const first = digest(ultrasoundImages(small))
    expect(digest(ultrasoundImages(small))).toBe(first)
    expect(digest(ultrasoundImages({ ...small, seed: 6 }))).not.toBe(first)
  })

  it.each(['cyst', 'fibroadenoma', 'carcinoma'] as const)('has its %s where the truth says, as large as it says, in every picture, by the scale of its region', (kind) => {
    const one = { ...small, rows: 450, columns: 600, lesions: [{ ...lesion, kind }] }
    const { lesions: truths, masks: [mask] } = ultrasoundTruth(one)
    const without = [...ultrasoundImages({ ...one, lesions: [] }, { plain: true })]
    const images = [...ultrasoundImages(one, { plain: true })]
    expect(truths).toHaveLength(4)
    for (const [index, { dataset, frames }] of images.entries()) {
      const middle = Math.floor(frames.length / 2)
      const samples = Number(dataset['SamplesPerPixel'])
      const frame = frames[middle] ?? new Uint8Array()
      const empty = without[index]?.frames[middle] ?? new Uint8Array()
      const seen: [number, number][] = []
      // Half of what the border falls by; a cyst is below what is shown, so that its own border lies at half of its echoes.
      const inside = { cyst: -68, fibroadenoma: -38, carcinoma: -42 }[kind]
      for (let i = 0; i < one.rows * one.columns; i++) {
        const around = ((empty[samples * i] ?? 0) - 2) * (60 / 253) - 60
        const here = ((frame[samples * i] ?? 0) - 2) * (60 / 253) - 60
        if (here <= (around + inside) / 2 && around > inside + 1 && here < around) seen.push([i % one.columns, Math.floor(i / one.columns)])
      }
      const truth = truths.find(({ pixel }) => pixel?.sopInstanceUid === dataset['SOPInstanceUID'])
      const [region] = dataset['SequenceOfUltrasoundRegions'] as { PhysicalDeltaX: number; PhysicalDeltaY: number }[]
      const pixelMm = 10 * (region?.PhysicalDeltaX ?? 0)
      const name = `picture ${index}`
      const mean = [0, 1].map((axis) => seen.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / seen.length)
      expect(Math.hypot((mean[0] ?? 0) - (truth?.pixel?.column ?? 0), (mean[1] ?? 0) - (truth?.pixel?.row ?? 0)), `${name} centre`).toBeLessThan(0.5)
      const hull = extentOf(hullOf(seen.flatMap(([x, y]): [number, number][] => [[x - 0.5, y - 0.5], [x + 0.5, y - 0.5], [x - 0.5, y + 0.5], [x + 0.5, y + 0.5]])))
      expect(Math.abs((hull.longest - Math.SQRT1_2) * pixelMm - (truth?.longestMm ?? 0)), `${name} longest`).toBeLessThan(0.75 * pixelMm)
      expect(Math.abs((hull.shortest - Math.SQRT1_2) * pixelMm - (truth?.shortestMm ?? 0)), `${name} shortest`).toBeLessThan(1.5 * pixelMm)
      if (frames.length > 1) expect(Math.abs((mask?.labelMap.data.subarray(middle * one.rows * one.columns, (middle + 1) * one.rows * one.columns).reduce((sum, value) => sum + value, 0) ?? 0) / seen.length - 1)).toBeLessThan(0.05)
    }
  })

  it('calibrates tissue in cm and its trace in seconds and cm/s, each within its own corners', async () => {
    const images = [...ultrasoundImages(small)]
    const still = toDicomJson(await readPart10(encodeImage(images[0] as GeneratedImage)))
    const duplex = images[2]?.dataset['SequenceOfUltrasoundRegions'] as Record<string, number>[]
    expect(still['00186011']?.Value).toHaveLength(1)
    expect(duplex.map((region) => [region['RegionSpatialFormat'], region['RegionDataType'], region['PhysicalUnitsXDirection'], region['PhysicalUnitsYDirection']])).toEqual([[1, 1, 3, 3], [3, 3, 4, 7]])
    expect((duplex[0]?.['RegionLocationMaxY1'] ?? 0)).toBeLessThan(duplex[1]?.['RegionLocationMinY0'] ?? 0)
    for (const [region, x, y] of [[duplex[0], 3.8, 3.8], [duplex[1], 4, -40]] as const) {
      const across = ((region?.['RegionLocationMaxX1'] ?? 0) - (region?.['RegionLocationMinX0'] ?? 0) + 1) * (region?.['PhysicalDeltaX'] ?? 0)
      const down = ((region?.['RegionLocationMaxY1'] ?? 0) - (region?.['RegionLocationMinY0'] ?? 0) + 1) * (region?.['PhysicalDeltaY'] ?? 0)
      expect(Math.abs(across - x)).toBeLessThan(0.05)
      expect(Math.abs(down - y)).toBeLessThan(0.05)
    }
    expect(images[2]?.dataset['PhotometricInterpretation']).toBe('RGB')
    const cine = toDicomJson(await readPart10(encodeImage(images[3] as GeneratedImage)))
    expect(cine['00280009']?.Value).toEqual(['00181063'])
  })

  it('marks depth every 5 mm beside the tissue, and writes nothing else outside of it but the gray bar and the focus', () => {
    const [image] = ultrasoundImages({ ...small, rows: 600, columns: 800, pictures: ['radial'] })
    const [region] = (image?.dataset['SequenceOfUltrasoundRegions'] ?? []) as Record<string, number>[]
    const [right, top] = [region?.['RegionLocationMaxX1'] ?? 0, region?.['RegionLocationMinY0'] ?? 0]
    const ticks = Array.from({ length: 600 }, (_, row) => row).filter((row) => (image?.frames[0]?.[row * 800 + right + 9] ?? 0) === 190)
    expect(ticks).toHaveLength(8)
    const pixelMm = 10 * (region?.['PhysicalDeltaY'] ?? 0)
    ticks.forEach((row, i) => expect(Math.abs((row - top + 0.5) * pixelMm - 5 * i)).toBeLessThan(pixelMm))
    expect(image?.dataset['BurnedInAnnotation']).toBe('NO')
  })

  it.skipIf(!program('dciodvfy'))('passes dciodvfy without an error in every picture (needs dicom3tools)', () => {
    const dir = mkdtempSync(join(tmpdir(), 'phantom-us-'))
    for (const [index, image] of [...ultrasoundImages(small)].entries()) {
      const path = join(dir, `${index}.dcm`)
      writeFileSync(path, encodeImage(image))
      const { stderr } = spawnSync(program('dciodvfy') ?? '', [path], { encoding: 'utf8' })
      expect(stderr.split('\n').filter((line) => line.startsWith('Error')), `image ${index}`).toEqual([])
    }
    rmSync(dir, { recursive: true })
  })
})
