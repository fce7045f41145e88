import type { OperationEntry } from './entries.ts'
import { isStroke, type Operation } from './document.ts'
import type { Log } from './log.ts'

/**
 * Puts operations into the log one after another, as they were done. One that cannot be kept now (no key yet, a full disk) stays first
 * in line, and those behind it wait: a log never holds a later doing without the one before it. A stroke of the brush is in the
 * database when it is kept, and on the disk once `log.settle` says so; a mark is on the disk.
 * @param by the tab that did them
 * @param log the open log; asked for anew each time, since opening it may fail and be tried again
 */
export const createKeeper = ({ log, by, onKept, onFailed }: { log: () => Promise<Log>; by: string; onKept: (operation: Operation) => void; onFailed: (waiting: readonly Operation[], error: unknown) => void }) => {
  const waiting: Operation[] = []
  let running: Promise<void> | undefined
  const again = (): Promise<void> => {
    if (waiting.length === 0) return Promise.resolve()
    running ??= (async () => {
      try {
        for (let next = waiting[0]; next; next = waiting[0]) {
          await (await log()).append({ type: 'operation', operation: next, by } satisfies OperationEntry, isStroke(next) ? 'relaxed' : 'strict')
          waiting.shift()
          onKept(next)
        }
      } catch (error) {
        onFailed(waiting, error)
      } finally {
        running = undefined
      }
    })()
    return running
  }
  return {
    /** Resolves when the operation is on the disk, or it was found that it cannot be now. */
    keep: (operation: Operation): Promise<void> => {
      waiting.push(operation)
      return again()
    },
    /** Tries again what could not be kept. */
    again,
    /** Operations that are not on the disk. */
    waiting: (): readonly Operation[] => waiting,
  }
}
