/** The part of a Worker that Comlink and the loader use. */
type Message = { readonly id?: string }
type Call = { readonly message: Message; readonly transfer: Transferable[] }

/** Longest time one frame may take; a mammogram in JPEG 2000 takes seconds on a slow machine, a hang takes for ever. */
export const decodeLimitMs = 20_000
export const timeLimitError = 'DecodeTimeLimit'

/**
 * Stands in for a decode worker and outlives it. Calls go to the real worker one at a time, so that the clock of each is its own; one
 * that overruns `limitMs`, or whose worker dies, is answered with an error (Comlink waits for ever on a worker that was
 * terminated) and the rest go on in a new worker.
 */
export const superviseWorker = (spawn: () => Worker, limitMs: number): Worker => {
  const target = new EventTarget()
  const waiting: Call[] = []
  let worker: Worker | undefined
  let current: Call | undefined
  let clock: ReturnType<typeof setTimeout> | undefined

  const answer = (data: unknown): void => {
    clearTimeout(clock)
    current = undefined
    target.dispatchEvent(new MessageEvent('message', { data }))
    next()
  }
  const kill = (name: string, message: string): void => {
    const id = current?.message.id
    worker?.terminate()
    worker = undefined
    answer({ id, type: 'HANDLER', name: 'throw', value: { isError: true, value: { name, message, stack: '' } } })
  }
  const started = (): Worker => {
    const made = spawn()
    made.addEventListener('message', ({ data }: MessageEvent<Message>) => { if (made === worker && current && data.id === current.message.id) answer(data) })
    made.addEventListener('error', (event) => {
      event.preventDefault()
      if (made === worker) kill('DecoderDied', 'the decoder stopped')
    })
    return made
  }
  const next = (): void => {
    if (current) return
    current = waiting.shift()
    if (!current) return
    worker ??= started()
    clock = setTimeout(() => kill(timeLimitError, `decoding took more than ${limitMs / 1000} s`), limitMs)
    worker.postMessage(current.message, current.transfer)
  }
  const stand = {
    addEventListener: target.addEventListener.bind(target), removeEventListener: target.removeEventListener.bind(target),
    postMessage: (message: Message, transfer: Transferable[] = []) => {
      waiting.push({ message, transfer })
      next()
    },
    terminate: () => {
      clearTimeout(clock)
      waiting.length = 0
      current = undefined
      worker?.terminate()
      worker = undefined
    },
  }
  // The first frame finds it ready.
  worker = started()
  // The registry wants a Worker and calls only these four.
  return stand as unknown as Worker
}
