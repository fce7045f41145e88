import { inflate, UnreadableFile } from '../../dicom/file/read.ts'
import { vec3Of, type Vec3 } from '../../domain/geometry/points.ts'
import type { Mask } from '../../domain/segmentation/regrid.ts'
import { checked } from './nifti.ts'
import { bytesOf, labelsOf, voxelsOf, type Sample } from './samples.ts'
import { exportLine, mostBytes, type LabelSaid, type MaskFile } from './types.ts'

const types: Readonly<Record<string, Sample>> = {
  'signed char': 'int8', int8: 'int8', int8_t: 'int8', uchar: 'uint8', 'unsigned char': 'uint8', uint8: 'uint8', uint8_t: 'uint8', short: 'int16', 'short int': 'int16', 'signed short': 'int16', 'signed short int': 'int16', int16: 'int16', int16_t: 'int16',
  ushort: 'uint16', 'unsigned short': 'uint16', 'unsigned short int': 'uint16', uint16: 'uint16', uint16_t: 'uint16', int: 'int32', 'signed int': 'int32', int32: 'int32', int32_t: 'int32', uint: 'uint32', 'unsigned int': 'uint32', uint32: 'uint32', uint32_t: 'uint32',
  longlong: 'int64', 'long long': 'int64', 'long long int': 'int64', 'signed long long': 'int64', int64: 'int64', int64_t: 'int64', ulonglong: 'uint64', 'unsigned long long': 'uint64', uint64: 'uint64', uint64_t: 'uint64', float: 'float32', double: 'float64',
}
/** Spaces by their names, and the signs that turn them into LPS. */
const spaces: Readonly<Record<string, Vec3>> = {
  lps: [1, 1, 1], 'left-posterior-superior': [1, 1, 1], ras: [-1, -1, 1], 'right-anterior-superior': [-1, -1, 1], las: [1, -1, 1], 'left-anterior-superior': [1, -1, 1],
}

export const isNrrd = (bytes: Uint8Array): boolean => String.fromCharCode(...bytes.subarray(0, 4)) === 'NRRD'

/** Where the header ends: behind the first empty line. */
const endOfHeader = (bytes: Uint8Array): number => {
  for (let at = 0; at < Math.min(bytes.length, 1 << 20) - 1; at++) {
    if (bytes[at] !== 10) continue
    if (bytes[at + 1] === 10) return at + 2
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3
  }
  throw new UnreadableFile('the header of the NRRD file does not end')
}

const vectorOf = (text: string): Vec3 | undefined => {
  const numbers = /^\(([^)]*)\)$/.exec(text.trim())?.[1]?.split(',').map(Number)
  return numbers?.length === 3 && numbers.every(Number.isFinite) ? vec3Of((axis) => numbers[axis]) : undefined
}

/** Names and colours of segments as 3D Slicer writes them beside the fields. */
const saidIn = (pairs: ReadonlyMap<string, string>): Map<number, LabelSaid> => {
  const said = new Map<number, LabelSaid>()
  for (const [key, value] of pairs) {
    const index = /^Segment(\d+)_LabelValue$/.exec(key)?.[1]
    if (index === undefined) continue
    const [name, colour] = [pairs.get(`Segment${index}_Name`), pairs.get(`Segment${index}_Color`)?.trim().split(/\s+/).map((part) => Math.round(Number(part) * 255))]
    said.set(Number(value), { ...(name ? { name } : {}), ...(colour?.length === 3 && colour.every((part) => part >= 0 && part <= 255) ? { colour: colour as [number, number, number] } : {}) })
  }
  return said
}

/**
 * A NRRD file (versions 1 to 5) with its voxels in it, raw or compressed with gzip.
 * @throws UnreadableFile naming what is wrong
 */
