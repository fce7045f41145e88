import type { FromWorker, ToWorker } from './messages.ts'

/** The worker's side of `callWorker`: answers the one request it gets. */
export const serve = <Request, Progress, Reply>(answer: (request: Request, onProgress: (progress: Progress) => void) => Promise<{ readonly reply: Reply; readonly transfer?: Transferable[] }>): void => {
  const post = (message: FromWorker<Progress, Reply>, transfer: Transferable[] = []): void => self.postMessage(message, { transfer })
  self.addEventListener('message', ({ data: { request } }: MessageEvent<ToWorker<Request>>) => {
    answer(request, (progress) => post({ kind: 'progress', progress })).then(
      ({ reply, transfer }) => post({ kind: 'done', reply }, transfer),
      (error: unknown) => post({ kind: 'failed', name: error instanceof Error ? error.name : 'Error', message: error instanceof Error ? error.message : String(error) }),
    )
  })
}
