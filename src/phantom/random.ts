/** Numbers in [0, 1) from a seed: mulberry32, the same on every machine. */
export const createRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** 32 bits from a text (FNV-1a with a final mix). */
export const hashText = (text: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  return (h ^ (h >>> 13)) >>> 0
}

/** A UID under 2.25 (PS3.5 B.2) made from a text: the same text, the same UID. */
export const uidFrom = (text: string): string => {
  let value = 0n
  for (const salt of ['a', 'b', 'c', 'd']) value = (value << 32n) | BigInt(hashText(`${salt}:${text}`))
  return `2.25.${value}`
}

/** Normal deviates of mean 0 and variance 1 (Box and Muller). */
export const createNormal = (random: () => number): (() => number) => () =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
