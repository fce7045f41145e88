import type { WorldPoint } from '../../domain/geometry/points.ts'
import { roundPoints, type Contour, type ContourKind, type Structure, type StructureObservation, type StructureReferences, type StructureSet } from '../../domain/segmentation/structures.ts'
import { conceptOf, imageReferenceOf, itemsAt, numberAt, numbersAt, textAt } from '../file/elements.ts'
import { toWholeJson, type DicomJson } from '../file/json.ts'
import { kept, keptOf, tellKept, type Say } from '../file/kept.ts'
import { readPart10, UnreadableFile, whollyRead } from '../file/read.ts'
import { ofStructureSet, rtStructureSetStorage, understood } from './tags.ts'

export type DecodedStructureSet = {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly studyInstanceUid: string
  readonly instanceNumber: number | undefined
  /** Series Description. */
  readonly description: string
  /** Approval Status of this very object; a copy is never approved. */
  readonly approval: string
  readonly structureSet: StructureSet
  /** What is kept as it was read but means nothing to us, or is not as it should be, in words. */
  readonly notUnderstood: readonly string[]
}


const kinds: readonly ContourKind[] = ['CLOSED_PLANAR', 'CLOSEDPLANAR_XOR', 'OPEN_PLANAR', 'OPEN_NONPLANAR', 'POINT']

const contourOf = (where: string, say: Say, json: DicomJson): Contour | undefined => {
  const kind = kinds.find((one) => one === textAt(json, '30060042'))
  const flat = numbersAt(json, '30060050')
  if (!kind || flat.length === 0 || flat.length % 3 !== 0 || flat.some(Number.isNaN)) {
    say(`${where} of the type ${textAt(json, '30060042') || 'none'} with ${flat.length} coordinates is not read as points`)
    return undefined
  }
  const points = roundPoints(Array.from({ length: flat.length / 3 }, (_, at): WorldPoint => [flat[at * 3] ?? 0, flat[at * 3 + 1] ?? 0, flat[at * 3 + 2] ?? 0]))
  const [declared, number] = [numberAt(json, '30060046'), numberAt(json, '30060048')]
  if (declared !== points.length) say(`${where} is said to have ${declared ?? 'no'} points and has ${points.length}`)
  return { kind, points, images: itemsAt(json, '30060016').map(imageReferenceOf), ...(number === undefined ? {} : { number }), ...kept(where, say, json, understood.contour) }
}

const observationOf = (where: string, say: Say, json: DicomJson): StructureObservation => ({
  number: numberAt(json, '30060082') ?? 0, label: textAt(json, '30060085'), description: textAt(json, '30060088'), interpretedType: textAt(json, '300600A4'), interpreter: textAt(json, '300600A6'),
  codes: itemsAt(json, '30060086').map(conceptOf), ...kept(where, say, json, understood.observation),
})

/** Item of ROI, items that refer to its number; a number that no ROI item describes has none. */
type Parts = { readonly roi: DicomJson; readonly contours: readonly DicomJson[]; readonly observations: readonly DicomJson[] }

const structureOf = (number: number, { roi, contours, observations }: Parts, frame: string, say: Say): Structure => {
  const where = textAt(roi, '30060026') || `structure ${number}`
  const unread: DicomJson[] = []
  const read = contours.flatMap((one) => itemsAt(one, '30060040')).flatMap((json, index) => {
    const contour = contourOf(`${where}, contour ${index + 1}`, say, json)
    if (!contour) unread.push(json)
    return contour ?? []
  })
  const rgb = contours.map((one) => numbersAt(one, '3006002A')).find((list) => list.length === 3 && list.every((value) => value >= 0 && value <= 255))
  const keptOfContours = Object.assign({}, ...contours.map((one) => keptOf(one, understood.contours) ?? {})) as DicomJson
  say(...tellKept(where, keptOfContours))
  const said = observations.map((one) => observationOf(where, say, one))
  return {
    number, name: textAt(roi, '30060026'), description: textAt(roi, '30060028'), algorithm: textAt(roi, '30060036'), frameOfReferenceUid: textAt(roi, '30060024') || frame,
    trackingId: textAt(roi, '00620020'), trackingUid: textAt(roi, '00620021'), ...(rgb ? { colour: rgb as [number, number, number] } : {}), contours: read,
    observations: said.length > 0 ? said : [{ number, label: '', description: '', interpretedType: '', interpreter: '', codes: [] }],
    ...kept(where, say, roi, understood.roi), ...(Object.keys(keptOfContours).length > 0 ? { keptOfContours } : {}), ...(unread.length > 0 ? { unread } : {}),
  }
}

