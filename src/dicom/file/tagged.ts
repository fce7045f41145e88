import dcmjs from 'dcmjs'
import { personName } from './elements.ts'
import type { JsonElement } from './json.ts'
import { toWritten } from './kept.ts'
import type { Tagged, TaggedSet } from './stream.ts'

const { nameMap } = dcmjs.data.DicomMetaDictionary

/**
 * A data set with keywords for names: sequences are arrays of such, bytes are ArrayBuffers or views of them. An element that is kept as
 * it was read stands there by its tag, `GGGGEEEE`, in the JSON model (PS3.18 F.2.2).
 */
export type NaturalDataset = Readonly<Record<string, unknown>>

const isTag = (key: string): boolean => /^[\dA-F]{8}$/.test(key)
const isBytes = (value: unknown): boolean => value instanceof ArrayBuffer || ArrayBuffer.isView(value)

/** What the dictionary leaves open: US or SS as the pixels are signed (PS3.5 A.2), OB or OW by their bits (PS3.5 8.2). */
const closed = (vr: string, { signed, pixelVr }: Around): string => (vr === 'xs' ? (signed ? 'SS' : 'US') : vr === 'up' ? 'UL' : vr === 'ox' ? pixelVr : vr === 'lt' ? 'OW' : vr)

/** What an item has of the data set around it where it does not say it itself. */
type Around = { readonly signed: boolean; readonly pixelVr: string }
const within = ({ PixelRepresentation, PixelData, BitsAllocated }: NaturalDataset, around: Around): Around => ({
  signed: PixelRepresentation === undefined ? around.signed : Number(PixelRepresentation) === 1,
  pixelVr: PixelData === undefined ? 'OW' : Array.isArray(PixelData) || Number(BitsAllocated) <= 8 ? 'OB' : 'OW',
})

const valuesOf = (vr: string, value: unknown, around: Around): readonly unknown[] => {
  if (value === null || value === '') return []
  const all: readonly unknown[] = Array.isArray(value) ? value as unknown[] : [value]
  if (vr === 'SQ') return all.map((item) => taggedOf(item as NaturalDataset, around))
  return vr === 'PN' ? all.map(personName) : all
}

/**
 * The elements of a data set by their tags. What is kept by its tag gives way to what is named.
 * @throws Error where a name is not in the dictionary
 */
export const taggedOf = (dataset: NaturalDataset, around: Around = { signed: false, pixelVr: 'OW' }): TaggedSet => {
  const here = within(dataset, around)
  const found: Record<string, Tagged> = {}
  for (const [name, value] of Object.entries(dataset)) {
    if (value === undefined || isTag(name)) continue
    const entry = nameMap[name]
    if (!entry) throw new Error(`${name} is no element of the dictionary`)
    const vr = closed(entry.vr, here)
    if (vr === 'SQ' && isBytes(value)) throw new Error(`${name} is a sequence, not bytes`)
    found[entry.tag.replace(/\W/g, '')] = { vr, Value: valuesOf(vr, value, here) }
  }
  for (const [tag, element] of Object.entries(dataset)) if (isTag(tag)) found[tag] ??= toWritten(element as JsonElement)
  return found
}
