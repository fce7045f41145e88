import type { ReportedNumber, ReportedQuantity, ReportedShape } from '../../domain/measurement/reported.ts'
import { readPart10, UnreadableFile, whollyRead } from '../file/read.ts'
import { decodeText, textDecoderOf } from '../file/text.ts'
import { codeKey, isCode } from './codes.ts'
import { readEvidence, readTree, type Item } from './tree.ts'
import { walkTemplates } from './walk.ts'

/** A group of measurements as somebody wrote it. */
export type ReportedGroup = {
  /** Tracking Identifier, else the first finding. */
  readonly title: string
  readonly numbers: readonly ReportedNumber[]
  /** All else that is said in it, in words. */
  readonly said: readonly string[]
}
/** A report of anybody's: its numbers as reported; what is not understood, in words. */
export type ForeignReport = {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  /** What the document is called, and its Series Description. */
  readonly title: string
  readonly description: string
  /** Persons, else the program or maker that wrote it. */
  readonly author: string
  readonly date: string
  readonly groups: readonly ReportedGroup[]
  /** What stands outside of groups. */
  readonly said: readonly string[]
  /** Instances it refers to, with their series where the report names it. */
  readonly images: readonly { readonly sopInstanceUid: string; readonly seriesInstanceUid: string }[]
  /** In what it does not follow the templates of measurement reports (TID 1500); undefined where it is no such report. */
  readonly faults: readonly string[] | undefined
}

/** Names of quantities that coordinates tell (PS3.16 CID 7470 to 7475 and what was used before). */
const quantities: Readonly<Record<string, ReportedQuantity>> = {
  '410668003 SCT': 'length', '103339001 SCT': 'length', '103340004 SCT': 'length', '103355008 SCT': 'length', '121206 DCM': 'length', '81827009 SCT': 'diameter', '131187009 SCT': 'diameter', '42798000 SCT': 'area', '131184002 SCT': 'area', '131190003 SCT': 'radius', '131191004 SCT': 'perimeter',
}
const isShape = ({ valueType }: Item): boolean => valueType === 'SCOORD' || valueType === 'SCOORD3D'
const shapeOf = (item: Item): ReportedShape => {
  const size = item.valueType === 'SCOORD' ? 2 : 3
  const image = item.children.find((child) => child.image)?.image
  return {
    graphicType: item.graphicType, points: Array.from({ length: Math.floor(item.points.length / size) }, (_, at) => item.points.slice(at * size, (at + 1) * size)),
    ...(image ? { image: { sopInstanceUid: image.sopInstanceUid, frameNumber: image.frameNumber } } : {}),
  }
}
/** Units by their code, which is short; pixels however they are coded. */
const unitOf = ({ number }: Item): string => {
  const unit = number?.unit
  if (!unit || unit.meaning === 'px' || unit.value === '{pixels}') return unit ? 'px' : ''
  return unit.scheme.startsWith('UCUM') ? unit.value === '1' ? '' : unit.value : unit.meaning || unit.value
}
const meaningOf = (item: Item): string => item.concept?.meaning ?? ''
const valueOf = (item: Item): string => (item.number ? `${item.number.text} ${unitOf(item)}`.trim() : item.code?.meaning ?? item.text)

/** An item and what belongs to it in one line; empty where it says nothing. */
const sayOf = (item: Item): string => {
  const value = valueOf(item)
  const within = item.children.filter((child) => !isShape(child)).map(sayOf).filter(Boolean).join('; ')
  const own = [meaningOf(item), value].filter(Boolean).join(': ')
  if (!value && !within) return item.valueType === 'IMAGE' || item.valueType === 'COMPOSITE' ? meaningOf(item) : ''
  return within ? `${own} (${within})` : own
}

const numberOf = (item: Item, around: ReportedShape | undefined): ReportedNumber => {
  const modifiers = item.children.filter(({ relationship, code }) => relationship === 'HAS CONCEPT MOD' && code).map(({ code }) => code?.meaning)
  const own = item.children.find(isShape)
  const [quantity, shape] = [item.concept && quantities[codeKey(item.concept)], own ? shapeOf(own) : around]
  return { name: modifiers.length > 0 ? `${meaningOf(item)} (${modifiers.join(', ')})` : meaningOf(item), text: item.number?.text ?? '', unit: unitOf(item), number: item.number?.number ?? Number.NaN, ...(quantity ? { quantity } : {}), ...(shape ? { shape } : {}) }
}