const referencesOf = (json: DicomJson, say: Say): StructureReferences => ({
  frameOfReferenceUid: textAt(json, '00200052'), ...kept('references', say, json, understood.frame),
  studies: itemsAt(json, '30060012').map((study) => ({
    studyInstanceUid: textAt(study, '00081155'), ...kept('references', say, study, understood.study),
    series: itemsAt(study, '30060014').map((series) => ({ seriesInstanceUid: textAt(series, '0020000E'), images: itemsAt(series, '30060016').map(imageReferenceOf), ...kept('references', say, series, understood.series) })),
  })),
})

/**
 * A DICOM RT Structure Set (PS3.3 A.19). What is not understood is kept with its structure and told in words.
 * @throws UnreadableFile naming what it is instead, or what is wrong with it
 */
export const decodeStructureSet = async (bytes: Uint8Array): Promise<DecodedStructureSet> => {
  const file = await readPart10(bytes)
  whollyRead(file, 'the structure set')
  const json = toWholeJson(file)
  if (textAt(json, '00080016') !== rtStructureSetStorage) throw new UnreadableFile('the object is not a structure set')
  if (!json['30060020'] || !json['30060039']) throw new UnreadableFile(`the structure set has no ${json['30060020'] ? 'contours' : 'structures'}`)
  const told: string[] = json['30060080'] ? [] : ['nothing is said of what the structures are']
  const say: Say = (...words) => { told.push(...words) }
  const references = itemsAt(json, '30060010').map((one) => referencesOf(one, say))
  const byNumber = new Map<number, { roi: DicomJson; contours: DicomJson[]; observations: DicomJson[] }>()
  for (const roi of itemsAt(json, '30060020')) {
    const number = numberAt(roi, '30060022')
    if (number === undefined || byNumber.has(number)) throw new UnreadableFile(number === undefined ? 'a structure has no number' : `two structures have the number ${number}`)
    byNumber.set(number, { roi, contours: [], observations: [] })
  }
  for (const [tag, part] of [['30060039', 'contours'], ['30060080', 'observations']] as const) {
    for (const one of itemsAt(json, tag)) {
      const number = numberAt(one, '30060084') ?? Number.NaN
      if (!byNumber.has(number)) {
        say(`${part} belong to structure ${number}, which is not described`)
        if (Number.isNaN(number)) continue
        byNumber.set(number, { roi: {}, contours: [], observations: [] })
      }
      byNumber.get(number)?.[part].push(one)
    }
  }
  const structures = [...byNumber].map(([number, parts]) => structureOf(number, parts, references[0]?.frameOfReferenceUid ?? textAt(json, '00200052'), say))
  return {
    sopInstanceUid: textAt(json, '00080018'), seriesInstanceUid: textAt(json, '0020000E'), studyInstanceUid: textAt(json, '0020000D'), instanceNumber: numberAt(json, '00200013'), description: textAt(json, '0008103E'), approval: textAt(json, '300E0002'),
    structureSet: {
      label: textAt(json, '30060002'), name: textAt(json, '30060004'), description: textAt(json, '30060006'), date: textAt(json, '30060008'), time: textAt(json, '30060009'), references, structures,
      ...kept('structure set', say, json, understood.set, ofStructureSet),
    },
    notUnderstood: told,
  }
}
