import charls from '@cornerstonejs/codec-charls'
import openjph from '@cornerstonejs/codec-openjph'
import { UnreadableFile } from '../file/read.ts'
import { guardFrame } from '../guard/guard.ts'

/** What the image pixel module says of a frame (PS3.3 C.7.6.3). */
export type PixelLayout = {
  readonly rows: number
  readonly columns: number
  readonly samples: number
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly signed: boolean
}

/** A frame with more pixels than this is not decoded. */
export const pixelCap = 64 * 2 ** 20

export type Samples = Uint8Array | Int8Array | Uint16Array | Int16Array

const native = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.2'])
const bigEndian = '1.2.840.10008.1.2.2'
/** High-Throughput JPEG 2000: lossless, lossless with RPCL, lossy (PS3.5 A.4.10). */
const htj2k = new Set(['1.2.840.10008.1.2.4.201', '1.2.840.10008.1.2.4.202', '1.2.840.10008.1.2.4.203'])

/**
 * Decodes a codestream to its samples, colour by pixel, little endian.
 * @throws UnreadableFile where it is none, or of another size than the image says
 */
const decodeHtj2k = async (bytes: Uint8Array, { rows, columns, samples, bitsAllocated }: PixelLayout): Promise<Uint8Array> => {
  const codec = await openjph()
  const decoder = new codec.HTJ2KDecoder()
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes)
    decoder.readHeader()
    const { width, height, componentCount, bitsPerSample } = decoder.getFrameInfo()
    // Before a sample is decoded: a header may claim any size.
    if (width !== columns || height !== rows || componentCount !== samples || Math.ceil(bitsPerSample / 8) * 8 !== bitsAllocated) throw new UnreadableFile(`the codestream is ${width} x ${height} x ${componentCount} of ${bitsPerSample} bits, the image says ${columns} x ${rows} x ${samples} of ${bitsAllocated}`)
    decoder.decode()
    return decoder.getDecodedBuffer().slice()
  } catch (error) {
    if (error instanceof UnreadableFile) throw error
    throw new UnreadableFile('the HTJ2K codestream cannot be decoded')
  } finally {
    decoder.delete()
  }
}

/** JPEG-LS: lossless and near-lossless (PS3.5 A.4.3). */
const jpegLs = new Set(['1.2.840.10008.1.2.4.80', '1.2.840.10008.1.2.4.81'])

/** @throws UnreadableFile where it is in colour, no codestream, or of another size than the image says */
const decodeJpegLs = async (bytes: Uint8Array, transferSyntaxUid: string, { rows, columns, samples, bitsAllocated }: PixelLayout): Promise<Uint8Array> => {
  if (samples > 1) throw new UnreadableFile('JPEG-LS in colour is not decoded here')
  const guarded = guardFrame(bytes, transferSyntaxUid, { rows, columns, samplesPerPixel: samples, bitsAllocated })
  if (guarded.kind !== 'pass') throw new UnreadableFile(guarded.detail)
  const decoder = new (await charls()).JpegLSDecoder()
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes)
    decoder.decode()
    return decoder.getDecodedBuffer().slice()
  } catch {
    throw new UnreadableFile('the JPEG-LS codestream cannot be decoded')
  } finally {
    decoder.delete()
  }
}

/**
 * The samples of one stored frame, sign extended from Bits Stored.
 * @throws UnreadableFile where the layout is over the cap, the bytes are too few, or the syntax is not decoded here
 */
export const decodeFrame = async (stored: Uint8Array, transferSyntaxUid: string, layout: PixelLayout): Promise<Samples> => {
  const { rows, columns, samples, bitsAllocated } = layout
  const count = rows * columns * samples
  if (count === 0 || count > pixelCap) throw new UnreadableFile(`${columns} x ${rows} pixels are not decoded: at most ${pixelCap}`)
  if (bitsAllocated !== 8 && bitsAllocated !== 16) throw new UnreadableFile(`${bitsAllocated} bits a sample are not decoded here`)
  const [high, low] = [htj2k.has(transferSyntaxUid), jpegLs.has(transferSyntaxUid)]
  if (!high && !low && !native.has(transferSyntaxUid)) throw new UnreadableFile(`the transfer syntax ${transferSyntaxUid} is not decoded here`)
  const bytes = high ? await decodeHtj2k(stored, layout) : low ? await decodeJpegLs(stored, transferSyntaxUid, layout) : stored
  if (bytes.byteLength < (count * bitsAllocated) / 8) throw new UnreadableFile(`the frame has ${bytes.byteLength} bytes where ${(count * bitsAllocated) / 8} are needed`)
  if (bitsAllocated === 8) return layout.signed ? new Int8Array(bytes.slice(0, count).buffer) : bytes.slice(0, count)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const out = layout.signed ? new Int16Array(count) : new Uint16Array(count)
  const spare = 16 - layout.bitsStored
  for (let i = 0; i < count; i++) {
    const raw = view.getUint16(i * 2, transferSyntaxUid !== bigEndian)
    out[i] = layout.signed ? ((raw << (16 + spare)) >> (16 + spare)) : raw & (0xffff >> spare)
  }
  return out
}
