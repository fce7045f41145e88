import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { createHtj2kEncoder } from '../dicom/codec/encode.ts'
import { toDicomJson } from '../dicom/file/json.ts'
import { readPart10 } from '../dicom/file/read.ts'
import type { NaturalDataset } from '../dicom/file/write.ts'
import type { Cell } from '../domain/table/table.ts'
import { encodeImage } from '../phantom/image.ts'
import { imagesOf, truthOf, type StudyPlan } from '../phantom/plan.ts'
import { segmentationsOf, truthRows } from '../phantom/reference.ts'

/** What a thread that makes studies is asked for: one at a time. `low`: whoever works comes before it. */
export type GenerateRequest = { readonly plan: StudyPlan; readonly low: boolean; readonly uncompressed?: boolean }
/** What it answers: each instance, then what is true of the study. */
export type GenerateAnswer = { readonly kind: 'image'; readonly bytes: Uint8Array<ArrayBuffer> } | { readonly kind: 'truth'; readonly segmentations: readonly Uint8Array<ArrayBuffer>[]; readonly rows: readonly Cell[][] }

const port = parentPort
const encoder = createHtj2kEncoder()
const answer = (message: GenerateAnswer, move: ArrayBuffer[]): void => port?.postMessage(message, move)

const make = async ({ plan, uncompressed }: GenerateRequest): Promise<void> => {
  const codec = uncompressed ? undefined : await encoder
  const images: NaturalDataset[] = []
  let first: Uint8Array<ArrayBuffer> | undefined
  for (const image of imagesOf(plan)) {
    const bytes = encodeImage(image, codec)
    first ??= bytes.slice()
    images.push(image.dataset)
    answer({ kind: 'image', bytes }, [bytes.buffer])
  }
  const truth = truthOf(plan)
  const source = first ? toDicomJson(await readPart10(first)) : {}
  const segmentations = segmentationsOf(plan.study, truth, images, source)
  answer({ kind: 'truth', segmentations, rows: truthRows(plan.study, truth) }, segmentations.map(({ buffer }) => buffer))
}

port?.on('message', (request: GenerateRequest) => {
  if (request.low) setPriority(0, 10)
  // A rejection ends the thread with its error, which whoever asked hears.
  void make(request).catch((error: unknown) => { throw error })
})
