import charls from '@cornerstonejs/codec-charls'
import openjph from '@cornerstonejs/codec-openjph'
import { describe, expect, it } from 'vitest'
import { UnreadableFile } from '../file/read.ts'
import { decodeFrame } from './decode.ts'
import { createHtj2kEncoder } from './encode.ts'

/** A steep ramp with scattered extremes: what a lossy step would change. */
const pattern = (index: number, low: number, high: number): number => (index % 97 === 0 ? high : index % 89 === 0 ? low : low + ((index * 7919) % (high - low + 1)))

describe('an HTJ2K encoder', () => {
  it.each([
    ['12 bits, as MR and CT', 12, false, Uint16Array.from({ length: 64 * 48 }, (_, i) => pattern(i, 0, 4095))],
    ['16 bits, as PET', 16, false, Uint16Array.from({ length: 64 * 48 }, (_, i) => pattern(i, 0, 65535))],
    ['16 bits signed', 16, true, Int16Array.from({ length: 64 * 48 }, (_, i) => pattern(i, -32768, 32767))],
    ['8 bits', 8, false, Uint8Array.from({ length: 64 * 48 }, (_, i) => pattern(i, 0, 255))],
  ] as const)('loses nothing of a frame of %s', async (_, bitsStored, signed, frame) => {
    const { encode } = await createHtj2kEncoder()
    const bytes = new Uint8Array(encode(frame, { rows: 48, columns: 64, samples: 1, bitsStored, signed }))
    expect(bytes.length % 2).toBe(0)
    const decoder = new (await openjph()).HTJ2KDecoder()
    decoder.getEncodedBuffer(bytes.length).set(bytes)
    decoder.decode()
    expect(decoder.getFrameInfo()).toMatchObject({ width: 64, height: 48, componentCount: 1, isSigned: signed })
    expect(decoder.getDecodedBuffer().slice()).toEqual(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength))
  })

  it('and the decoder gives back what was encoded, colour too, and refuses a codestream of another size', async () => {
    const { encode, transferSyntaxUid } = await createHtj2kEncoder()
    const gray = Uint16Array.from({ length: 64 * 48 }, (_, i) => pattern(i, 0, 4095))
    const layout = { rows: 48, columns: 64, samples: 1, bitsStored: 12, signed: false }
    const bytes = new Uint8Array(encode(gray, layout))
    expect(await decodeFrame(bytes, transferSyntaxUid, { ...layout, bitsAllocated: 16 })).toEqual(gray)
    const colour = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => pattern(i, 0, 255))
    const rgb = { rows: 48, columns: 64, samples: 3, bitsStored: 8, signed: false }
    expect(await decodeFrame(new Uint8Array(encode(colour, rgb)), transferSyntaxUid, { ...rgb, bitsAllocated: 8 })).toEqual(colour)
    await expect(decodeFrame(bytes, transferSyntaxUid, { ...layout, rows: 47, bitsAllocated: 16 })).rejects.toThrow('the codestream is 64 x 48 x 1 of 16 bits, the image says 64 x 47 x 1 of 16')
    await expect(decodeFrame(bytes.subarray(0, 20), transferSyntaxUid, { ...layout, bitsAllocated: 16 })).rejects.toThrow(UnreadableFile)
  })

  it('JPEG-LS is decoded too, by the same rules', async () => {
    const gray = Uint16Array.from({ length: 64 * 48 }, (_, i) => pattern(i, 0, 4095))
    const encoder = new (await charls()).JpegLSEncoder()
    encoder.getDecodedBuffer({ width: 64, height: 48, bitsPerSample: 12, componentCount: 1 }).set(new Uint8Array(gray.buffer))
    encoder.setNearLossless(0)
    encoder.encode()
    const bytes = encoder.getEncodedBuffer().slice()
    const layout = { rows: 48, columns: 64, samples: 1, bitsAllocated: 16, bitsStored: 12, signed: false }
    const lossless = '1.2.840.10008.1.2.4.80'
    expect(await decodeFrame(bytes, lossless, layout)).toEqual(gray)
    await expect(decodeFrame(bytes, lossless, { ...layout, columns: 63 })).rejects.toThrow('compressed as 64 x 48, described as 63 x 48')
    await expect(decodeFrame(bytes.subarray(0, 9), lossless, layout)).rejects.toThrow('no header')
    await expect(decodeFrame(bytes.subarray(0, 60), lossless, layout)).rejects.toThrow('the JPEG-LS codestream cannot be decoded')
    await expect(decodeFrame(bytes, lossless, { ...layout, samples: 3 })).rejects.toThrow('in colour')
  })
})
