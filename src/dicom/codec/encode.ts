import openjph from '@cornerstonejs/codec-openjph'

/** High-Throughput JPEG 2000, lossless only (PS3.5 A.4.10). */
export const htj2kLossless = '1.2.840.10008.1.2.4.201'

/** Samples of one frame: rows, columns, samples a pixel (colour by pixel), Bits Stored, Pixel Representation. */
export type FrameLayout = { readonly rows: number; readonly columns: number; readonly samples: number; readonly bitsStored: number; readonly signed: boolean }

/** An encoder of lossless HTJ2K (RGB by the reversible colour transform: its Photometric Interpretation becomes YBR_RCT); the codestream of a frame is padded to an even length (PS3.5 A.4). One a thread. */
export const createHtj2kEncoder = async () => {
  const codec = await openjph()
  const encoder = new codec.HTJ2KEncoder()
  return {
    transferSyntaxUid: htj2kLossless,
    encode: (frame: Uint8Array | Uint16Array | Int16Array, { rows, columns, samples, bitsStored, signed }: FrameLayout): ArrayBuffer => {
      encoder.getDecodedBuffer({ width: columns, height: rows, bitsPerSample: bitsStored > 8 ? 16 : 8, componentCount: samples, isSigned: signed, isUsingColorTransform: samples > 1 })
        .set(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength))
      encoder.setQuality(true, 0)
      encoder.encode()
      const bytes = encoder.getEncodedBuffer()
      const even = new Uint8Array(bytes.length + (bytes.length % 2))
      even.set(bytes)
      return even.buffer
    },
  }
}
