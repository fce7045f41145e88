import { callWorker } from '../../pool/callWorker.ts'
import type { answerMask, MaskRequest, ReadMask } from './maskWork.ts'

type Reply = Awaited<ReturnType<typeof answerMask>>
const ask = (request: MaskRequest, transfer: Transferable[], signal: AbortSignal | undefined): Promise<Reply> =>
  callWorker<MaskRequest, never, Reply>(() => new Worker(new URL('./mask.worker.ts', import.meta.url), { type: 'module' }), request, { transfer, ...(signal ? { signal } : {}) })

/**
 * Reads a mask file onto the voxels of a series, in a worker of its own that the signal ends. The bytes go to the worker.
 * @throws WorkerFailure whose words say what is wrong with the file
 */
export const readMask = async (request: Omit<Extract<MaskRequest, { kind: 'read' }>, 'kind'>, signal?: AbortSignal): Promise<ReadMask> => {
  const reply = await ask({ kind: 'read', ...request }, [request.bytes.buffer], signal)
  if (!('read' in reply)) throw new Error('the worker answered something else')
  return reply.read
}

/** Makes a mask file, in a worker of its own. */
export const writeMask = async (request: Omit<Extract<MaskRequest, { kind: 'write' }>, 'kind'>): Promise<Uint8Array<ArrayBuffer>> => {
  const reply = await ask({ kind: 'write', ...request }, [], undefined)
  if (!('file' in reply)) throw new Error('the worker answered something else')
  return reply.file
}
