import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { followUps } from '../followUp.ts'
import { encodeImage } from '../image.ts'
import { planStudies } from '../plan.ts'
import { distances, lobeAt, part, partCount } from './anatomy.ts'
import { chestImages, chestOf, chestSlices, lesionVoxels, toPatient } from './images.ts'
import { formOf, type LesionType } from './lesions.ts'
import { createPerson } from './person.ts'
import { lungDepth } from './place.ts'
import type { ChestPlan, ChestSeries } from './plan.ts'
import { chestTruth } from './truth.ts'

const full = planStudies('full')
const chestsOf = (plans: ReturnType<typeof planStudies>): ChestPlan[] => Object.values(plans).flat().flatMap(({ parts }) => parts).filter((one) => one.kind === 'chest')
const chests = chestsOf(full)
const [small] = chestsOf(planStudies('one'))
const series = small?.series[0]
if (!small || !series) throw new Error('the plan has no chest')
const few = (change: Partial<ChestSeries> = {}): ChestPlan => ({ ...small, series: [{ ...series, rows: 64, columns: 64, pixelSpacing: [5.6, 5.6], slices: 4, lowestMm: 0, ...change }] })
const digest = (plan: ChestPlan): string => {
  const hash = createHash('sha256')
  for (const image of chestImages(plan)) hash.update(encodeImage(image))
  return hash.digest('hex')
}
const datasetsOf = (plan: ChestPlan) => [...chestImages(plan)].map(({ dataset }) => dataset)

describe('a generated chest', () => {
  it('is the same bytes for the same plan and others for another seed', () => {
    expect(digest(few())).toBe(digest(few()))
    expect(digest({ ...few(), seed: small.seed + 1 })).not.toBe(digest(few()))
  })
  it('has lungs in five lobes, a heart between them, and a spine behind', () => {
    const person = createPerson(5, 'M', false)
    expect([[-70, -40, 70], [-60, -60, -20], [-70, 50, -10], [70, -40, 70], [75, 50, -10]].map(([x = 0, y = 0, z = 0]) => lobeAt(person, x, y, z))).toEqual(['rightUpper', 'rightMiddle', 'rightLower', 'leftUpper', 'leftLower'])
    const out = new Float32Array(partCount)
    distances(person, 17, -33, person.dome + 8, out, 0)
    expect(out[part.sac]).toBeLessThan(-10)
    expect(lungDepth(person, 17, -33, person.dome + 8)).toBeGreaterThan(0)
    distances(person, 0, 62, 4, out, 0)
    expect(Math.min(out[part.vertebra] ?? 9, out[part.disc] ?? 9)).toBeLessThan(0)
  })
  it('shows bone, soft tissue, fat, lung and air in the shares of a chest, contrast agent in the vessels where there is some', () => {
    const middle = (contrast: boolean): Float32Array => {
      const plan = { ...small, contrast, lesions: [] }
      return [...chestSlices(plan, series, { levels: [30], bare: true })][0]?.canvas.hu.slice() ?? new Float32Array()
    }
    const share = (hu: Float32Array, low: number, high: number): number => hu.filter((value) => value >= low && value < high).length / hu.length
    const [plain, enhanced] = [middle(false), middle(true)]
    expect(share(plain, -1100, -950)).toBeGreaterThan(0.2)
    expect(share(plain, -950, -700)).toBeGreaterThan(0.1)
    expect(share(plain, -130, -60)).toBeGreaterThan(0.05)
    expect(share(plain, 0, 100)).toBeGreaterThan(0.08)
    expect(share(plain, 250, 900)).toBeGreaterThan(0.005)
    expect(share(enhanced, 130, 240)).toBeGreaterThan(share(plain, 130, 240) + 0.01)
  })

  it.each<[LesionType, number, number]>([['solid', 24.3, 21], ['node', 23.5, 16.9], ['spiculated', 34.2, 28.5], ['groundGlass', 9.4, 8.8], ['partSolid', 12.5, 11], ['solid', 6.7, 6.1]])('paints a %s lesion of %d x %d mm as large and where it says, to half a voxel', (type, longest, shortest) => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: -0.4, max: 0.4, noNaN: true }), (seed, off) => {
      const form = formOf({ name: 'x', type, x: off, y: -off, z: off / 2, diameterMm: longest, shortestMm: shortest, seed })
      const side = 96
      const step = 0.6
      const voxels = lesionVoxels({ ...series, rows: side, columns: side, pixelSpacing: [step, step], slices: 61, spacingMm: step, thicknessMm: step, lowestMm: -30 * step }, [form])
      const size = side * side
      let [sx, sy, sz, count, most] = [0, 0, 0, 0, 0]
      for (let level = 0; level < 61; level++) {
        const points: [number, number][] = []
        for (let at = 0; at < size; at++) if (voxels[level * size + at]) points.push([((at % side) - 47.5) * step, (Math.floor(at / side) - 47.5) * step])
        for (const [x, y] of points) {
          sx += x
          sy += y
          sz += (level - 30) * step
          count++
        }
        for (let turn = 0; turn < 60; turn++) {
          const [c, s] = [Math.cos((turn * Math.PI) / 60), Math.sin((turn * Math.PI) / 60)]
          const along = points.map(([x, y]) => x * c + y * s)
          if (along.length > 0) most = Math.max(most, Math.max(...along) - Math.min(...along) + step * (Math.abs(c) + Math.abs(s)) / 2)
        }
      }
      expect(Math.abs(most - longest)).toBeLessThan(step / 2 + 0.1)
      expect(Math.hypot(sx / count - off, sy / count + off, sz / count - off / 2)).toBeLessThan(step / 2)
      expect(Math.abs(form.shortestMm - shortest)).toBeLessThan(0.5)
    }), { numRuns: 2 })
  })
})

