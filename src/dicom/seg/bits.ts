/** Bits of all frames run on without a gap, the first in the lowest bit of the first byte (PS3.5 8.1.1); an even number of bytes. */
export const packBits = (frames: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> => {
  const bytes = Math.ceil((frames.length * size) / 8)
  const packed = new Uint8Array(bytes + (bytes % 2))
  let at = 0
  for (const frame of frames) {
    for (let v = 0; v < size; v++, at++) if (frame[v]) packed[at >> 3] = (packed[at >> 3] ?? 0) | (1 << (at & 7))
  }
  return packed
}

/** The bits of one frame of `size` as bytes of 0 and 1. */
export const unpackBits = (packed: Uint8Array, frame: number, size: number): Uint8Array<ArrayBuffer> => {
  const bits = new Uint8Array(size)
  const start = frame * size
  for (let v = 0; v < size; v++) bits[v] = ((packed[(start + v) >> 3] ?? 0) >> ((start + v) & 7)) & 1
  return bits
}
