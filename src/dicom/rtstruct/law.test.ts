import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WorldPoint } from '../../domain/geometry/points.ts'
import { roundPoints, type Contour, type Structure, type StructureSet } from '../../domain/segmentation/structures.ts'
import { uidOf } from '../../testing/dicom.ts'
import { sourceOf } from '../../testing/marks.ts'
import { headerWith } from '../../testing/objects.ts'
import { itemsAt } from '../file/elements.ts'
import { toDicomJson } from '../file/json.ts'
import { readPart10, UnreadableFile } from '../file/read.ts'
import { decodeStructureSet } from './decode.ts'
import { encodeStructureSet } from './encode.ts'

const source = await sourceOf({ patientName: 'Müller^Jörg', more: { PatientIdentityRemoved: 'YES', DeidentificationMethod: 'Generated' } })
const header = headerWith(source)

const words = (maxLength: number) => fc.string({ maxLength, unit: fc.constantFrom('a', 'Ü', '肺', ' ', '-', '/', '"', '1') }).filter((text) => text.trim() === text)
const uid = fc.integer({ min: 1 }).map((n) => `2.25.${n}`)
const coordinate = fc.oneof(fc.double({ min: -3000, max: 3000, noNaN: true }), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), fc.constantFrom(0, -0, 1 / 3, -1e-7, 1e-12))
const point: fc.Arbitrary<WorldPoint> = fc.tuple(coordinate, coordinate, coordinate)
const image = fc.record({ sopClassUid: fc.constant('1.2.840.10008.5.1.4.1.1.2'), sopInstanceUid: uid, frameNumbers: fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 3 }) }, { requiredKeys: ['sopClassUid', 'sopInstanceUid'] })
/** What others write and we do not understand: a private element, bytes, a sequence with a name in it. */
const kept = fc.record({
  '00291001': fc.constant({ vr: 'OB', InlineBinary: 'AQID/w==' }), '300600B0': fc.constant({ vr: 'SQ', Value: [{ '300600B4': { vr: 'DS', Value: [0.6] }, '00081070': { vr: 'PN', Value: [{ Alphabetic: 'Ä^B', Ideographic: '肺' }] } }] }),
  '300600C8': fc.constant({ vr: 'LO', Value: ['x', 'y'] }), '00201200': fc.constant({ vr: 'IS' }),
}, { requiredKeys: [] }).filter((found) => Object.keys(found).length > 0)
const contour: fc.Arbitrary<Contour> = fc.record({
  kind: fc.constantFrom<Contour['kind']>('CLOSED_PLANAR', 'CLOSEDPLANAR_XOR', 'OPEN_PLANAR', 'OPEN_NONPLANAR', 'POINT'), points: fc.array(point, { minLength: 1, maxLength: 12 }).map(roundPoints), images: fc.array(image, { maxLength: 2 }), number: fc.nat(900), kept,
}, { requiredKeys: ['kind', 'points', 'images'] })
const byte = fc.nat(255)
const concept = fc.record({ value: fc.constantFrom('39607008', 'C44.9'), scheme: fc.constantFrom('SCT', 'ICD-O-2'), meaning: words(40) })
const observation = fc.record({ number: fc.nat(9999), label: words(16), description: words(60), interpretedType: fc.constantFrom('', 'GTV', 'ORGAN'), interpreter: fc.constantFrom('', 'Rossi^Anna'), codes: fc.array(concept, { maxLength: 2 }), kept }, { requiredKeys: ['number', 'label', 'description', 'interpretedType', 'interpreter', 'codes'] })
const structure: fc.Arbitrary<Structure> = fc.record({
  number: fc.nat(9999), name: words(64), description: words(80), algorithm: fc.constantFrom('', 'MANUAL', 'SEMIAUTOMATIC', 'AUTOMATIC'), colour: fc.tuple(byte, byte, byte), frameOfReferenceUid: uid, trackingId: words(30), trackingUid: fc.oneof(fc.constant(''), uid),
  contours: fc.array(contour, { maxLength: 4 }), observations: fc.array(observation, { minLength: 1, maxLength: 2 }), kept,
}, { requiredKeys: ['number', 'name', 'description', 'algorithm', 'frameOfReferenceUid', 'trackingId', 'trackingUid', 'contours', 'observations'] })
const structureSet: fc.Arbitrary<StructureSet> = fc.record({
  label: words(16), name: words(64), description: words(80), date: fc.constantFrom('', '20260105'), time: fc.constantFrom('', '120000', '123450.676'),
  references: fc.array(fc.record({ frameOfReferenceUid: uid, studies: fc.array(fc.record({ studyInstanceUid: uid, series: fc.array(fc.record({ seriesInstanceUid: uid, images: fc.array(image, { minLength: 1, maxLength: 2 }) }), { minLength: 1, maxLength: 2 }) }), { maxLength: 2 }) }), { maxLength: 2 }),
  structures: fc.uniqueArray(structure, { minLength: 1, maxLength: 4, selector: ({ number }) => number }),
})

