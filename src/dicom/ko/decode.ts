import { conceptOf, imageReferenceOf, itemsAt, textAt } from '../file/elements.ts'
import { toWholeJson, type DicomJson } from '../file/json.ts'
import { keptOf, tellKept } from '../file/kept.ts'
import { readPart10, UnreadableFile, whollyRead } from '../file/read.ts'
import { isCode, type CodeName } from '../sr/codes.ts'
import { keyObjectSelectionStorage, type KeyInstance, type KeyObject, type KeyObjectSelection } from './selection.ts'

export type DecodedKeyObjects = {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly studyInstanceUid: string
  /** Series Description. */
  readonly description: string
  readonly date: string
  readonly time: string
  /** Person and device that selected; empty where the document names none. */
  readonly observer: string
  readonly device: string
  readonly selection: KeyObjectSelection
  /** The same document in other studies. */
  readonly identical: readonly KeyInstance[]
  /** What is kept as it was read but means nothing to us, in words. */
  readonly notUnderstood: readonly string[]
}

const instancesAt = (json: DicomJson, tag: string): KeyInstance[] => itemsAt(json, tag).flatMap((study) => itemsAt(study, '00081115').flatMap((series) => itemsAt(series, '00081199').map((one) => ({
  studyInstanceUid: textAt(study, '0020000D'), seriesInstanceUid: textAt(series, '0020000E'), ...imageReferenceOf(one),
}))))

const nameOf = (item: DicomJson) => conceptOf(itemsAt(item, '0040A043')[0] ?? {})
const named = (item: DicomJson, name: CodeName): boolean => isCode(nameOf(item), name)
const valueOf = (item: DicomJson) => conceptOf(itemsAt(item, '0040A168')[0] ?? {})
const valueTypes = ['IMAGE', 'COMPOSITE', 'WAVEFORM'] as const
const asText = (item: DicomJson): string => [nameOf(item).meaning || textAt(item, '0040A040'), textAt(item, '0040A160') || textAt(item, '0040A124') || valueOf(item).meaning].filter(Boolean).join(': ')

/** A selected object; undefined where the item is none. */
const objectOf = (item: DicomJson, places: ReadonlyMap<string, KeyInstance>): KeyObject | undefined => {
  const valueType = valueTypes.find((one) => one === textAt(item, '0040A040'))
  const references = itemsAt(item, '00081199')
  const [reference] = references
  if (!valueType || !reference || references.length > 1 || textAt(item, '0040A010') !== 'CONTAINS') return undefined
  const image = imageReferenceOf(reference)
  const place = places.get(image.sopInstanceUid)
  const [kept, keptOfItem] = [keptOf(reference, ['00081150', '00081155', '00081160']), keptOf(item, ['0040A010', '0040A040', '00081199'])]
  return { valueType, ...image, studyInstanceUid: place?.studyInstanceUid ?? '', seriesInstanceUid: place?.seriesInstanceUid ?? '', ...(kept ? { kept } : {}), ...(keptOfItem ? { keptOfItem } : {}) }
}

/**
 * A Key Object Selection Document (PS3.3 A.35.4). Content that is not understood is kept and told in words; who observed is told, but a
 * document made from it says its own observers.
 * @throws UnreadableFile naming what it is instead, or what is wrong with it
 */
export const decodeKeyObjects = async (bytes: Uint8Array): Promise<DecodedKeyObjects> => {
  const file = await readPart10(bytes)
  whollyRead(file, 'the selection of key objects')
  const json = toWholeJson(file)
  if (textAt(json, '00080016') !== keyObjectSelectionStorage) throw new UnreadableFile('the object is not a selection of key objects')
  if (!json['0040A730']) throw new UnreadableFile('the selection of key objects has no content')
  const evidence = [...instancesAt(json, '0040A375'), ...instancesAt(json, '0040A385')]
  const places = new Map(evidence.map((one) => [one.sopInstanceUid, one]))
  const content = itemsAt(json, '0040A730')
  const [modifiers, languages, descriptions, context, objects, keptItems]: [DicomJson[], DicomJson[], DicomJson[], DicomJson[], KeyObject[], DicomJson[]] = [[], [], [], [], [], []]
  for (const item of content) {
    const object = objectOf(item, places)
    const simple = !item['0040A730']
    if (object) objects.push(object)
    else if (textAt(item, '0040A010') === 'HAS OBS CONTEXT') context.push(item)
    else if (simple && named(item, 'titleModifier')) modifiers.push(item)
    else if (simple && named(item, 'language') && languages.length === 0) languages.push(item)
    else if (simple && named(item, 'keyObjectDescription') && descriptions.length === 0) descriptions.push(item)
    else keptItems.push(item)
  }
  const selected = new Set(objects.map(({ sopInstanceUid }) => sopInstanceUid))
  const furtherEvidence = evidence.filter(({ sopInstanceUid }) => !selected.has(sopInstanceUid))
  const contextOf = (name: CodeName, tag: string): string => context.filter((item) => named(item, name)).map((item) => textAt(item, tag))[0] ?? ''
  const read: readonly CodeName[] = ['observerType', 'personName', 'personLogin', 'deviceUid', 'deviceName', 'deviceMaker', 'deviceModel', 'deviceSerial']
  return {
    sopInstanceUid: textAt(json, '00080018'), seriesInstanceUid: textAt(json, '0020000E'), studyInstanceUid: textAt(json, '0020000D'), description: textAt(json, '0008103E'), date: textAt(json, '00080023'), time: textAt(json, '00080033'),
    observer: contextOf('personName', '0040A123'), device: contextOf('deviceName', '0040A160'), identical: instancesAt(json, '0040A525'),
    selection: {
      title: nameOf(json), modifiers: modifiers.map(valueOf), description: descriptions.map((item) => textAt(item, '0040A160'))[0] ?? '', ...(languages[0] ? { language: valueOf(languages[0]) } : {}), objects,
      ...(furtherEvidence.length > 0 ? { furtherEvidence } : {}), ...(keptItems.length > 0 ? { keptItems } : {}),
    },
    notUnderstood: [
      ...objects.flatMap(({ sopInstanceUid, studyInstanceUid, kept, keptOfItem }) => [...(studyInstanceUid ? [] : [`study and series of ${sopInstanceUid} are not named`]), ...tellKept(sopInstanceUid, kept), ...tellKept(sopInstanceUid, keptOfItem)]),
      ...keptItems.map(asText), ...context.filter((item) => !read.some((name) => named(item, name))).map(asText),
    ],
  }
}
