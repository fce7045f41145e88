import dcmjs from 'dcmjs'
import { type DataSet, type Element } from 'dicom-parser'
import type { Part10File } from './read.ts'
import { decodeText, textDecoderOf } from './text.ts'

/** One element of the DICOM JSON model (PS3.18 F.2.2). */
export type JsonElement = { vr: string; Value?: unknown[]; BulkDataURI?: string; InlineBinary?: string }
/** A data set in the DICOM JSON model: `GGGGEEEE` → element. */
export type DicomJson = Record<string, JsonElement>

const { dictionary } = dcmjs.data.DicomMetaDictionary
const binary = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'])
const singleText = new Set(['LT', 'ST', 'UT', 'UR'])
const charsetText = new Set(['LO', 'SH', 'PN', 'LT', 'ST', 'UT', 'UC'])

/** `x00100020` → `00100020`. */
const jsonTag = (tag: string): string => tag.slice(1).toUpperCase()

/**
 * A file's data set in the DICOM JSON model (PS3.18 F), group 2 and Pixel Data left out.
 * @param bulkDataUri the address of a binary value; where it gives none the value is left out
 */
export const toDicomJson = (file: Part10File, bulkDataUri: (tag: string) => string | undefined = () => undefined): DicomJson => {
  const bulk: Bulk = (tag) => {
    const BulkDataURI = bulkDataUri(tag)
    return BulkDataURI === undefined ? {} : { BulkDataURI }
  }
  return dataSetToJson(file.dataSet, bulk, { charset: undefined, signed: false })
}

/** The same with binary values in it, as base64 (PS3.18 F.2.7): for objects that hold no pixels and are written again. */
export const toWholeJson = (file: Part10File): DicomJson =>
  dataSetToJson(file.dataSet, (_, bytes) => ({ InlineBinary: toBase64(bytes) }), { charset: undefined, signed: false })

/** What stands for a binary value. */
type Bulk = (tag: string, bytes: Uint8Array) => Pick<JsonElement, 'BulkDataURI' | 'InlineBinary'>

const toBase64 = (bytes: Uint8Array): string => {
  let letters = ''
  // As many arguments at once as any engine takes.
  for (let at = 0; at < bytes.length; at += 8192) letters += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(letters)
}

/** What an item has of the data set around it where it does not say it itself. */
type Inherited = { readonly charset: string | undefined; readonly signed: boolean }

const dataSetToJson = (dataSet: DataSet, bulk: Bulk, around: Inherited): DicomJson => {
  const own: Inherited = {
    charset: dataSet.elements['x00080005'] ? dataSet.string('x00080005') : around.charset,
    signed: dataSet.elements['x00280103'] ? dataSet.uint16('x00280103') === 1 : around.signed,
  }
  const json: DicomJson = {}
  for (const element of Object.values(dataSet.elements).sort((a, b) => (a.tag < b.tag ? -1 : 1))) {
    if (element.tag.startsWith('x0002') || element.tag === 'x7fe00010' || element.tag.endsWith('0000') || element.tag.startsWith('xfffe')) continue
    json[jsonTag(element.tag)] = toElement(dataSet, element, bulk, own)
  }
  return json
}

const toElement = (dataSet: DataSet, element: Element, bulk: Bulk, own: Inherited): JsonElement => {
  const vr = element.vr ?? vrOf(element, own.signed)
  if (element.items) {
    return { vr: 'SQ', Value: element.items.map((item) => (item.dataSet ? dataSetToJson(item.dataSet, bulk, own) : {})) }
  }
  if (element.length === 0) return { vr }
  if (binary.has(vr)) return { vr, ...bulk(jsonTag(element.tag), dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length)) }
  const Value = valuesOf(dataSet, element, vr, own.charset)
  return Value.length === 0 ? { vr } : { vr, Value }
}

/**
 * Implicit VR names none: the dictionary does; unknown and private elements are UN (PS3.5 A.1). Where it says "US or SS" (padding,
 * smallest and largest values, LUT descriptors) the pixels decide: they are signed where Pixel Representation is 1.
 */
const vrOf = (element: Element, signed: boolean): string => {
  if (element.items) return 'SQ'
  const tag = jsonTag(element.tag)
  const vr = dictionary[`(${tag.slice(0, 4)},${tag.slice(4)})`]?.vr ?? 'UN'
  return vr === 'ox' || vr === 'lt' ? 'OW' : vr === 'xs' ? (signed ? 'SS' : 'US') : vr === 'up' ? 'UL' : vr.length === 2 ? vr : 'UN'
}

const numberReaders: Record<string, { size: number; read: (dataSet: DataSet, tag: string, index: number) => number | undefined }> = {
  US: { size: 2, read: (d, tag, i) => d.uint16(tag, i) }, SS: { size: 2, read: (d, tag, i) => d.int16(tag, i) },
  UL: { size: 4, read: (d, tag, i) => d.uint32(tag, i) }, SL: { size: 4, read: (d, tag, i) => d.int32(tag, i) },
  FL: { size: 4, read: (d, tag, i) => d.float(tag, i) }, FD: { size: 8, read: (d, tag, i) => d.double(tag, i) },
}

const valuesOf = (dataSet: DataSet, element: Element, vr: string, charset: string | undefined): unknown[] => {
  const reader = numberReaders[vr]
  if (reader) {
    return Array.from({ length: Math.floor(element.length / reader.size) }, (_, i) => reader.read(dataSet, element.tag, i) ?? null)
  }
  if (vr === 'AT') {
    return Array.from({ length: Math.floor(element.length / 4) }, (_, i) => {
      const half = (n: number) => (dataSet.uint16(element.tag, n) ?? 0).toString(16).padStart(4, '0').toUpperCase()
      return half(2 * i) + half(2 * i + 1)
    })
  }
  const bytes = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length)
  const whole = decodeText(bytes, textDecoderOf(charsetText.has(vr) ? charset : undefined))
  if (singleText.has(vr)) return [whole.replace(/[\0 ]+$/, '')]
  const parts = whole.split('\\').map((part) => part.replace(/^ +|[\0 ]+$/g, ''))
  if (parts.every((part) => part === '')) return []
  if (vr === 'IS' || vr === 'DS') return parts.map((part) => (part === '' || !Number.isFinite(Number(part)) ? null : Number(part)))
  if (vr === 'PN') return parts.map(personName)
  return parts.map((part) => (part === '' ? null : part))
}

const personName = (name: string): unknown => {
  const [alphabetic, ideographic, phonetic] = name.split('=')
  return {
    ...(alphabetic ? { Alphabetic: alphabetic } : {}),
    ...(ideographic ? { Ideographic: ideographic } : {}),
    ...(phonetic ? { Phonetic: phonetic } : {}),
  }
}
