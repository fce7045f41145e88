import { UnreadableFile } from '../../dicom/file/read.ts'
import { inverseOf, spacingOf, type Grid } from '../../domain/geometry/grid.ts'
import { cross, dot, norm, scale, subtract } from '../../domain/geometry/plane.ts'
import { vec3Of, type Vec3 } from '../../domain/geometry/points.ts'
import type { Mask } from '../../domain/segmentation/regrid.ts'
import { labelsOf, voxelsOf, type Sample } from './samples.ts'
import { exportLine, type MaskFile } from './types.ts'

/** NIfTI counts to the right, to the front and up; DICOM to the left, to the back and up. */
const swap = ([x, y, z]: Vec3): Vec3 => [-x, -y, z]
type Place = Pick<Grid, 'origin' | 'steps'>
const samples: Readonly<Record<number, Sample>> = { 2: 'uint8', 4: 'int16', 8: 'int32', 16: 'float32', 64: 'float64', 256: 'int8', 512: 'uint16', 768: 'uint32', 1024: 'int64', 1280: 'uint64' }

/** Where the fields of NIfTI-1 and NIfTI-2 lie, and how wide they are. */
type Layout = { dim: number; dimBytes: 2 | 8; datatype: number; pixdim: number; offset: number; slope: number; units: number; qform: number; sform: number; quaternion: number; rows: number; real: 4 | 8 }
const layouts: Readonly<Record<number, Layout>> = {
  348: { dim: 40, dimBytes: 2, datatype: 70, pixdim: 76, offset: 108, slope: 112, units: 123, qform: 252, sform: 254, quaternion: 256, rows: 280, real: 4 },
  540: { dim: 16, dimBytes: 8, datatype: 12, pixdim: 104, offset: 168, slope: 176, units: 500, qform: 344, sform: 348, quaternion: 352, rows: 400, real: 8 },
}
/** Whether the bytes begin as a NIfTI header does, and which way round its numbers are. */
const headOf = (bytes: Uint8Array): { layout: Layout; little: boolean } | undefined => {
  if (bytes.byteLength < 348) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  for (const little of [true, false]) {
    const layout = layouts[view.getInt32(0, little)]
    if (layout) return { layout, little }
  }
  return undefined
}
export const isNifti = (bytes: Uint8Array): boolean => headOf(bytes) !== undefined

/** Rotation of a unit quaternion whose first part follows from the others (method 2 of nifti1.h), column by column. */
const rotationOf = ([b, c, d]: Vec3): [Vec3, Vec3, Vec3] => {
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d))
  return [
    [a * a + b * b - c * c - d * d, 2 * (b * c + a * d), 2 * (b * d - a * c)],
    [2 * (b * c - a * d), a * a + c * c - b * b - d * d, 2 * (c * d + a * b)],
    [2 * (b * d + a * c), 2 * (c * d - a * b), a * a + d * d - b * b - c * c],
  ]
}

/** b, c, d of the unit quaternion of a rotation given column by column; a is not negative. */
const quaternionOf = ([[r11, r21, r31], [r12, r22, r32], [r13, r23, r33]]: readonly [Vec3, Vec3, Vec3]): Vec3 => {
  const trace = 1 + r11 + r22 + r33
  if (trace > 0.5) {
    const a = Math.sqrt(trace) / 2
    return [(r32 - r23) / 4 / a, (r13 - r31) / 4 / a, (r21 - r12) / 4 / a]
  }
  const [x, y, z] = [1 + r11 - r22 - r33, 1 + r22 - r11 - r33, 1 + r33 - r11 - r22]
  const [a, q]: [number, Vec3] = x > 1
    ? (() => { const b = Math.sqrt(x) / 2; return [(r32 - r23) / 4 / b, [b, (r12 + r21) / 4 / b, (r13 + r31) / 4 / b]] })()
    : y > 1
      ? (() => { const c = Math.sqrt(y) / 2; return [(r13 - r31) / 4 / c, [(r12 + r21) / 4 / c, c, (r23 + r32) / 4 / c]] })()
      : (() => { const d = Math.sqrt(z) / 2; return [(r21 - r12) / 4 / d, [(r13 + r31) / 4 / d, (r23 + r32) / 4 / d, d]] })()
  return a < 0 ? scale(q, -1) : q
}

