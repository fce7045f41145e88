import type { DicomJson } from '../../dicom/file/json.ts'

/** Archives write decimal and integer strings as numbers or as strings (PS3.18 F.2.3). */
const toNumber = (value: unknown): number | undefined => {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

export const values = (json: DicomJson, tag: string): unknown[] => json[tag]?.Value ?? []
export const number = (json: DicomJson, tag: string): number | undefined => toNumber(values(json, tag)[0])
/** At least `count` numbers; undefined where one of them is none. */
export const numbers = (json: DicomJson, tag: string, count: number): number[] | undefined => {
  const list = values(json, tag).map(toNumber)
  return list.length >= count && list.every((value) => value !== undefined) ? list : undefined
}
/** Text, of a person's name the alphabetic part; empty where there is none. */
export const text = (json: DicomJson, tag: string): string => {
  const [value] = values(json, tag)
  return typeof value === 'string' ? value : typeof value === 'object' && value !== null && 'Alphabetic' in value ? String(value.Alphabetic) : ''
}
const isItem = (value: unknown): value is DicomJson => typeof value === 'object' && value !== null
export const items = (json: DicomJson, tag: string): DicomJson[] => values(json, tag).filter(isItem)
export const item = (json: DicomJson, tag: string, index = 0): DicomJson => {
  const value = values(json, tag)[index]
  return isItem(value) ? value : {}
}

/**
 * Where a frame may say something: its own functional group, the shared one, then the image itself (PS3.3 C.7.6.16).
 * @param frame from 1
 * @param sequence of the functional group macro
 */
export const sourcesOf = (json: DicomJson, frame: number, sequence: string): readonly DicomJson[] =>
  [item(item(json, '52009230', frame - 1), sequence), item(item(json, '52009229'), sequence), json]
/** The first thing that is said. */
export const firstOf = <T>(sources: readonly DicomJson[], read: (from: DicomJson) => T | undefined): T | undefined => {
  for (const from of sources) {
    const found = read(from)
    if (found !== undefined) return found
  }
  return undefined
}
