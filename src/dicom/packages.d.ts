declare module 'dcmjs' {
  type Dataset = Record<string, unknown>
  type DictionaryEntry = { tag: string; vr: string; name: string; vm: string }
  const dcmjs: {
    data: {
      DicomMetaDictionary: {
        dictionary: Record<string, DictionaryEntry | undefined>
        nameMap: Record<string, DictionaryEntry | undefined>
        denaturalizeDataset(dataset: Dataset): Dataset
        naturalizeDataset(dataset: Dataset): Dataset
      }
      DicomDict: new (meta: Dataset) => { dict: Dataset; meta: Dataset; write(options?: Record<string, unknown>): ArrayBuffer }
      DicomMessage: { readFile(buffer: ArrayBuffer, options?: Record<string, unknown>): { dict: Dataset; meta: Dataset } }
    }
  }
  export default dcmjs
}

declare module '@cornerstonejs/codec-openjph' {
  type FrameInfo = { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned: boolean; isUsingColorTransform: boolean }
  class HTJ2KEncoder {
    getDecodedBuffer(info: FrameInfo): Uint8Array
    setQuality(reversible: boolean, quantizationStep: number): void
    encode(): void
    getEncodedBuffer(): Uint8Array
  }
  class HTJ2KDecoder {
    getEncodedBuffer(length: number): Uint8Array
    readHeader(): void
    decode(): void
    delete(): void
    getDecodedBuffer(): Uint8Array
    getFrameInfo(): FrameInfo
  }
  export default function openjph(): Promise<{ HTJ2KEncoder: typeof HTJ2KEncoder; HTJ2KDecoder: typeof HTJ2KDecoder }>
}

declare module '@cornerstonejs/codec-charls' {
  class JpegLSDecoder {
    getEncodedBuffer(length: number): Uint8Array
    decode(): void
    getDecodedBuffer(): Uint8Array
    delete(): void
  }
  class JpegLSEncoder {
    getDecodedBuffer(info: { width: number; height: number; bitsPerSample: number; componentCount: number }): Uint8Array
    setNearLossless(difference: number): void
    encode(): void
    getEncodedBuffer(): Uint8Array
    delete(): void
  }
  export default function charls(): Promise<{ JpegLSDecoder: typeof JpegLSDecoder; JpegLSEncoder: typeof JpegLSEncoder }>
}
