import dicomParser, { type DataSet } from 'dicom-parser'

/** What a file may cost to read. A file over a cap is refused, not half read. */
export type ReadCaps = { readonly bytes: number; readonly inflatedBytes: number }
export const readCaps: ReadCaps = { bytes: 2 ** 30, inflatedBytes: 256 * 2 ** 20 }

const deflatedLittleEndian = '1.2.840.10008.1.2.1.99'

/** A file that cannot be read as what it should be, with the reason in words for a person. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile'
}

export type Part10File = {
  readonly transferSyntaxUid: string
  readonly dataSet: DataSet
  /** All bytes the data set's offsets point into: the file's own, or the inflated ones. */
  readonly bytes: Uint8Array
}

/**
 * Reads a Part 10 file (PS3.10 7.1) under caps. Deflated data sets (PS3.5 A.5) are inflated as a stream that stops at the cap.
 * @param options.untilTag stop before this tag (dicom-parser's `x` form), for reading headers only
 * @throws UnreadableFile naming what is wrong
 */
export const readPart10 = async (
  file: Uint8Array,
  { untilTag, caps = readCaps }: { untilTag?: string; caps?: ReadCaps } = {},
): Promise<Part10File> => {
  if (file.byteLength > caps.bytes) throw new UnreadableFile(`the file has ${file.byteLength} bytes; at most ${caps.bytes} are read`)
  if (file.byteLength < 132 || String.fromCharCode(...file.subarray(128, 132)) !== 'DICM') {
    throw new UnreadableFile('not a DICOM file: the letters DICM are missing after the preamble')
  }
  const meta = whole(attempt(() => dicomParser.readPart10Header(file)), file.byteLength)
  const transferSyntaxUid = meta.string('x00020010')
  if (!transferSyntaxUid) throw new UnreadableFile('the transfer syntax is not named')
  const until = untilTag ? { untilTag } : {}
  if (transferSyntaxUid !== deflatedLittleEndian) {
    return { transferSyntaxUid, bytes: file, dataSet: whole(attempt(() => dicomParser.parseDicom(file, until)), file.byteLength) }
  }
  const start = endOfMeta(file)
  const inflated = await inflateRaw(file.subarray(start), caps.inflatedBytes)
  const bytes = new Uint8Array(start + inflated.byteLength)
  bytes.set(file.subarray(0, start))
  bytes.set(inflated, start)
  const dataSet = attempt(() => dicomParser.parseDicom(bytes, { ...until, inflater: (all) => all }))
  return { transferSyntaxUid, bytes, dataSet: whole(dataSet, bytes.byteLength) }
}

/** dicom-parser takes the length of an element as it is stated; a value that ends behind the file is refused before anybody reads it. */
const whole = (dataSet: DataSet, size: number): DataSet => {
  for (const element of Object.values(dataSet.elements)) {
    if (element.dataOffset + element.length > size) throw new UnreadableFile(`the data set is damaged: the value of ${element.tag.slice(1)} ends behind the file`)
    for (const item of element.items ?? []) if (item.dataSet) whole(item.dataSet, size)
  }
  return dataSet
}

/**
 * A sequence that does not end is only a warning to dicom-parser, but items would be missing. An empty element at the very end of
 * implicit VR is none: it only cannot look behind it for items.
 * @throws UnreadableFile naming the object
 */
export const whollyRead = ({ dataSet }: Part10File, object: string): void => {
  const cut = dataSet.warnings.find((warning) => !warning.includes('peeking to determine VR'))
  if (cut !== undefined) throw new UnreadableFile(`${object} is cut off: ${cut}`)
}

const attempt = (read: () => DataSet): DataSet => {
  try {
    return read()
  } catch (error) {
    throw new UnreadableFile(`the data set is damaged: ${reasonOf(error)}`)
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message
  : typeof error === 'string' ? error
  : typeof error === 'object' && error !== null && 'exception' in error ? reasonOf(error.exception)
  : 'it ends or is nested where it must not'

/** Group 2 says its own length in (0002,0000), which stands first (PS3.10 7.1). */
const endOfMeta = (file: Uint8Array): number => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  if (file.byteLength < 144 || view.getUint16(132, true) !== 2 || view.getUint16(134, true) !== 0) {
    throw new UnreadableFile('the file meta information does not begin with its length')
  }
  const end = 144 + view.getUint32(140, true)
  if (end > file.byteLength) throw new UnreadableFile('the file meta information is longer than the file')
  return end
}

/** Raw inflate that gives up at `cap` bytes, before they are all in memory. */
export const inflateRaw = (bytes: Uint8Array, cap: number): Promise<Uint8Array<ArrayBuffer>> => inflate(bytes, 'deflate-raw', cap)

/**
 * What was compressed, in whatever wrapping; gives up at `cap` bytes, before they are all in memory.
 * @throws UnreadableFile
 */
export const inflate = async (bytes: Uint8Array, format: 'gzip' | 'deflate' | 'deflate-raw', cap: number): Promise<Uint8Array<ArrayBuffer>> => {
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream(format)).getReader()
  const parts: Uint8Array[] = []
  let total = 0
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      total += step.value.byteLength
      if (total > cap) throw new UnreadableFile(`the data inflate to more than ${cap} bytes`)
      parts.push(step.value)
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined)
    if (error instanceof UnreadableFile) throw error
    throw new UnreadableFile('the deflated data are damaged')
  }
  const all = new Uint8Array(total)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.byteLength
  }
  return all
}
