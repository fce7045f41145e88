import { spawnSync } from 'node:child_process'
import dcmjs from 'dcmjs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { uidOf } from '../../testing/dicom.ts'
import { sourceOf } from '../../testing/marks.ts'
import { headerWith, verified } from '../../testing/objects.ts'
import { program } from '../../testing/programs.ts'
import { textAt } from '../file/elements.ts'
import { toDicomJson, type DicomJson } from '../file/json.ts'
import { readPart10, UnreadableFile } from '../file/read.ts'
import { code } from '../sr/codes.ts'
import { decodeKeyObjects } from './decode.ts'
import { encodeKeyObjects } from './encode.ts'
import { keyObjectTitle, type KeyInstance, type KeyObject, type KeyObjectSelection } from './selection.ts'
import titles from './titles.json' with { type: 'json' }

const sources = await Promise.all(['study', 'prior', 'other'].map((study) => sourceOf({ study, patientName: 'Müller^Jörg', more: { PatientIdentityRemoved: 'YES', DeidentificationMethod: 'Generated' } })))
const studies = sources.map((source) => textAt(source, '0020000D'))
const headers = sources.map((source, index) => headerWith(source, { sopInstanceUid: uidOf(`ko ${index}`), seriesInstanceUid: uidOf(`ko series ${index}`) }))
const headersOf = ({ objects }: KeyObjectSelection) => headers.filter((_, index) => objects.some(({ studyInstanceUid }) => studyInstanceUid === studies[index]))

const words = (maxLength: number) => fc.string({ maxLength, unit: fc.constantFrom('a', 'Ü', '肺', ' ', '-', '/', '"', '😀') }).filter((text) => text.trim() === text)
const concept = fc.record({ value: fc.constantFrom('113001', 'X1'), scheme: fc.constantFrom('DCM', '99X'), meaning: words(20) })
/** Instances know their series, series their study. */
const instance: fc.Arbitrary<KeyInstance> = fc.record({ study: fc.nat(2), series: fc.nat(2), number: fc.nat(4), frameNumbers: fc.option(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 3 }), { nil: undefined }) }).map(({ study, series, number, frameNumbers }) => ({
  studyInstanceUid: studies[study] ?? '', seriesInstanceUid: uidOf(`series ${study} ${series}`), sopInstanceUid: uidOf(`instance ${study} ${series} ${number}`), sopClassUid: '1.2.840.10008.5.1.4.1.1.2', ...(frameNumbers ? { frameNumbers } : {}),
}))
/** A presentation state with an image, and a purpose. */
const kept = { '00081199': { vr: 'SQ', Value: [{ '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.11.1'] }, '00081155': { vr: 'UI', Value: ['1.2.3'] } }] } }
const keptOfItem = { '0040A043': { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['121079'] }, '00080102': { vr: 'SH', Value: ['DCM'] }, '00080104': { vr: 'LO', Value: ['Baseline'] } }] } }
const object: fc.Arbitrary<KeyObject> = fc.record({ of: instance, valueType: fc.constantFrom<KeyObject['valueType']>('IMAGE', 'IMAGE', 'COMPOSITE', 'WAVEFORM'), kept: fc.option(fc.constant(kept), { nil: undefined }), keptOfItem: fc.option(fc.constant(keptOfItem), { nil: undefined }) })
  .map(({ of, valueType, ...more }) => ({ ...of, valueType, ...(more.kept ? { kept: more.kept } : {}), ...(more.keptOfItem ? { keptOfItem: more.keptOfItem } : {}) }))
const keptItem: fc.Arbitrary<DicomJson> = fc.constant({ '0040A010': { vr: 'CS', Value: ['CONTAINS'] }, '0040A040': { vr: 'CS', Value: ['UIDREF'] }, ...keptOfItem, '0040A124': { vr: 'UI', Value: ['1.2.3.4'] } })
const further: fc.Arbitrary<KeyInstance> = fc.constant({ studyInstanceUid: '1.2.9', seriesInstanceUid: '1.2.9.1', sopInstanceUid: '1.2.9.1.1', sopClassUid: '1.2.840.10008.5.1.4.1.1.88.33' })
const selection: fc.Arbitrary<KeyObjectSelection> = fc.record({
  title: fc.constantFrom(...(Object.keys(titles) as (keyof typeof titles)[]).map(keyObjectTitle)), modifiers: fc.array(concept, { maxLength: 2 }), description: words(200), language: fc.constant(code('english')), objects: fc.array(object, { minLength: 1, maxLength: 8 }),
  furtherEvidence: fc.array(further, { minLength: 1, maxLength: 1 }), keptItems: fc.array(keptItem, { minLength: 1, maxLength: 2 }),
}, { requiredKeys: ['title', 'modifiers', 'description', 'objects'] })

const of = (study: number, number: number): KeyObject => ({ valueType: 'IMAGE', studyInstanceUid: studies[study] ?? '', seriesInstanceUid: uidOf(`series ${study}`), sopInstanceUid: uidOf(`instance ${study} ${number}`), sopClassUid: '1.2.840.10008.5.1.4.1.1.2' })
const two: KeyObjectSelection = { title: keyObjectTitle('ofInterest'), modifiers: [], description: 'Größter Durchmesser 肺', language: code('english'), objects: [of(0, 2), of(1, 5), of(0, 1)] }
const rejected: KeyObjectSelection = { title: keyObjectTitle('rejectedForQuality'), modifiers: [{ value: '111207', scheme: 'DCM', meaning: 'Image artifact(s)' }], description: '', objects: [{ ...of(0, 1), valueType: 'COMPOSITE', sopClassUid: '1.2.840.10008.5.1.4.1.1.66.4' }] }

