import type { Cell, Table } from '../domain/table/table.ts'
import { followUps } from './followUp.ts'
import type { StudyPlan } from './plan.ts'
import { createRandom, hashText } from './random.ts'

type Row = readonly Cell[]
type Made = Pick<Table, 'columns'> & { readonly row: (studies: readonly StudyPlan[]) => Row }

const day = (date: string): string => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`
const text = (name: string, label: string): Table['columns'][number] => ({ name, label, type: 'text' })
const number = (name: string, label: string, unit?: string): Table['columns'][number] => ({ name, label, type: 'number', ...(unit ? { unit } : {}) })
const date = (name: string, label: string): Table['columns'][number] => ({ name, label, type: 'date' })
const shared = [text('patient', 'Patient'), text('sex', 'Sex'), number('age', 'Age at the first study', 'years')] as const

const about = (studies: readonly StudyPlan[]) => {
  const sorted = studies.toSorted((a, b) => a.study.date.localeCompare(b.study.date))
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (!first || !last) throw new Error('a patient without a study has no clinical row')
  const { patient } = first.study
  const random = createRandom(hashText(`clinic ${patient.id}`))
  return {
    first, last, patient, random, own: [patient.id, patient.sex, Number(first.study.date.slice(0, 4)) - patient.birthYear] as const,
    between: (low: number, high: number, digits = 0): number => Number((low + (high - low) * random()).toFixed(digits)), pick: <T>(of: readonly [T, ...T[]]): T => of[Math.floor(random() * of.length)] ?? of[0],
  }
}
const largest = ({ parts }: StudyPlan): number => Math.max(0, ...parts.flatMap((part): number[] => part.kind === 'chest' ? part.lesions.map(({ diameterMm }) => diameterMm) : part.kind === 'petCt' ? part.lesions.map(({ diameterMm }) => diameterMm) : 'lesions' in part ? part.lesions.map(({ longestMm }) => longestMm) : []))

const chest: Made = {
  columns: [
    ...shared, number('packYears', 'Smoking', 'pack-years'), text('diagnosis', 'Diagnosis'), text('histology', 'Histology'), text('stage', 'Stage (UICC 8)'), text('egfr', 'EGFR'), number('pdl1', 'PD-L1', '%'), number('cea', 'CEA', 'ng/mL'),
    number('haemoglobin', 'Haemoglobin', 'g/dL'), number('creatinine', 'Creatinine', 'mg/dL'), text('treatment', 'Treatment'), text('outcome', 'Outcome'), date('firstStudy', 'First study'), date('lastStudy', 'Last study'),
  ],
  row: (studies) => {
    const { first, last, own, between, pick } = about(studies)
    const size = largest(first)
    const cancer = size >= 14
    // Of a followed course the outcome is what its lesions do.
    const names = new Set(first.parts.flatMap((part) => (part.kind === 'chest' ? part.lesions.map(({ name }) => name) : [])))
    const course = followUps.find(({ lesions }) => lesions.some(({ id }) => names.has(id)))
    const histology = cancer ? pick(['Adenocarcinoma', 'Squamous cell carcinoma', 'Small cell carcinoma', 'Adenocarcinoma']) : null
    return [
      ...own, between(0, cancer ? 60 : 35), cancer ? 'Malignant neoplasm of lung' : 'Pulmonary nodule, not proven', histology, cancer ? course ? pick(['IIIB', 'IVA', 'IVB']) : pick(['IA3', 'IB', 'IIA', 'IIIA']) : null,
      histology === 'Adenocarcinoma' ? pick(['Wild type', 'Wild type', 'L858R', 'Exon 19 deletion']) : null, cancer ? pick([0, 0, 5, 20, 60, 90]) : null, between(1, cancer ? 24 : 4, 1), between(10.8, 15.6, 1), between(0.6, 1.3, 2),
      cancer ? course ? pick(['Chemotherapy and pembrolizumab', 'Osimertinib', 'Carboplatin and etoposide']) : pick(['Lobectomy', 'Segmentectomy', 'Stereotactic radiotherapy']) : 'Surveillance',
      course ? course.expected.overall[2] === 'PD' ? 'Progressed' : course.expected.overall[2] === 'CR' ? 'In complete remission' : 'Alive with disease' : cancer ? 'Alive without disease' : 'Stable', day(first.study.date), day(last.study.date),
    ]
  },
}

const breast: Made = {
  columns: [
    ...shared, text('density', 'Density (BI-RADS)'), text('family', 'Family history'), text('diagnosis', 'Diagnosis'), text('pathology', 'Pathology'), number('grade', 'Grade'), text('er', 'ER'), text('pr', 'PR'), text('her2', 'HER2'), number('ki67', 'Ki-67', '%'),
    text('stage', 'Stage'), text('outcome', 'Outcome'), date('screened', 'Screened'), date('pathologyDate', 'Pathology of'),
  ],
  row: (studies) => {
    const { last, own, between, pick } = about(studies)
    const [part] = last.parts
    const density = part && 'anatomy' in part ? part.anatomy.density : between(0.2, 0.7, 2)
    const kinds = new Set(last.parts.flatMap((one): string[] => (one.kind === 'mammography' || one.kind === 'ultrasound' ? one.lesions.map(({ kind }) => kind) : [])))
    const pathology = kinds.has('spiculated mass') || kinds.has('distortion') || kinds.has('carcinoma') ? 'Invasive carcinoma of no special type' : kinds.has('calcifications') ? 'Ductal carcinoma in situ' : kinds.size > 0 ? 'Fibroadenoma' : null
    const invasive = pathology?.startsWith('Invasive') ?? false
    return [
      ...own, density < 0.25 ? 'a' : density < 0.5 ? 'b' : density < 0.75 ? 'c' : 'd', pick(['None', 'None', 'Mother', 'Sister']), pathology === null ? 'No finding' : pathology === 'Fibroadenoma' ? 'Benign neoplasm of breast' : 'Malignant neoplasm of breast', pathology, invasive ? pick([1, 2, 2, 3]) : null,
      invasive ? pick(['Positive', 'Positive', 'Negative']) : null, invasive ? pick(['Positive', 'Negative']) : null, invasive ? pick(['Negative', 'Negative', 'Positive']) : null, invasive ? between(6, 45) : null, invasive ? pick(['IA', 'IA', 'IIA']) : pathology === 'Ductal carcinoma in situ' ? '0' : null,
      pathology === null || pathology === 'Fibroadenoma' ? 'Returned to screening' : 'Treated, without disease', day(last.study.date), pathology === null ? null : day(last.study.date),
    ]
  },
}

const prostate: Made = {
  columns: [...shared, number('psa', 'PSA', 'ng/mL'), number('volume', 'Prostate volume', 'mL'), number('psaDensity', 'PSA density', 'ng/mL2'), text('dre', 'Digital rectal examination'), text('pathology', 'Pathology'), number('isup', 'ISUP grade'), text('stage', 'Stage'), text('treatment', 'Treatment'), text('outcome', 'Outcome'), date('study', 'MR of')],
  row: (studies) => {
    const { first, own, between, pick } = about(studies)
    const size = largest(first)
    const [psa, volume] = [between(4, 4 + size, 1), between(32, 74)]
    const isup = size >= 15 ? pick([3, 4]) : size >= 10 ? pick([2, 2, 3]) : 1
    return [...own, psa, volume, Number((psa / volume).toFixed(3)), size >= 15 ? 'Nodule' : 'Smooth', 'Acinar adenocarcinoma', isup, size >= 15 ? 'cT2b' : 'cT1c', isup === 1 ? 'Active surveillance' : pick(['Radical prostatectomy', 'Radiotherapy']), isup === 1 ? 'Under surveillance' : 'PSA below 0.1 ng/mL', day(first.study.date)]
  },
}

/** Digit behind the hospital's prefix of a patient's number → what clinic the person was seen in. */
const clinics: Readonly<Record<string, Made>> = { 0: chest, 1: breast, 2: prostate }

/**
 * What the hospital knows of the people of a data set beside their images: one row a patient.
 * @param prefix of the patients' identifiers: the hospital's, and the digit of the clinic
 */
export const clinicalTable = (studies: readonly StudyPlan[], prefix: string): Table | undefined => {
  const clinic = clinics[prefix.at(-1) ?? '']
  const mine = studies.filter(({ study }) => study.patient.id.startsWith(prefix))
  if (!clinic || mine.length === 0) return undefined
  const patients = [...new Set(mine.map(({ study }) => study.patient.id))].sort()
  return { name: 'clinical', title: 'Clinical data', columns: clinic.columns, rows: patients.map((id) => clinic.row(mine.filter(({ study }) => study.patient.id === id))) }
}
