/** Full jitter (Brooker): a random pause in ms up to a bound that doubles with each attempt, from 0, and is `mostMs` at most. */
export const fullJitterMs = (attempt: number, random: number, { firstMs, mostMs }: { readonly firstMs: number; readonly mostMs: number }): number =>
  random * Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 30))

/**
 * How long `Retry-After` (RFC 9110 10.2.3) asks to wait, in ms: seconds, or a date. What asks for more than the bound is taken for the
 * bound, so that no one answer puts work off for good.
 * @returns undefined where there is none, or it is not understood
 */
export const retryAfterMs = (header: string | null | undefined, now: Date, mostMs: number): number | undefined => {
  const text = header?.trim() ?? ''
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * 1000 : /[a-z]/i.test(text) ? Date.parse(text) - now.getTime() : Number.NaN
  return Number.isNaN(ms) ? undefined : Math.min(mostMs, Math.max(0, ms))
}

/** Whether a time at which something may be asked again has come. One farther off than any pause was set by another clock, and has come too. */
export const isDue = (at: number, now: number, mostMs: number): boolean => at <= now || at > now + mostMs
