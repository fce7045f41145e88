import type { ChestCase } from './chestCase.ts'
import { createRandom, hashText } from './random.ts'

/** Patients of each hospital: the prefix is the data set's rule. */
const hospitals = [
  { node: 'puerto-claro', prefix: 'PCL-', thickness: 2.5, spacing: [0.72, 0.72] as const, patients: 3, years: [2023, 2025] },
  { node: 'lindental', prefix: 'LIN-', thickness: 2, spacing: [0.68, 0.68] as const, patients: 3, years: [2024, 2025] },
  { node: 'brzezina', prefix: 'BRZ-', thickness: 5, spacing: [0.9, 0.6] as const, patients: 3, years: [2019, 2022] },
] as const

const surnames = ['Alder', 'Birch', 'Cedar', 'Elm', 'Hazel', 'Larch', 'Maple', 'Rowan', 'Willow']

/**
 * The cases of each hospital, first study first. `small` is for tests: one patient a hospital, 256 x 256, 60 slices.
 * @returns node → cases
 */
export const planCases = (size: 'first' | 'small'): Readonly<Record<string, readonly ChestCase[]>> =>
  Object.fromEntries(hospitals.map(({ node, prefix, thickness, spacing, patients, years }, hospital) => {
    const cases = Array.from({ length: size === 'small' ? 1 : patients }, (_, index): ChestCase => {
      const seed = hashText(`${prefix}${index + 1}`)
      const random = createRandom(seed)
      const small = size === 'small'
      const sliceSpacingMm = small ? 4 : thickness
      const year = years[0] + Math.floor(random() * (years[1] - years[0] + 1))
      return {
        seed, patientId: `${prefix}${String(index + 1).padStart(4, '0')}`, name: `${surnames[hospital * 3 + index] ?? 'Tree'}^Generated`, sex: random() < 0.5 ? 'F' : 'M',
        birthYear: 1945 + Math.floor(random() * 30), date: `${year}${String(1 + Math.floor(random() * 12)).padStart(2, '0')}${String(1 + Math.floor(random() * 28)).padStart(2, '0')}`,
        description: 'Chest CT', rows: small ? 256 : 512, columns: small ? 256 : 512, pixelSpacing: small ? [spacing[0] * 2, spacing[1] * 2] : spacing,
        slices: small ? 60 : Math.round(270 / sliceSpacingMm), sliceSpacingMm, noiseHu: 14 + random() * 8, ...(index === 1 ? { reversed: true } : {}),
      }
    })
    return [node, cases]
  }))