const groupOf = (group: Item): ReportedGroup => {
  const { children } = group
  const shapes = children.filter(isShape)
  // One region of the group is what its numbers are of; of several it is not said which.
  const around = shapes.length === 1 && shapes[0] ? shapeOf(shapes[0]) : undefined
  const numbers = children.filter(({ valueType, number }) => valueType === 'NUM' && number)
  const named = children.find(({ concept }) => isCode(concept, 'trackingId'))
  const about = children.filter((item) => !numbers.includes(item) && !isShape(item) && item !== named && !isCode(item.concept, 'trackingUid') && !isCode(item.concept, 'ohifTool'))
  // What is said of a number beside its modifiers, such as what it means.
  const ofNumbers = numbers.flatMap((item) => item.children.filter((child) => child.relationship !== 'HAS CONCEPT MOD' && !isShape(child) && !isCode(child.concept, 'trackingUid')).map((child) => `${meaningOf(item)}: ${sayOf(child)}`))
  return { title: named?.text || children.find(({ concept }) => isCode(concept, 'finding'))?.code?.meaning || '', numbers: numbers.map((item) => numberOf(item, around)), said: [...about.map(sayOf), ...ofNumbers].filter(Boolean) }
}

const groupsIn = (item: Item): Item[] => (isCode(item.concept, 'group') ? [item] : item.children.flatMap(groupsIn))
/** Items that stand outside of groups and of the list of images, each in a line; containers that hold no group with their content. */
const outside = (item: Item): string[] => item.children.flatMap((child) => {
  if (isCode(child.concept, 'group') || isCode(child.concept, 'imageLibrary') || isShape(child)) return []
  return groupsIn(child).length > 0 || child.valueType === 'CONTAINER' ? outside(child) : [sayOf(child)].filter(Boolean)
})
const imagesIn = (item: Item): string[] => [...(item.image ? [item.image.sopInstanceUid] : []), ...item.children.flatMap(imagesIn)]
const personName = (name: string): string => name.split('=')[0]?.split('^').filter(Boolean).toReversed().join(' ') ?? ''

/**
 * A structured report of whatever class and maker, for reading.
 * @throws UnreadableFile naming what it is instead, or what is wrong with it
 */
export const decodeForeignReport = async (bytes: Uint8Array): Promise<ForeignReport> => {
  const file = await readPart10(bytes)
  whollyRead(file, 'the report')
  const { dataSet } = file
  const root = readTree(dataSet)
  if (root.valueType !== 'CONTAINER') throw new UnreadableFile('not a structured report')
  if (root.children.length === 0) throw new UnreadableFile('the report has no content')
  const text = (tag: string): string => {
    const element = dataSet.elements[tag]
    return element ? decodeText(dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length), textDecoderOf(dataSet.string('x00080005'))).replace(/[\0 ]+$/, '') : ''
  }
  const evidence = readEvidence(dataSet)
  const uids = new Set([...imagesIn(root), ...evidence.keys()])
  const persons = root.children.filter(({ concept }) => isCode(concept, 'personName')).map((item) => personName(item.text)).filter(Boolean)
  const isMeasurements = isCode(root.concept, 'report')
  return {
    sopInstanceUid: text('x00080018'), seriesInstanceUid: text('x0020000e'), title: meaningOf(root), description: text('x0008103e'), date: text('x00080023'),
    author: persons.join(', ') || [text('x00080070'), text('x00081090')].filter(Boolean).join(' '),
    groups: groupsIn(root).map(groupOf), said: outside(root), faults: isMeasurements ? walkTemplates(root) : undefined,
    images: [...uids].map((sopInstanceUid) => ({ sopInstanceUid, seriesInstanceUid: evidence.get(sopInstanceUid)?.seriesInstanceUid ?? '' })),
  }
}
