import { UnreadableFile } from '../file/read.ts'
import { wrongInRle } from '../guard/rle.ts'

/** Bytes before the first segment of an RLE frame: how many segments there are, and where each begins (PS3.5 G.5). */
const headerBytes = 64

/**
 * The bytes of a frame of samples of at most 8 bits that was stored with RLE Lossless: its one segment, unpacked (PS3.5 G.3.2).
 * @throws UnreadableFile where it is no such frame, or of another size
 */
export const unpackRle = (frame: Uint8Array, layout: { readonly rows: number; readonly columns: number; readonly bitsAllocated: 1 | 8 }): Uint8Array<ArrayBuffer> => {
  const wrong = wrongInRle(frame, { ...layout, samplesPerPixel: 1 })
  if (wrong !== undefined) throw new UnreadableFile(wrong)
  const bytes = new Uint8Array(Math.ceil((layout.rows * layout.columns * layout.bitsAllocated) / 8))
  let to = 0
  for (let at = headerBytes; at < frame.length && to < bytes.length;) {
    const n = frame[at] ?? 128
    if (n < 128) bytes.set(frame.subarray(at + 1, at + 2 + n), to)
    else if (n > 128) bytes.fill(frame[at + 1] ?? 0, to, to + 257 - n)
    to += n < 128 ? n + 1 : n > 128 ? 257 - n : 0
    at += n < 128 ? n + 2 : n > 128 ? 2 : 1
  }
  return bytes
}
