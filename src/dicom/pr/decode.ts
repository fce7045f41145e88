import { imageReferenceOf, itemsAt, numberAt, numbersAt, textAt } from '../file/elements.ts'
import { toWholeJson, type DicomJson } from '../file/json.ts'
import { kept, type Say } from '../file/kept.ts'
import { readPart10, UnreadableFile, whollyRead } from '../file/read.ts'
import { grayscalePresentationStorage, ofPresentation, understood, type DisplayedArea, type Graphic, type GraphicAnnotation, type GraphicLayer, type GraphicText, type PlanePoint, type PresentationState, type SoftcopyVoi } from './presentation.ts'

export type DecodedPresentationState = {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly studyInstanceUid: string
  readonly instanceNumber: number | undefined
  /** Series Description. */
  readonly description: string
  readonly creator: string
  /** YYYYMMDD, HHMMSS. */
  readonly date: string
  readonly time: string
  readonly state: PresentationState
  /** What is kept as it was read but not applied, in words. */
  readonly notUnderstood: readonly string[]
}

const imagesOf = (json: DicomJson) => (json['00081140'] ? { images: itemsAt(json, '00081140').map(imageReferenceOf) } : {})
/** Two numbers, undefined where there are not two. */
const pairAt = (json: DicomJson, tag: string): PlanePoint | undefined => {
  const [x, y, more] = numbersAt(json, tag)
  return x !== undefined && y !== undefined && more === undefined && Number.isFinite(x) && Number.isFinite(y) ? [x, y] : undefined
}
const unitsAt = (json: DicomJson, tag: string): Graphic['units'] | undefined => (['PIXEL', 'DISPLAY', 'MATRIX'] as const).find((units) => units === textAt(json, tag))
const types: readonly Graphic['type'][] = ['POINT', 'POLYLINE', 'INTERPOLATED', 'CIRCLE', 'ELLIPSE']

const graphicOf = (say: Say, json: DicomJson): Graphic | undefined => {
  const [type, units, flat] = [types.find((one) => one === textAt(json, '00700023')), unitsAt(json, '00700005'), numbersAt(json, '00700022')]
  if (!type || !units || numberAt(json, '00700020') !== 2 || flat.length === 0 || flat.length % 2 !== 0 || !flat.every(Number.isFinite)) {
    say(`a graphic of the type ${textAt(json, '00700023') || 'none'} with ${flat.length} coordinates is not drawn`)
    return undefined
  }
  const points = Array.from({ length: flat.length / 2 }, (_, at): PlanePoint => [flat[2 * at] ?? 0, flat[2 * at + 1] ?? 0])
  if (numberAt(json, '00700021') !== points.length) say(`a graphic is said to have ${numberAt(json, '00700021') ?? 'no'} points and has ${points.length}`)
  return { type, units, points, filled: textAt(json, '00700024') === 'Y', ...kept('graphic', say, json, understood.graphic) }
}

/** A text whose box or anchor is not whole has none; its elements are kept then. */
const textOf = (say: Say, json: DicomJson): GraphicText => {
  const [boxUnits, topLeft, bottomRight, anchorUnits, point] = [unitsAt(json, '00700003'), pairAt(json, '00700010'), pairAt(json, '00700011'), unitsAt(json, '00700004'), pairAt(json, '00700014')]
  const box = boxUnits && topLeft && bottomRight && { units: boxUnits, topLeft, bottomRight, justification: textAt(json, '00700012') }
  const anchor = anchorUnits && point && { units: anchorUnits, point, visible: textAt(json, '00700015') === 'Y' }
  const known = understood.text.filter((tag) => (box || !['00700003', '00700010', '00700011', '00700012'].includes(tag)) && (anchor || !['00700004', '00700014', '00700015'].includes(tag)))
  return { text: textAt(json, '00700006'), ...(box ? { box } : {}), ...(anchor ? { anchor } : {}), ...kept('text', say, json, known) }
}

const annotationOf = (say: Say, json: DicomJson): GraphicAnnotation => {
  const unread: DicomJson[] = []
  const graphics = itemsAt(json, '00700009').flatMap((one) => {
    const graphic = graphicOf(say, one)
    if (!graphic) unread.push(one)
    return graphic ?? []
  })
  return { ...imagesOf(json), layer: textAt(json, '00700002'), graphics, texts: itemsAt(json, '00700008').map((one) => textOf(say, one)), ...(unread.length > 0 ? { unread } : {}), ...kept('annotation', say, json, understood.annotation) }
}

