import { courseStudies, singleStudy } from '../chest/courses.ts'
import type { ChestPlan, ChestSeries } from '../chest/plan.ts'
import { followUps } from '../followUp.ts'
import { createRandom, hashText } from '../random.ts'
import type { Patient } from '../study.ts'
import { dateOf, patientOf, type Hospital } from './hospital.ts'

type Stack = Omit<ChestSeries, 'noiseHu' | 'kernel'>

const scannerOf = ({ institution, ct }: Hospital) => ({ institution, ...ct })

/** A stack from above the shoulders' middle down to the upper belly: as many slices as that takes. */
const stack = (thicknessMm: number, pixelMm: number | readonly [number, number], change: Partial<Stack> = {}): Stack => ({
  number: 2, description: `Axial ${thicknessMm} mm`, rows: 512, columns: 512, pixelSpacing: typeof pixelMm === 'number' ? [pixelMm, pixelMm] : pixelMm, slices: Math.round(270 / thicknessMm), spacingMm: thicknessMm, thicknessMm, lowestMm: -128, ...change,
})
/** For tests: 256 x 256 and 60 slices, twice as coarse. */
const smallStack = (pixelMm: readonly [number, number], change: Partial<Stack> = {}): Stack => ({ ...stack(4.5, pixelMm), rows: 256, columns: 256, slices: 60, ...change })

const nodules = (seed: string, count: number) => {
  const random = createRandom(hashText(seed))
  const types = ['solid', 'spiculated', 'partSolid', 'groundGlass'] as const
  return Array.from({ length: count }, (_, index) => ({ type: types[(index + Math.floor(random() * 4)) % 4] ?? 'solid', diameterMm: Math.round((5 + 17 * random() ** 1.6) * 10) / 10 }))
}

/** Where the courses over four time points are followed, two at each hospital; and the single studies of mixed geometry. */
export const fullChests = (hospital: Hospital, place: number): ChestPlan[] => {
  const scanner = scannerOf(hospital)
  const single = (number: number, description: string, series: readonly Stack[], { count = 3, contrast = false, localiser = false, ...who }: { count?: number; contrast?: boolean; localiser?: boolean; sex?: Patient['sex']; name?: string } = {}): ChestPlan => {
    const patient = patientOf(hospital, number, who)
    return singleStudy({ patient, date: dateOf(hospital, patient), description, contrast, scanner, nodules: nodules(patient.id, count), series, localiser })
  }
  const courses = followUps.filter(({ patient }) => Math.floor((patient - 1) / 2) === place).flatMap((course, index) => {
    const patient = patientOf(hospital, index + 2)
    return courseStudies(course, { patient, baseline: dateOf(hospital, patient), contrast: true, scanner, series: stack(5, 0.74) })
  })
  const others: Readonly<Record<string, () => ChestPlan[]>> = {
    'puerto-claro': () => [single(1, 'CT chest', [stack(2.5, 0.72)], { contrast: true }), single(4, 'CT chest with numbered slices', [stack(5, 0.74, { numbered: true })], { name: 'Rowan^Generated' })],
    lindental: () => [single(1, 'Low-dose CT chest', [stack(2.5, 0.68)], { count: 4 }), single(4, 'CT chest, leaning gantry', [stack(5, 0.76, { tiltDegrees: 15 })]), single(5, 'CT chest, a slice missing', [stack(5, 0.74, { missing: [23] })], { name: 'Rowan^Generated' })],
    brzezina: () => [
      single(1, 'CT chest', [stack(5, [0.9, 0.62], { rows: 400, columns: 512 })], { localiser: true }), single(4, 'CT chest, a slice stored twice', [stack(5, 0.8, { doubled: [30], reversed: true })]), single(5, 'CT chest, 7 mm and 1 mm', [stack(7, 0.8), stack(1, 0.8, { number: 3 })], { contrast: true }),
    ],
  }
  const [first = [], rest = []] = [others[hospital.node]?.().slice(0, 1), others[hospital.node]?.().slice(1)]
  return [...first, ...courses, ...rest]
}

export const smallChest = (hospital: Hospital, place: number): ChestPlan[] => {
  const patient = patientOf(hospital, 1)
  const pixel = ([[1.44, 1.44], [1.36, 1.36], [1.8, 1.24]] as const)[place] ?? [1.4, 1.4]
  return [singleStudy({ patient, date: dateOf(hospital, patient), description: 'CT chest', contrast: place === 0, scanner: scannerOf(hospital), nodules: nodules(patient.id, 3), series: [smallStack(pixel, place === 2 ? { reversed: true } : {})] })]
}
