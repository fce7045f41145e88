import { readFileSync } from 'node:fs'
import dcmjs from 'dcmjs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toDecimalString } from '../../domain/measurement/measure.ts'
import { uidOf } from '../../testing/dicom.ts'
import { sourceOf } from '../../testing/marks.ts'
import { headerWith, verified } from '../../testing/objects.ts'
import { program } from '../../testing/programs.ts'
import { shared } from '../../testing/shared.ts'
import { toDicomJson, toWholeJson, type DicomJson } from '../file/json.ts'
import { readPart10, UnreadableFile } from '../file/read.ts'
import { decodePresentationState } from './decode.ts'
import { encodePresentationState } from './encode.ts'
import type { DisplayedArea, Graphic, GraphicAnnotation, GraphicLayer, GraphicText, PresentationState, SoftcopyVoi } from './presentation.ts'

const source = await sourceOf({ patientName: 'Müller^Jörg', more: { PatientIdentityRemoved: 'YES', DeidentificationMethod: 'Generated' } })
const header = headerWith(source)
const ct = (slice: number) => ({ sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: uidOf(`instance ${slice}`) })

const words = (maxLength: number) => fc.string({ maxLength, unit: fc.constantFrom('a', 'Ü', '肺', ' ', '-', '/', '"', '1') }).filter((text) => text.trim() === text)
const image = fc.record({ sopClassUid: fc.constant('1.2.840.10008.5.1.4.1.1.2'), sopInstanceUid: fc.nat(99).map((n) => uidOf(`i${n}`)), frameNumbers: fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 2 }) }, { requiredKeys: ['sopClassUid', 'sopInstanceUid'] })
const images = fc.array(image, { minLength: 1, maxLength: 2 })
/** float32; minus zero is written as zero. */
const single = fc.float({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0)
const at = fc.tuple(single, single)
const units = fc.constantFrom<Graphic['units']>('PIXEL', 'DISPLAY', 'MATRIX')
/** A line style, which we do not draw. */
const kept: fc.Arbitrary<DicomJson> = fc.constant({ '00700232': { vr: 'SQ', Value: [{ '00700253': { vr: 'FL', Value: [1.5] }, '00700254': { vr: 'CS', Value: ['DASHED'] }, '00700251': { vr: 'US', Value: [1, 2, 65535] } }] } })
const graphic: fc.Arbitrary<Graphic> = fc.record({ type: fc.constantFrom<Graphic['type']>('POINT', 'POLYLINE', 'INTERPOLATED', 'CIRCLE', 'ELLIPSE'), units, points: fc.array(at, { minLength: 1, maxLength: 6 }), filled: fc.boolean(), kept }, { requiredKeys: ['type', 'units', 'points', 'filled'] })
const text: fc.Arbitrary<GraphicText> = fc.record({
  text: words(40).map((line) => `${line}\r\n \\ x`), box: fc.record({ units, topLeft: at, bottomRight: at, justification: fc.constantFrom('LEFT', 'CENTER') }), anchor: fc.record({ units, point: at, visible: fc.boolean() }), kept,
}, { requiredKeys: ['text'] })
const annotation: fc.Arbitrary<GraphicAnnotation> = fc.record({ images, layer: fc.constantFrom('MARKS', 'L 2'), graphics: fc.array(graphic, { maxLength: 3 }), texts: fc.array(text, { maxLength: 2 }), kept }, { requiredKeys: ['layer', 'graphics', 'texts'] })
const short = fc.nat(65_535)
const layer = (name: string): fc.Arbitrary<GraphicLayer> => fc.record({ name: fc.constant(name), order: fc.nat(99), description: words(40), gray: short, lab: fc.tuple(short, short, short), kept }, { requiredKeys: ['name', 'order', 'description'] })
const corner = fc.tuple(fc.integer({ min: -9, max: 9999 }), fc.integer({ min: -9, max: 9999 }))
const decimal = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => Number(toDecimalString(x)))
const area: fc.Arbitrary<DisplayedArea> = fc.record({ images, topLeft: corner, bottomRight: corner, mode: fc.constantFrom('SCALE TO FIT', 'TRUE SIZE', 'MAGNIFY'), spacingMm: fc.tuple(decimal, decimal), aspect: fc.constant([4, 3] as const), magnification: single, kept }, { requiredKeys: ['topLeft', 'bottomRight', 'mode', 'aspect'] })
const voi: fc.Arbitrary<SoftcopyVoi> = fc.record({ images, windows: fc.array(fc.record({ centre: decimal, width: decimal, explanation: words(20) }), { maxLength: 3 }), lutFunction: fc.constantFrom('', 'LINEAR', 'SIGMOID'), kept }, { requiredKeys: ['windows', 'lutFunction'] })
/** A circular shutter, a table, and an overlay of bits. */
const ofState: fc.Arbitrary<DicomJson> = fc.constant({
  '00181600': { vr: 'CS', Value: ['CIRCULAR'] }, '00181610': { vr: 'IS', Value: [250, 251] }, '00181612': { vr: 'IS', Value: [200] }, '00283000': { vr: 'SQ', Value: [{ '00283002': { vr: 'US', Value: [2, 0, 16] }, '00283006': { vr: 'OW', InlineBinary: 'AQD//w==' } }] },
  '60000010': { vr: 'US', Value: [2] }, '60003000': { vr: 'OW', InlineBinary: 'AwA=' }, '60001001': { vr: 'CS', Value: ['MARKS'] },
})
const state: fc.Arbitrary<PresentationState> = fc.record({
  label: fc.constantFrom('CIW', 'KEY_1', 'A B'), description: words(60), references: fc.array(fc.record({ seriesInstanceUid: fc.nat(9).map((n) => uidOf(`s${n}`)), images }), { minLength: 1, maxLength: 2 }),
  transformation: fc.record({ rotation: fc.constantFrom(0, 90, 180, 270), flipped: fc.boolean() }), areas: fc.array(area, { minLength: 1, maxLength: 2 }), voi: fc.array(voi, { maxLength: 2 }), layers: fc.tuple(layer('MARKS'), layer('L 2')), annotations: fc.array(annotation, { maxLength: 3 }),
  presentationLut: fc.constantFrom<'IDENTITY' | 'INVERSE'>('IDENTITY', 'INVERSE'), kept: ofState,
}, { requiredKeys: ['label', 'description', 'references', 'areas', 'voi', 'layers', 'annotations', 'presentationLut'] })

