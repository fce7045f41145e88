import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UnreadableFile } from '../../dicom/file/read.ts'
import type { Grid } from '../../domain/geometry/grid.ts'
import { cross, norm, scale, subtract } from '../../domain/geometry/plane.ts'
import type { Vec3 } from '../../domain/geometry/points.ts'
import { gridsOf } from '../../testing/grids.ts'
import { readMaskFile, writeMaskFile } from './files.ts'
import { writeNifti } from './nifti.ts'
import { labelsOf, type Sample } from './samples.ts'
import type { MaskFormat } from './types.ts'

const formats: readonly MaskFormat[] = ['NIfTI', 'NRRD', 'MHA']
const size = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true })
const step = fc.double({ min: 0.05, max: 12, noNaN: true })
const coordinate = fc.double({ min: -2000, max: 2000, noNaN: true })
/** A lattice turned in any way, mirrored or not, leaned or not; its numbers are those of float32, which is what NIfTI holds. */
const lattice = fc.record({ turn: fc.tuple(angle, angle, angle), spacing: fc.tuple(step, step, step), origin: fc.tuple(coordinate, coordinate, coordinate), mirrored: fc.boolean(), lean: fc.constantFrom(0, 0, 0.3) }).map(({ turn: [a, b, c], spacing, origin, mirrored, lean }): Pick<Grid, 'origin' | 'steps'> => {
  const x: Vec3 = [Math.cos(a) * Math.cos(b), Math.sin(a) * Math.cos(b), -Math.sin(b)]
  const y: Vec3 = [Math.cos(a) * Math.sin(b) * Math.sin(c) - Math.sin(a) * Math.cos(c), Math.sin(a) * Math.sin(b) * Math.sin(c) + Math.cos(a) * Math.cos(c), Math.cos(b) * Math.sin(c)]
  const z = scale(cross(x, y), mirrored ? -1 : 1)
  const fround = (v: Vec3): Vec3 => [Math.fround(v[0]), Math.fround(v[1]), Math.fround(v[2])]
  return { origin: fround(origin), steps: [fround(scale(x, spacing[0])), fround(scale(y, spacing[1])), fround([z[0] * spacing[2] + lean * y[0], z[1] * spacing[2] + lean * y[1], z[2] * spacing[2] + lean * y[2]])] }
})
const mask = fc.tuple(size, lattice, fc.boolean(), fc.infiniteStream(fc.nat(65_535))).map(([dimensions, place, wide, stream]) => {
  const values = Array.from({ length: dimensions[0] * dimensions[1] * dimensions[2] }, () => (stream.next().value as number) % (wide ? 65_536 : 256))
  return { grid: { dimensions, ...place } satisfies Grid, values: wide ? Uint16Array.from(values) : Uint8Array.from(values) }
})
const zero = (grid: Grid): number[] => [grid.origin, ...grid.steps].flat().map((x) => x + 0)

describe.each(formats)('%s', (format) => {
  it('gives back what was put in: voxels and lattice, whatever its direction', async () => {
    await fc.assert(fc.asyncProperty(mask, async (made) => {
      const read = await readMaskFile(await writeMaskFile(format, made))
      expect(read.format).toBe(format)
      expect([...read.values]).toEqual([...made.values])
      expect(read.grid.dimensions).toEqual(made.grid.dimensions)
      // A direction of length 1 and a spacing stand for a step in MHA: the last digit may differ.
      if (format === 'MHA') zero(read.grid).forEach((x, index) => expect(Math.abs(x - (zero(made.grid)[index] ?? 0))).toBeLessThan(1e-9))
      else expect(zero(read.grid)).toEqual(zero(made.grid))
    }), { numRuns: 150 })
  })
  it('says that it is for research use only', async () => {
    const bytes = await writeMaskFile(format, { grid: gridsOf([1, 1, 1]).axial, values: Uint8Array.of(1) })
    const plain = format === 'NIfTI' ? new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer()) : bytes
    expect(new TextDecoder('latin1').decode(plain)).toContain('research use only')
  })
  it('cut off anywhere is refused by name, never half read', async () => {
    const bytes = await writeMaskFile(format, { grid: gridsOf([9, 7, 5]).oblique, values: Uint8Array.from({ length: 315 }, (_, v) => (v * 7) % 5) })
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), async (end) => { await expect(readMaskFile(bytes.slice(0, end))).rejects.toThrow(UnreadableFile) }), { numRuns: 80 })
  })
})

