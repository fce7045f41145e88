import dcmjs from 'dcmjs'
import { personName } from './elements.ts'
import type { DicomJson, JsonElement } from './json.ts'
import type { Tagged, TaggedSet } from './stream.ts'

const { dictionary } = dcmjs.data.DicomMetaDictionary

/** What an object of ours never takes over of an item: its character set, since all is written in UTF-8. */
const never = new Set(['00080005'])

/**
 * Elements that are not understood, as they were read; undefined where there are none. Written beside the others they come back: an
 * encoder takes elements by tag next to keywords.
 * @param among only these count, by default all
 */
export const keptOf = (json: DicomJson, understood: readonly string[], among: (tag: string) => boolean = () => true): DicomJson | undefined => {
  const found = Object.entries(json).filter(([tag]) => !understood.includes(tag) && !never.has(tag) && among(tag))
  return found.length > 0 ? Object.fromEntries(found) : undefined
}

/** In words what is kept without being understood: where it stands, name and tag. */
export const tellKept = (where: string, kept: DicomJson | undefined): string[] => Object.keys(kept ?? {}).sort().map((tag) => {
  const name = `(${tag.slice(0, 4)},${tag.slice(4)})`
  return `${where}: ${[dictionary[name]?.name, name].filter(Boolean).join(' ')}`
})

export type Say = (...told: string[]) => void
/** What of an item is not understood, told as it is kept: an object to spread into what was read. */
export const kept = (where: string, say: Say, json: DicomJson, understood: readonly string[], among?: (tag: string) => boolean): { kept?: DicomJson } => {
  const found = keptOf(json, understood, among)
  say(...tellKept(where, found))
  return found ? { kept: found } : {}
}

const bytesOf = (base64: string): ArrayBuffer => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer

/** One element of the JSON model as it is written. */
export const toWritten = ({ vr, Value = [], InlineBinary }: JsonElement): Tagged => {
  if (vr === 'SQ') return { vr, Value: Value.map((item) => toWrittenItem(item as DicomJson)) }
  if (InlineBinary !== undefined) return { vr, Value: [bytesOf(InlineBinary)] }
  const one = (value: unknown): unknown => {
    if (vr === 'PN') return personName(value)
    if (vr === 'AT') return Number.parseInt(String(value), 16)
    return value ?? ''
  }
  return { vr, Value: Value.map(one), asRead: true }
}
const toWrittenItem = (json: DicomJson): TaggedSet => Object.fromEntries(Object.entries(json).map(([tag, element]) => [tag, toWritten(element)]))