const layerOf = (say: Say, json: DicomJson): GraphicLayer => {
  const [gray, lab] = [numberAt(json, '00700066'), numbersAt(json, '00700401')]
  return {
    name: textAt(json, '00700002'), order: numberAt(json, '00700062') ?? 0, description: textAt(json, '00700068'), ...(gray === undefined ? {} : { gray }), ...(lab.length === 3 ? { lab: lab as [number, number, number] } : {}),
    ...kept('layer', say, json, understood.layer),
  }
}

const areaOf = (say: Say, json: DicomJson): DisplayedArea => {
  const [topLeft, bottomRight] = [pairAt(json, '00700052'), pairAt(json, '00700053')]
  if (!topLeft || !bottomRight) throw new UnreadableFile('a displayed area has no corners')
  const [spacingMm, aspect, magnification] = [pairAt(json, '00700101'), pairAt(json, '00700102'), numberAt(json, '00700103')]
  return {
    ...imagesOf(json), topLeft, bottomRight, mode: textAt(json, '00700100'), ...(spacingMm ? { spacingMm } : {}), ...(aspect ? { aspect } : {}), ...(magnification === undefined ? {} : { magnification }),
    ...kept('displayed area', say, json, understood.area),
  }
}

const voiOf = (say: Say, json: DicomJson): SoftcopyVoi => {
  const [centres, widths, explanations] = [numbersAt(json, '00281050'), numbersAt(json, '00281051'), json['00281055']?.Value ?? []]
  if (centres.length !== widths.length || ![...centres, ...widths].every(Number.isFinite)) throw new UnreadableFile(`a window has ${centres.length} centres and ${widths.length} widths, or one that is no number`)
  return {
    ...imagesOf(json), windows: centres.map((centre, index) => ({ centre, width: widths[index] ?? 1, explanation: String(explanations[index] ?? '') })), lutFunction: textAt(json, '00281056'),
    ...kept('values of interest', say, json, understood.voi),
  }
}

/**
 * A Grayscale Softcopy Presentation State (PS3.3 A.33.1): graphics, texts, displayed areas, windows, rotation and flip. Tables, shutters,
 * masks and overlays are kept and told.
 * @throws UnreadableFile naming what it is instead, or what is wrong with it
 */
export const decodePresentationState = async (bytes: Uint8Array): Promise<DecodedPresentationState> => {
  const file = await readPart10(bytes)
  whollyRead(file, 'the presentation state')
  const json = toWholeJson(file)
  if (textAt(json, '00080016') !== grayscalePresentationStorage) throw new UnreadableFile('the object is not a grayscale presentation state')
  const told: string[] = []
  const say: Say = (...words) => { told.push(...words) }
  const shape = (['IDENTITY', 'INVERSE'] as const).find((one) => one === textAt(json, '20500020'))
  if (!json['20500020'] && !json['20500010']) throw new UnreadableFile('the presentation state ends before its presentation LUT')
  const state: PresentationState = {
    label: textAt(json, '00700080'), description: textAt(json, '00700081'),
    references: itemsAt(json, '00081115').map((series) => ({ seriesInstanceUid: textAt(series, '0020000E'), images: itemsAt(series, '00081140').map(imageReferenceOf), ...kept('references', say, series, understood.series) })),
    ...(json['00700041'] || json['00700042'] ? { transformation: { rotation: numberAt(json, '00700042') ?? 0, flipped: textAt(json, '00700041') === 'Y' } } : {}),
    areas: itemsAt(json, '0070005A').map((one) => areaOf(say, one)), voi: itemsAt(json, '00283110').map((one) => voiOf(say, one)),
    layers: itemsAt(json, '00700060').map((one) => layerOf(say, one)), annotations: itemsAt(json, '00700001').map((one) => annotationOf(say, one)),
    ...(shape ? { presentationLut: shape } : {}), ...kept('presentation state', say, json, shape ? understood.state : understood.state.filter((tag) => tag !== '20500020'), ofPresentation),
  }
  return {
    sopInstanceUid: textAt(json, '00080018'), seriesInstanceUid: textAt(json, '0020000E'), studyInstanceUid: textAt(json, '0020000D'), instanceNumber: numberAt(json, '00200013'), description: textAt(json, '0008103E'),
    creator: textAt(json, '00700084'), date: textAt(json, '00700082'), time: textAt(json, '00700083'), state, notUnderstood: told,
  }
}
