import { Worker } from 'node:worker_threads'
import type { MadeTruth } from '../phantom/make.ts'
import type { GenerateAnswer, GenerateRequest } from './generate.ts'

/** Makes one study and hands on its images in batches while it grows; what is true of it, once all were taken. */
export type Maker = (request: GenerateRequest, put: (files: Uint8Array[]) => Promise<void> | void) => Promise<MadeTruth>

const batch = 8

const makerOf = (worker: Worker): Maker => (request, put) => new Promise((resolve, reject) => {
  let waiting: Uint8Array[] = []
  let chain = Promise.resolve()
  const flush = () => {
    const files = waiting
    waiting = []
    if (files.length > 0) chain = chain.then(() => put(files))
  }
  const done = () => {
    worker.off('message', take)
    worker.off('error', reject)
  }
  const take = (message: GenerateAnswer) => {
    if (message.kind === 'image') {
      waiting.push(message.bytes)
      if (waiting.length >= batch) flush()
      return
    }
    done()
    flush()
    chain.then(() => resolve(message), reject)
  }
  worker.on('message', take)
  worker.once('error', reject)
  worker.postMessage(request)
})

/**
 * Two threads that make studies. Of what belongs to one place never two are made at a time, so that what is written of a place
 * (its table of truth) has one writer.
 * @param thread where the built `generate.ts` lies
 */
export const createMakers = (thread: URL) => {
  const workers = new Set<Worker>()
  let stopped = false
  const lane = async <T>(left: T[], busy: Set<string>, placeOf: (one: T) => string, work: (make: Maker, one: T) => Promise<void>): Promise<void> => {
    const worker = new Worker(thread)
    workers.add(worker)
    try {
      for (;;) {
        // What is left of busy places is for the lanes that are at them.
        const at = stopped ? -1 : left.findIndex((one) => !busy.has(placeOf(one)))
        const [one] = at < 0 ? [] : left.splice(at, 1)
        if (one === undefined) return
        busy.add(placeOf(one))
        await work(makerOf(worker), one)
        busy.delete(placeOf(one))
      }
    } finally {
      workers.delete(worker)
      await worker.terminate()
    }
  }
  return {
    /** Works through a list, the first of it first. */
    run: async <T>(list: readonly T[], placeOf: (one: T) => string, work: (make: Maker, one: T) => Promise<void>): Promise<void> => {
      const [left, busy] = [[...list], new Set<string>()]
      const lanes = Math.min(2, new Set(list.map(placeOf)).size)
      await Promise.all(Array.from({ length: lanes }, () => lane(left, busy, placeOf, work)))
    },
    /** Ends the threads where they are. */
    stop: async (): Promise<void> => {
      stopped = true
      await Promise.all([...workers].map((worker) => worker.terminate()))
    },
  }
}
