import { describe, expect, it } from 'vitest'
import type { DicomJson } from '../../dicom/file/json.ts'
import { toEngineStacks } from './index.ts'

const el = (vr: string, ...Value: unknown[]) => ({ vr, Value }) as DicomJson[string]
const item = (tags: DicomJson) => ({ vr: 'SQ', Value: [tags] }) as DicomJson[string]
const base: DicomJson = { '00080060': el('CS', 'CT'), '0020000D': el('UI', '1.2'), '0020000E': el('UI', '1.2.3'), '00280010': el('US', 8), '00280011': el('US', 8), '00280030': el('DS', 1, 1), '00200037': el('DS', 1, 0, 0, 0, 1, 0) }
/** What is known of two slices of one series, each with something of its own. */
const said = (...own: readonly DicomJson[]) => toEngineStacks(own.map((more, index) => ({ ...base, '00080018': el('UI', `1.2.3.${index}`), '00200013': el('IS', index), '00200032': el('DS', 0, 0, index), ...more })), 'set').stacks.map((stack) => stack.said)

describe('what images say of themselves', () => {
  it('is read of all of them: number, type, kernels, thickness, agent and the last time', () => {
    const of = (thickness: number, kernel: string, time: string): DicomJson => ({
      '00200011': el('IS', '4'), '00080008': el('CS', 'ORIGINAL', 'PRIMARY', 'AXIAL'), '00180050': el('DS', String(thickness)), '00181210': el('SH', kernel), '00180010': el('LO', 'Iodinated contrast agent'), '00080022': el('DA', '20240105'), '00080032': el('TM', time),
    })
    expect(said(of(1, 'B30f', '101520.25'), of(1.5, 'B70f', '10:16'))).toEqual([{ seriesNumber: 4, imageTypes: ['ORIGINAL', 'PRIMARY', 'AXIAL'], kernels: ['B30f', 'B70f'], thicknessMm: 1.5, contrast: 'with', acquired: '20240105101600' }])
  })
  it('is unknown where one of them does not say it, and nothing is made up', () => {
    expect(said({ '00080008': el('CS', 'ORIGINAL'), '00180050': el('DS', 1), '00181210': el('SH', ''), '00080022': el('DA', '20240105') }, {})).toEqual([{}])
  })
  it.each([
    ['an agent of one', [{ '00180010': el('LO', 'Iohexol') }, {}], 'with'], ['an empty agent', [{ '00180010': el('LO', '') }, { '00180010': el('LO', '') }], undefined], ['no agent by name', [{ '00180010': el('LO', 'NONE') }, { '00180010': el('LO', 'No contrast') }], 'without'],
    ['no agent by name of one alone', [{ '00180010': el('LO', 'NONE') }, {}], undefined], ['an agent that begins alike', [{ '00180010': el('LO', 'Nonionic') }, {}], 'with'], ['an agent by its code', [{ '00180012': item({ '00080100': el('SH', '387219000') }) }, {}], 'with'],
  ])('%s', (_, own, contrast) => {
    expect(said(...own)[0]?.contrast).toBe(contrast)
  })
  it('takes when the series began where no acquisition is timed, and one element for both', () => {
    expect(said(...[1, 2].map(() => ({ '00080021': el('DA', '20240105'), '00080031': el('TM', '09') })))[0]?.acquired).toBe('20240105090000')
    expect(said(...[1, 2].map(() => ({ '0008002A': el('DT', '20240106120000.5+0100'), '00080021': el('DA', '20240105') })))[0]?.acquired).toBe('20240106120000')
  })
  it('is read of the functional groups of an enhanced image, frame by frame', () => {
    const frame = (z: number): DicomJson => ({ '00209113': item({ '00200032': el('DS', 0, 0, z) }), '00189329': item({ '00089007': el('CS', 'ORIGINAL', 'PRIMARY', 'LOCALIZER', 'NONE') }), '00209111': item({ '00189074': el('DT', `2024010610${z}000`) }) })
    const shared = { '00189314': item({ '00181210': el('SH', 'FC51') }), '00289110': item({ '00180050': el('DS', 0.5), '00280030': el('DS', 1, 1) }) }
    expect(said({ '00280008': el('IS', 2), '00080008': el('CS', 'ORIGINAL', 'PRIMARY', 'VOLUME', 'NONE'), '52009229': item(shared), '52009230': { vr: 'SQ', Value: [frame(1), frame(2)] } as DicomJson[string] })).toEqual([
      { imageTypes: ['ORIGINAL', 'PRIMARY', 'LOCALIZER', 'NONE'], kernels: ['FC51'], thicknessMm: 0.5, acquired: '20240106102000' },
    ])
  })
  it('is that of each stack of its own', () => {
    const stack = (b: number, type: string) => [0, 1, 2].map((z): DicomJson => ({ '00200032': el('DS', 0, 0, z), '00189087': el('FD', b), '00080008': el('CS', 'ORIGINAL', 'PRIMARY', type) }))
    expect(said(...stack(50, 'DIFFUSION'), ...stack(800, 'TRACEW')).map(({ imageTypes }) => imageTypes?.[2])).toEqual(['DIFFUSION', 'TRACEW'])
  })
})
