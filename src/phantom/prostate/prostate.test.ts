import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dot, planeNormal } from '../../domain/geometry/plane.ts'
import type { FramePlane, Vec3 } from '../../domain/geometry/points.ts'
import { program } from '../../testing/programs.ts'
import { encodeImage, type GeneratedImage } from '../image.ts'
import { extentsOf } from '../outline.ts'
import { createRandom } from '../random.ts'
import { seriesUidOf } from '../study.ts'
import { createAnatomy } from './acquire.ts'
import { seriesNumbers } from './dataset.ts'
import { createGland, placeLesion, sectorOf } from './gland.ts'
import { prostateImages } from './images.ts'
import { planesOf, prostateGrids, usualProstate, type ProstatePlan } from './plan.ts'
import { middleOf, sectorConcept, sectorNames, zoneOf } from './sector.ts'
import { lesionTissue, tissues } from './tissue.ts'
import { prostateTruth } from './truth.ts'

const plan: ProstatePlan = {
  kind: 'prostateMr', ...usualProstate, seed: 12, grids: prostateGrids.small, scanner: { manufacturer: 'Nordmed', model: 'Polaris 3T', software: 'P5.2', fieldStrengthTesla: 3 },
  study: { patient: { id: 'LIN-P001', name: 'Alder^Generated', sex: 'M', birthYear: 1956 }, date: '20250312', description: 'MR prostate', institution: 'Lindental' },
  lesions: [{ lesion: 'L1', sector: 'Left mid PZpl', longestMm: 18, adc: 720 }, { lesion: 'L2', sector: 'Right mid TZa', longestMm: 13, adc: 800 }],
}
/** The transverse images in pixels of half a millimetre about the gland, nothing else of interest. */
const close = (lesions: ProstatePlan['lesions']): ProstatePlan => {
  const tiny = { ...prostateGrids.small.sagittal, rows: 8, columns: 8, slices: 1 }
  return { ...plan, bare: true, lesions, grids: { transverse: { ...prostateGrids.full.transverse, columns: 120, rows: 120, slices: 12 }, sagittal: tiny, coronal: tiny, diffusion: tiny, dynamic: tiny } }
}
const seriesOf = (images: Iterable<GeneratedImage>, number: number): GeneratedImage[] => [...images].filter(({ dataset }) => dataset['SeriesNumber'] === number)
const samples = ({ frames }: GeneratedImage): ArrayLike<number> => frames[0] ?? []
const digest = (one: ProstatePlan): string => {
  const hash = createHash('sha256')
  for (const image of prostateImages(one)) hash.update(encodeImage(image))
  return hash.digest('hex')
}
const world = (plane: FramePlane, column: number, row: number): Vec3 =>
  [0, 1, 2].map((axis) => (plane.origin[axis] ?? 0) + (plane.rowDirection[axis] ?? 0) * column * plane.columnSpacingMm + (plane.columnDirection[axis] ?? 0) * row * plane.rowSpacingMm) as unknown as Vec3
const planeOf = ({ dataset }: GeneratedImage): FramePlane => {
  const [a, b, c, d, e, f] = dataset['ImageOrientationPatient'] as [number, number, number, number, number, number]
  const [rowSpacingMm, columnSpacingMm] = dataset['PixelSpacing'] as [number, number]
  return { origin: dataset['ImagePositionPatient'] as [number, number, number], rowDirection: [a, b, c], columnDirection: [d, e, f], rowSpacingMm, columnSpacingMm, rows: Number(dataset['Rows']), columns: Number(dataset['Columns']) }
}

