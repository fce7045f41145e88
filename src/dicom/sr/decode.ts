import type { Vec3 } from '../../domain/geometry/points.ts'
import type { Measurement, MeasurementKind, Place, Quantity, Unit, Value } from '../../domain/measurement/types.ts'
import { readPart10, UnreadableFile } from '../file/read.ts'
import { code, isCode, type CodeName } from './codes.ts'
import { comprehensive3dSr } from './encode.ts'
import { readEvidence, readPredecessors, readTree, type Item } from './tree.ts'

export type DecodedReport = {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly studyInstanceUid: string
  readonly patientId: string
  readonly observer: string
  /** Device Serial Number: the program that wrote it, as ours writes itself. */
  readonly device: string
  readonly date: string
  readonly time: string
  readonly measurements: readonly Measurement[]
  /** SOP Instance UIDs that this report replaces. */
  readonly predecessors: readonly string[]
  /** Measurement groups of others that are no mark of ours, as text: numbers as reported, with their units. */
  readonly notUnderstood: readonly string[]
}

const units: readonly Unit[] = ['mm', 'mm2', 'px', 'px2', "[hnsf'U]", '{counts}', '1']
/** Units by code; others write pixels as "no units" with the meaning px: they stay pixels. */
const unitOf = (item: Item): Unit | undefined => {
  const unit = item.number?.unit
  if (!unit) return undefined
  if (unit.meaning === 'px' || (unit.value === '{pixels}' && unit.scheme.startsWith('UCUM'))) return 'px'
  return units.find((name) => code(`unit ${name}`).value === unit.value)
}

const plain: readonly Quantity[] = ['length', 'longAxis', 'shortAxis', 'area', 'voxels']
const derived: readonly (Quantity & CodeName)[] = ['mean', 'sd', 'min', 'max']
const quantityOf = (item: Item): Quantity | undefined => {
  const derivation = item.children.find(({ concept }) => isCode(concept, 'derivation'))?.code
  if (derivation) return isCode(item.concept, 'attenuation') || isCode(item.concept, 'pixelValue') ? derived.find((name) => isCode(derivation, name)) : undefined
  return plain.find((name) => isCode(item.concept, name))
}

const valueOf = (item: Item): Value | undefined => {
  const [quantity, unit] = [quantityOf(item), unitOf(item)]
  return quantity && unit && item.number ? { quantity, unit, number: item.number.number, text: item.number.text } : undefined
}

const isShape = ({ valueType }: Item): boolean => valueType === 'SCOORD' || valueType === 'SCOORD3D'
const chunks = (flat: readonly number[], size: 2 | 3): number[][] => Array.from({ length: Math.floor(flat.length / size) }, (_, at) => flat.slice(at * size, (at + 1) * size))
const pointsOf = (shape: Item): number[][] => chunks(shape.points, shape.valueType === 'SCOORD' ? 2 : 3)

/** Kind and points of a group from the shapes in it. */
const kindOf = (group: Item, numbers: readonly Item[]): { kind: MeasurementKind; shape: Item; points: number[][] } | undefined => {
  const region = group.children.find(isShape)
  if (region) {
    const points = pointsOf(region)
    if (isCode(region.concept, 'arrow')) return { kind: 'arrow', shape: region, points }
    if (region.graphicType === 'ELLIPSE') return { kind: 'ellipse', shape: region, points }
    const [first, last] = [points[0], points.at(-1)]
    const closed = points.length > 3 && first !== undefined && last !== undefined && first.every((x, axis) => x === last[axis])
    return closed && region.graphicType !== 'MULTIPOINT' ? { kind: 'freehand', shape: region, points: points.slice(0, -1) } : undefined
  }
  const lineOf = (name: Quantity): Item | undefined => numbers.find((item) => quantityOf(item) === name)?.children.find(isShape)
  const [length, long, short] = [lineOf('length'), lineOf('longAxis'), lineOf('shortAxis')]
  if (long && short) return { kind: 'bidirectional', shape: long, points: [...pointsOf(long), ...pointsOf(short)] }
  return length ? { kind: 'length', shape: length, points: pointsOf(length) } : undefined
}

type Known = ReadonlyMap<string, { studyInstanceUid: string; seriesInstanceUid: string }>