describe('NIfTI', () => {
  const { axial, oblique } = gridsOf([3, 2, 2])
  const values = Uint8Array.from({ length: 12 }, (_, v) => v)
  const changed = (change: (view: DataView) => void, grid = oblique): Uint8Array => {
    const bytes = writeNifti({ grid, values })
    change(new DataView(bytes.buffer))
    return bytes
  }
  it('counts to the right and to the front where DICOM counts to the left and to the back', () => {
    const view = new DataView(writeNifti({ grid: axial, values }).buffer)
    // Of the first voxel, at -170.3\-168.1\40.25 in LPS; a step along a row goes to the left.
    expect([280 + 12, 296 + 12, 312 + 12].map((at) => Math.round(view.getFloat32(at, true) * 1000) / 1000)).toEqual([170.3, 168.1, 40.25])
    expect([280, 300, 320].map((at) => Math.round(view.getFloat32(at, true) * 1000) / 1000)).toEqual([-0.7, -0.7, 1.25])
  })
  it.each(Object.entries(gridsOf([3, 2, 2])).filter(([name]) => name !== 'tilted'))('%s: the turn alone says the same place as the matrix', async (_, grid) => {
    const [byTurn, byMatrix] = [await readMaskFile(changed((view) => view.setInt16(254, 0, true), grid)), await readMaskFile(changed((view) => view.setInt16(252, 0, true), grid))]
    zero(byTurn.grid).forEach((x, index) => expect(Math.abs(x - (zero(byMatrix.grid)[index] ?? 0))).toBeLessThan(1e-4))
    expect(norm(subtract(byTurn.grid.origin, grid.origin))).toBeLessThan(1e-4)
  })
  it('of leaned slices has no turn: it could not say them', () => {
    expect(new DataView(writeNifti({ grid: gridsOf([3, 2, 2]).tilted, values }).buffer).getInt16(252, true)).toBe(0)
  })
  it.each([
    ['the file does not say where its voxels lie (no sform, no qform)', changed((view) => { view.setInt16(252, 0, true); view.setInt16(254, 0, true) })],
    ['the file says twice where its voxels lie (sform and qform), and differently', changed((view) => view.setFloat32(268, 99, true))],
    ['the steps from voxel to voxel do not span space', changed((view) => { view.setInt16(252, 0, true); for (let at = 280; at < 296; at += 4) view.setFloat32(at, 0, true) })],
    ['a mask has three dimensions', changed((view) => { view.setInt16(40, 4, true); view.setInt16(48, 3, true) })],
    ['data type 32 are not read', changed((view) => view.setInt16(70, 32, true))],
    ['header and voxels are in two files', changed((view) => view.setUint8(345, 0x69))],
    ['-3 x 2 x 2 voxels are not read', changed((view) => view.setInt16(42, -3, true))],
    ['a voxel has the value 0.5, which is no label', changed((view) => view.setFloat32(112, 0.5, true))],
  ])('is refused: %s', async (message, bytes) => {
    await expect(readMaskFile(bytes)).rejects.toThrow(UnreadableFile)
    await expect(readMaskFile(bytes)).rejects.toThrow(message)
  })
  it('in metres and micrometres is read in mm', async () => {
    const read = async (unit: number, factor: number) => (await readMaskFile(changed((view) => { view.setUint8(123, unit); view.setInt16(252, 0, true); for (let at = 280; at < 328; at += 4) view.setFloat32(at, view.getFloat32(at, true) * factor, true) }))).grid
    for (const grid of [await read(1, 0.001), await read(3, 1000)]) zero(grid).forEach((x, index) => expect(Math.abs(x - (zero(oblique)[index] ?? 0))).toBeLessThan(1e-3))
  })
})

describe('NRRD', () => {
  const head = (change: Readonly<Record<string, string>> = {}): Uint8Array => {
    const fields = { type: 'uint8', dimension: '3', space: 'left-posterior-superior', sizes: '2 1 1', 'space directions': '(1,0,0) (0,1,0) (0,0,2)', 'space origin': '(5,6,7)', encoding: 'raw', ...change }
    return new TextEncoder().encode(`NRRD0004\n# made by hand\n${Object.entries(fields).filter(([, value]) => value).map(([key, value]) => `${key}: ${value}`).join('\n')}\nSegment0_LabelValue:=2\nSegment0_Name:=Läsion\nSegment0_Color:=1 0.5 0\n\n\u0000\u0002`)
  }
  it.each([['left-posterior-superior', [5, 6, 7], [1, 0, 0]], ['LPS', [5, 6, 7], [1, 0, 0]], ['right-anterior-superior', [-5, -6, 7], [-1, -0, 0]], ['RAS', [-5, -6, 7], [-1, -0, 0]], ['LAS', [5, -6, 7], [1, -0, 0]]])('in %s lies where it says', async (space, origin, across) => {
    const { grid, values, said } = await readMaskFile(head({ space }))
    expect([grid.origin, grid.steps[0], [...values]]).toEqual([origin, across, [0, 2]])
    expect(said).toEqual(new Map([[2, { name: 'Läsion', colour: [255, 128, 0] }]]))
  })
  it('keeps names and colours', async () => {
    const said = new Map([[1, { name: 'Liver \\ a\nb', colour: [1, 2, 255] as const }], [7, { name: 'Lunge 肺' }]])
    expect((await readMaskFile(await writeMaskFile('NRRD', { grid: gridsOf([1, 1, 1]).axial, values: Uint8Array.of(7) }, said))).said).toEqual(said)
  })
  it.each<[string, Readonly<Record<string, string>>]>([
    ['does not say where its voxels lie', { space: '' }], ['does not say where its voxels lie', { space: 'scanner-xyz' }], ['does not say where its voxels lie', { 'space directions': 'none (0,1,0) (0,0,2)' }],
    ['4 dimensions is not read', { dimension: '4' }], ['type block are not read', { type: 'block' }], ['encoding bzip2 are not read', { encoding: 'bzip2' }], ['header and voxels are in two files', { 'data file': 'mask.raw' }], ['in which order its bytes are', { type: 'int16' }],
    ['the file counts in "cm" "cm" "cm", not in mm', { 'space units': '"cm" "cm" "cm"' }], ['the voxels end too early', { sizes: '2 3 4' }],
  ])('is refused: %s (%j)', async (message, change) => { await expect(readMaskFile(head(change))).rejects.toThrow(message) })
})

