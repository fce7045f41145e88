/** RLE Lossless (PS3.5 A.4.2). */
export const rleSyntax = '1.2.840.10008.1.2.5'

const headerBytes = 64
const mostSegments = 15

/** Bytes a segment unpacks to (PS3.5 G.3.2), counted no further than one run beyond `enough`. */
const unpackedLength = (bytes: Uint8Array, from: number, to: number, enough: number): number => {
  let length = 0
  let at = from
  while (at < to && length < enough) {
    const n = bytes[at] ?? 0
    if (n < 128) {
      // A run that ends behind its segment gives only what is there.
      length += Math.min(n + 1, to - at - 1)
      at += n + 2
    } else if (n > 128) {
      if (at + 1 < to) length += 257 - n
      at += 2
    } else at += 1
  }
  return length
}

/**
 * What is wrong with an RLE frame, in words; undefined where nothing is. As many segments as samples x bytes of a pixel, in ascending
 * order inside the frame, the first right behind the header, each unpacking to exactly the pixels (PS3.5 G.2, G.3, G.5).
 */
export const wrongInRle = (bytes: Uint8Array, { rows, columns, samplesPerPixel, bitsAllocated }: { rows: number; columns: number; samplesPerPixel: number; bitsAllocated: number }): string | undefined => {
  if (bytes.byteLength < headerBytes) return `${bytes.byteLength} bytes are no RLE frame`
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const segments = view.getUint32(0, true)
  const needed = samplesPerPixel * Math.ceil(bitsAllocated / 8)
  if (segments !== needed || segments > mostSegments) return `${segments} RLE segments, described with ${needed}`
  // Pixels of one bit stand eight in a byte (PS3.5 8.1.1).
  const unpacked = bitsAllocated === 1 ? Math.ceil((rows * columns) / 8) : rows * columns
  const offsets = Array.from({ length: segments }, (_, index) => view.getUint32(4 * (index + 1), true))
  if (offsets[0] !== headerBytes) return `the first RLE segment begins at ${offsets[0]}`
  const ends = [...offsets.slice(1), bytes.byteLength]
  for (const [index, offset] of offsets.entries()) {
    const end = ends[index] ?? 0
    if (offset >= end || end > bytes.byteLength) return `RLE segment ${index + 1} lies outside of the frame`
    const length = unpackedLength(bytes, offset, end, unpacked)
    if (length !== unpacked) return `RLE segment ${index + 1} unpacks to ${length} of ${unpacked} bytes`
  }
  return undefined
}
