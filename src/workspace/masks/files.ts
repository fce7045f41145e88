import { inflate, UnreadableFile } from '../../dicom/file/read.ts'
import type { Mask } from '../../domain/segmentation/regrid.ts'
import { isMetaImage, metaImageHead, readMetaImage } from './metaImage.ts'
import { isNifti, readNifti, writeNifti } from './nifti.ts'
import { isNrrd, nrrdHead, readNrrd } from './nrrd.ts'
import { mostBytes, type LabelSaid, type MaskFile, type MaskFormat } from './types.ts'

/**
 * A mask file by what it holds, whatever its name: NIfTI (gzip or not), NRRD or MHA.
 * @throws UnreadableFile naming what is wrong
 */
export const readMaskFile = async (bytes: Uint8Array): Promise<MaskFile> => {
  if (isNrrd(bytes)) return readNrrd(bytes)
  if (isMetaImage(bytes)) return readMetaImage(bytes)
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return readNifti(await inflate(bytes, 'gzip', mostBytes))
  if (isNifti(bytes)) return readNifti(bytes)
  throw new UnreadableFile(String.fromCharCode(...bytes.subarray(128, 132)) === 'DICM' ? 'the file is DICOM: masks are read from NIfTI, NRRD and MHA' : 'the file is neither NIfTI nor NRRD nor MHA')
}

const compressed = async (bytes: Uint8Array, format: CompressionFormat): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await new Response(new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream(format))).arrayBuffer())
const joined = (head: Uint8Array, body: Uint8Array): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(head.length + body.length)
  bytes.set(head)
  bytes.set(body, head.length)
  return bytes
}

/** What a file of a format ends in. */
export const endings: Readonly<Record<MaskFormat, string>> = { NIfTI: '.nii.gz', NRRD: '.seg.nrrd', MHA: '.mha' }

/**
 * Labels as a file, compressed; LPS mm, NIfTI in its own RAS.
 * @param said names and colours by label, which only NRRD takes
 */
export const writeMaskFile = async (format: MaskFormat, mask: Mask, said: ReadonlyMap<number, LabelSaid> = new Map()): Promise<Uint8Array<ArrayBuffer>> => {
  if (format === 'NIfTI') return compressed(writeNifti(mask), 'gzip')
  // Both formats store the low byte first here, as every machine does that runs this.
  const raw = new Uint8Array(mask.values.buffer, mask.values.byteOffset, mask.values.byteLength)
  if (format === 'NRRD') return joined(nrrdHead(mask, said), await compressed(raw, 'gzip'))
  const body = await compressed(raw, 'deflate')
  return joined(metaImageHead(mask, body.length), body)
}
