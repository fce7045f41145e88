import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toDicomJson, type DicomJson } from '../../dicom/file/json.ts'
import { readPart10 } from '../../dicom/file/read.ts'
import { shared } from '../../testing/shared.ts'
import { toEngineStacks } from './index.ts'

const axial = [1, 0, 0, 0, 1, 0]
type Image = { readonly position: readonly number[]; readonly orientation?: readonly number[]; readonly size?: number; readonly more?: DicomJson }
/** Metadata of a series of one image each, numbered as they stand. */
const series = (images: readonly Image[]): DicomJson[] => images.map(({ position, orientation = axial, size = 64, more = {} }, index) => ({
  '0020000D': { vr: 'UI', Value: ['1.2.3'] }, '0020000E': { vr: 'UI', Value: ['1.2.3.4'] }, '00080018': { vr: 'UI', Value: [`1.2.3.4.${index + 1}`] }, '00080060': { vr: 'CS', Value: ['MR'] }, '00200013': { vr: 'IS', Value: [index + 1] },
  '00280010': { vr: 'US', Value: [size] }, '00280011': { vr: 'US', Value: [size] }, '00280030': { vr: 'DS', Value: [1, 1] }, '00200032': { vr: 'DS', Value: [...position] }, '00200037': { vr: 'DS', Value: [...orientation] }, ...more,
}))
const number = (vr: string, value: number) => ({ vr, Value: [value] })
const outline = (metadata: readonly DicomJson[]) => toEngineStacks(metadata, 'set').stacks.map(({ series: { frames, stack, notAVolume }, differs }) => [frames.length, stack, differs.map(({ by, value }) => `${by} ${value}`).join(', '), notAVolume])
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('a series in stacks', () => {
  it('is one stack where each place has one frame, whatever else differs', () => {
    const one = series(range(6).map((index) => ({ position: [0, 0, index * 3], more: { '00200012': number('IS', index), '00180081': number('DS', index % 2) } })))
    expect(outline(one)).toEqual([[6, undefined, '', undefined]])
  })
  it('is parted where directions or sizes differ, as a localiser among slices does', () => {
    const scout = { position: [0, -100, 200], orientation: [1, 0, 0, 0, 0, -1], size: 128 }
    expect(outline(series([scout, ...range(5).map((index) => ({ position: [0, 0, index * 3] }))]))).toEqual([[1, '1', 'plane coronal, size 128 x 128', 'single'], [5, '2', 'plane axial, size 64 x 64', undefined]])
  })
  it('stays whole where a stack would hold a frame or two', () => {
    const turned = range(12).map((index) => ({ position: [0, 0, 0], orientation: [Math.cos(index / 4), Math.sin(index / 4), 0, 0, 0, -1] }))
    expect(outline(series(turned))).toEqual([[12, undefined, '', 'mixedOrientation']])
  })
  it.each([
    ['b-value', '00189087', 'FD', [50, 400, 1000], 'bValue'], ['echo', '00180081', 'DS', [9, 80], 'echo'], ['temporal position', '00200100', 'IS', [1, 2, 3], 'time'], ['acquisition', '00200012', 'IS', [1, 2], 'acquisition'],
  ])('is parted by %s where places repeat, in order of its number', (_, tag, vr, values, by) => {
    const images = range(5).flatMap((slice) => values.toReversed().map((one) => ({ position: [0, 0, slice * 3], more: { [tag]: number(vr, one) } })))
    expect(outline(series(images))).toEqual(values.map((one, index) => [5, String(index + 1), `${by} ${one}`, undefined]))
  })
  it('reads the b-value of Siemens, as text or as bytes, only from their own block', () => {
    const images = (maker: string, element: (b: number) => DicomJson[string]) => range(4).flatMap((slice) => [50, 400].map((b) => ({ position: [0, 0, slice * 3], more: { '00190010': { vr: 'LO', Value: [maker] }, '0019100C': element(b) } })))
    const names = (maker: string, element: (b: number) => DicomJson[string]) => outline(series(images(maker, element))).map(([, , differs]) => differs)
    expect(names('SIEMENS MR HEADER', (b) => ({ vr: 'IS', Value: [b] }))).toEqual(['bValue 50', 'bValue 400'])
    expect(names('SIEMENS MR HEADER', (b) => ({ vr: 'OB', InlineBinary: btoa(String(b)) }))).toEqual(['bValue 50', 'bValue 400'])
    expect(names('GEMS_ACQU_01', (b) => ({ vr: 'IS', Value: [b] }))).toEqual(['part 1', 'part 2'])
  })
  it('is parted twice where two things differ', () => {
    const images = range(4).flatMap((slice) => [50, 800].flatMap((b) => [1, 2].map((time) => ({ position: [0, 0, slice * 3], more: { '00189087': number('FD', b), '00200100': number('IS', time) } }))))
    expect(outline(series(images)).map(([frames, , differs]) => [frames, differs])).toEqual([[4, 'bValue 50, time 1'], [4, 'bValue 50, time 2'], [4, 'bValue 800, time 1'], [4, 'bValue 800, time 2']])
  })
  it('is parted by turns where nothing says what repeats, and every stack is a volume', () => {
    const images = range(3).flatMap(() => range(4).map((slice) => ({ position: [0, 0, slice * 3] })))
    expect(outline(series(images))).toEqual([[4, '1', 'part 1', undefined], [4, '2', 'part 2', undefined], [4, '3', 'part 3', undefined]])
  })
  it('knows the frames of one enhanced image by their functional groups', () => {
    const item = (tags: DicomJson) => ({ vr: 'SQ', Value: [tags] })
    const groups = range(4).flatMap((slice) => [0, 600].map((b): DicomJson => ({ '00209113': item({ '00200032': { vr: 'DS', Value: [0, 0, slice * 2] } }), '00189117': item({ '00189087': number('FD', b) }) })))
    const [image = {}] = series([{ position: [0, 0, 0] }])
    expect(outline([{ ...image, '00280008': number('IS', 8), '52009230': { vr: 'SQ', Value: groups } }])).toEqual([[4, '1', 'bValue 0', undefined], [4, '2', 'bValue 600', undefined]])
  })
})

