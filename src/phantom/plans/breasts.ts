import { monthsLater } from '../chest/courses.ts'
import type { BreastLesion, Exposure, MammographyCase, MammographyMaker, TomosynthesisCase } from '../breast/plan.ts'
import { createRandom, hashText } from '../random.ts'
import type { Patient, Study } from '../study.ts'
import type { UltrasoundCase } from '../ultrasound/plan.ts'
import { dateOf, patientOf, type Hospital } from './hospital.ts'

type Part = MammographyCase | TomosynthesisCase
type Woman = {
  readonly number: number
  readonly density: number
  readonly implants?: boolean
  /** Stored with Patient Orientation P in every view, whichever side: columns the other way round for one of the two. */
  readonly mirrored?: boolean
  readonly monochrome1?: boolean
  readonly tomosynthesis?: boolean
  readonly lesions: readonly BreastLesion[]
}

const lesion = (name: string, kind: BreastLesion['kind'], side: BreastLesion['side'], longestMm: number, more: Partial<BreastLesion> = {}): BreastLesion =>
  ({ lesion: name, kind, side, place: { depth: 0.5, lateral: 0.35, superior: 0.3 }, longestMm, roundness: 0.8, contrast: 0.2, ...more })

/** The women of the full set, by hospital: from fatty to dense, one of each sign. */
const women: Readonly<Record<string, readonly Woman[]>> = {
  'puerto-claro': [
    { number: 1001, density: 0.15, lesions: [lesion('B1', 'spiculated mass', 'L', 16, { contrast: 0.18 })] },
    { number: 1002, density: 0.55, mirrored: true, tomosynthesis: true, lesions: [lesion('B1', 'mass', 'R', 12, { place: { depth: 0.55, lateral: 0.4, superior: -0.2 }, contrast: 0.16 })] },
  ],
  lindental: [{ number: 1001, density: 0.82, monochrome1: true, lesions: [lesion('B1', 'calcifications', 'R', 18, { place: { depth: 0.6, lateral: 0.2, superior: 0.4 }, contrast: 0.3 })] }, { number: 1002, density: 0.38, implants: true, lesions: [] }],
  brzezina: [{ number: 1001, density: 0.45, lesions: [lesion('B1', 'distortion', 'L', 24, { place: { depth: 0.45, lateral: -0.2, superior: 0.35 }, contrast: 0.08 })] }],
}

const views = (mirrored: boolean): Exposure[] => (['R', 'L'] as const).flatMap((side) => (['CC', 'MLO'] as const).map((view): Exposure => ({ side, view, ...(mirrored && side === 'R' ? { mirrored } : {}) })))
const withImplants = (exposures: readonly Exposure[]): Exposure[] => exposures.flatMap((one) => [one, { ...one, implantDisplaced: true }])

/** Current and prior screening of a woman: the same breasts, lain otherwise; lesions were smaller; the prior's pixels are of another size. */
const mammography = (hospital: Hospital, woman: Woman, small: boolean): Part[][] => {
  const patient = patientOf(hospital, woman.number, { sex: 'F', born: [1952, 1974] })
  const date = dateOf(hospital, patient)
  const maker = { ...hospital.mg as MammographyMaker, ...(woman.monochrome1 ? { monochrome1: true } : {}) }
  const anatomy = { seed: hashText(patient.id), density: woman.density, size: 0.3 + 0.5 * createRandom(hashText(`size ${patient.id}`))(), ...(woman.implants ? { implants: true } : {}) }
  const exposures = woman.implants ? withImplants(views(false)) : views(woman.mirrored ?? false)
  const at = (age: 'current' | 'prior'): Part[] => {
    const prior = age === 'prior'
    const study: Study = { patient, date: prior ? monthsLater(date, -24) : date, description: 'Screening mammography', institution: hospital.institution }
    const matrix = small ? { rows: 256, columns: 208, imagerPixelSpacingMm: prior ? 1 : 0.84, magnification: 1.05 } : prior ? { rows: 1792, columns: 1344, imagerPixelSpacingMm: 0.13, magnification: 1.06 } : { rows: 2048, columns: 1664, imagerPixelSpacingMm: 0.107, magnification: 1.07 }
    const lesions = woman.lesions.map((one) => ({ ...one, longestMm: prior ? Math.round(one.longestMm * (one.kind === 'distortion' ? 0 : 5)) / 10 : one.longestMm }))
    const four: MammographyCase = { kind: 'mammography', study, anatomy, positioningSeed: hashText(`${patient.id} ${study.date}`), maker, matrix, exposures, lesions }
    if (prior || !woman.tomosynthesis) return [four]
    const planes = small ? { rows: 128, columns: 104, pixelSpacingMm: 1.6, frames: 8, frameSpacingMm: 7 } : { rows: 1024, columns: 832, pixelSpacingMm: 0.2, frames: 30, frameSpacingMm: 1.8 }
    return [four, { kind: 'tomosynthesis', study, anatomy, positioningSeed: four.positioningSeed, maker, exposure: { side: 'R', view: 'MLO' }, ...planes, lesions, seriesNumber: 21 }]
  }
  return small ? [at('current')] : [at('current'), at('prior')]
}

const ultrasound = (hospital: Hospital, number: number, small: boolean): UltrasoundCase => {
  const patient: Patient = patientOf(hospital, number, { sex: 'F', born: [1960, 1988] })
  return {
    kind: 'ultrasound', study: { patient, date: dateOf(hospital, patient), description: 'Ultrasound breast', institution: hospital.institution }, seed: hashText(patient.id), maker: hospital.us, side: 'L',
    ...(small ? { rows: 150, columns: 200, cineFrames: 5 } : { rows: 600, columns: 800, cineFrames: 24 }), widthMm: 38, depthMm: 38, pictures: ['radial', 'antiradial', 'duplex', 'cine'],
    lesions: [{ lesion: 'U1', kind: 'carcinoma', lateralMm: 2, depthMm: 15, longestMm: 13, roundness: 0.75 }],
  }
}

export const fullBreasts = (hospital: Hospital): (Part | UltrasoundCase)[][] => [...(women[hospital.node] ?? []).flatMap((woman) => mammography(hospital, woman, false)), ...(hospital.node === 'lindental' ? [[ultrasound(hospital, 1101, false)]] : [])]
/** One woman with mammograms, at the first hospital tomosynthesis too, and one with ultrasound. */
export const smallBreasts = (hospital: Hospital): (Part | UltrasoundCase)[][] => {
  const [first] = women[hospital.node] ?? []
  return first ? [...mammography(hospital, { ...first, tomosynthesis: true, mirrored: hospital.node === 'puerto-claro' }, true), [ultrasound(hospital, 1101, true)]] : []
}
