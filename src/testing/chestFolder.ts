import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chestImages } from '../phantom/chest/images.ts'
import { singleStudy } from '../phantom/chest/courses.ts'
import { encodeImage } from '../phantom/image.ts'

/** A folder with one chest CT of a large nodule as a scanner leaves it: thick slices (series 2), thin ones (3), and a localiser (99). Remove it after use. */
export const chestFolder = (): string => {
  const stack = { rows: 160, columns: 200, pixelSpacing: [1.8, 1.8], lowestMm: -80 } as const
  const plan = singleStudy({
    patient: { id: 'CHOICE-1', name: 'Choice^Generated', sex: 'F', birthYear: 1960 }, date: '20240105', description: 'CT chest, thick and thin', contrast: false, localiser: true, nodules: [{ type: 'solid', diameterMm: 22 }],
    scanner: { institution: 'Generated', manufacturer: 'Generated', model: 'Choice', kernel: { name: 'STANDARD', softness: 0.7, fineness: 0.7 }, noiseHu: 12 },
    series: [{ ...stack, number: 2, description: 'Axial 4.5 mm', slices: 24, spacingMm: 4.5, thicknessMm: 4.5 }, { ...stack, number: 3, description: 'Axial 3 mm', slices: 36, spacingMm: 3, thicknessMm: 3 }],
  })
  const folder = mkdtempSync(join(tmpdir(), 'chest-'))
  let count = 0
  for (const image of chestImages(plan)) writeFileSync(join(folder, `${String((count += 1)).padStart(4, '0')}.dcm`), encodeImage(image))
  return folder
}