describe('how a chest is stored', () => {
  it('reversed: the first file is the highest', () => {
    const at = (reversed: boolean) => datasetsOf(few({ reversed })).map(({ SliceLocation }) => Number(SliceLocation))
    expect(at(true)).toEqual(at(false).toReversed())
  })
  it('a missing level leaves a gap, a doubled one is there twice with its own UID', () => {
    const places = (change: Partial<ChestSeries>) => datasetsOf(few(change)).map(({ SliceLocation }) => Number(SliceLocation) - toPatient(small, [0, 0, 0])[2])
    expect(places({ missing: [1] })).toEqual([0, 9, 13.5])
    expect(places({ doubled: [2] })).toEqual([0, 4.5, 9, 9, 13.5])
    expect(new Set(datasetsOf(few({ doubled: [2] })).map(({ SOPInstanceUID }) => SOPInstanceUID)).size).toBe(5)
  })
  it('a leaning gantry turns the rows about x, slices go on along the table, and the same point has the same value', () => {
    const plan = { ...small, lesions: [] }
    const wide = { ...series, rows: 128, columns: 128, pixelSpacing: [2.8, 2.8] as const, slices: 3, spacingMm: 4, thicknessMm: 1, lowestMm: 20 }
    const [first, second] = datasetsOf({ ...plan, series: [{ ...wide, tiltDegrees: 15 }] })
    expect(first?.['ImageOrientationPatient']).toEqual([1, 0, 0, 0, 0.965926, 0.258819])
    expect(first?.['GantryDetectorTilt']).toBe(-15)
    const [a, b] = [first?.['ImagePositionPatient'] as number[], second?.['ImagePositionPatient'] as number[]]
    expect((b[2] ?? 0) - (a[2] ?? 0)).toBeCloseTo(4, 3)
    expect(b[1]).toBe(a[1])
    const chest = chestOf(plan)
    const [straight, leaning] = [0, 15].map((tiltDegrees) => [...chestSlices(plan, { ...wide, tiltDegrees, lowestMm: 40 }, { chest, bare: true, levels: [0] })][0]?.canvas.hu.slice() ?? new Float32Array())
    // On the axis about which the gantry leans both planes are one.
    const row = (hu: Float32Array | undefined) => Array.from({ length: 128 }, (_, column) => ((hu?.[63 * 128 + column] ?? 0) + (hu?.[64 * 128 + column] ?? 0)) / 2)
    const away = row(straight).map((value, column) => Math.abs(value - (row(leaning)[column] ?? 0))).sort((x, y) => x - y)
    expect(away[64]).toBeLessThan(12)
    expect(away[120]).toBeLessThan(150)
  })
  it('has nothing outside the round field of view', () => {
    const [image] = chestImages(few())
    const at = (row: number, column: number): number => image?.frames[0]?.[row * 64 + column] ?? -1
    expect([at(0, 0), at(63, 0), at(0, 63), at(63, 63), at(8, 8)]).toEqual([0, 0, 0, 0, 0])
    expect(at(2, 32)).toBeGreaterThan(0)
  })
  it('numbered slices carry their level as blocks', () => {
    const images = [...chestImages({ ...few({ numbered: true, rows: 128, columns: 128, pixelSpacing: [2.8, 2.8] }), series: [{ ...series, numbered: true, slices: 6 }] })]
    const levels = images.map(({ frames: [frame] }) => Array.from({ length: 10 }, (_, bit) => ((frame?.[4 * series.columns + (bit + 1) * 8 + 4] ?? 0) > 1200 ? 2 ** bit : 0)).reduce((sum, bit) => sum + bit, 0))
    expect(levels).toEqual([0, 1, 2, 3, 4, 5])
  })
  it('a localiser holds an axial, a coronal and a sagittal picture in one series', () => {
    const images = datasetsOf({ ...few(), localiser: true }).filter(({ ImageType }) => (ImageType as string[])[2] === 'LOCALIZER')
    expect(images.map(({ ImageOrientationPatient }) => ImageOrientationPatient)).toEqual([[1, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, -1], [0, 1, 0, 0, 0, -1]])
    expect(new Set(images.map(({ SeriesInstanceUID }) => SeriesInstanceUID)).size).toBe(1)
    for (const { SeriesTime } of images) expect(SeriesTime).toMatch(/^10[0-5]\d[0-5]\d$/)
  })
})

