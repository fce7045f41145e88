import codes from './codes.json' with { type: 'json' }

/** A content item as dcmjs writes it. */
export type ContentItem = Readonly<Record<string, unknown>>
export type CodeName = keyof typeof codes

export const code = (name: CodeName): ContentItem => {
  const [CodeValue, CodingSchemeDesignator, CodeMeaning] = codes[name]
  return { CodeValue, CodingSchemeDesignator, CodeMeaning }
}
export const codeValue = (name: CodeName): string => codes[name][0] ?? ''

const item = (relationship: string, ValueType: string, concept: CodeName, rest: ContentItem): ContentItem => ({
  RelationshipType: relationship, ValueType, ConceptNameCodeSequence: [code(concept)], ...rest,
})
export const container = (concept: CodeName, children: readonly ContentItem[], template?: string): ContentItem =>
  item('CONTAINS', 'CONTAINER', concept, {
    ContinuityOfContent: 'SEPARATE', ...(template ? { ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: template }] } : {}), ContentSequence: [...children],
  })
export const coded = (relationship: string, concept: CodeName, value: CodeName): ContentItem => item(relationship, 'CODE', concept, { ConceptCodeSequence: [code(value)] })
export const text = (relationship: string, concept: CodeName, TextValue: string): ContentItem => item(relationship, 'TEXT', concept, { TextValue })
export const uid = (relationship: string, concept: CodeName, UID: string): ContentItem => item(relationship, 'UIDREF', concept, { UID })
export const personName = (concept: CodeName, PersonName: string): ContentItem => item('HAS OBS CONTEXT', 'PNAME', concept, { PersonName })

/** NUM with its value as text (DS) and as a double beside it (PS3.3 C.18.1). */
export const numeric = (concept: CodeName, unit: CodeName, decimal: string, children: readonly ContentItem[]): ContentItem =>
  item('CONTAINS', 'NUM', concept, {
    MeasuredValueSequence: [{ MeasurementUnitsCodeSequence: [code(unit)], NumericValue: decimal, FloatingPointValue: Number(decimal) }], ContentSequence: [...children],
  })
export const image = (relationship: string, concept: CodeName | undefined, sopClass: string, sopInstance: string, frame: number | undefined): ContentItem => ({
  RelationshipType: relationship, ValueType: 'IMAGE', ...(concept ? { ConceptNameCodeSequence: [code(concept)] } : {}),
  ReferencedSOPSequence: [{ ReferencedSOPClassUID: sopClass, ReferencedSOPInstanceUID: sopInstance, ...(frame === undefined ? {} : { ReferencedFrameNumber: frame }) }],
})
/** SCOORD: column\row pairs of one frame (PS3.3 C.18.6). */
export const imageCoordinates = (GraphicType: string, points: readonly (readonly number[])[], on: ContentItem): ContentItem =>
  item('INFERRED FROM', 'SCOORD', 'source', { GraphicType, GraphicData: points.flat(), ContentSequence: [on] })
/** SCOORD3D: x\y\z triplets in a Frame of Reference, mm (PS3.3 C.18.9). */
export const spaceCoordinates = (GraphicType: string, points: readonly (readonly number[])[], frameOfReferenceUid: string): ContentItem =>
  item('INFERRED FROM', 'SCOORD3D', 'source', { GraphicType, GraphicData: points.flat(), ReferencedFrameOfReferenceUID: frameOfReferenceUid })
