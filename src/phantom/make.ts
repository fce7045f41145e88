import { toDicomJson } from '../dicom/file/json.ts'
import { readPart10 } from '../dicom/file/read.ts'
import type { NaturalDataset } from '../dicom/file/write.ts'
import type { Cell } from '../domain/table/table.ts'
import { encodeImage, type Codec } from './image.ts'
import { imagesOf, truthOf, type StudyPlan } from './plan.ts'
import { segmentationsOf, structureSetsOf, truthRows } from './reference.ts'

/** What is true of a study, as files for the reference archive and as rows of the table of truth. */
export type MadeTruth = { readonly segmentations: readonly Uint8Array<ArrayBuffer>[]; /** Of chests. */ readonly structureSets: readonly Uint8Array<ArrayBuffer>[]; readonly rows: readonly Cell[][] }

/**
 * Makes a study: each instance is handed over as a file once it is made, in the order of the plan; what is true of it comes at the end.
 * @param codec none: files are stored uncompressed
 */
export const makeStudy = async (plan: StudyPlan, codec: Codec | undefined, onImage: (file: Uint8Array<ArrayBuffer>) => void): Promise<MadeTruth> => {
  const images: NaturalDataset[] = []
  let first: Uint8Array | undefined
  for (const image of imagesOf(plan)) {
    const file = encodeImage(image, codec)
    // Whoever takes the file may give it away to another thread.
    first ??= file.slice()
    images.push(image.dataset)
    onImage(file)
  }
  const truth = truthOf(plan)
  const source = first ? toDicomJson(await readPart10(first)) : undefined
  const chest = plan.parts.some(({ kind }) => kind === 'chest')
  return {
    segmentations: source ? segmentationsOf(plan.study, truth, images, source) : [], structureSets: source && chest ? structureSetsOf(plan.study, truth, images, source) : [],
    rows: truthRows(plan.study, truth),
  }
}