describe('MHA', () => {
  const head = (change: Readonly<Record<string, string>> = {}): Uint8Array => {
    const fields = { ObjectType: 'Image', NDims: '3', BinaryData: 'True', BinaryDataByteOrderMSB: 'False', CompressedData: 'False', TransformMatrix: '0 1 0 0 0 -1 1 0 0', Offset: '5 6 7', AnatomicalOrientation: 'RAI', ElementSpacing: '1 2 3', DimSize: '2 1 1', ElementType: 'MET_UCHAR', ...change, ElementDataFile: change['ElementDataFile'] ?? 'LOCAL' }
    return new TextEncoder().encode(`${Object.entries(fields).map(([key, value]) => `${key} = ${value}`).join('\n')}\n\u0000\u0003`)
  }
  it('has an axis of its voxels in each three numbers of its matrix', async () => {
    const { grid, values } = await readMaskFile(head())
    expect([grid.origin, ...grid.steps].map((v) => v.map((x) => x + 0))).toEqual([[5, 6, 7], [0, 1, 0], [0, 0, -2], [3, 0, 0]])
    expect([...values]).toEqual([0, 3])
  })
  it.each<[string, Readonly<Record<string, string>>]>([
    ['header and voxels are in two files', { ElementDataFile: 'mask.raw' }], ['2 dimensions is not read', { NDims: '2' }], ['3 values a voxel', { ElementNumberOfChannels: '3' }], ['written as text', { BinaryData: 'False' }], ['type MET_OTHER are not read', { ElementType: 'MET_OTHER' }],
    ['does not say where its voxels lie', { TransformMatrix: '1 0 0 1' }], ['where the voxels lie is not said in numbers', { Offset: 'a b c' }], ['the voxels end too early', { DimSize: '20 30 40' }], ['99999 x 99999 x 99999 voxels are not read', { DimSize: '99999 99999 99999' }],
  ])('is refused: %s (%j)', async (message, change) => { await expect(readMaskFile(head(change))).rejects.toThrow(message) })
})

describe('voxels of every kind', () => {
  it.each<[Sample, number, (view: DataView, at: number, value: number, little: boolean) => void]>([
    ['int8', 1, (view, at, value) => view.setInt8(at, value)], ['uint16', 2, (view, at, value, little) => view.setUint16(at, value, little)], ['int16', 2, (view, at, value, little) => view.setInt16(at, value, little)], ['uint32', 4, (view, at, value, little) => view.setUint32(at, value, little)], ['int32', 4, (view, at, value, little) => view.setInt32(at, value, little)],
    ['uint64', 8, (view, at, value, little) => view.setBigUint64(at, BigInt(value), little)], ['int64', 8, (view, at, value, little) => view.setBigInt64(at, BigInt(value), little)], ['float32', 4, (view, at, value, little) => view.setFloat32(at, value, little)], ['float64', 8, (view, at, value, little) => view.setFloat64(at, value, little)],
  ])('%s are read as labels, either way round', (sample, bytes, set) => {
    for (const little of [true, false]) {
      const stored = new Uint8Array(4 * bytes + 3)
      ;[0, 1, 5, 127].forEach((value, index) => set(new DataView(stored.buffer), 3 + index * bytes, value, little))
      expect([...labelsOf(stored, { offset: 3, count: 4, sample, little })]).toEqual([0, 1, 5, 127])
    }
  })
  it.each([[Float32Array.of(0.5), 'float32'], [Float32Array.of(Number.NaN), 'float32'], [Int16Array.of(-1), 'int16'], [Int32Array.of(65_536), 'int32']] as const)('%s are no labels', (stored, sample) => {
    expect(() => labelsOf(new Uint8Array(stored.buffer), { count: 1, sample, little: true })).toThrow('which is no label')
  })
})

it('what is none of the three is said to be none', async () => {
  const dicom = new Uint8Array(400)
  dicom.set(new TextEncoder().encode('DICM'), 128)
  await expect(readMaskFile(dicom)).rejects.toThrow('the file is DICOM')
  await expect(readMaskFile(new TextEncoder().encode('%PDF-1.7'))).rejects.toThrow('neither NIfTI nor NRRD nor MHA')
})