describe('the full set', () => {
  it('has 24 patients, about 48 studies, two of one name, and all the geometry asked for', () => {
    const studies = Object.values(full).flat()
    const names = new Map(studies.map(({ study: { patient } }) => [patient.id, patient.name]))
    expect(names.size).toBe(24)
    expect(studies.length).toBeGreaterThanOrEqual(44)
    expect(studies.length).toBeLessThanOrEqual(52)
    expect(new Set(names.values()).size).toBeLessThan(names.size)
    const stacks = chests.flatMap((one) => one.series)
    expect(new Set(stacks.map(({ thicknessMm }) => thicknessMm))).toEqual(new Set([1, 2.5, 5, 7]))
    expect(stacks.filter(({ tiltDegrees }) => tiltDegrees === 15)).toHaveLength(1)
    expect(stacks.filter(({ pixelSpacing: [a, b] }) => a !== b)).toHaveLength(1)
    expect([stacks.filter(({ missing }) => missing).length, stacks.filter(({ doubled }) => doubled).length, stacks.filter(({ numbered }) => numbered).length, chests.filter(({ localiser }) => localiser).length]).toEqual([1, 1, 1, 1])
    const parts = studies.flatMap((study) => study.parts)
    expect(parts.some((one) => one.kind === 'mammography' && one.maker.monochrome1)).toBe(true)
    expect(parts.some((one) => one.kind === 'mammography' && one.exposures.some(({ mirrored }) => mirrored))).toBe(true)
    expect(parts.filter(({ kind }) => kind === 'petCt' || kind === 'ultrasound' || kind === 'tomosynthesis').map(({ kind }) => kind).sort()).toEqual(['petCt', 'tomosynthesis', 'ultrasound'])
  })
  it('paints the six courses with the diameters of their table, each time point in a frame, posture and table of its own', () => {
    for (const course of followUps) {
      const names = new Set(course.lesions.map(({ id }) => id))
      const points = chests.filter(({ lesions, states = {} }) => lesions.some(({ name }) => names.has(name)) || Object.keys(states).some((name) => names.has(name)))
      expect(points).toHaveLength(4)
      expect(new Set(points.map(({ tableMm }) => tableMm)).size).toBe(4)
      points.forEach((plan, index) => {
        const told = chestTruth({ ...plan, series: plan.series.map((one) => ({ ...one, slices: 1 })) }).lesions
        for (const { id, timePoints } of course.lesions) {
          const at = timePoints[index]
          const mine = told.find(({ lesion }) => lesion === id)
          if (at && 'longestMm' in at) expect([mine?.longestMm, Math.abs((mine?.shortestMm ?? 0) - at.shortestMm) < 0.5], `${id} at ${index}`).toEqual([at.longestMm, true])
          else expect(mine?.state).toBe(at?.state)
        }
      })
    }
  })
})
