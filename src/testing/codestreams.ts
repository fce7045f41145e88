const be16 = (n: number): number[] => [(n >> 8) & 255, n & 255]
const be32 = (n: number): number[] => [...be16(Math.floor(n / 65536)), ...be16(n % 65536)]

/** A JPEG 2000 or HTJ2K codestream of 152 bytes whose SIZ (ISO 15444-1 A.5.1) claims a size. */
export const jpeg2000Claiming = (width: number, height: number): Uint8Array<ArrayBuffer> => {
  const size = [0xff, 0x4f, 0xff, 0x51, ...be16(41), ...be16(0), ...be32(width), ...be32(height), ...be32(0), ...be32(0), ...be32(width), ...be32(height), ...be32(0), ...be32(0), ...be16(1), 15, 1, 1]
  return new Uint8Array([...size, ...Array.from({ length: 152 - size.length }, () => 0)])
}

/** A JPEG-LS image whose frame header (ITU T.87 C.2.2) claims a size. */
export const jpegLsClaiming = (width: number, height: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array([0xff, 0xd8, 0xff, 0xf7, ...be16(11), 16, ...be16(height), ...be16(width), 1, 1, 0x11, 0, 0xff, 0xda, ...be16(8), 1, 1, 0, 0, 0, 0, ...Array.from({ length: 40 }, () => 0)])

/** A frame of bytes as RLE Lossless of one segment (PS3.5 G.3.1, G.5): runs of equal bytes, single bytes as they are; an even number of bytes. */
export const rleFrame = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const runs: number[] = []
  for (let at = 0; at < bytes.length;) {
    let length = 1
    while (length < 128 && at + length < bytes.length && bytes[at + length] === bytes[at]) length += 1
    runs.push(...(length === 1 ? [0] : [257 - length]), bytes[at] ?? 0)
    at += length
  }
  const frame = new Uint8Array(64 + runs.length)
  new DataView(frame.buffer).setUint32(0, 1, true)
  new DataView(frame.buffer).setUint32(4, 64, true)
  frame.set(runs, 64)
  return frame
}

/**
 * A Part 10 file in Explicit VR Little Endian whose last element is Pixel Data, with these frames in place of it, packed by RLE Lossless
 * (PS3.5 A.4).
 */
export const withRleFrames = (file: Uint8Array, frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const text = new TextDecoder('latin1').decode(file)
  const [syntax, pixels] = [text.indexOf('1.2.840.10008.1.2.1\0'), text.lastIndexOf('\xe0\x7f\x10\x00')]
  if (syntax < 0 || pixels < 0) throw new Error('the file is in another syntax, or has no Pixel Data')
  const item = (tag: number, length: number): number[] => [0xfe, 0xff, tag, 0xe0, ...new Uint8Array(Uint32Array.of(length).buffer)]
  const parts = [[0xe0, 0x7f, 0x10, 0, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff, ...item(0, 0)], ...frames.flatMap((frame) => { const packed = rleFrame(frame); return [item(0, packed.length), packed] }), item(0xdd, 0)]
  const packed = new Uint8Array([...file.subarray(0, pixels), ...parts.flatMap((part) => [...part])])
  packed[syntax + 18] = 0x35
  return packed
}
