import type { DataSet, Element } from 'dicom-parser'
import { frameBytes, numberOfFrames } from './frames.ts'
import { toDicomJson, type DicomJson } from './json.ts'
import { readPart10, type Part10File } from './read.ts'

/**
 * The tags in which two Part 10 files hold different data sets: group 2 and the encoding of lengths do not count; pixel data and all other
 * binary values do, byte by byte.
 * @returns tags as `GGGGEEEE`, with a path for items (`0040A730/3/0040A300`); empty where both say the same
 */
export const differences = async (a: Uint8Array, b: Uint8Array): Promise<string[]> => {
  const first = await readPart10(a)
  if (sameBytes(a, b)) return []
  const second = await readPart10(b)
  const [json, otherJson] = [toDicomJson(first), toDicomJson(second)]
  const found = [...compareJson(json, otherJson, ''), ...compareBinary({ dataSet: first.dataSet, json }, { dataSet: second.dataSet, json: otherJson }, '')].sort()
  const hasPixels = (file: typeof first) => file.dataSet.elements['x7fe00010'] !== undefined
  if (hasPixels(first) !== hasPixels(second) || numberOfFrames(first) !== numberOfFrames(second)) return [...found, '7FE00010']
  const [whole, other] = [nativePixels(first), nativePixels(second)]
  if (whole && other) return sameBytes(whole, other) ? found : [...found, '7FE00010']
  if (hasPixels(first)) {
    for (let frame = 1; frame <= numberOfFrames(first); frame++) {
      const [one, other] = [frameBytes(first, frame), frameBytes(second, frame)]
      if (!sameBytes(one, other)) return [...found, '7FE00010']
    }
  }
  return found
}

/** All of native Pixel Data without what pads it to an even length; frames of single bits (SEG) do not begin at whole bytes. */
const nativePixels = (file: Part10File): Uint8Array | undefined => {
  const { dataSet } = file
  const element = dataSet.elements['x7fe00010']
  if (!element || element.encapsulatedPixelData) return undefined
  const number = (tag: string): number => dataSet.uint16(tag) ?? 0
  const bytes = Math.ceil((number('x00280010') * number('x00280011') * Math.max(1, number('x00280002')) * number('x00280100') * numberOfFrames(file)) / 8)
  return dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + Math.min(element.length, bytes))
}

/** Values that the JSON model leaves to bulk data (PS3.18 F.2.2). */
const binary = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'])
const bytesOf = (dataSet: DataSet, element: Element): Uint8Array => {
  const bytes = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length)
  // Padded to an even length (PS3.5 6.2), or not.
  return bytes.length % 2 === 0 && bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes
}
const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => {
  if (one.byteLength !== other.byteLength) return false
  for (let at = 0; at < one.byteLength; at++) if (one[at] !== other[at]) return false
  return true
}
type Side = { readonly dataSet: DataSet; readonly json: DicomJson }
const compareBinary = (a: Side, b: Side, path: string): string[] => Object.entries(a.json).flatMap(([tag, { vr, Value }]) => {
  const [one, other, opposite] = [a.dataSet.elements[`x${tag.toLowerCase()}`], b.dataSet.elements[`x${tag.toLowerCase()}`], b.json[tag]]
  if (!one || !other || !opposite) return []
  if (binary.has(vr) && binary.has(opposite.vr)) return sameBytes(bytesOf(a.dataSet, one), bytesOf(b.dataSet, other)) ? [] : [`${path}${tag}`]
  if (vr !== 'SQ' || opposite.vr !== 'SQ') return []
  return ((Value ?? []) as DicomJson[]).flatMap((json, index) => {
    const [left, right] = [one.items?.[index]?.dataSet, other.items?.[index]?.dataSet]
    return left && right ? compareBinary({ dataSet: left, json }, { dataSet: right, json: (opposite.Value?.[index] ?? {}) as DicomJson }, `${path}${tag}/${index + 1}/`) : []
  })
})

const compareJson = (a: DicomJson, b: DicomJson, path: string): string[] => {
  const tags = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...tags].sort().flatMap((tag) => {
    const [one, other] = [a[tag], b[tag]]
    if (!one || !other) return [`${path}${tag}`]
    if (one.vr === 'SQ' && other.vr === 'SQ') {
      const [left, right] = [(one.Value ?? []) as DicomJson[], (other.Value ?? []) as DicomJson[]]
      if (left.length !== right.length) return [`${path}${tag}`]
      return left.flatMap((item, index) => compareJson(item, right[index] ?? {}, `${path}${tag}/${index + 1}/`))
    }
    return JSON.stringify(one.Value ?? []) === JSON.stringify(other.Value ?? []) ? [] : [`${path}${tag}`]
  })
}