export const readNrrd = async (bytes: Uint8Array): Promise<MaskFile> => {
  const end = endOfHeader(bytes)
  const lines = new TextDecoder().decode(bytes.subarray(0, end)).split(/\r?\n/).slice(1)
  const fields = new Map<string, string>()
  const pairs = new Map<string, string>()
  for (const line of lines) {
    const [, key, separator, value = ''] = /^([^#:][^:]*):(=| )(.*)$/.exec(line) ?? []
    if (key === undefined) continue
    if (separator === '=') pairs.set(key, value.replace(/\\n/g, '\n').replaceAll('\\\\', '\\'))
    else fields.set(key.trim().toLowerCase().replaceAll(' ', ''), value.trim())
  }
  const field = (name: string): string => fields.get(name.replaceAll(' ', '')) ?? ''
  if (fields.has('datafile')) throw new UnreadableFile('header and voxels are in two files: only NRRD in one file is read')
  if (field('dimension') !== '3') throw new UnreadableFile(`a NRRD file of ${field('dimension') || 'unknown'} dimensions is not read: a mask has three`)
  const sample = types[field('type').toLowerCase()]
  if (!sample) throw new UnreadableFile(`voxels of NRRD's type ${field('type') || 'unknown'} are not read`)
  const sizes = field('sizes').split(/\s+/).map(Number)
  const count = voxelsOf(sizes)
  const signs = spaces[field('space').toLowerCase()]
  const steps = (field('space directions').match(/\([^)]*\)|none/g) ?? []).map(vectorOf)
  const origin = vectorOf(field('space origin'))
  if (!signs || steps.length !== 3 || steps.some((step) => !step) || !origin) throw new UnreadableFile('the file does not say where its voxels lie (space, space directions, space origin)')
  const turned = (v: Vec3): Vec3 => [v[0] * signs[0], v[1] * signs[1], v[2] * signs[2]]
  if (/units/.test([...fields.keys()].join()) && field('space units') && !/^("mm"\s*)+$/.test(field('space units'))) throw new UnreadableFile(`the file counts in ${field('space units')}, not in mm`)
  const grid = checked({ dimensions: sizes as [number, number, number], origin: turned(origin), steps: steps.map((step) => turned(step ?? [0, 0, 0])) as unknown as [Vec3, Vec3, Vec3] })
  const encoding = field('encoding').toLowerCase()
  const stored = bytes.subarray(end)
  if (!['raw', 'gzip', 'gz'].includes(encoding)) throw new UnreadableFile(`voxels in NRRD's encoding ${encoding || 'unknown'} are not read`)
  if ((field('line skip') || '0') !== '0' || (field('byte skip') || '0') !== '0') throw new UnreadableFile('a NRRD file that skips lines or bytes is not read')
  if (bytesOf[sample] > 1 && !['little', 'big'].includes(field('endian'))) throw new UnreadableFile('the file does not say in which order its bytes are')
  const data = encoding === 'raw' ? stored : await inflate(stored, 'gzip', Math.min(mostBytes, count * bytesOf[sample]))
  return { format: 'NRRD', grid, values: labelsOf(data, { count, sample, little: field('endian') !== 'big' }), said: saidIn(pairs) }
}

const oneLine = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', ' ')

/**
 * Labels as the head of a NRRD file whose voxels, compressed with gzip, follow it; with names and colours as 3D Slicer reads them.
 */
export const nrrdHead = ({ grid, values }: Mask, said: ReadonlyMap<number, LabelSaid>): Uint8Array<ArrayBuffer> => {
  const vector = (v: Vec3): string => `(${v.join(',')})`
  return new TextEncoder().encode([
    'NRRD0005', `# ${exportLine}`, `type: ${values instanceof Uint16Array ? 'uint16' : 'uint8'}`, 'dimension: 3', 'space: left-posterior-superior', `sizes: ${grid.dimensions.join(' ')}`, `space directions: ${grid.steps.map(vector).join(' ')}`,
    'kinds: domain domain domain', 'endian: little', 'encoding: gzip', `space origin: ${vector(grid.origin)}`,
    ...[...said].flatMap(([value, { name = `Label ${value}`, colour }], index) => [
      `Segment${index}_ID:=Segment_${value}`, `Segment${index}_Name:=${oneLine(name)}`, `Segment${index}_LabelValue:=${value}`, `Segment${index}_Layer:=0`, ...(colour ? [`Segment${index}_Color:=${colour.map((part) => part / 255).join(' ')}`] : []),
    ]), '', '',
  ].join('\n'))
}
