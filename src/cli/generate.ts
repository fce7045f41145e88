import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { createHtj2kEncoder } from '../dicom/codec/encode.ts'
import { makeStudy, type MadeTruth } from '../phantom/make.ts'
import type { StudyPlan } from '../phantom/plan.ts'

/** What a thread that makes studies is asked for: one at a time. `low`: whoever works comes before it. `uncompressed`: for readers that know no HTJ2K. */
export type GenerateRequest = { readonly plan: StudyPlan; readonly low: boolean; readonly uncompressed?: boolean }
/** What it answers: each instance, then what is true of the study. */
export type GenerateAnswer = { readonly kind: 'image'; readonly bytes: Uint8Array<ArrayBuffer> } | { readonly kind: 'truth' } & MadeTruth

const port = parentPort
const encoder = createHtj2kEncoder()
const answer = (message: GenerateAnswer, move: ArrayBuffer[]): void => port?.postMessage(message, move)

const make = async ({ plan, uncompressed }: GenerateRequest): Promise<void> => {
  const truth = await makeStudy(plan, uncompressed ? undefined : await encoder, (bytes) => answer({ kind: 'image', bytes }, [bytes.buffer]))
  answer({ kind: 'truth', ...truth }, [...truth.segmentations, ...truth.structureSets].map(({ buffer }) => buffer))
}

port?.on('message', (request: GenerateRequest) => {
  if (request.low) setPriority(0, 10)
  // A rejection ends the thread with its error, which whoever asked hears.
  void make(request).catch((error: unknown) => { throw error })
})
