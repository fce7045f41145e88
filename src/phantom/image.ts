import { encodePart10, type NaturalDataset } from '../dicom/file/write.ts'

export type Pixels = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Int16Array<ArrayBuffer>

/** An instance before it is a file: its data set without Pixel Data, and the samples of each frame. */
export type GeneratedImage = { readonly dataset: NaturalDataset; readonly frames: readonly Pixels[] }

/** A lossless codec: the bytes of a frame of that data set. */
export type Codec = { readonly transferSyntaxUid: string; readonly encode: (frame: Pixels, layout: { rows: number; columns: number; samples: number; bitsStored: number; signed: boolean }) => ArrayBuffer }

const number = (value: unknown): number => Number(value)

/** The instance as a Part 10 file: by the codec, a fragment a frame, or uncompressed where there is none. */
export const encodeImage = ({ dataset, frames }: GeneratedImage, codec?: Codec): Uint8Array<ArrayBuffer> => {
  if (codec) {
    const layout = { rows: number(dataset['Rows']), columns: number(dataset['Columns']), samples: number(dataset['SamplesPerPixel']), bitsStored: number(dataset['BitsStored']), signed: number(dataset['PixelRepresentation']) === 1 }
    // RGB is stored by the reversible colour transform (PS3.5 8.2.4).
    const colour = dataset['PhotometricInterpretation'] === 'RGB' ? { PhotometricInterpretation: 'YBR_RCT' } : {}
    return encodePart10({ ...dataset, ...colour, PixelData: frames.map((frame) => codec.encode(frame, layout)) }, { transferSyntaxUid: codec.transferSyntaxUid })
  }
  const bytes = new Uint8Array(frames.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const frame of frames) {
    bytes.set(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength), at)
    at += frame.byteLength
  }
  return encodePart10({ ...dataset, PixelData: bytes.buffer })
}
