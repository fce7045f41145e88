import type { FromWorker, ToWorker } from './messages.ts'

/** What a worker threw, or that it stopped (out of memory, a script that did not load). */
export class WorkerFailure extends Error {
  override readonly name = 'WorkerFailure'
  /** @param cause the name of what was thrown; 'stopped' where the worker itself ended */
  constructor(readonly kind: string, message: string) {
    super(message)
  }
}

/**
 * One request to a worker of its own, which is ended with the answer, an error or the signal: a computation that is under way
 * has no other end, and its memory goes with it.
 * @throws WorkerFailure; the signal's reason where it was aborted
 */
export const callWorker = <Request, Progress, Reply>(spawn: () => Worker, request: Request, { transfer = [], onProgress, signal }: {
  transfer?: Transferable[]; onProgress?: (progress: Progress) => void; signal?: AbortSignal
} = {}): Promise<Reply> => new Promise<Reply>((resolve, reject) => {
  if (signal?.aborted) return reject(signal.reason as Error)
  const worker = spawn()
  const aborted = (): void => end(() => reject(signal?.reason as Error))
  const end = (settle: () => void): void => {
    signal?.removeEventListener('abort', aborted)
    worker.terminate()
    settle()
  }
  signal?.addEventListener('abort', aborted, { once: true })
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker<Progress, Reply>>) => {
    if (data.kind === 'progress') onProgress?.(data.progress)
    else if (data.kind === 'done') end(() => resolve(data.reply))
    else end(() => reject(new WorkerFailure(data.name, data.message)))
  })
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    end(() => reject(new WorkerFailure('stopped', event.message || 'the worker stopped')))
  })
  worker.postMessage({ request } satisfies ToWorker<Request>, transfer)
  return undefined
})