describe('a selection of key objects', () => {
  it('decodes to exactly what it was made of, in each of its studies', async () => {
    await fc.assert(fc.asyncProperty(selection, async (made) => {
      for (const bytes of encodeKeyObjects(made, headersOf(made))) expect((await decodeKeyObjects(bytes)).selection).toEqual(made)
    }), { numRuns: 12 })
  })
  it('of two studies is a document in each, which names the other as identical; patient, study, observer and purpose are said', async () => {
    const files = encodeKeyObjects(two, headers.slice(0, 2))
    expect(files).toHaveLength(2)
    expect(encodeKeyObjects(two, headers.slice(0, 2))).toEqual(files)
    for (const [index, bytes] of files.entries()) {
      const json = toDicomJson(await readPart10(bytes))
      for (const tag of ['00080020', '00100010', '00100020', '0020000D', '00120062', '00120063']) expect(json[tag]).toEqual(sources[index]?.[tag])
      expect(await decodeKeyObjects(bytes)).toMatchObject({
        selection: two, studyInstanceUid: studies[index], observer: 'Rossi^Anna', device: 'Imaging Workbench', description: 'Of Interest - research use only', notUnderstood: [], date: '20260105',
        identical: [{ studyInstanceUid: studies[1 - index], sopInstanceUid: uidOf(`ko ${1 - index}`), seriesInstanceUid: uidOf(`ko series ${1 - index}`) }],
      })
    }
    expect((await decodeKeyObjects(encodeKeyObjects(rejected, headers.slice(0, 1))[0] ?? new Uint8Array())).identical).toEqual([])
  })
  it('tells what it does not understand', async () => {
    const [bytes = new Uint8Array()] = encodeKeyObjects({ ...rejected, keptItems: [{ '0040A010': { vr: 'CS', Value: ['CONTAINS'] }, '0040A040': { vr: 'CS', Value: ['TEXT'] }, ...keptOfItem, '0040A160': { vr: 'UT', Value: ['seen before'] } }], objects: [{ ...of(0, 1), kept }] }, headers.slice(0, 1))
    expect((await decodeKeyObjects(bytes)).notUnderstood).toEqual([`${uidOf('instance 0 1')}: ReferencedSOPSequence (0008,1199)`, 'Baseline: seen before'])
  })
  it.each<[string, KeyObjectSelection, number]>([
    ['nothing is selected', { ...two, objects: [] }, 2], ['no document in the study', two, 1],
    ['are not known', { ...two, objects: [{ ...of(0, 1), seriesInstanceUid: '' }] }, 1],
  ])('is refused: %s', (message, made, documents) => expect(() => encodeKeyObjects(made, headers.slice(0, documents))).toThrow(message))
  it('has one document a study', () => expect(() => encodeKeyObjects(rejected, [...headers.slice(0, 1), ...headers.slice(0, 1)])).toThrow('one document'))
})

describe('read by others', () => {
  it.skipIf(!program('dciodvfy'))('passes dciodvfy without an error (needs dicom3tools)', () => {
    for (const bytes of [...encodeKeyObjects(two, headers.slice(0, 2)), ...encodeKeyObjects(rejected, headers.slice(0, 1))]) expect(verified(bytes)).toEqual({ iod: 'KeyObjectSelectionDocument', errors: [] })
  })
  it('dcmjs reads title, evidence and references', () => {
    const [bytes = new Uint8Array()] = encodeKeyObjects(two, headers.slice(0, 2))
    const { DicomMessage, DicomMetaDictionary } = dcmjs.data
    const read = DicomMetaDictionary.naturalizeDataset(DicomMessage.readFile(bytes.buffer as ArrayBuffer).dict) as Record<string, never> & { ContentSequence: { ValueType: string; ReferencedSOPSequence: { ReferencedSOPInstanceUID: string }[] }[]; ConceptNameCodeSequence: { CodeMeaning: string }[]; CurrentRequestedProcedureEvidenceSequence: { StudyInstanceUID: string }[] }
    expect(read.ConceptNameCodeSequence[0]?.CodeMeaning).toBe('Of Interest')
    expect(read.CurrentRequestedProcedureEvidenceSequence.map(({ StudyInstanceUID }) => StudyInstanceUID)).toEqual(studies.slice(0, 2))
    expect(read.ContentSequence.filter(({ ValueType }) => ValueType === 'IMAGE').map(({ ReferencedSOPSequence }) => ReferencedSOPSequence[0]?.ReferencedSOPInstanceUID)).toEqual(two.objects.map(({ sopInstanceUid }) => sopInstanceUid))
  })
  it.skipIf(!program('pydicom'))('each title is in the dictionary of pydicom with its meaning (needs python3-pydicom)', () => {
    const { stdout, stderr } = spawnSync('/usr/bin/python3', ['src/testing/reference/codes.py'], { input: JSON.stringify(titles), encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ checked: Object.keys(titles).length, unknown: [] })
  })
})

describe('what is no selection, or a broken one', () => {
  const [whole = new Uint8Array()] = encodeKeyObjects(two, headers.slice(0, 2))
  it('cut off anywhere it is refused by name, never half read', async () => {
    for (let length = 0; length < whole.length; length += 29) await expect(decodeKeyObjects(whole.slice(0, length)), `cut at ${length}`).rejects.toBeInstanceOf(UnreadableFile)
  })
  it('another object is refused', async () => {
    const text = Buffer.from(encodeKeyObjects(rejected, headers.slice(0, 1))[0] ?? [])
    text.write('1.2.840.10008.5.1.4.1.1.88.33', text.lastIndexOf('1.2.840.10008.5.1.4.1.1.88.59'), 'latin1')
    await expect(decodeKeyObjects(text)).rejects.toThrow('is not a selection of key objects')
  })
})
