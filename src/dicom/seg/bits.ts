/** Pixels of a frame, and which value of them is a 1. */
export type FrameBits = { readonly values: Uint8Array; readonly one: number }
/** Bits of all frames run on without a gap, the first in the lowest bit of the first byte (PS3.5 8.1.1); an even number of bytes. */
export const packBits = (frames: readonly FrameBits[], size: number): Uint8Array<ArrayBuffer> => {
  const bytes = Math.ceil((frames.length * size) / 8)
  const packed = new Uint8Array(bytes + (bytes % 2))
  frames.forEach(({ values, one }, frame) => {
    const start = frame * size
    // From one to the next, since most pixels are none.
    for (let v = values.indexOf(one); v >= 0 && v < size; v = values[v + 1] === one ? v + 1 : values.indexOf(one, v + 1)) packed[(start + v) >> 3] = (packed[(start + v) >> 3] ?? 0) | (1 << ((start + v) & 7))
  })
  return packed
}

/** The bits of one frame of `size` as bytes of 0 and 1. */
export const unpackBits = (packed: Uint8Array, frame: number, size: number): Uint8Array<ArrayBuffer> => {
  const bits = new Uint8Array(size)
  const start = frame * size
  for (let v = 0; v < size; v++) bits[v] = ((packed[(start + v) >> 3] ?? 0) >> ((start + v) & 7)) & 1
  return bits
}