const line = (units: Graphic['units'], scale: number) => ({ units, points: [[scale, scale], [2 * scale, scale], [2 * scale, 3 * scale]] as const })
const ours: PresentationState = {
  label: 'CIW', description: 'Größe 肺', references: [{ seriesInstanceUid: uidOf('series'), images: [ct(0), ct(1)] }], transformation: { rotation: 90, flipped: true }, presentationLut: 'IDENTITY',
  areas: [{ images: [ct(0)], topLeft: [1, 1], bottomRight: [64, 64], mode: 'SCALE TO FIT', spacingMm: [0.9, 0.6] }, { images: [ct(1)], topLeft: [10, 20], bottomRight: [30, 40], mode: 'MAGNIFY', aspect: [1, 1], magnification: 2.5 }],
  voi: [{ images: [ct(0)], windows: [{ centre: 40, width: 400, explanation: 'Soft tissue' }], lutFunction: '' }, { images: [ct(1)], windows: [{ centre: -600, width: 1500, explanation: '' }], lutFunction: 'LINEAR' }],
  layers: [{ name: 'MARKS', order: 1, description: 'Marks', gray: 65_535 }],
  annotations: [{
    images: [ct(1)], layer: 'MARKS', texts: [{ text: 'L1 12,5 mm\r\nÄußerste', box: { units: 'DISPLAY', topLeft: [0.1, 0.125], bottomRight: [0.5, 0.25], justification: 'LEFT' }, anchor: { units: 'PIXEL', point: [10.5, 20.25], visible: true } }],
    graphics: [
      { type: 'POLYLINE', filled: false, ...line('PIXEL', 4) }, { type: 'POLYLINE', filled: false, ...line('DISPLAY', 0.125) }, { type: 'POLYLINE', filled: true, units: 'PIXEL', points: [[1, 1], [5, 1], [5, 5], [1, 1]] }, { type: 'POINT', filled: false, units: 'PIXEL', points: [[8.5, 9.5]] },
      { type: 'CIRCLE', filled: false, units: 'PIXEL', points: [[20, 20], [25, 20]] }, { type: 'ELLIPSE', filled: false, units: 'PIXEL', points: [[10, 30], [30, 30], [20, 25], [20, 35]] },
    ],
  }],
}
/** What FL makes of tenths. */
const single32 = (given: PresentationState): PresentationState => JSON.parse(JSON.stringify(given), (key, value: unknown) => (['points', 'topLeft', 'bottomRight', 'point'].includes(key) ? (JSON.parse(JSON.stringify(value), (_, x: unknown) => (typeof x === 'number' ? Math.fround(x) : x)) as unknown) : value)) as PresentationState

