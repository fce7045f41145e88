import { beforeEach, describe, expect, it } from 'vitest'
import { createBreaker, mostFailures, type Outcome } from './breaker.ts'

let now = 0
let breaker: ReturnType<typeof createBreaker>
beforeEach(() => {
  now = Date.UTC(2026, 0, 5)
  breaker = createBreaker({ clock: () => new Date(now), random: () => 0.5 })
})
const ask = (outcome: Outcome, leastMs?: number): boolean => {
  const settle = breaker.begin()
  settle?.(outcome, leastMs)
  return settle !== undefined
}
const times = (count: number, outcome: Outcome): boolean[] => Array.from({ length: count }, () => ask(outcome))

describe('the circuit breaker of a node', () => {
  it('opens after failures in a row, and not where an answer came between', () => {
    times(mostFailures - 1, 'failed')
    ask('answered')
    times(mostFailures - 1, 'failed')
    expect(breaker.isOpen()).toBe(false)
    ask('failed')
    expect([breaker.isOpen(), ...times(3, 'answered')]).toEqual([true, false, false, false])
  })
  it('counts nobody who went away', () => {
    times(mostFailures * 2, 'unknown')
    expect(breaker.isOpen()).toBe(false)
  })
  it('lets one through after a random pause; it closes with an answer', () => {
    times(mostFailures, 'failed')
    now += 999
    expect([breaker.restMs(), breaker.begin()]).toEqual([1, undefined])
    now += 1
    const probe = breaker.begin()
    expect([breaker.isOpen(), probe === undefined, breaker.begin()]).toEqual([true, false, undefined])
    probe?.('answered')
    expect([breaker.isOpen(), ask('answered')]).toEqual([false, true])
  })
  it('opens for longer where the one that was let through failed, up to a minute', () => {
    times(mostFailures, 'failed')
    const rests: number[] = []
    for (let round = 0; round < 8; round++) {
      rests.push(breaker.restMs())
      now += breaker.restMs()
      expect(ask('failed')).toBe(true)
    }
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  })
  it('lets the next one through where the one before went away', () => {
    times(mostFailures, 'failed')
    now += 1_000
    ask('unknown')
    expect([ask('answered'), breaker.isOpen()]).toEqual([true, false])
  })
  it('waits as long as the node asked, up to a minute', () => {
    times(mostFailures - 1, 'failed')
    ask('failed', 20_000)
    expect(breaker.restMs()).toBe(20_000)
    now += 20_000
    ask('failed', 3_600_000)
    expect(breaker.restMs()).toBe(60_000)
  })
  it('is not held by requests that began before it opened', () => {
    const late = Array.from({ length: mostFailures + 3 }, () => breaker.begin())
    for (const settle of late.slice(0, -1)) settle?.('failed')
    const rest = breaker.restMs()
    expect([rest, breaker.isOpen()]).toEqual([1_000, true])
    late.at(-1)?.('answered')
    expect(breaker.isOpen()).toBe(false)
  })
  it('does not stay open for a year because a clock went back by one', () => {
    times(mostFailures, 'failed')
    now -= 365 * 86_400_000
    expect(breaker.admits()).toBe(true)
  })
})
