import { UnreadableFile } from '../../dicom/file/read.ts'

/** Kinds of numbers that mask files hold. */
export type Sample = 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'uint64' | 'int64' | 'float32' | 'float64'
export const bytesOf: Readonly<Record<Sample, number>> = { uint8: 1, int8: 1, uint16: 2, int16: 2, uint32: 4, int32: 4, uint64: 8, int64: 8, float32: 4, float64: 8 }

const readers: Readonly<Record<Sample, (view: DataView, at: number, little: boolean) => number>> = {
  uint8: (view, at) => view.getUint8(at), int8: (view, at) => view.getInt8(at), uint16: (view, at, little) => view.getUint16(at, little), int16: (view, at, little) => view.getInt16(at, little),
  uint32: (view, at, little) => view.getUint32(at, little), int32: (view, at, little) => view.getInt32(at, little), uint64: (view, at, little) => Number(view.getBigUint64(at, little)), int64: (view, at, little) => Number(view.getBigInt64(at, little)),
  float32: (view, at, little) => view.getFloat32(at, little), float64: (view, at, little) => view.getFloat64(at, little),
}

/** More voxels than any series has: sizes like that are damage, or would not fit into memory. */
const mostVoxels = 2 ** 29
/**
 * How many voxels sizes make.
 * @throws UnreadableFile where they are no sizes, or too many
 */
export const voxelsOf = (sizes: readonly number[]): number => {
  const count = sizes.reduce((product, size) => product * size, 1)
  if (sizes.length !== 3 || sizes.some((size) => !Number.isInteger(size) || size < 1) || count > mostVoxels) throw new UnreadableFile(`${sizes.join(' x ')} voxels are not read`)
  return count
}

/**
 * Voxels as labels: whole numbers from 0 to 65535, of whatever type they are stored in; `slope` and `intercept` are applied first.
 * @throws UnreadableFile where there are too few, or one is no label
 */
export const labelsOf = (bytes: Uint8Array, { offset = 0, count, sample, little, slope = 1, intercept = 0 }: { offset?: number; count: number; sample: Sample; little: boolean; slope?: number; intercept?: number }): Uint8Array | Uint16Array => {
  const size = bytesOf[sample]
  if (offset + count * size > bytes.byteLength) throw new UnreadableFile(`the voxels end too early: ${Math.max(0, bytes.byteLength - offset)} bytes for ${count} voxels of ${size}`)
  const plain = slope === 1 && intercept === 0
  if (sample === 'uint8' && plain) return bytes.slice(offset, offset + count)
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, count * size)
  const read = readers[sample]
  const labels = new Uint16Array(count)
  for (let v = 0; v < count; v++) {
    const value = read(view, v * size, little) * slope + intercept
    if (!(value >= 0 && value <= 65_535) || !Number.isInteger(value)) throw new UnreadableFile(`a voxel has the value ${value}, which is no label: whole numbers from 0 to 65535 are`)
    labels[v] = value
  }
  return labels
}
