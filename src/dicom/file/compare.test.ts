import { expect, it } from 'vitest'
import { differences } from './compare.ts'
import { encodePart10, type NaturalDataset } from './write.ts'

const bytes = (...values: number[]) => new Uint8Array(values).buffer
const dataset: NaturalDataset = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.30', SOPInstanceUID: '1.2.3', PatientID: 'A', Rows: 1, Columns: 2 }
const written = (more: NaturalDataset, transferSyntaxUid = '1.2.840.10008.1.2.1') => encodePart10({ ...dataset, ...more }, { transferSyntaxUid })
const binaries: [string, (...values: number[]) => NaturalDataset, string][] = [
  ['OF', (...values) => ({ FloatPixelData: bytes(...values) }), '7FE00008'],
  ['OD', (...values) => ({ DoubleFloatPixelData: bytes(...values, 0, 0, 0, 0) }), '7FE00009'],
  ['OB', (...values) => ({ EncapsulatedDocument: bytes(...values) }), '00420011'],
  ['OW, in an item', (...values) => ({ SurfaceSequence: [{ SurfaceProcessing: 'NO' }, { TrianglePointIndexList: bytes(...values) }] }), '00660002/2/00660023'],
]

it.each(binaries)('a value of VR %s counts byte by byte', async (_, make, tag) => {
  const first = written(make(1, 2, 3, 4))
  expect(await differences(first, written(make(1, 2, 3, 4)))).toEqual([])
  expect(await differences(first, written(make(1, 2, 9, 4)))).toEqual([tag])
  expect(await differences(first, written(make(1, 2, 3, 4, 5, 6, 7, 8)))).toEqual([tag])
})

it('a value of an odd length is the same with and without what pads it', async () => {
  expect(await differences(written({ EncapsulatedDocument: bytes(1, 2, 3) }), written({ EncapsulatedDocument: bytes(1, 2, 3, 0) }))).toEqual([])
})

it('texts count as they read, not by their padding', async () => {
  expect(await differences(written({ StudyID: 'a' }), written({ StudyID: 'a ' }))).toEqual([])
  expect(await differences(written({ StudyID: 'a' }), written({ StudyID: 'b' }))).toEqual(['00200010'])
})
