import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHtj2kEncoder } from '../dicom/codec/encode.ts'
import { encodeImage } from '../phantom/image.ts'
import { imagesOf, planStudies, type CaseSet } from '../phantom/plan.ts'
import { truthTable } from '../phantom/reference.ts'
import { createMakers } from './makers.ts'

/** Makes the full set and keeps nothing: ms for a slice of each chest CT of 512 x 512 with its compression, and MB of a study on the mean. */
export const measureCases = async (): Promise<{ sliceMs: number[]; studyMb: number }> => {
  const codec = await createHtj2kEncoder()
  const sliceMs: number[] = []
  let [bytes, studies] = [0, 0]
  for (const plans of Object.values(planStudies('full'))) {
    for (const plan of plans) {
      const began = performance.now()
      let files = 0
      for (const image of imagesOf(plan)) {
        bytes += encodeImage(image, codec).length
        files += 1
      }
      studies += 1
      if (plan.parts.every((part) => part.kind === 'chest' && !part.localiser && part.series.every(({ columns }) => columns === 512))) sliceMs.push((performance.now() - began) / files)
    }
  }
  return { sliceMs, studyMb: bytes / 1e6 / studies }
}

/** What was written: patients, studies, files and bytes of images. */
export type Written = { readonly patients: number; readonly studies: number; readonly files: number; readonly bytes: number }

/**
 * Writes a set of generated cases as files: node/patient-date/NNNN.dcm, what is true of each study in its folder `truth`.
 * @param uncompressed for readers that know no HTJ2K
 */
export const writeCases = async (set: CaseSet, folder: string, { uncompressed, log }: { uncompressed: boolean; log: (line: string) => void }): Promise<Written> => {
  const patients = new Set<string>()
  let [studies, files, bytes] = [0, 0, 0]
  const list = Object.entries(planStudies(set)).flatMap(([node, plans]) => plans.map((plan) => ({ node, plan })))
  // Any two studies go together here: each has a folder of its own.
  await createMakers(new URL('generate.js', import.meta.url)).run(list, ({ plan }) => plan.key, async (make, { node, plan }) => {
    const { patient, date } = plan.study
    const place = join(folder, node, `${patient.id}-${date}`)
    mkdirSync(join(place, 'truth'), { recursive: true })
    let images = 0
    const { segmentations, structureSets, rows } = await make({ plan, low: false, uncompressed }, (made) => {
      for (const file of made) {
        images += 1
        writeFileSync(join(place, `${String(images).padStart(4, '0')}.dcm`), file)
        bytes += file.length
      }
    })
    segmentations.forEach((file, index) => writeFileSync(join(place, 'truth', `${index + 1}.dcm`), file))
    structureSets.forEach((file, index) => writeFileSync(join(place, 'truth', `structures-${index + 1}.dcm`), file))
    writeFileSync(join(place, 'truth', 'lesions.json'), JSON.stringify(truthTable(rows)))
    patients.add(patient.id)
    studies += 1
    files += images
    log(`${node} ${patient.id} ${plan.study.description}: ${images} files`)
  })
  return { patients: patients.size, studies, files, bytes }
}