/** The corner of a lattice that is farthest from its first voxel. */
const lastOf = ({ origin, steps }: Place, sizes: readonly number[]): Vec3 =>
  steps.reduce<Vec3>((sum, step, axis) => [sum[0] + step[0] * ((sizes[axis] ?? 1) - 1), sum[1] + step[1] * ((sizes[axis] ?? 1) - 1), sum[2] + step[2] * ((sizes[axis] ?? 1) - 1)], origin)

/**
 * A NIfTI-1 or NIfTI-2 file in one piece, not compressed. Where its voxels lie it says by a matrix (sform) or a turn (qform); it must say so,
 * and where it says both they must agree.
 * @throws UnreadableFile naming what is wrong
 */
export const readNifti = (bytes: Uint8Array): MaskFile => {
  const head = headOf(bytes)
  if (!head) throw new UnreadableFile('the file is no NIfTI')
  const { layout, little } = head
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const real = (at: number, index = 0): number => (layout.real === 4 ? view.getFloat32(at + index * 4, little) : view.getFloat64(at + index * 8, little))
  const size = (index: number): number => (layout.dimBytes === 2 ? view.getInt16(layout.dim + index * 2, little) : Number(view.getBigInt64(layout.dim + index * 8, little)))
  const code = (at: number): number => (layout.real === 4 ? view.getInt16(at, little) : view.getInt32(at, little))
  const magic = String.fromCharCode(...bytes.subarray(layout.real === 4 ? 344 : 4, layout.real === 4 ? 347 : 7))
  if (magic !== 'n+1' && magic !== 'n+2') throw new UnreadableFile(magic.startsWith('ni') ? 'header and voxels are in two files: only NIfTI in one file is read' : 'the file is no NIfTI')
  const dimensions = size(0)
  if (!(dimensions >= 2 && dimensions <= 7)) throw new UnreadableFile(`a NIfTI file of ${dimensions} dimensions is not read`)
  const sizes = [size(1), size(2), dimensions > 2 ? size(3) : 1] as const
  const further = Array.from({ length: Math.max(0, dimensions - 3) }, (_, index) => size(index + 4))
  if (further.some((one) => one !== 1)) throw new UnreadableFile(`the file has ${[...sizes, ...further].join(' x ')} voxels: a mask has three dimensions`)
  const count = voxelsOf(sizes)
  const sample = samples[view.getInt16(layout.datatype, little)]
  if (!sample) throw new UnreadableFile(`voxels of NIfTI's data type ${view.getInt16(layout.datatype, little)} are not read`)
  const unit = view.getUint8(layout.units) & 7
  const mm = unit === 1 ? 1000 : unit === 3 ? 0.001 : 1

  const row = (axis: number): number[] => [0, 1, 2, 3].map((index) => real(layout.rows + axis * 4 * layout.real, index) * mm)
  const column = (index: number): Vec3 => swap(vec3Of((axis) => row(axis)[index]))
  const byMatrix: Place | undefined = code(layout.sform) > 0 ? { origin: column(3), steps: [column(0), column(1), column(2)] } : undefined
  const turn = (): Place => {
    const q = vec3Of((axis) => real(layout.quaternion, axis))
    const offset = vec3Of((axis) => real(layout.quaternion, axis + 3) * mm)
    const factor = real(layout.pixdim) < 0 ? -1 : 1
    const steps = rotationOf(q).map((axis, index) => swap(scale(axis, real(layout.pixdim, index + 1) * mm * (index === 2 ? factor : 1)))) as unknown as Place['steps']
    return { origin: swap(offset), steps }
  }
  const byTurn = code(layout.qform) > 0 ? turn() : undefined
  const place = byMatrix ?? byTurn
  if (!place) throw new UnreadableFile('the file does not say where its voxels lie (no sform, no qform)')
  if (byMatrix && byTurn && (norm(subtract(byMatrix.origin, byTurn.origin)) > 0.1 || norm(subtract(lastOf(byMatrix, sizes), lastOf(byTurn, sizes))) > 0.1)) throw new UnreadableFile('the file says twice where its voxels lie (sform and qform), and differently')
  const grid = checked({ dimensions: sizes, ...place })
  const [slope, intercept] = [real(layout.slope), real(layout.slope, 1)]
  const offset = Math.max(layout.real === 4 ? 348 : 540, layout.real === 4 ? real(layout.offset) : Number(view.getBigInt64(layout.offset, little)))
  const scaled = slope !== 0 && Number.isFinite(slope) && Number.isFinite(intercept)
  return { format: 'NIfTI', grid, values: labelsOf(bytes, { offset, count, sample, little, ...(scaled ? { slope, intercept } : {}) }), said: new Map() }
}

