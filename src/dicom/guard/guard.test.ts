import { describe, expect, it } from 'vitest'
import { guardFrame } from './guard.ts'

const expected = { rows: 512, columns: 512, samplesPerPixel: 1, bitsAllocated: 16 }
const zeros = (length: number) => Array.from({ length }, () => 0)
const be16 = (n: number) => [n >> 8, n & 255]
const be32 = (n: number) => [...be16(Math.floor(n / 65536)), ...be16(n % 65536)]
/** SOC, SIZ of the size, nothing behind it. */
const j2k = (width: number, height: number) => new Uint8Array([0xff, 0x4f, 0xff, 0x51, ...be16(41), ...be16(0), ...be32(width), ...be32(height), ...be32(0), ...be32(0), ...zeros(130)])
const sof = (marker: number, width: number, height: number) => new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, marker, 0, 11, 16, ...be16(height), ...be16(width), 1, 1, 0x11, 0, ...zeros(20)])

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
  it('refuses what metadata alone claim', () => {
    expect(guardFrame(new Uint8Array(10), '1.2.840.10008.1.2.1', { ...expected, rows: 65535, columns: 65535 }).kind).toBe('tooLarge')
  })
})
