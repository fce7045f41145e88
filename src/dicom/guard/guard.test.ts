import { describe, expect, it } from 'vitest'
import { guardFrame } from './guard.ts'

const expected = { rows: 512, columns: 512, samplesPerPixel: 1, bitsAllocated: 16 }
const zeros = (length: number) => Array.from({ length }, () => 0)
const be16 = (n: number) => [n >> 8, n & 255]
const be32 = (n: number) => [...be16(Math.floor(n / 65536)), ...be16(n % 65536)]
/** SOC, SIZ of the size, nothing behind it. */
const j2k = (width: number, height: number, depths = [12]) => new Uint8Array([0xff, 0x4f, 0xff, 0x51, ...be16(38 + 3 * depths.length), ...be16(0), ...be32(width), ...be32(height), ...zeros(24), ...be16(depths.length), ...depths.flatMap((bits) => [bits - 1, 1, 1]), ...zeros(90)])
const sof = (marker: number, width: number, height: number, bits = 16, components = 1) => new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, marker, 0, 8 + 3 * components, bits, ...be16(height), ...be16(width), components, 1, 0x11, 0, ...zeros(20)])
const le32 = (n: number) => be32(n).toReversed()
/** An RLE frame of the segments given, each a list of packed bytes; `change` spoils its header. */
const rle = (segments: readonly (readonly number[])[], change: (header: number[]) => void = () => undefined) => {
  const header = [segments.length, ...segments.map((_, index) => 64 + segments.slice(0, index).reduce((sum, { length }) => sum + length, 0))]
  change(header)
  return new Uint8Array([...Array.from({ length: 16 }, (_, index) => header[index] ?? 0).flatMap(le32), ...segments.flat()])
}
/** 4 x 3 pixels: a run of ten (257 - 247), two as they are, and a byte to make it even. */
const packed = [247, 7, 1, 1, 2, 0]
const rleSyntax = '1.2.840.10008.1.2.5'
const small = { rows: 3, columns: 4, samplesPerPixel: 1, bitsAllocated: 16 }

describe('the guard', () => {
  it.each([
    ['HTJ2K', j2k(30000, 30000), '1.2.840.10008.1.2.4.201'], ['JPEG 2000', j2k(30000, 30000), '1.2.840.10008.1.2.4.90'],
    ['JPEG-LS', sof(0xf7, 30000, 30000), '1.2.840.10008.1.2.4.80'], ['JPEG lossless', sof(0xc3, 60000, 60000), '1.2.840.10008.1.2.4.70'],
  ])('refuses a %s header that claims more than is decoded', (_, bytes, syntax) => {
    expect(guardFrame(bytes, syntax, expected).kind).toBe('tooLarge')
  })
  it.each([
    ['HTJ2K', j2k(512, 512), '1.2.840.10008.1.2.4.201'], ['JPEG-LS', sof(0xf7, 512, 512), '1.2.840.10008.1.2.4.80'], ['JPEG lossless', sof(0xc3, 512, 512), '1.2.840.10008.1.2.4.70'],
    ['native', new Uint8Array(512 * 512 * 2), '1.2.840.10008.1.2.1'],
  ])('passes %s of the size described', (_, bytes, syntax) => {
    expect(guardFrame(bytes, syntax, expected)).toEqual({ kind: 'pass' })
  })
  it('refuses another size than described, a header that is missing, and bytes that are', () => {
    expect(guardFrame(j2k(256, 512), '1.2.840.10008.1.2.4.90', expected).kind).toBe('undecodable')
    expect(guardFrame(new Uint8Array(200), '1.2.840.10008.1.2.4.90', expected).kind).toBe('undecodable')
    expect(guardFrame(new Uint8Array(100), '1.2.840.10008.1.2.1', expected).kind).toBe('undecodable')
    expect(guardFrame(new Uint8Array(512 * 512 * 2), '1.2.3', expected).kind).toBe('undecodable')
  })
  it.each([
    ['JPEG 2000', j2k(512, 512, [16]), '1.2.840.10008.1.2.4.90'], ['JPEG 2000, signed', j2k(512, 512, [128 + 16]), '1.2.840.10008.1.2.4.90'], ['HTJ2K', j2k(512, 512, [12]), '1.2.840.10008.1.2.4.201'],
    ['JPEG-LS', sof(0xf7, 512, 512, 12), '1.2.840.10008.1.2.4.80'], ['JPEG lossless', sof(0xc3, 512, 512, 9), '1.2.840.10008.1.2.4.70'], ['JPEG extended', sof(0xc1, 512, 512, 12), '1.2.840.10008.1.2.4.51'],
  ])('refuses %s of more bits than the pixels have', (_, bytes, syntax) => {
    expect(guardFrame(bytes, syntax, expected)).toEqual({ kind: 'pass' })
    expect(guardFrame(bytes, syntax, { ...expected, bitsAllocated: 8 })).toMatchObject({ kind: 'undecodable', detail: expect.stringMatching(/^compressed with (16|12|9) bits, described with 8$/) })
  })
  it.each([['JPEG 2000', j2k(512, 512, [8, 8, 8]), '1.2.840.10008.1.2.4.90'], ['JPEG', sof(0xc0, 512, 512, 8, 3), '1.2.840.10008.1.2.4.50']])('refuses %s of other components than samples', (_, bytes, syntax) => {
    expect(guardFrame(bytes, syntax, { ...expected, samplesPerPixel: 3, bitsAllocated: 8 })).toEqual({ kind: 'pass' })
    expect(guardFrame(bytes, syntax, { ...expected, bitsAllocated: 8 }).kind).toBe('undecodable')
  })
  it('passes RLE of as many segments as a pixel has bytes', () => {
    expect(guardFrame(rle([packed, packed]), rleSyntax, small)).toEqual({ kind: 'pass' })
    expect(guardFrame(rle([packed, packed, packed]), rleSyntax, { ...small, samplesPerPixel: 3, bitsAllocated: 8 })).toEqual({ kind: 'pass' })
    expect(guardFrame(rle([[128, ...packed], packed]), rleSyntax, small)).toEqual({ kind: 'pass' })
  })
  it.each([
    ['too few segments', rle([packed])], ['too many', rle([packed, packed, packed])], ['a count that is no count', rle([packed, packed], (header) => { header[0] = 0xffffffff })],
    ['a first segment elsewhere', rle([packed, packed], (header) => { header[1] = 66 })], ['an offset behind the end', rle([packed, packed], (header) => { header[2] = 1000 })],
    ['offsets that go back', rle([packed, packed], (header) => { header[2] = 64 })], ['a segment too short', rle([packed, [247, 7, 0, 1]])], ['a segment cut off', rle([packed, [247, 7, 1, 1]])],
    ['a segment too long', rle([packed, [129, 7]])], ['no header', new Uint8Array(40)],
  ])('refuses RLE with %s', (_, bytes) => {
    expect(guardFrame(bytes, rleSyntax, small).kind).toBe('undecodable')
  })
  it('refuses what metadata alone claim', () => {
    expect(guardFrame(new Uint8Array(10), '1.2.840.10008.1.2.1', { ...expected, rows: 65535, columns: 65535 }).kind).toBe('tooLarge')
  })
})