/**
 * A lattice as a file says it.
 * @throws UnreadableFile where its numbers are none, or its steps do not span space
 */
export const checked = (grid: Grid): Grid => {
  if (![grid.origin, ...grid.steps].flat().every(Number.isFinite)) throw new UnreadableFile('where the voxels lie is not said in numbers')
  try {
    inverseOf(grid.steps)
  } catch {
    throw new UnreadableFile('the steps from voxel to voxel do not span space')
  }
  return grid
}

/**
 * Labels as a NIfTI-1 file in one piece, not compressed: uint8, or uint16 where they need it. Numbers of place are float32. A turn is said
 * beside the matrix where the steps are perpendicular, for readers that look at it alone.
 */
export const writeNifti = ({ grid, values }: Mask): Uint8Array<ArrayBuffer> => {
  const wide = values instanceof Uint16Array
  const bytes = new Uint8Array(352 + values.byteLength)
  const view = new DataView(bytes.buffer)
  const spacing = spacingOf(grid)
  const [i, j, k] = grid.steps.map(swap) as [Vec3, Vec3, Vec3]
  const origin = swap(grid.origin)
  view.setInt32(0, 348, true)
  ;[3, ...grid.dimensions, 1, 1, 1, 1].forEach((size, index) => view.setInt16(40 + index * 2, size, true))
  view.setInt16(70, wide ? 512 : 2, true)
  view.setInt16(72, wide ? 16 : 8, true)
  const mirrored = dot(cross(i, j), k) < 0
  ;[mirrored ? -1 : 1, ...spacing, 0, 0, 0, 0].forEach((size, index) => view.setFloat32(76 + index * 4, size, true))
  view.setFloat32(108, 352, true)
  view.setFloat32(112, 1, true)
  bytes[123] = 2
  bytes.set(new TextEncoder().encode(exportLine), 148)
  const unit = [scale(i, 1 / spacing[0]), scale(j, 1 / spacing[1]), scale(k, (mirrored ? -1 : 1) / spacing[2])] as const
  if (Math.max(Math.abs(dot(unit[0], unit[1])), Math.abs(dot(unit[0], unit[2])), Math.abs(dot(unit[1], unit[2]))) < 1e-6) {
    view.setInt16(252, 1, true)
    ;[...quaternionOf(unit), ...origin].forEach((value, index) => view.setFloat32(256 + index * 4, value, true))
  }
  view.setInt16(254, 1, true)
  ;[0, 1, 2].forEach((axis) => [i[axis], j[axis], k[axis], origin[axis]].forEach((value, index) => view.setFloat32(280 + axis * 16 + index * 4, value ?? 0, true)))
  bytes.set([0x6e, 0x2b, 0x31], 344)
  if (values instanceof Uint16Array) values.forEach((value, v) => view.setUint16(352 + v * 2, value, true))
  else bytes.set(values, 352)
  return bytes
}
