import { petCtGrids, type PetCtPlan } from '../pet/plan.ts'
import { prostateGrids, usualProstate, type ProstatePlan } from '../prostate/plan.ts'
import { createRandom, hashText } from '../random.ts'
import { dateOf, patientOf, type Hospital } from './hospital.ts'

const findings: Readonly<Record<string, ProstatePlan['lesions']>> = {
  'puerto-claro': [{ lesion: 'T1', sector: 'Left mid PZpl', longestMm: 14, adc: 720 }],
  lindental: [{ lesion: 'T1', sector: 'Right mid TZa', longestMm: 19, adc: 690 }, { lesion: 'T2', sector: 'Left apex PZpm', longestMm: 9, adc: 840 }],
  brzezina: [{ lesion: 'T1', sector: 'Right base PZpl', longestMm: 11, adc: 780 }],
}

export const prostateStudy = (hospital: Hospital, small: boolean): ProstatePlan => {
  const patient = patientOf(hospital, 2001, { sex: 'M', born: [1945, 1963] })
  return {
    kind: 'prostateMr', ...usualProstate, study: { patient, date: dateOf(hospital, patient), description: 'MR prostate', institution: hospital.institution }, seed: hashText(patient.id), grids: small ? prostateGrids.small : fewer,
    scanner: hospital.mr as ProstatePlan['scanner'], diffusionSeries: hospital.node === 'lindental' ? 'each' : 'one', ...(small ? { bValues: [50, 800], phaseSeconds: [0, 60] } : { phaseSeconds: [0, 15, 32, 60, 180] }), lesions: findings[hospital.node] ?? [],
  }
}
/** The usual fields of view with 14 places in place of 20, so that the whole set stays small. */
const fewer = Object.fromEntries(Object.entries(prostateGrids.full).map(([name, grid]) => [name, { ...grid, slices: 14, stepMm: 4.2 }])) as typeof prostateGrids.full

export const petCtStudy = (hospital: Hospital, small: boolean): PetCtPlan => {
  const patient = patientOf(hospital, 91)
  const random = createRandom(hashText(`weight ${patient.id}`))
  const [weightKg, heightM] = [Math.round(58 + random() * 34), Math.round((1.56 + random() * 0.3) * 100) / 100]
  return {
    kind: 'petCt', study: { patient, date: dateOf(hospital, patient), description: 'PET/CT FDG trunk', institution: hospital.institution }, seed: hashText(patient.id), weightKg, heightM, scanner: hospital.pet, ...petCtGrids[small ? 'small' : 'full'], ...(small ? { slices: 24, stepMm: 10, middleZMm: 187 } : { slices: 116, stepMm: 5, middleZMm: 110 }),
    doseBq: Math.round(weightKg * 3.5e6), uptakeMinutes: 62, psfMm: 5.5,
    lesions: [{ lesion: 'P1', site: 'rightUpperLobe', diameterMm: 26, suv: 9.5 }, { lesion: 'P2', site: 'mediastinum', diameterMm: 20, suv: 6.2 }, { lesion: 'P3', site: 'liver', diameterMm: 24, suv: 7.4 }],
  }
}