const square = (z: number): Contour => ({ kind: 'CLOSED_PLANAR', points: [[0, 0, z], [10, 0, z], [10, 10, z], [0, 10, z]], images: [] })
const one: StructureSet = {
  label: 'Truth', name: '', description: '', date: '20260105', time: '120000', references: [],
  structures: [{ number: 1, name: 'L1', description: '', algorithm: 'AUTOMATIC', frameOfReferenceUid: uidOf('frame'), trackingId: 'L1', trackingUid: uidOf('L1'), contours: [square(0), square(2)], observations: [{ number: 1, label: '', description: '', interpretedType: '', interpreter: '', codes: [] }] }],
}

describe('a structure set', () => {
  it('decodes to exactly what it was made of', async () => {
    await fc.assert(fc.asyncProperty(structureSet, async (made) => { expect((await decodeStructureSet(encodeStructureSet(made, header))).structureSet).toEqual(made) }), { numRuns: 25 })
  })
  it('carries any coordinate as a decimal string says it, and rounding twice changes nothing', () => {
    fc.assert(fc.property(point, (given) => {
      const [rounded] = roundPoints([given])
      expect(roundPoints(rounded ? [rounded] : [])).toEqual([rounded])
      given.forEach((x, axis) => expect(Math.abs(x - (rounded?.[axis] ?? Number.NaN))).toBeLessThanOrEqual(Math.max(1e-9, Math.abs(x) * 1e-8)))
    }))
  })
  it('is the same bytes for the same content', () => expect(encodeStructureSet(one, header)).toEqual(encodeStructureSet(one, header)))
  it('copies patient, study and de-identification, says what it is for, and is not approved', async () => {
    const bytes = encodeStructureSet({ ...one, name: 'Ä'.repeat(64) }, header)
    const json = toDicomJson(await readPart10(bytes))
    for (const tag of ['00080020', '00080030', '00100010', '00100020', '00100030', '00100040', '0020000D', '00200010', '00120062', '00120063']) expect(json[tag]).toEqual(source[tag])
    expect(String(json['0008103E']?.Value?.[0])).toMatch(/^Ä{44} - research use only$/)
    expect([json['00080060']?.Value, json['00080070']?.Value, json['00181020']?.Value, json['00200013']?.Value]).toEqual([['RTSTRUCT'], ['Cancer Image Workbench'], ['0.1.0'], [3]])
    expect(itemsAt(json, '0018A001')[0]?.['00080070']).toEqual({ vr: 'LO', Value: ['Generated'] })
    expect(await decodeStructureSet(bytes)).toMatchObject({ approval: 'UNAPPROVED', instanceNumber: 3, sopInstanceUid: uidOf('object'), notUnderstood: [] })
  })
  it.each<[string, StructureSet]>([
    ['has one structure', { ...one, structures: [] }],
    ['two structures have the number 1', { ...one, structures: [...one.structures, ...one.structures] }],
    ['L1 lies in no frame of reference', { ...one, structures: one.structures.map((structure) => ({ ...structure, frameOfReferenceUid: '' })) }],
    ['a contour of L1 has no points', { ...one, structures: one.structures.map((structure) => ({ ...structure, contours: [{ ...square(0), points: [] }] })) }],
    ['one observation at least', { ...one, structures: one.structures.map((structure) => ({ ...structure, observations: [] })) }],
  ])('is refused: %s', (message, made) => expect(() => encodeStructureSet(made, header)).toThrow(message))
})

describe('what is no structure set, or a broken one', () => {
  const whole = encodeStructureSet(one, header)
  it('cut off anywhere it is refused by name, or has all its contours: never half read', async () => {
    const { contours } = one.structures[0] ?? {}
    for (let length = 0; length < whole.length; length += 23) {
      const read = await decodeStructureSet(whole.slice(0, length)).catch((error: unknown) => error)
      if (!(read instanceof UnreadableFile)) expect(read, `cut at ${length}`).toMatchObject({ structureSet: { structures: [{ contours }] } })
    }
  })
  it('another object is refused', async () => {
    const text = Buffer.from(whole)
    text.write('1.2.840.10008.5.1.4.1.1.481.4', text.lastIndexOf('1.2.840.10008.5.1.4.1.1.481.3'), 'latin1')
    await expect(decodeStructureSet(text)).rejects.toThrow('is not a structure set')
  })
  it('a contour whose coordinates are no numbers is not guessed: it is told, kept, and written again', async () => {
    const unread = { '30060042': { vr: 'CS', Value: ['CLOSED_PLANAR'] }, '30060046': { vr: 'IS', Value: [3] }, '30060050': { vr: 'DS', Value: [1, 2, 0, 4, 2, 0, 4, 5] } }
    const made = { ...one, structures: one.structures.map((structure) => ({ ...structure, unread: [unread] })) }
    const { structureSet: read, notUnderstood } = await decodeStructureSet(encodeStructureSet(made, header))
    expect(notUnderstood).toEqual(['L1, contour 3 of the type CLOSED_PLANAR with 8 coordinates is not read as points'])
    expect(read).toEqual(made)
  })
})
