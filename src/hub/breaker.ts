import { fullJitterMs, isDue } from '../domain/retry/retry.ts'

/** Failures in a row after which a node is not asked for a while. */
export const mostFailures = 5
const pause = { firstMs: 2_000, mostMs: 60_000 }

/** How a request that was let through ended; `unknown`: whoever asked went away. */
export type Outcome = 'answered' | 'failed' | 'unknown'

/**
 * A circuit breaker for one node (hub.md, Scale): after some failures in a row nobody asks, so that a node that is down does not hold
 * every page of every user until its time is up. After a random pause one request is let through to see; it opens again for longer, or closes.
 */
export const createBreaker = ({ clock, random }: { clock: () => Date; random: () => number }) => {
  let failures = 0
  /** Times in a row that it opened. */
  let opened = 0
  let until: number | undefined
  let probing = false
  const open = (leastMs: number): void => {
    until = clock().getTime() + Math.min(pause.mostMs, Math.max(leastMs, fullJitterMs(opened, random(), pause)))
    opened += 1
  }
  const settle = (outcome: Outcome, probe: boolean, leastMs: number): void => {
    if (probe) probing = false
    if (outcome === 'answered') {
      until = undefined
      failures = opened = 0
    } else if (outcome === 'failed') {
      failures += 1
      if (probe || (until === undefined && failures >= mostFailures)) open(leastMs)
    }
  }
  return {
    /** Whether its node is taken for down: nobody asks, or one request is under way to see. */
    isOpen: (): boolean => until !== undefined,
    /** Whether a request would be let through now. */
    admits: (): boolean => until === undefined || (!probing && isDue(until, clock().getTime(), pause.mostMs)),
    /** ms until the next request may be let through. */
    restMs: (): number => (until === undefined ? 0 : Math.max(0, Math.min(pause.mostMs, until - clock().getTime()))),
    /**
     * A request is about to be sent.
     * @returns what to call once when it is known how it ended, with the ms that the node asked to wait; undefined where it must not be sent
     */
    begin(): ((outcome: Outcome, leastMs?: number) => void) | undefined {
      if (!this.admits()) return undefined
      const probe = until !== undefined
      if (probe) probing = true
      let ended = false
      return (outcome, leastMs = 0) => {
        if (!ended) settle(outcome, probe, leastMs)
        ended = true
      }
    },
  }
}
