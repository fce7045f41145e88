import type { CodedConcept } from '../../domain/segmentation/types.ts'
import { creatorOf, headerOf, type ObjectHeader } from '../file/header.ts'
import { encodePart10, type NaturalDataset } from '../file/write.ts'
import { code } from '../sr/codes.ts'
import { codeItem, nameItem, textItem, uidItem } from '../sr/items.ts'
import { keyObjectSelectionStorage, type KeyInstance, type KeyObject, type KeyObjectSelection } from './selection.ts'

const coded = ({ value, scheme, meaning }: CodedConcept): NaturalDataset[] => [{ CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning }]
const modifierItem = (concept: CodedConcept, value: CodedConcept): NaturalDataset => ({ RelationshipType: 'HAS CONCEPT MOD', ValueType: 'CODE', ConceptNameCodeSequence: coded(concept), ConceptCodeSequence: coded(value) })

const objectItem = ({ valueType, sopClassUid, sopInstanceUid, frameNumbers, kept, keptOfItem }: KeyObject): NaturalDataset => ({
  RelationshipType: 'CONTAINS', ValueType: valueType, ...keptOfItem,
  ReferencedSOPSequence: [{ ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid, ...(frameNumbers ? { ReferencedFrameNumber: [...frameNumbers] } : {}), ...kept }],
})

/** TID 1001: a person (TID 1003), then the device (TID 1004). */
const observers = (header: ObjectHeader): NaturalDataset[] => [
  codeItem('HAS OBS CONTEXT', 'observerType', 'person'), nameItem('HAS OBS CONTEXT', 'personName', creatorOf(header) || 'Unknown'),
  codeItem('HAS OBS CONTEXT', 'observerType', 'device'), uidItem('HAS OBS CONTEXT', 'deviceUid', header.device.uid), textItem('HAS OBS CONTEXT', 'deviceName', header.device.name),
]

/** Each instance once, by study and series (PS3.3 C.17.2.1). */
const byStudy = (instances: readonly KeyInstance[]): NaturalDataset[] => {
  const studies = new Map<string, Map<string, Map<string, string>>>()
  for (const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid } of instances) {
    const series = studies.get(studyInstanceUid) ?? new Map<string, Map<string, string>>()
    studies.set(studyInstanceUid, series)
    const found = series.get(seriesInstanceUid) ?? new Map<string, string>()
    series.set(seriesInstanceUid, found.set(sopInstanceUid, sopClassUid))
  }
  return [...studies].map(([StudyInstanceUID, series]) => ({
    StudyInstanceUID,
    ReferencedSeriesSequence: [...series].map(([SeriesInstanceUID, found]) => ({
      SeriesInstanceUID, ReferencedSOPSequence: [...found].map(([ReferencedSOPInstanceUID, ReferencedSOPClassUID]) => ({ ReferencedSOPClassUID, ReferencedSOPInstanceUID })),
    })),
  }))
}

const studyOf = ({ source }: ObjectHeader): string => String(source['0020000D']?.Value?.[0] ?? '')

/** @throws Error naming what does not fit */
const check = ({ objects, furtherEvidence = [] }: KeyObjectSelection, headers: readonly ObjectHeader[]): void => {
  if (objects.length === 0) throw new Error('nothing is selected')
  const lost = [...objects, ...furtherEvidence].find(({ studyInstanceUid, seriesInstanceUid }) => !studyInstanceUid || !seriesInstanceUid)
  if (lost) throw new Error(`study and series of ${lost.sopInstanceUid} are not known`)
  const [studies, written] = [new Set(objects.map(({ studyInstanceUid }) => studyInstanceUid)), headers.map(studyOf)]
  const without = [...studies].find((study) => !written.includes(study))
  if (without) throw new Error(`the selection has no document in the study ${without}`)
  if (new Set(written).size < written.length) throw new Error('a study has one document of a selection')
}

/**
 * A selection as Key Object Selection Documents (PS3.3 A.35.4, PS3.16 TID 2010), as Part 10 files: one in each study that it takes
 * objects from, alike but for their names, each naming the others as identical (PS3.3 C.17.6.2.1). The same content gives the same bytes.
 * @param headers of the documents, one a study: the study is that of the header's source
 * @throws Error naming what does not fit: nothing selected, an instance whose series is not known, a study without a document or with two
 */
export const encodeKeyObjects = (selection: KeyObjectSelection, headers: readonly ObjectHeader[]): Uint8Array<ArrayBuffer>[] => {
  check(selection, headers)
  const { title, modifiers, description, language, objects, furtherEvidence = [], keptItems = [] } = selection
  return headers.map((header) => {
    const others = headers.filter((one) => one !== header).map((one): KeyInstance => ({ studyInstanceUid: studyOf(one), seriesInstanceUid: one.seriesInstanceUid, sopInstanceUid: one.sopInstanceUid, sopClassUid: keyObjectSelectionStorage }))
    return encodePart10({
      ...headerOf(header, { sopClassUid: keyObjectSelectionStorage, modality: 'KO', description: title.meaning || 'Key objects' }), ContentDate: header.date, ContentTime: header.time, ReferencedPerformedProcedureStepSequence: [],
      CurrentRequestedProcedureEvidenceSequence: byStudy([...objects, ...furtherEvidence]), ...(others.length > 0 ? { IdenticalDocumentsSequence: byStudy(others) } : {}),
      ValueType: 'CONTAINER', ConceptNameCodeSequence: coded(title), ContinuityOfContent: 'SEPARATE', ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: '2010' }],
      ContentSequence: [
        ...(language ? [modifierItem(code('language'), language)] : []), ...modifiers.map((one) => modifierItem(code('titleModifier'), one)), ...observers(header),
        ...(description ? [textItem('CONTAINS', 'keyObjectDescription', description)] : []), ...objects.map(objectItem), ...keptItems,
      ],
    })
  })
}