describe('a presentation state', () => {
  it('decodes to exactly what it was made of', async () => {
    await fc.assert(fc.asyncProperty(state, async (made) => { expect((await decodePresentationState(encodePresentationState(made, header))).state).toEqual(made) }), { numRuns: 30 })
  })
  it('says whose and what it is, and is the same bytes for the same content', async () => {
    const bytes = encodePresentationState(ours, header)
    expect(encodePresentationState(ours, header)).toEqual(bytes)
    const json = toDicomJson(await readPart10(bytes))
    for (const tag of ['00080020', '00100010', '00100020', '0020000D', '00120062', '00120063']) expect(json[tag]).toEqual(source[tag])
    expect(await decodePresentationState(bytes)).toMatchObject({ state: single32(ours), notUnderstood: [], creator: 'Rossi^Anna', date: '20260105', time: '120000', description: 'Größe 肺 - research use only', instanceNumber: 3 })
  })
  it.each<[string, PresentationState]>([
    ['is no label', { ...ours, label: 'Größe' }], ['belongs to no image', { ...ours, references: [] }], ['has no displayed area', { ...ours, areas: [] }], ['the layer MARKS is not described', { ...ours, layers: [] }],
    ['neither the spacing nor the aspect', { ...ours, areas: [{ topLeft: [1, 1], bottomRight: [2, 2], mode: 'SCALE TO FIT' }] }],
  ])('is refused: %s', (message, made) => expect(() => encodePresentationState(made, header)).toThrow(message))
  it('keeps and tells a graphic that it does not know, and a text whose box has no units', async () => {
    const odd = { '00700005': { vr: 'CS', Value: ['PIXEL'] }, '00700020': { vr: 'US', Value: [2] }, '00700021': { vr: 'US', Value: [1] }, '00700022': { vr: 'FL', Value: [1, 2] }, '00700023': { vr: 'CS', Value: ['SPIRAL'] } }
    const made: PresentationState = { ...ours, annotations: [{ layer: 'MARKS', graphics: [], unread: [odd], texts: [{ text: 'x', kept: { '00700010': { vr: 'FL', Value: [1, 2] } } }] }] }
    const read = await decodePresentationState(encodePresentationState(made, header))
    expect(read.state.annotations).toEqual(made.annotations)
    expect(read.notUnderstood).toEqual(['a graphic of the type SPIRAL with 2 coordinates is not drawn', 'text: BoundingBoxTopLeftHandCorner (0070,0010)'])
  })
})

describe('read by others', () => {
  it.skipIf(!program('dciodvfy'))('passes dciodvfy without an error (needs dicom3tools)', () => expect(verified(encodePresentationState(ours, header))).toEqual({ iod: 'GrayscaleSoftcopyPresentationState', errors: [] }))
  it('dcmjs reads graphics, windows and areas', () => {
    const { DicomMessage, DicomMetaDictionary } = dcmjs.data
    const read = DicomMetaDictionary.naturalizeDataset(DicomMessage.readFile(encodePresentationState(ours, header).buffer).dict) as { GraphicAnnotationSequence: { GraphicObjectSequence: { GraphicData: number[]; GraphicType: string; GraphicFilled?: string }[] }[]; SoftcopyVOILUTSequence: { WindowCenter: number }[]; DisplayedAreaSelectionSequence: { DisplayedAreaBottomRightHandCorner: number[] }[] }
    expect(read.GraphicAnnotationSequence[0]?.GraphicObjectSequence.map(({ GraphicType, GraphicFilled }) => [GraphicType, GraphicFilled])).toEqual([['POLYLINE', undefined], ['POLYLINE', undefined], ['POLYLINE', 'Y'], ['POINT', undefined], ['CIRCLE', 'N'], ['ELLIPSE', 'N']])
    expect(read.GraphicAnnotationSequence[0]?.GraphicObjectSequence[0]?.GraphicData).toEqual([4, 4, 8, 4, 8, 12])
    expect(read.SoftcopyVOILUTSequence.map(({ WindowCenter }) => WindowCenter)).toEqual([40, -600])
    expect(read.DisplayedAreaSelectionSequence.map(({ DisplayedAreaBottomRightHandCorner }) => DisplayedAreaBottomRightHandCorner)).toEqual([[64, 64], [30, 40]])
  })
})

