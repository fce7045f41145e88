import type { CodedConcept } from '../../domain/segmentation/types.ts'
import type { DicomJson } from './json.ts'

/** A person's name as one text, groups parted by `=` (PS3.5 6.2). */
export const personName = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return String(value ?? '')
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as Partial<Record<string, string>>
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '')
}

/** Items of a sequence; none where it is absent. */
export const itemsAt = (json: DicomJson, tag: string): DicomJson[] => (json[tag]?.vr === 'SQ' ? (json[tag].Value ?? []) as DicomJson[] : [])
/** The first value as text; empty where there is none. */
export const textAt = (json: DicomJson, tag: string): string => personName(json[tag]?.Value?.[0])
/** All values as numbers, minus zero as zero, which is how it is written; NaN for what is none. */
export const numbersAt = (json: DicomJson, tag: string): number[] => (json[tag]?.Value ?? []).map((value) => (typeof value === 'number' ? value + 0 : Number.NaN))
/** The first value as a number, undefined where it is none. */
export const numberAt = (json: DicomJson, tag: string): number | undefined => numbersAt(json, tag).slice(0, 1).find(Number.isFinite)
/** A code (PS3.3 8.8), of the three kinds of Code Value whichever it has. */
export const conceptOf = (json: DicomJson): CodedConcept => ({
  value: textAt(json, '00080100') || textAt(json, '00080119') || textAt(json, '00080120'), scheme: textAt(json, '00080102'), meaning: textAt(json, '00080104'),
})

/** An image, or frames of one, as sequences refer to it (PS3.3 10.3). */
export type ImageReference = { readonly sopClassUid: string; readonly sopInstanceUid: string; /** From 1; absent: all of them. */ readonly frameNumbers?: readonly number[] }
export const imageReferenceOf = (json: DicomJson): ImageReference => {
  const frameNumbers = numbersAt(json, '00081160')
  return { sopClassUid: textAt(json, '00081150'), sopInstanceUid: textAt(json, '00081155'), ...(frameNumbers.length > 0 ? { frameNumbers } : {}) }
}

/** Text as an element of one value carries it: no backslash, no blanks at the ends, at most so many UTF-16 units, no half of a pair. */
export const fitted = (text: string, length: number): string => text.replace(/[\\\p{Cc}]/gu, ' ').trim().slice(0, length).replace(/[\uD800-\uDBFF]$/, '').trim()
