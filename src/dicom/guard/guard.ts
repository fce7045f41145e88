import { rleSyntax, wrongInRle } from './rle.ts'

/** What metadata say a frame has. */
export type ExpectedFrame = { readonly rows: number; readonly columns: number; readonly samplesPerPixel: number; readonly bitsAllocated: number }
export type Guarded = { readonly kind: 'pass' } | { readonly kind: 'tooLarge' | 'undecodable'; readonly detail: string }

/** Most pixels of a frame that is decoded; a mammogram has 16 to 32 million. */
export const framePixelCap = 64 * 2 ** 20

const jpeg2000 = new Set(['1.2.840.10008.1.2.4.90', '1.2.840.10008.1.2.4.91', '1.2.840.10008.1.2.4.201', '1.2.840.10008.1.2.4.202', '1.2.840.10008.1.2.4.203'])
const jpeg = new Set(['1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.51', '1.2.840.10008.1.2.4.57', '1.2.840.10008.1.2.4.70', '1.2.840.10008.1.2.4.80', '1.2.840.10008.1.2.4.81'])
const native = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2', '1.2.840.10008.1.2.1.99'])

const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
const u32 = (bytes: Uint8Array, at: number): number => u16(bytes, at) * 65536 + u16(bytes, at + 2)

/** What a codestream says of itself; `bits`: of its deepest component. */
type Claim = { readonly width: number; readonly height: number; readonly components: number; readonly bits: number }

/** The SIZ marker (ISO 15444-1 A.5.1), in a raw codestream or inside a JP2 box. */
const claimOfJpeg2000 = (bytes: Uint8Array): Claim | undefined => {
  const limit = Math.min(bytes.length - 24, 4096)
  for (let at = 0; at <= limit; at++) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0x4f && bytes[at + 2] === 0xff && bytes[at + 3] === 0x51) {
      const siz = at + 8
      const components = u16(bytes, siz + 32)
      const depths = Array.from({ length: Math.min(components, 4) }, (_, index) => ((bytes[siz + 34 + 3 * index] ?? 0) & 0x7f) + 1)
      return { width: u32(bytes, siz) - u32(bytes, siz + 8), height: u32(bytes, siz + 4) - u32(bytes, siz + 12), components, bits: Math.max(0, ...depths) }
    }
  }
  return undefined
}

/** The frame header (ITU T.81 B.2.2; T.87 C.2.2 for JPEG-LS, SOF55). */
const claimOfJpeg = (bytes: Uint8Array): Claim | undefined => {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined
  let at = 2
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1
      continue
    }
    const isFrame = (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) || marker === 0xf7
    if (isFrame) return { height: u16(bytes, at + 5), width: u16(bytes, at + 7), components: bytes[at + 9] ?? 0, bits: bytes[at + 4] ?? 0 }
    at += 2 + u16(bytes, at + 2)
  }
  return undefined
}

/**
 * Reads the header of a stored frame before any decoder does, and compares it with the metadata: a codestream of 152 bytes can
 * claim 30000 x 30000 pixels and make a decoder take 1.8 GB.
 */
export const guardFrame = (bytes: Uint8Array, transferSyntaxUid: string, expected: ExpectedFrame): Guarded => {
  const { rows, columns, samplesPerPixel, bitsAllocated } = expected
  if (!(rows > 0 && columns > 0)) return { kind: 'undecodable', detail: 'the image says no size' }
  if (rows * columns > framePixelCap) return { kind: 'tooLarge', detail: `${columns} x ${rows}` }
  if (native.has(transferSyntaxUid)) {
    const needed = Math.ceil((rows * columns * samplesPerPixel * bitsAllocated) / 8)
    return bytes.byteLength >= needed ? { kind: 'pass' } : { kind: 'undecodable', detail: `${bytes.byteLength} of ${needed} bytes` }
  }
  const isJpeg2000 = jpeg2000.has(transferSyntaxUid)
  if (transferSyntaxUid === rleSyntax) {
    const wrong = wrongInRle(bytes, expected)
    return wrong === undefined ? { kind: 'pass' } : { kind: 'undecodable', detail: wrong }
  }
  if (!isJpeg2000 && !jpeg.has(transferSyntaxUid)) return { kind: 'undecodable', detail: `transfer syntax ${transferSyntaxUid}` }
  const size = isJpeg2000 ? claimOfJpeg2000(bytes) : claimOfJpeg(bytes)
  if (!size) return { kind: 'undecodable', detail: 'the compressed image has no header' }
  if (size.width * size.height > framePixelCap) return { kind: 'tooLarge', detail: `${size.width} x ${size.height}` }
  if (size.width !== columns || size.height !== rows) return { kind: 'undecodable', detail: `compressed as ${size.width} x ${size.height}, described as ${columns} x ${rows}` }
  if (size.components !== samplesPerPixel) return { kind: 'undecodable', detail: `compressed with ${size.components} components, described with ${samplesPerPixel}` }
  if (size.bits > bitsAllocated) return { kind: 'undecodable', detail: `compressed with ${size.bits} bits, described with ${bitsAllocated}` }
  return { kind: 'pass' }
}
