import { createRandom, hashText } from '../random.ts'
import type { Patient } from '../study.ts'
import hospitals from './hospitals.json' with { type: 'json' }

export type Hospital = (typeof hospitals)[number]
export { hospitals }

const surnames = ['Alder', 'Birch', 'Cedar', 'Dogwood', 'Elm', 'Fir', 'Ginkgo', 'Hazel', 'Ivy', 'Juniper', 'Larch', 'Maple', 'Nettle', 'Oak', 'Pine', 'Quince', 'Rowan', 'Spruce', 'Tamarind', 'Umbrella', 'Viburnum', 'Willow', 'Yew', 'Zelkova'] as const

/** A patient of a hospital; the thousands of the number say what kind of study: 0 chest, 1 breast, 2 prostate. */
export const patientOf = ({ prefix }: Hospital, number: number, { sex, name, born = [1940, 1968] }: { sex?: Patient['sex']; name?: string; born?: readonly [number, number] } = {}): Patient => {
  const id = `${prefix}${String(number).padStart(4, '0')}`
  const random = createRandom(hashText(`patient ${id}`))
  const own = random() < 0.5 ? 'F' : 'M'
  return { id, name: name ?? `${surnames[Math.floor(random() * surnames.length)] ?? 'Elm'}^Generated`, sex: sex ?? own, birthYear: born[0] + Math.floor(random() * (born[1] - born[0])) }
}

/** The day of a patient's first study, YYYYMMDD, in the years of the hospital. */
export const dateOf = ({ years }: Hospital, { id }: Patient): string => {
  const random = createRandom(hashText(`date ${id}`))
  const [first = 2020, last = 2020] = years
  return `${first + Math.floor(random() * (last - first + 1))}${String(1 + Math.floor(random() * 12)).padStart(2, '0')}${String(1 + Math.floor(random() * 28)).padStart(2, '0')}`
}
