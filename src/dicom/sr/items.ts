import type { NaturalDataset } from '../file/write.ts'
import { code, type Code, type CodeName } from './codes.ts'

/** One content item as a data set with keywords for names (PS3.3 C.17.3). */
export type ContentItem = NaturalDataset
type Relationship = 'CONTAINS' | 'HAS OBS CONTEXT' | 'HAS CONCEPT MOD' | 'INFERRED FROM' | 'SELECTED FROM'

const coded = ({ value, scheme, meaning }: Code): NaturalDataset[] => [{ CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning }]

const item = (relationship: Relationship | undefined, type: string, concept: CodeName, value: NaturalDataset, children: readonly ContentItem[] = []): ContentItem => ({
  ...(relationship ? { RelationshipType: relationship } : {}), ValueType: type, ConceptNameCodeSequence: coded(code(concept)), ...value,
  ...(children.length > 0 ? { ContentSequence: children } : {}),
})

/** A container; the root has no relationship. `template` is the TID of PS3.16 that it follows. */
export const container = (relationship: Relationship | undefined, concept: CodeName, children: readonly ContentItem[], template?: string): ContentItem =>
  item(relationship, 'CONTAINER', concept, {
    ContinuityOfContent: 'SEPARATE', ...(template ? { ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: template }] } : {}),
  }, children)
export const codeItem = (relationship: Relationship, concept: CodeName, value: CodeName, children?: readonly ContentItem[]): ContentItem =>
  item(relationship, 'CODE', concept, { ConceptCodeSequence: coded(code(value)) }, children)
export const textItem = (relationship: Relationship, concept: CodeName, text: string): ContentItem => item(relationship, 'TEXT', concept, { TextValue: text })
export const uidItem = (relationship: Relationship, concept: CodeName, uid: string): ContentItem => item(relationship, 'UIDREF', concept, { UID: uid })
export const nameItem = (relationship: Relationship, concept: CodeName, name: string): ContentItem => item(relationship, 'PNAME', concept, { PersonName: name })

/** A number as DS text and, beside it, as a double (PS3.3 C.18.1). */
export const numItem = (concept: CodeName, { text, number, unit }: { text: string; number: number; unit: CodeName }, children: readonly ContentItem[]): ContentItem =>
  item('CONTAINS', 'NUM', concept, {
    MeasuredValueSequence: [{ NumericValue: text, FloatingPointValue: number, MeasurementUnitsCodeSequence: coded(code(unit)) }],
  }, children)

/** SOP classes with more than one frame, of which a single frame is named by its number. */
const multiFrame = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(2\.[12]|3\.1|4\.[14]|7\.[1-4]|12\.[12](\.1)?|13\.1\.[1-5]|20|128\.1|130|6\.2|77\.1\.[1456](\.[1-4])?)$/

/** An entry of the image library (TID 1601): the whole instance. */
export const libraryItem = (sopClassUid: string, sopInstanceUid: string): ContentItem => ({
  RelationshipType: 'CONTAINS', ValueType: 'IMAGE', ReferencedSOPSequence: [{ ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid }],
})

/** SELECTED FROM IMAGE (PS3.3 C.18.4): frame numbers only where the class has frames. */
export const imageItem = ({ sopClassUid, sopInstanceUid, frameNumber }: { sopClassUid: string; sopInstanceUid: string; frameNumber: number }): ContentItem =>
  item('SELECTED FROM', 'IMAGE', 'sourceImage', {
    ReferencedSOPSequence: [{
      ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid,
      ...(frameNumber > 1 || multiFrame.test(sopClassUid) ? { ReferencedFrameNumber: String(frameNumber) } : {}),
    }],
  })

/** Image coordinates: column\row pairs, 0\0 the top left corner of the first pixel (PS3.3 C.18.6). */
export const scoordItem = (relationship: Relationship, concept: CodeName, type: string, points: readonly (readonly number[])[], image: ContentItem): ContentItem =>
  item(relationship, 'SCOORD', concept, { GraphicType: type, GraphicData: points.flat() }, [image])

/** Patient coordinates in mm: x\y\z triplets in the frame of reference (PS3.3 C.18.9). */
export const scoord3dItem = (relationship: Relationship, concept: CodeName, type: string, points: readonly (readonly number[])[], frameOfReferenceUid: string): ContentItem =>
  item(relationship, 'SCOORD3D', concept, { GraphicType: type, GraphicData: points.flat(), ReferencedFrameOfReferenceUID: frameOfReferenceUid })