const [luts, overlays] = [shared('data/presentation-states/weasis/PR/prLUTs.dcm'), shared('data/presentation-states/weasis/PR/prOverlay.dcm')]

describe('of others', () => {
  it.skipIf(!luts).each([luts, overlays])('%s keeps its meaning, to the bit of its tables and overlays, when it is written by us (shared data)', async (path) => {
    const [bytes, read] = [readFileSync(path ?? ''), await decodePresentationState(readFileSync(path ?? ''))]
    const written = encodePresentationState(read.state, header)
    expect(await decodePresentationState(written)).toMatchObject({ state: read.state, notUnderstood: read.notUnderstood })
    const [theirs, again] = [toWholeJson(await readPart10(bytes)), toWholeJson(await readPart10(written))]
    // Who made it and when an object of ours says itself.
    const shown = (json: DicomJson) => Object.fromEntries(Object.entries(json).filter(([tag]) => /^(0028|0070|2050|60|00081115)/.test(tag) && !/^0070008[234]$/.test(tag)))
    expect(Object.keys(shown(theirs)).length).toBeGreaterThan(4)
    expect(shown(again)).toEqual(shown(theirs))
  })
  it.skipIf(!luts)('three tables are kept and told; the area and what it belongs to are read (shared data)', async () => {
    const { state: read, notUnderstood, creator } = await decodePresentationState(readFileSync(luts ?? ''))
    expect(read).toMatchObject({ label: 'XLUT_P03', areas: [{ topLeft: [1, 1], bottomRight: [512, 512], mode: 'SCALE TO FIT', aspect: [1, 1] }], voi: [{ windows: [] }], references: [{ images: [{ sopInstanceUid: '1.2.276.0.7230010.3.200.6.3.1' }] }] })
    expect(read.presentationLut).toBeUndefined()
    expect([creator, notUnderstood]).toEqual(['Riesmeier^Joerg', ['values of interest: VOILUTSequence (0028,3010)', 'presentation state: ModalityLUTSequence (0028,3000)', 'presentation state: PresentationLUTSequence (2050,0010)']])
  })
  it.skipIf(!overlays)('six layers in their order; the overlays are kept and told (shared data)', async () => {
    const { state: read, notUnderstood } = await decodePresentationState(readFileSync(overlays ?? ''))
    expect(read.layers.map(({ name, order, gray }) => [name, order, gray])).toEqual([1, 2, 3, 4, 5, 6].map((order) => [`LAYER${order}`, order, 65_535]))
    expect(read.presentationLut).toBe('IDENTITY')
    expect(notUnderstood.filter((told) => told.includes('(6008,3000)'))).toHaveLength(1)
  })
})

describe('what is no presentation state, or a broken one', () => {
  const whole = encodePresentationState(ours, header)
  it('cut off anywhere it is refused by name, never half read', async () => {
    for (let length = 0; length < whole.length; length += 29) await expect(decodePresentationState(whole.slice(0, length)), `cut at ${length}`).rejects.toBeInstanceOf(UnreadableFile)
  })
  it('another object is refused', async () => {
    const text = Buffer.from(whole)
    text.write('1.2.840.10008.5.1.4.1.1.11.2', text.lastIndexOf('1.2.840.10008.5.1.4.1.1.11.1'), 'latin1')
    await expect(decodePresentationState(text)).rejects.toThrow('is not a grayscale presentation state')
  })
})
