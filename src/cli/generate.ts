import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { chestInstances, type ChestCase } from '../phantom/chestCase.ts'

/** A thread that makes the instances of cases, at low priority after the first: whoever works comes before. */
parentPort?.on('message', ({ one, low }: { one: ChestCase; low: boolean }) => {
  if (low) setPriority(0, 10)
  for (const bytes of chestInstances(one)) parentPort?.postMessage({ bytes }, [bytes.buffer])
  parentPort?.postMessage({ done: true })
})