const placeOf = (group: Item, shape: Item, points: readonly number[][], known: Known, studyInstanceUid: string): Place | undefined => {
  const uid = (name: CodeName): string | undefined => group.children.find(({ concept }) => isCode(concept, name))?.text
  if (shape.valueType === 'SCOORD') {
    const image = shape.children.find((child) => child.image)?.image
    if (!image) return undefined
    const where = known.get(image.sopInstanceUid) ?? { studyInstanceUid, seriesInstanceUid: '' }
    return {
      kind: 'image', frame: { ...where, sopClassUid: image.sopClassUid, sopInstanceUid: image.sopInstanceUid, frameNumber: image.frameNumber },
      points: points.map(([x = 0, y = 0]) => [x, y] as const),
    }
  }
  if (!shape.frameOfReferenceUid) return undefined
  const [nx = 0, ny = 0, nz = 0] = (uid('planeNormal') ?? '').split(' ').map(Number)
  const normal: Vec3 = [nx, ny, nz]
  return {
    kind: 'plane', studyInstanceUid, seriesInstanceUid: uid('seriesUid') ?? '', frameOfReferenceUid: shape.frameOfReferenceUid, normal,
    points: points.map(([x = 0, y = 0, z = 0]) => [x, y, z] as const),
  }
}

/** One group as a mark; undefined where it is not one of ours to draw. */
const decodeGroup = (group: Item, known: Known, studyInstanceUid: string): Measurement | undefined => {
  const numbers = group.children.filter(({ valueType }) => valueType === 'NUM')
  const found = kindOf(group, numbers)
  const textOf = (name: CodeName): string => group.children.find(({ concept }) => isCode(concept, name))?.text ?? ''
  const place = found && placeOf(group, found.shape, found.points, known, studyInstanceUid)
  const values = numbers.map(valueOf)
  if (!found || !place || !textOf('trackingUid') || values.some((value) => value === undefined)) return undefined
  return {
    trackingUid: textOf('trackingUid'), trackingId: textOf('trackingId'), kind: found.kind, label: textOf('comment'), place,
    values: values.filter((value) => value !== undefined),
  }
}

const asText = (item: Item): string => {
  const name = item.concept?.meaning ?? item.valueType
  const said = item.number ? `${item.number.text} ${item.number.unit?.meaning ?? ''}`.trim() : item.code?.meaning ?? item.text
  return [said ? `${name}: ${said}` : name, ...item.children.filter(({ valueType }) => valueType !== 'IMAGE').map(asText)].join('; ')
}

const groupsOf = (item: Item): Item[] => (isCode(item.concept, 'group') ? [item] : item.children.flatMap(groupsOf))

/**
 * Reads a measurement report (TID 1500). A group that is not understood is put into words, not guessed.
 * @param options.anyClass also reports of other SR classes than the one written here
 * @throws UnreadableFile where the file is not such a report, or is cut off
 */
export const decodeReport = async (bytes: Uint8Array, { anyClass = false }: { anyClass?: boolean } = {}): Promise<DecodedReport> => {
  const { dataSet } = await readPart10(bytes)
  const text = (tag: string): string => dataSet.string(tag) ?? ''
  if (!anyClass && text('x00080016') !== comprehensive3dSr) throw new UnreadableFile('not a Comprehensive 3D SR')
  // A sequence that does not end is only a warning to the reader, but marks would be missing.
  if (dataSet.warnings.length > 0) throw new UnreadableFile(`the report is cut off: ${dataSet.warnings[0]}`)
  const root = readTree(dataSet)
  if (root.valueType !== 'CONTAINER') throw new UnreadableFile('not a structured report')
  const known = readEvidence(dataSet)
  const decoded = groupsOf(root).map((group) => ({ group, mark: decodeGroup(group, known, text('x0020000d')) }))
  return {
    sopInstanceUid: text('x00080018'), seriesInstanceUid: text('x0020000e'), studyInstanceUid: text('x0020000d'), date: text('x00080023'), time: text('x00080033'),
    measurements: decoded.flatMap(({ mark }) => (mark ? [mark] : [])), notUnderstood: decoded.flatMap(({ group, mark }) => (mark ? [] : [asText(group)])),
    patientId: text('x00100020'), device: text('x00181000'), predecessors: readPredecessors(dataSet), observer: root.children.find(({ concept }) => isCode(concept, 'personName'))?.text ?? '',
  }
}