const patient = shared('data/prostatex/ProstateX-0001_2011-07-08')
describe.skipIf(!patient)('ProstateX-0001', () => {
  const read = async (folder: string): Promise<DicomJson[]> => {
    const at = join(patient ?? '', readdirSync(patient ?? '').find((name) => name.startsWith(folder)) ?? '')
    return await Promise.all(readdirSync(at).filter((name) => name.endsWith('.dcm')).map(async (name) => toDicomJson(await readPart10(new Uint8Array(readFileSync(join(at, name)))))))
  }
  it('has its diffusion series as three stacks of 19, its ADC as one', async () => {
    expect(outline(await read('7.'))).toEqual([[19, '1', 'bValue 50', undefined], [19, '2', 'bValue 400', undefined], [19, '3', 'bValue 800', undefined]])
    expect(outline(await read('8.'))).toEqual([[19, undefined, '', undefined]])
  })
  it('has its localiser as three directions', async () => {
    const counts = (await Promise.all(['1.', '2.', '3.'].map(read))).map((metadata) => outline(metadata).map(([frames, , differs]) => `${frames} ${differs}`).sort())
    expect(counts).toContainEqual(['3 plane sagittal', '5 plane axial', '5 plane coronal'])
  })
  it('are refused of an image that claims more frames than can be', () => {
    const [image = {}] = series([{ position: [0, 0, 0] }])
    for (const frames of [2_000_000_000, 1.5]) expect(() => outline([{ ...image, '00280008': number('IS', frames) }])).toThrow(`claims ${frames} frames`)
  })
})
