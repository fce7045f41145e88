import dcmjs from 'dcmjs'
import type { JsonElement } from './json.ts'
import { toWritten } from './kept.ts'

const { DicomMetaDictionary, DicomDict } = dcmjs.data

/**
 * A data set with keywords for names, as dcmjs calls natural: sequences are arrays of such, bytes are ArrayBuffers. An element that is
 * kept as it was read stands there by its tag, `GGGGEEEE`, in the JSON model (PS3.18 F.2.2).
 */
export type NaturalDataset = Readonly<Record<string, unknown>>

/** Explicit VR Little Endian (PS3.5 A.2). */
export const explicitLittleEndian = '1.2.840.10008.1.2.1'

/** Identifies this implementation in the file meta information (PS3.10 7.1); a UUID-derived UID (PS3.5 B.2). */
export const implementationClassUid = '2.25.269859512073464612302180476519215867421'
export const implementationVersionName = 'CIW_0_1'

/**
 * A data set as a Part 10 file (PS3.10 7.1): zero preamble, group 2, then the data set. The bytes depend on the data set alone.
 * @param options.transferSyntaxUid how Pixel Data is encoded; for an encapsulated syntax give one ArrayBuffer a frame
 * @throws Error where SOP Class UID or SOP Instance UID is missing
 */
export const encodePart10 = (
  dataset: NaturalDataset,
  { transferSyntaxUid = explicitLittleEndian }: { transferSyntaxUid?: string } = {},
): Uint8Array<ArrayBuffer> => {
  const { SOPClassUID, SOPInstanceUID } = dataset
  if (typeof SOPClassUID !== 'string' || typeof SOPInstanceUID !== 'string') {
    throw new Error('a data set without SOP Class UID and SOP Instance UID cannot be a file')
  }
  const file = new DicomDict(DicomMetaDictionary.denaturalizeDataset({
    FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
    MediaStorageSOPClassUID: SOPClassUID,
    MediaStorageSOPInstanceUID: SOPInstanceUID,
    TransferSyntaxUID: transferSyntaxUid,
    ImplementationClassUID: implementationClassUid,
    ImplementationVersionName: implementationVersionName,
    _vrMap: {},
  }))
  file.dict = DicomMetaDictionary.denaturalizeDataset({ ...(normal(dataset) as Record<string, unknown>), _vrMap: { PixelData: pixelDataVr(dataset), ...sampleVrs(dataset) } })
  addKept(file.dict, dataset)
  return new Uint8Array(file.write({ fragmentMultiframe: false }))
}

const isTag = (key: string): boolean => /^[\dA-F]{8}$/.test(key)

/** dcmjs knows elements of its dictionary by their keywords; what is kept by its tag is put beside them, in items too. */
const addKept = (written: Record<string, unknown>, dataset: NaturalDataset): void => {
  for (const [key, value] of Object.entries(dataset)) {
    if (isTag(key)) {
      written[key] ??= toWritten(value as JsonElement)
      continue
    }
    const entry = Array.isArray(value) ? DicomMetaDictionary.nameMap[key] : undefined
    if (entry?.vr !== 'SQ') continue
    const { Value } = written[entry.tag.replace(/\W/g, '')] as { Value: Record<string, unknown>[] }
    Value.forEach((item, index) => addKept(item, (value as NaturalDataset[])[index] ?? {}))
  }
}

/** Pixel Data is OW unless encapsulated or of at most 8 bits (PS3.5 8.2). */
const pixelDataVr = ({ PixelData, BitsAllocated }: NaturalDataset): string => (Array.isArray(PixelData) || Number(BitsAllocated) <= 8 ? 'OB' : 'OW')

/** Elements that hold a sample's value have its sign (PS3.6: US or SS): Pixel Representation says which (PS3.5 A.2). */
const sampleVrs = ({ PixelRepresentation }: NaturalDataset): Readonly<Record<string, 'US' | 'SS'>> => {
  const vr = Number(PixelRepresentation) === 1 ? 'SS' : 'US'
  return { PixelPaddingValue: vr, PixelPaddingRangeLimit: vr, SmallestImagePixelValue: vr, LargestImagePixelValue: vr }
}

/** dcmjs wants `_vrMap` beside the elements and plain ArrayBuffers for bytes. */
const normal = (value: unknown): unknown => {
  if (value instanceof ArrayBuffer) return value
  if (ArrayBuffer.isView(value)) return value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength)
  if (Array.isArray(value)) return value.map(normal)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).map(([key, item]) => [key, key === '_vrMap' ? item : normal(item)] as const)
  return { _vrMap: {}, ...Object.fromEntries(entries.filter(([key, item]) => item !== undefined && !isTag(key))) }
}
