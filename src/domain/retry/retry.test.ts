import { expect, it } from 'vitest'
import { fullJitterMs, isDue, retryAfterMs } from './retry.ts'

it('a pause is random under a bound that doubles up to the most', () => {
  const bounds = [0, 1, 2, 3, 4, 100].map((attempt) => fullJitterMs(attempt, 1, { firstMs: 500, mostMs: 5_000 }))
  expect(bounds).toEqual([500, 1000, 2000, 4000, 5000, 5000])
  expect([fullJitterMs(3, 0, { firstMs: 500, mostMs: 5_000 }), fullJitterMs(3, 0.25, { firstMs: 500, mostMs: 5_000 })]).toEqual([0, 1000])
})
it.each([
  ['7', 7_000], [' 120 ', 120_000], ['0', 0], ['999999', 3_600_000], ['Mon, 05 Jan 2026 12:00:30 GMT', 30_000], ['Mon, 05 Jan 2026 11:00:00 GMT', 0],
  ['', undefined], [null, undefined], [undefined, undefined], ['soon', undefined], ['-5', undefined], ['1.5', undefined], ['99999999999', undefined],
])('Retry-After %s asks to wait %s ms', (header, ms) => expect(retryAfterMs(header, new Date('2026-01-05T12:00:00Z'), 3_600_000)).toBe(ms))
it('a time that lies farther off than any pause was set by a clock that has jumped', () => {
  expect([isDue(100, 100, 50), isDue(101, 100, 50), isDue(150, 100, 50), isDue(151, 100, 50)]).toEqual([true, false, false, true])
})