describe('a generated prostate', () => {
  const images = [...prostateImages(plan)]

  it('is the same bytes for the same seed and others for another', () => {
    const few = { ...plan, grids: { ...plan.grids, transverse: { ...plan.grids.transverse, slices: 2 }, sagittal: { ...plan.grids.sagittal, slices: 1 }, coronal: { ...plan.grids.coronal, slices: 1 }, diffusion: { ...plan.grids.diffusion, slices: 1 }, dynamic: { ...plan.grids.dynamic, slices: 1 } } }
    expect(digest(few)).toBe(digest(structuredClone(few)))
    expect(digest({ ...few, seed: 13 })).not.toBe(digest(few))
    // Another study of the same patient: the same anatomy, other noise.
    expect(digest({ ...few, study: { ...few.study, date: '20250912' } })).not.toBe(digest(few))
  })

  it('has each lesion as large and where its table says: found as the difference from the same gland without lesions', () => {
    const one = close(plan.lesions)
    const [withLesions, without] = [one, close([])].map((each) => seriesOf(prostateImages(each), seriesNumbers.transverse))
    const { findings } = prostateTruth(one)
    expect(findings).toHaveLength(2)
    for (const { lesion, centre, longestMm, shortestMm } of findings) {
      const asked = one.lesions.find((each) => each.lesion === lesion)
      const value = lesionTissue(asked?.adc ?? 0, zoneOf(asked?.sector ?? 'Left mid PZpl')).t2
      const sum = [0, 0, 0]
      let [count, longest, shortest] = [0, 0, 0]
      for (const [slice, image] of (withLesions ?? []).entries()) {
        const plane = planeOf(image)
        const before = samples((without ?? [])[slice] ?? image)
        const marked = Uint8Array.from(samples(image), (now, at) => {
          const old = before[at] ?? 0
          const place = world(plane, at % plane.columns, Math.floor(at / plane.columns))
          return old !== now && Math.hypot(place[0] - centre[0], place[1] - centre[1], place[2] - centre[2]) < longestMm && (now - old) / (value - old) >= 0.5 ? 1 : 0
        })
        for (const [at, on] of marked.entries()) {
          if (!on) continue
          count++
          for (const [axis, part] of world(plane, at % plane.columns, Math.floor(at / plane.columns)).entries()) sum[axis] = (sum[axis] ?? 0) + part
        }
        const extents = extentsOf(marked, plane.columns, 0.5, 0.5)
        if (extents && extents.longestMm > longest) [longest, shortest] = [extents.longestMm, extents.shortestMm]
      }
      expect(Math.abs(longest - longestMm), `${lesion}: ${longest} mm in the images, ${longestMm} mm in the table`).toBeLessThanOrEqual(0.25)
      expect(Math.abs(shortest - shortestMm), `${lesion} across: ${shortest}, ${shortestMm}`).toBeLessThanOrEqual(0.25)
      const off = sum.map((value, axis) => value / count - (centre[axis] ?? 0)) as unknown as Vec3
      expect(Math.max(...off.map(Math.abs)), `centre of ${lesion}`).toBeLessThanOrEqual(0.25)
      expect(longestMm).toBeGreaterThan((asked?.longestMm ?? 0) * 0.8)
    }
  })

  it('has masks on the T2 and ADC series whose label is at the lesion\'s centre, and the ADC mean of the images under it', () => {
    const { masks, findings, lesions } = prostateTruth(plan)
    expect(masks.map(({ seriesInstanceUid }) => seriesInstanceUid)).toEqual([seriesUidOf(plan.study, seriesNumbers.transverse), seriesUidOf(plan.study, seriesNumbers.adc)])
    expect(lesions).toHaveLength(4)
    const adc = seriesOf(images, seriesNumbers.adc)
    for (const [at, mask] of masks.entries()) {
      const planes = at === 0 ? planesOf(plan).transverse : planesOf(plan).diffusion
      for (const [index, { centre, adcMean }] of findings.entries()) {
        const [sum, values]: [number[], number[]] = [[0, 0, 0], []]
        for (const [place, label] of mask.labelMap.data.entries()) {
          if (label !== index + 1) continue
          const slice = Math.floor(place / (mask.labelMap.rows * mask.labelMap.columns))
          const pixel = place % (mask.labelMap.rows * mask.labelMap.columns)
          const plane = planes[slice]
          if (plane) for (const [axis, part] of world(plane, pixel % plane.columns, Math.floor(pixel / plane.columns)).entries()) sum[axis] = (sum[axis] ?? 0) + part
          values.push(samples(adc[slice] as GeneratedImage)[pixel] ?? 0)
        }
        expect(Math.hypot(...sum.map((value, axis) => value / values.length - (centre[axis] ?? 0)))).toBeLessThan(1.8)
        if (at === 1) expect(Math.abs(values.reduce((a, b) => a + b, 0) / values.length - adcMean)).toBeLessThan(1)
        if (at === 1) expect(adcMean).toBeGreaterThan(550)
        if (at === 1) expect(adcMean).toBeLessThan(1150)
      }
    }
    expect(findings.map(({ score, longestMm }) => score === (longestMm >= 15 ? 5 : 4))).toEqual([true, true])
    expect(new Set(findings.map(({ score }) => score))).toEqual(new Set([4, 5]))
  })

  it('puts a lesion of every sector into that sector, with its own coded region', () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const gland = createGland(createRandom(seed))
      for (const sector of sectorNames) {
        for (const longestMm of [7, 12]) expect(sectorOf(gland, placeLesion(gland, { lesion: 'L', sector, longestMm, adc: 700 }).centre), `${sector}, ${longestMm} mm, seed ${seed}`).toBe(sector)
        expect(middleOf(sector)[0] > 0).toBe(sector.startsWith('Left'))
      }
    }
    expect(sectorNames).toHaveLength(38)
    expect(sectorConcept('Left mid PZpl')).toEqual({ value: '716922000', scheme: 'SCT', meaning: 'Left posterolateral middle peripheral zone of prostate' })
  })

  it('shows one anatomy in all planes: where planes cross, tissue free of noise is the same', () => {
    const planes = planesOf(plan)
    const large = [...prostateImages({ ...plan, bare: true, lesions: [{ lesion: 'L1', sector: 'Left mid PZpl', longestMm: 24, adc: 700 }] })]
    const values = (['transverse', 'sagittal', 'coronal'] as const).map((name) => {
      const [image] = seriesOf(large, seriesNumbers[name]).filter((each) => {
        const plane = planeOf(each)
        const n = planeNormal(plane)
        return Math.abs(dot(n, inside) - dot(n, plane.origin)) <= plan.grids[name].stepMm / 2
      })
      if (!image) return undefined
      const plane = planeOf(image)
      const from: Vec3 = [inside[0] - plane.origin[0], inside[1] - plane.origin[1], inside[2] - plane.origin[2]]
      return samples(image)[Math.round(dot(from, plane.columnDirection) / plane.rowSpacingMm) * plane.columns + Math.round(dot(from, plane.rowDirection) / plane.columnSpacingMm)]
    })
    expect(values).toEqual([205, 205, 205])
    expect(Math.abs(planeNormal(planes.transverse[0] as FramePlane)[2])).toBeLessThan(0.995)
  })

  it('has all b-values in one series or each in its own, the calculated one apart, and ADC in 10^-6 mm2/s', () => {
    const b = (list: readonly GeneratedImage[]) => list.map(({ dataset }) => [dataset['SeriesNumber'], dataset['InstanceNumber'], dataset['DiffusionBValue']])
    expect(b(seriesOf(images, seriesNumbers.diffusion)).slice(0, 4)).toEqual([[5, 1, 50], [5, 2, 400], [5, 3, 800], [5, 4, 50]])
    const each = [...prostateImages({ ...plan, diffusionSeries: 'each' })]
    expect([5, 6, 7].map((number) => [...new Set(seriesOf(each, number).map(({ dataset }) => dataset['DiffusionBValue']))])).toEqual([[50], [400], [800]])
    expect(new Set(seriesOf(images, seriesNumbers.calculated).map(({ dataset }) => dataset['DiffusionBValue']))).toEqual(new Set([1400]))
    expect(seriesOf(images, seriesNumbers.adc)[0]?.dataset).toMatchObject({ ImageType: ['DERIVED', 'PRIMARY', 'DIFFUSION', 'ADC', 'DIS2D'], RealWorldValueMappingSequence: [{ RealWorldValueSlope: 1, MeasurementUnitsCodeSequence: [{ CodeValue: 'um2/s' }] }] })
  })

  it('lets the lesion take contrast up early and lose it, as its curve says', () => {
    const bare = { ...plan, bare: true } as const
    const { findings: [finding] } = prostateTruth(bare)
    const gains = (finding?.curve ?? []).map(({ gain }) => gain)
    expect(gains[0]).toBe(0)
    expect(gains.indexOf(Math.max(...gains))).toBe(3)
    expect(gains.at(-1)).toBeLessThan(Math.max(...gains) * 0.6)
    const series = seriesOf(prostateImages(bare), seriesNumbers.dynamic)
    const planes = planesOf(plan).dynamic
    const centre = finding?.centre ?? [0, 0, 0]
    const nearest = planes.map((plane) => Math.abs(dot(planeNormal(plane), centre) - dot(planeNormal(plane), plane.origin)))
    const slice = nearest.indexOf(Math.min(...nearest))
    const plane = planes[slice] as FramePlane
    const from: Vec3 = [centre[0] - plane.origin[0], centre[1] - plane.origin[1], centre[2] - plane.origin[2]]
    const pixel = Math.round(dot(from, plane.columnDirection) / plane.rowSpacingMm) * plane.columns + Math.round(dot(from, plane.rowDirection) / plane.columnSpacingMm)
    const measured = plan.phaseSeconds.map((_, phase) => samples(series[phase * planes.length + slice] as GeneratedImage)[pixel] ?? 0)
    for (const [phase, value] of measured.entries()) expect(Math.abs(value / tissues.transition.t1 - 1 - (gains[phase] ?? 0))).toBeLessThan(0.03)
    expect(series.map(({ dataset }) => dataset['TemporalPositionIdentifier']).at(-1)).toBe(6)
    expect(new Set(series.map(({ dataset }) => dataset['AcquisitionTime'])).size).toBe(6)
  })

  it.skipIf(!program('dciodvfy'))('passes dciodvfy without an error, every image (needs dicom3tools)', () => {
    const dir = mkdtempSync(join(tmpdir(), 'prostate-'))
    const errors: string[] = []
    for (const [index, image] of images.entries()) {
      const path = join(dir, `${index}.dcm`)
      writeFileSync(path, encodeImage(image))
      errors.push(...spawnSync(program('dciodvfy') ?? '', [path], { encoding: 'utf8' }).stderr.split('\n').filter((line) => line.startsWith('Error')))
    }
    rmSync(dir, { recursive: true })
    expect(errors).toEqual([])
  })
})

/** A place well inside the large lesion of the left peripheral zone, LPS mm. */
const inside: Vec3 = (() => {
  const { lesions: [placed] } = createAnatomy({ seed: plan.seed, lesions: [{ lesion: 'L1', sector: 'Left mid PZpl', longestMm: 24, adc: 700 }] })
  return placed?.centre ?? [0, 0, 0]
})()
