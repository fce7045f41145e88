import openjph from '@cornerstonejs/codec-openjph'
import { describe, expect, it } from 'vitest'
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
})
