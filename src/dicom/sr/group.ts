import type { Measurement, MeasurementKind, Place, Value } from '../../domain/measurement/types.ts'
import type { CodeName } from './codes.ts'
import { codeItem, container, imageItem, numItem, scoord3dItem, scoordItem, textItem, uidItem, type ContentItem } from './items.ts'

type Points = readonly (readonly number[])[]
type Relationship = 'CONTAINS' | 'INFERRED FROM'

/** Coordinates of (some points of) a mark: SCOORD on its frame or SCOORD3D in its frame of reference, never both. */
const coordinates = (relationship: Relationship, concept: CodeName, place: Place, type: 'POLYLINE' | 'ELLIPSE' | 'closed', points: Points): ContentItem => {
  const closed = type === 'closed' ? [...points, ...points.slice(0, 1)] : points
  if (place.kind === 'image') return scoordItem(relationship, concept, type === 'closed' ? 'POLYLINE' : type, closed, imageItem(place.frame))
  return scoord3dItem(relationship, concept, type === 'closed' ? 'POLYGON' : type, closed, place.frameOfReferenceUid)
}

const num = (value: Value, children: readonly ContentItem[] = []): ContentItem => {
  const unit: CodeName = `unit ${value.unit}`
  const derived = value.quantity === 'mean' || value.quantity === 'sd' || value.quantity === 'min' || value.quantity === 'max'
  if (!derived) return numItem(value.quantity, { ...value, unit }, children)
  // TID 1419: what is measured is the name, how it was derived a modifier.
  return numItem(value.unit === "[hnsf'U]" ? 'attenuation' : 'pixelValue', { ...value, unit }, [codeItem('HAS CONCEPT MOD', 'derivation', value.quantity), ...children])
}

/** TID 1501: each NUM inferred from its own POLYLINE of two points. */
const ownLine = (place: Place, from: number) => (value: Value): ContentItem =>
  num(value, [coordinates('INFERRED FROM', 'sourceOfMeasurement', place, 'POLYLINE', place.points.slice(from, from + 2))])

/** Values of a region; its area says once more which coordinates it is of (TID 300 row 15). */
const ofRegion = (type: 'ELLIPSE' | 'closed', { place, values }: Measurement): ContentItem[] =>
  values.map((value) => num(value, value.quantity === 'area' ? [coordinates('INFERRED FROM', 'sourceOfMeasurement', place, type, place.points)] : []))

/** The items that hold shape and values of a mark, by its kind. */
const shape: Readonly<Record<MeasurementKind, (mark: Measurement) => ContentItem[]>> = {
  length: ({ place, values }) => values.map(ownLine(place, 0)),
  bidirectional: ({ place, values }) => values.map((value) => ownLine(place, value.quantity === 'shortAxis' ? 2 : 0)(value)),
  ellipse: (mark) => [coordinates('CONTAINS', 'imageRegion', mark.place, 'ELLIPSE', mark.place.points), ...ofRegion('ELLIPSE', mark)],
  freehand: (mark) => [coordinates('CONTAINS', 'imageRegion', mark.place, 'closed', mark.place.points), ...ofRegion('closed', mark)],
  arrow: ({ place }) => [coordinates('CONTAINS', 'arrow', place, 'POLYLINE', place.points)],
}

/** Whether coordinates of a mark are those of a planar region (TID 1410) or of its numbers (TID 1501). */
const templateOf = (kind: MeasurementKind): string => (kind === 'ellipse' || kind === 'freehand' ? '1410' : '1501')

/** What SCOORD and SCOORD3D have no room for, as further items: TID 1501 and 1410 are extensible. */
const placeItems = (place: Place): ContentItem[] =>
  place.kind === 'image' ? [] : [uidItem('CONTAINS', 'seriesUid', place.seriesInstanceUid), textItem('CONTAINS', 'planeNormal', place.normal.join(' '))]

/** What OHIF calls the tool that draws such a mark: it takes for its own list only groups that name one where it looks for the Tracking Identifier. */
const ohifTool: Readonly<Record<MeasurementKind, string>> = { length: 'Length', bidirectional: 'Bidirectional', ellipse: 'EllipticalROI', freehand: 'PlanarFreehandROI', arrow: 'ArrowAnnotate' }

/** A mark as a Measurement Group of TID 1501 or 1410 (PS3.16). */
export const encodeGroup = (mark: Measurement): ContentItem =>
  container('CONTAINS', 'group', [
    textItem('HAS OBS CONTEXT', 'ohifTool', `Cornerstone3DTools@^0.1.0:${ohifTool[mark.kind]}`),
    textItem('HAS OBS CONTEXT', 'trackingId', mark.trackingId), uidItem('HAS OBS CONTEXT', 'trackingUid', mark.trackingUid),
    codeItem('CONTAINS', 'finding', 'lesion'), ...(mark.label ? [textItem('CONTAINS', 'comment', mark.label)] : []),
    ...placeItems(mark.place), ...shape[mark.kind](mark),
  ], templateOf(mark.kind))
