import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { program } from '../../testing/programs.ts'
import { encodeImage, type GeneratedImage } from '../image.ts'
import { extentsOf } from '../outline.ts'
import { seriesUidOf } from '../study.ts'
import { createTorso } from './acquire.ts'
import { bqmlPerSuv, petCtImages, petSeriesNumbers } from './images.ts'
import { petCtGrids, type PetCtPlan } from './plan.ts'
import { petCtTruth } from './truth.ts'

const plan: PetCtPlan = {
  kind: 'petCt', seed: 21, weightKg: 71, heightM: 1.68, doseBq: 248e6, uptakeMinutes: 62, psfMm: 5.5, ...petCtGrids.small, scanner: { manufacturer: 'Aurelia Imaging', model: 'Tandem 64', software: 'A3.1' },
  study: { patient: { id: 'BRZ-T001', name: 'Hazel^Generated', sex: 'F', birthYear: 1961 }, date: '20250418', description: 'PET/CT FDG', institution: 'Brzezina' },
  lesions: [{ lesion: 'L1', site: 'liver', diameterMm: 36, suv: 7 }, { lesion: 'L2', site: 'leftLowerLobe', diameterMm: 30, suv: 9.5 }],
}
const of = (images: readonly GeneratedImage[], modality: 'PT' | 'CT') => images.filter(({ dataset }) => dataset['Modality'] === modality)
const seconds = (tm: unknown): number => { const text = String(tm); return Number(text.slice(0, 2)) * 3600 + Number(text.slice(2, 4)) * 60 + Number(text.slice(4)) }

/** SUVbw of a PET image from its tags alone. */
const suvOf = ({ dataset, frames }: GeneratedImage): { readonly suv: Float64Array; readonly step: number; readonly z: number } => {
  const [source] = dataset['RadiopharmaceuticalInformationSequence'] as [Record<string, unknown>]
  const decay = 0.5 ** ((seconds(dataset['SeriesTime']) - seconds(source['RadiopharmaceuticalStartTime'])) / Number(source['RadionuclideHalfLife']))
  const step = (Number(dataset['RescaleSlope']) * Number(dataset['PatientWeight']) * 1000) / (Number(source['RadionuclideTotalDose']) * decay)
  return { suv: Float64Array.from(frames[0] ?? [], (value) => value * step), step, z: (dataset['ImagePositionPatient'] as number[])[2] ?? 0 }
}
const digest = (images: Iterable<GeneratedImage>): string => {
  const hash = createHash('sha256')
  for (const image of images) hash.update(encodeImage(image))
  return hash.digest('hex')
}

