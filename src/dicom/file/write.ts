import { encodeElements } from './stream.ts'
import { taggedOf, type NaturalDataset } from './tagged.ts'

export type { NaturalDataset } from './tagged.ts'

/** Explicit VR Little Endian (PS3.5 A.2). */
export const explicitLittleEndian = '1.2.840.10008.1.2.1'
const implicitLittleEndian = '1.2.840.10008.1.2'

/** Identifies this implementation in the file meta information (PS3.10 7.1); a UUID-derived UID (PS3.5 B.2). */
export const implementationClassUid = '2.25.269859512073464612302180476519215867421'
export const implementationVersionName = 'CIW_0_1'

/**
 * A data set as a Part 10 file (PS3.10 7.1): zero preamble, group 2, then the data set. The bytes depend on the data set alone.
 * @param options.transferSyntaxUid how Pixel Data is encoded; for an encapsulated syntax give one ArrayBuffer a frame
 * @throws Error where SOP Class UID or SOP Instance UID is missing; naming the element that cannot be written
 */
export const encodePart10 = (
  dataset: NaturalDataset,
  { transferSyntaxUid = explicitLittleEndian }: { transferSyntaxUid?: string } = {},
): Uint8Array<ArrayBuffer> => {
  const { SOPClassUID, SOPInstanceUID } = dataset
  if (typeof SOPClassUID !== 'string' || typeof SOPInstanceUID !== 'string') {
    throw new Error('a data set without SOP Class UID and SOP Instance UID cannot be a file')
  }
  const implicit = transferSyntaxUid === implicitLittleEndian
  const meta = encodeElements(taggedOf({
    FileMetaInformationVersion: new Uint8Array([0, 1]), MediaStorageSOPClassUID: SOPClassUID, MediaStorageSOPInstanceUID: SOPInstanceUID, TransferSyntaxUID: transferSyntaxUid,
    ImplementationClassUID: implementationClassUid, ImplementationVersionName: implementationVersionName,
  }), { implicit: false })
  const length = encodeElements(taggedOf({ FileMetaInformationGroupLength: meta.length }), { implicit: false })
  const body = encodeElements(taggedOf(dataset), { implicit, encapsulated: Array.isArray(dataset['PixelData']) })
  const file = new Uint8Array(132 + length.length + meta.length + body.length)
  file.set([0x44, 0x49, 0x43, 0x4d], 128)
  file.set(length, 132)
  file.set(meta, 132 + length.length)
  file.set(body, 132 + length.length + meta.length)
  return file
}
