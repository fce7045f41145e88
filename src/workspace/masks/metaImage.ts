import { inflate, UnreadableFile } from '../../dicom/file/read.ts'
import { spacingOf } from '../../domain/geometry/grid.ts'
import { scale } from '../../domain/geometry/plane.ts'
import { vec3Of, type Vec3 } from '../../domain/geometry/points.ts'
import type { Mask } from '../../domain/segmentation/regrid.ts'
import { checked } from './nifti.ts'
import { bytesOf, labelsOf, voxelsOf, type Sample } from './samples.ts'
import { exportLine, mostBytes, type MaskFile } from './types.ts'

const types: Readonly<Record<string, Sample>> = {
  MET_CHAR: 'int8', MET_UCHAR: 'uint8', MET_SHORT: 'int16', MET_USHORT: 'uint16', MET_INT: 'int32', MET_UINT: 'uint32', MET_LONG: 'int32', MET_ULONG: 'uint32', MET_LONG_LONG: 'int64', MET_ULONG_LONG: 'uint64', MET_FLOAT: 'float32', MET_DOUBLE: 'float64',
}

export const isMetaImage = (bytes: Uint8Array): boolean => /^(ObjectType|NDims|Comment)\s*=/.test(new TextDecoder('latin1').decode(bytes.subarray(0, 32)))

/** The header's fields, up to ElementDataFile, which is the last; and where it ends. */
const fieldsOf = (bytes: Uint8Array): { fields: Map<string, string>; end: number } => {
  const fields = new Map<string, string>()
  for (let at = 0; at < Math.min(bytes.length, 1 << 20);) {
    const next = bytes.indexOf(10, at)
    if (next < 0) break
    const [, key = '', value = ''] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(new TextDecoder().decode(bytes.subarray(at, next))) ?? []
    fields.set(key, value)
    at = next + 1
    if (key === 'ElementDataFile') return { fields, end: at }
  }
  throw new UnreadableFile('the header of the MHA file does not end')
}

/**
 * A MetaImage file (.mha) with its voxels in it, raw or compressed. Coordinates are LPS mm, as ITK writes and reads them whatever the
 * field AnatomicalOrientation says.
 * @throws UnreadableFile naming what is wrong
 */
export const readMetaImage = async (bytes: Uint8Array): Promise<MaskFile> => {
  const { fields, end } = fieldsOf(bytes)
  const field = (...names: readonly string[]): string => names.map((name) => fields.get(name)).find((value) => value !== undefined) ?? ''
  const numbers = (text: string): number[] => text.split(/\s+/).filter(Boolean).map(Number)
  const is = (name: string): boolean => /^(true|1)$/i.test(field(name))
  if (field('ElementDataFile') !== 'LOCAL') throw new UnreadableFile('header and voxels are in two files: only MHA, in one file, is read')
  if (field('NDims') !== '3') throw new UnreadableFile(`a MHA file of ${field('NDims') || 'unknown'} dimensions is not read: a mask has three`)
  if ((field('ElementNumberOfChannels') || '1') !== '1') throw new UnreadableFile(`the file has ${field('ElementNumberOfChannels')} values a voxel: a mask has one`)
  if (!is('BinaryData')) throw new UnreadableFile('voxels written as text are not read')
  const sample = types[field('ElementType')]
  if (!sample) throw new UnreadableFile(`voxels of the type ${field('ElementType') || 'unknown'} are not read`)
  const sizes = numbers(field('DimSize'))
  const count = voxelsOf(sizes)
  const [matrix, origin, spacing] = [numbers(field('TransformMatrix', 'Rotation', 'Orientation')), numbers(field('Offset', 'Origin', 'Position')), numbers(field('ElementSpacing', 'ElementSize'))]
  if (matrix.length !== 9 || origin.length !== 3 || spacing.length !== 3) throw new UnreadableFile('the file does not say where its voxels lie (TransformMatrix, Offset, ElementSpacing)')
  // Each three numbers of the matrix are the direction of one axis of the voxels.
  const stepOf = (axis: number): Vec3 => scale(vec3Of((along) => matrix[axis * 3 + along]), spacing[axis] ?? 0)
  const grid = checked({ dimensions: sizes as [number, number, number], origin: vec3Of((axis) => origin[axis]), steps: [stepOf(0), stepOf(1), stepOf(2)] })
  const stored = bytes.subarray(end)
  const data = is('CompressedData') ? await inflate(stored, 'deflate', Math.min(mostBytes, count * bytesOf[sample])) : stored
  return { format: 'MHA', grid, values: labelsOf(data, { count, sample, little: !(is('BinaryDataByteOrderMSB') || is('ElementByteOrderMSB')) }), said: new Map() }
}

/** Labels as the head of a MHA file whose voxels, compressed, follow it. */
export const metaImageHead = ({ grid, values }: Mask, compressedBytes: number): Uint8Array<ArrayBuffer> => {
  const spacing = spacingOf(grid)
  return new TextEncoder().encode([
    `Comment = ${exportLine}`, 'ObjectType = Image', 'NDims = 3', 'BinaryData = True', 'BinaryDataByteOrderMSB = False', 'CompressedData = True', `CompressedDataSize = ${compressedBytes}`,
    `TransformMatrix = ${grid.steps.flatMap((step, axis) => scale(step, 1 / (spacing[axis] ?? 1))).join(' ')}`, `Offset = ${grid.origin.join(' ')}`, 'CenterOfRotation = 0 0 0', 'AnatomicalOrientation = RAI', `ElementSpacing = ${spacing.join(' ')}`,
    `DimSize = ${grid.dimensions.join(' ')}`, `ElementType = ${values instanceof Uint16Array ? 'MET_USHORT' : 'MET_UCHAR'}`, 'ElementDataFile = LOCAL', '',
  ].join('\n'))
}