describe('a generated PET/CT', () => {
  const torso = createTorso(plan)
  const images = [...petCtImages(plan, torso)]
  const truth = petCtTruth(plan, torso)

  it('is the same bytes for the same seed and others for another', () => {
    const few = { ...plan, slices: 3 }
    expect(digest(petCtImages(few))).toBe(digest(petCtImages(structuredClone(few))))
    expect(digest(petCtImages({ ...few, seed: 22 }))).not.toBe(digest(petCtImages(few)))
  })

  it('gives the SUV it was painted with from stored values and tags, to the rounding of the stored value', () => {
    const bare = { ...plan, bare: true } as const
    const pet = of([...petCtImages(bare, torso)], 'PT').map(suvOf).sort((a, b) => a.z - b.z)
    const { masks: [mask], findings } = petCtTruth(bare, torso)
    const { data, columns, rows } = mask?.labelMap ?? { data: new Uint8Array(0), columns: 0, rows: 0 }
    for (const [index, { suv }] of bare.lesions.entries()) {
      let inner = 0
      for (const [at, label] of data.entries()) {
        // Voxels with all neighbours in the mask hold nothing else.
        const wholly = label === index + 1 && [1, columns, rows * columns, columns + 1, columns - 1].every((step) => data[at + step] === label && data[at - step] === label)
        if (!wholly) continue
        const slice = pet[Math.floor(at / (rows * columns))]
        expect(Math.abs((slice?.suv[at % (rows * columns)] ?? 0) - suv)).toBeLessThanOrEqual((slice?.step ?? 0) / 2 + 1e-6)
        inner++
      }
      expect(inner).toBeGreaterThan(4)
      expect(Math.abs((findings[index]?.suvMax ?? 0) - suv)).toBeLessThan(0.002)
    }
  })

  it('has in its table the mean and the highest SUV of the blurred and noisy image within the mask', () => {
    const pet = of(images, 'PT').map(suvOf).sort((a, b) => a.z - b.z)
    const mask = truth.masks.find(({ seriesInstanceUid }) => seriesInstanceUid === seriesUidOf(plan.study, petSeriesNumbers.pet))
    const { data, columns, rows } = mask?.labelMap ?? { data: new Uint8Array(0), columns: 1, rows: 1 }
    for (const [index, finding] of truth.findings.entries()) {
      const own = [...data.entries()].filter(([, label]) => label === index + 1).map(([at]) => pet[Math.floor(at / (rows * columns))]?.suv[at % (rows * columns)] ?? 0)
      expect(own).toHaveLength(finding.voxels)
      expect(own.reduce((a, b) => a + b, 0) / own.length).toBeCloseTo(finding.suvMean, 3)
      expect(Math.max(...own)).toBeCloseTo(finding.suvMax, 3)
      expect(finding.suvMean).toBeLessThan(finding.suvBeforeBlur)
    }
    const liver = pet.find(({ z }) => z > 60)
    const values = Array.from({ length: 60 }, (_, i) => liver?.suv[(columns / 2 - 4 + Math.floor(i / 10)) * columns + columns / 2 - 13 + (i % 10)] ?? 0)
    const mean = values.reduce((a, b) => a + b, 0) / values.length
    expect(mean).toBeGreaterThan(2)
    expect(mean).toBeLessThan(2.5)
  })

  it('has each lesion as large and where its table says: found as the difference of the CT from one without lesions', () => {
    const without = { ...torso, shapes: torso.shapes.slice(0, -plan.lesions.length) }
    for (const [middleZMm, lesion] of [[88, 0], [190, 1]] as const) {
      const close = { ...plan, bare: true, middleZMm, slices: 12, stepMm: 4, pet: { columns: 16, spacingMm: 5 }, ct: { columns: 210, spacingMm: 1 } } as const
      const [now, before] = [of([...petCtImages(close, torso)], 'CT'), of([...petCtImages(close, without)], 'CT')]
      const finding = petCtTruth(close, torso).findings[lesion]
      if (!finding) throw new Error('no finding')
      const sum = [0, 0, 0]
      let [count, longest] = [0, 0]
      for (const [slice, image] of now.entries()) {
        const [x = 0, y = 0, z = 0] = image.dataset['ImagePositionPatient'] as number[]
        const old = before[slice]?.frames[0] ?? []
        const target = 40 + 1024
        const marked = Uint8Array.from(image.frames[0] ?? [], (value, at) => ((old[at] ?? 0) !== value && (value - (old[at] ?? 0)) / (target - (old[at] ?? 0)) >= 0.5 ? 1 : 0))
        for (const [at, on] of marked.entries()) {
          if (!on) continue
          count++
          for (const [axis, value] of [x + (at % 210), y + Math.floor(at / 210), z].entries()) sum[axis] = (sum[axis] ?? 0) + value
        }
        longest = Math.max(longest, extentsOf(marked, 210, 1, 1)?.longestMm ?? 0)
      }
      expect(Math.abs(longest - finding.longestMm), `${longest} mm in the images, ${finding.longestMm} mm in the table`).toBeLessThanOrEqual(0.5)
      expect(Math.hypot(...sum.map((value, axis) => value / count - (finding.centre[axis] ?? 0)))).toBeLessThanOrEqual(0.5)
    }
  })

  it('has PET and CT in one frame of reference on the same planes, the first PET instance highest', () => {
    const z = (list: readonly GeneratedImage[]) => list.map(({ dataset }) => (dataset['ImagePositionPatient'] as number[])[2])
    expect(z(of(images, 'PT'))).toEqual(z(of(images, 'CT')).reverse())
    expect(new Set(images.map(({ dataset }) => dataset['FrameOfReferenceUID'])).size).toBe(1)
    expect(of(images, 'PT')[0]?.dataset).toMatchObject({ InstanceNumber: 1, Units: 'BQML', DecayCorrection: 'START', PatientWeight: 71, PatientSize: 1.68 })
    expect(new Set(of(images, 'PT').map(({ dataset }) => dataset['RescaleSlope'])).size).toBeGreaterThan(20)
    for (const { dataset } of of(images, 'PT')) expect(String(dataset['RescaleSlope']).length).toBeLessThanOrEqual(16)
  })

  it('loses half its activity in a half-life of 18F', () => {
    expect(bqmlPerSuv({ ...plan, uptakeMinutes: 6586.2 / 60 }) / bqmlPerSuv({ ...plan, uptakeMinutes: 0 })).toBeCloseTo(0.5, 4)
    expect(bqmlPerSuv({ ...plan, uptakeMinutes: 0 })).toBeCloseTo(248e6 / 71000, 6)
  })

  it.skipIf(!program('dciodvfy'))('passes dciodvfy without an error, every image; pydicom reads the SUV of the table (needs dicom3tools, python3-pydicom)', () => {
    const dir = mkdtempSync(join(tmpdir(), 'pet-'))
    const errors: string[] = []
    for (const [index, image] of images.entries()) {
      const path = join(dir, `${index}.dcm`)
      writeFileSync(path, encodeImage(image))
      errors.push(...spawnSync(program('dciodvfy') ?? '', [path], { encoding: 'utf8' }).stderr.split('\n').filter((line) => line.startsWith('Error')))
    }
    expect(errors).toEqual([])
    if (program('pydicom')) {
      const { stdout, stderr } = spawnSync('/usr/bin/python3', ['src/testing/reference/read_suv.py', dir], { encoding: 'utf8' })
      expect(stderr).toBe('')
      const slices = JSON.parse(stdout) as { z: number; factor: number; decay: number; max: number; mean: number; at: [number, number] }[]
      // 62 minutes of 18F: 0.5 ** (3720 / 6586.2).
      expect(slices[0]?.decay).toBeCloseTo(0.676041, 6)
      expect(Math.max(...slices.map(({ max }) => max))).toBeCloseTo(Math.max(...truth.findings.map(({ suvMax }) => suvMax)), 3)
      for (const image of of(images, 'PT')) {
        const { suv, z } = suvOf(image)
        const read = slices.find((slice) => slice.z === z)
        expect(read?.mean).toBeCloseTo(suv.reduce((a, b) => a + b, 0) / suv.length, 6)
      }
    }
    rmSync(dir, { recursive: true })
  })
})
