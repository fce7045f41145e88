import dcmjs from 'dcmjs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imagesOf, planStudies } from '../../phantom/plan.ts'
import { encodeElements } from './stream.ts'
import { taggedOf, type NaturalDataset } from './tagged.ts'

const { DicomMetaDictionary, DicomDict } = dcmjs.data

/** The same data set as dcmjs writes it, which names no VR that depends on others. */
const byDcmjs = (dataset: NaturalDataset, vrs: Readonly<Record<string, string>> = {}): Uint8Array => {
  const plain = (value: unknown): unknown => {
    if (ArrayBuffer.isView(value)) return value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength)
    if (Array.isArray(value)) return value.map(plain)
    return typeof value === 'object' && value !== null && !(value instanceof ArrayBuffer) ? { _vrMap: {}, ...Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)])) } : value
  }
  const file = new DicomDict({})
  file.dict = DicomMetaDictionary.denaturalizeDataset({ ...plain(dataset) as Record<string, unknown>, _vrMap: vrs })
  const whole = new Uint8Array(file.write({ fragmentMultiframe: false }))
  return whole.subarray(144 + new DataView(whole.buffer).getUint32(140, true))
}
const ours = (dataset: NaturalDataset): Uint8Array => encodeElements(taggedOf(dataset), { implicit: false })

const letters = (maxLength: number) => fc.string({ unit: fc.constantFrom('a', 'B', '7', ' ', '^', 'ü', '漢', '-'), maxLength }).filter((text) => text !== '')
const ascii = (maxLength: number) => fc.string({ unit: fc.constantFrom('A', 'Z', '0', '9', '_', ' '), minLength: 1, maxLength })
const listOf = <T>(of: fc.Arbitrary<T>) => fc.oneof(of, fc.array(of, { minLength: 1, maxLength: 4 }))
const values = {
  ImageType: listOf(ascii(16)), SOPInstanceUID: fc.constantFrom('1.2', '1.2.3', '2.25.7'), StudyDate: fc.constant('20260105'), StudyTime: fc.constantFrom('101520', '101520.123'), AccessionNumber: letters(16), Manufacturer: letters(64),
  PatientName: listOf(letters(20)), PatientAge: fc.constant('065Y'), PixelSpacing: listOf(fc.integer({ min: -99999, max: 99999 }).map((value) => value / 1000)), InstanceNumber: fc.integer({ min: -5, max: 99999 }), Rows: fc.nat(65535),
  FrameIncrementPointer: listOf(fc.nat(0xfffffff)), TableOfXBreakPoints: listOf(fc.nat(0xfffffff)), ImagePositionPatient: fc.array(fc.integer({ min: -1e6, max: 1e6 }).map((value) => value / 1024).filter((value) => String(value).length <= 15), { minLength: 3, maxLength: 3 }),
  RecommendedDisplayFrameRateInFloat: fc.float({ noNaN: true, noDefaultInfinity: true }), ContentDescription: letters(64), PatientComments: letters(300), EncapsulatedDocument: fc.uint8Array({ minLength: 1, maxLength: 9 }), GraphicData: listOf(fc.float({ noNaN: true, noDefaultInfinity: true })),
  RealWorldValueSlope: fc.double({ noNaN: true, noDefaultInfinity: true }), TextValue: letters(40), RetrieveURL: ascii(30), AcquisitionDateTime: fc.constant('20260105101520'),
} as const
const flat = fc.record(Object.fromEntries(Object.entries(values).filter(([name]) => DicomMetaDictionary.nameMap[name])), { requiredKeys: [] }) as fc.Arbitrary<Record<string, unknown>>
const nested = fc.tuple(flat, fc.array(fc.tuple(flat, fc.array(flat, { maxLength: 2 })), { maxLength: 3 })).map(([outer, items]): NaturalDataset => ({
  ...outer, ContentSequence: items.map(([inner, below]) => ({ ...inner, ...(below.length > 0 ? { ConceptNameCodeSequence: below } : {}) })),
}))

describe('a data set as bytes', () => {
  it('is what dcmjs writes of it', () => {
    fc.assert(fc.property(nested, (dataset) => { expect(ours(dataset)).toEqual(byDcmjs(dataset)) }), { numRuns: 300 })
  })
  it('is what dcmjs writes of an image of each generated series', () => {
    for (const plan of planStudies('small')['puerto-claro'] ?? []) {
      const seen = new Set<unknown>()
      for (const { dataset: made } of imagesOf(plan, { bare: true })) {
        if (seen.has(made['SeriesInstanceUID'])) continue
        seen.add(made['SeriesInstanceUID'])
        const dataset = { ...made, PixelData: new Uint8Array([1, 2, 3, 4]).buffer }
        expect(ours(dataset)).toEqual(byDcmjs(dataset, { PixelData: Number(made['BitsAllocated']) <= 8 ? 'OB' : 'OW', PixelPaddingValue: 'US', PixelPaddingRangeLimit: 'US' }))
      }
      expect(seen.size).toBeGreaterThan(0)
    }
  })
  it('takes an element longer than two bytes can say as UN, whole', () => {
    const dataset = { ContourData: Array.from({ length: 30_000 }, (_, index) => index / 8) }
    expect(ours(dataset)).toEqual(byDcmjs(dataset))
    expect([...ours(dataset).subarray(0, 8)]).toEqual([0x06, 0x30, 0x50, 0, 0x55, 0x4e, 0, 0])
  })
  it('of frames has each as a fragment after the table of where they begin', () => {
    const bytes = encodeElements(taggedOf({ PixelData: [new Uint8Array([1, 2, 3]), new Uint8Array([4, 5])] }), { implicit: false, encapsulated: true })
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    expect(hex).toBe(['e07f1000', '4f420000', 'ffffffff', 'feff00e0', '08000000', '00000000', '0c000000', 'feff00e0', '04000000', '01020300', 'feff00e0', '02000000', '0405', 'feffdde0', '00000000'].join(''))
  })
  it('keeps what another program wrote too long', () => {
    const long = 'A LONGER CODE STRING THAN MAY BE'
    expect(new TextDecoder('latin1').decode(ours({ '00180015': { vr: 'CS', Value: [long] } }))).toContain(long)
  })
  it.each<[NaturalDataset, string]>([
    [{ Rows: 70_000 }, '(0028,0010): 70000 is no whole number from 0 to 65535'],
    [{ Rows: 2.5 }, '(0028,0010): 2.5 is no whole number'],
    [{ InstanceNumber: 1.5 }, '(0020,0013): 1.5 is no whole number'],
    [{ ContentSequence: [{ ReferencedFrameNumber: 'x', GraphicData: ['north'] }] }, '(0040,A730): (0070,0022): "north" is no number'],
    [{ Modality: 'A modality of many letters' }, '(0008,0060): "A modality of many letters" is longer than a CS may be, 16'],
    [{ SliceThickness: Number.NaN }, '(0018,0050): NaN cannot be written as a decimal string'],
    [{ ContentSequence: new ArrayBuffer(2) }, 'ContentSequence is a sequence, not bytes'],
    [{ PixelData: 'text' }, '(7FE0,0010): it has no bytes'],
    [{ PatientsName: 'A' }, 'PatientsName is no element of the dictionary'],
  ])('that %j cannot be: refused, naming the element', (dataset, words) => {
    expect(() => ours(dataset)).toThrow(words)
  })
})
