import { describe, expect, it } from 'vitest'
import type { ToolManifest } from '../../../contract/index.ts'
import nodules from '../../../hub/tools/lung-nodules/tool.json' with { type: 'json' }
import type { SaidOfSeries } from '../../../domain/tool/traits.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { generatedSeries } from '../../../testing/engineSeries.ts'
import { chooseSeries, keyOf, type ToolSeries } from './chooseSeries.ts'

const tool = nodules as unknown as ToolManifest
const { selection: _, ...rest } = tool
const plain: SaidOfSeries = { imageTypes: ['ORIGINAL', 'PRIMARY', 'AXIAL'] }
const stack = (name: string, slices: number, sliceSpacingMm: number, said: SaidOfSeries = plain, change: Partial<EngineSeries> = {}): ToolSeries => ({ series: { ...generatedSeries({ name, slices, sliceSpacingMm, rows: 4, columns: 4 }).series, ...change }, said, label: name })
const [thick, thin, scout] = [stack('thick', 30, 4.5), stack('thin', 45, 3), stack('scout', 3, 100, { imageTypes: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }, { notAVolume: 'mixedOrientation' })]
const study = [scout, thick, thin]
const told = (...given: Parameters<typeof chooseSeries>) => {
  const { chosen, runnerUp, choice, refused } = chooseSeries(...given)
  return { chosen: chosen?.of.label, runnerUp: runnerUp?.of.label, by: choice?.by, reason: choice?.reason, refused: refused.map(({ label }) => label) }
}

describe('the series of a tool', () => {
  it('is what its rule says, whatever is open; the shipped nodule tool takes the thinnest axial stack', () => {
    for (const { series } of study) expect(told(tool, study, series, undefined)).toEqual({ chosen: 'thin', runnerUp: 'thick', by: 'rule', reason: 'thinnest', refused: ['scout'] })
    expect(chooseSeries(tool, study, thick.series, undefined).choice).toEqual({
      by: 'rule', reason: 'thinnest', runnerUp: { series: thick.series.seriesInstanceUid },
      grounds: [{ trait: 'modality', verdict: 'fits', value: 'CT' }, { trait: 'imageType', verdict: 'fits', value: '' }, { trait: 'orientation', verdict: 'fits', value: 'axial' }, { trait: 'spacing', verdict: 'fits', value: '3' }, { trait: 'slices', verdict: 'fits', value: '45' }],
    })
  })
  it('is what a person picks among those that fit, the rule\'s own coming second; what does not fit cannot be picked', () => {
    expect(told(tool, study, thin.series, keyOf(thick.series))).toMatchObject({ chosen: 'thick', runnerUp: 'thin', by: 'person', reason: 'asked' })
    expect(told(tool, study, thin.series, keyOf(thin.series))).toMatchObject({ chosen: 'thin', by: 'rule' })
    expect(told(tool, study, thin.series, keyOf(scout.series))).toMatchObject({ chosen: 'thin', by: 'rule' })
  })
  it('is none where nothing fits, and none by rule where what must be is not said', () => {
    expect(told(tool, [scout], scout.series, undefined)).toEqual({ chosen: undefined, runnerUp: undefined, by: undefined, reason: undefined, refused: ['scout'] })
    const silent = stack('silent', 45, 3, {})
    expect(told(tool, [silent], silent.series, undefined)).toMatchObject({ chosen: undefined, runnerUp: undefined, refused: [] })
    expect(told(tool, [silent], silent.series, keyOf(silent.series))).toMatchObject({ chosen: 'silent', by: 'person', reason: 'asked' })
  })
  it('is the open one for a tool without a rule', () => {
    expect(told(rest, study, thick.series, undefined)).toMatchObject({ chosen: 'thick', runnerUp: undefined, by: 'person', reason: 'opened' })
    expect(told(rest, study, thick.series, keyOf(thin.series))).toMatchObject({ chosen: 'thin', by: 'person', reason: 'asked' })
    expect(told(rest, study, scout.series, undefined)).toMatchObject({ chosen: undefined, refused: ['scout'] })
  })
  it('is the open one for a tool that looks at the slice in view, if its rule allows', () => {
    const scores: ToolManifest = { ...tool, kind: 'classification', pipeline: [{ step: 'predict', input: 'image', output: 'scores', pictures: true }, { step: 'activate', function: 'softmax' }, { step: 'scores' }] }
    expect(told(scores, study, thick.series, keyOf(thin.series))).toMatchObject({ chosen: 'thick', runnerUp: undefined, reason: 'only' })
    expect(told(scores, study, scout.series, undefined)).toMatchObject({ chosen: undefined, refused: ['scout'] })
  })
  it('tells stacks of one series apart', () => {
    const parts = ['1', '2'].map((name) => stack('parts', 30, 3, plain, { stack: name }))
    expect(chooseSeries(tool, parts, thick.series, undefined).choice).toMatchObject({ stack: '1', reason: 'order', runnerUp: { series: parts[0]?.series.seriesInstanceUid, stack: '2' } })
  })
  it('without positions has no known direction or spacing', () => {
    const { series } = thin
    const flat = { ...thin, series: { ...series, frames: series.frames.map(({ plane: __, ...frame }) => frame) } }
    expect(chooseSeries({ ...tool, selection: { orientation: 'axial', spacingMm: { max: 5 } } }, [flat], series, undefined).candidates[0]?.grounds.filter(({ verdict }) => verdict === 'unknown').map(({ trait }) => trait)).toEqual(['orientation', 'spacing'])
  })
})
