import { describe, expect, it } from 'vitest'
import { parsePipeline } from './pipeline.ts'

const predict = { step: 'predict', input: 'a', output: 'b' }
const labels = { step: 'labels' }

describe('the steps of a manifest', () => {
  it('are read with what is not said filled in', () => {
    expect(parsePipeline([{ step: 'clip', low: -1000, high: 400 }, predict, labels])).toEqual([
      { step: 'clip', low: -1000, high: 400 },
      { step: 'predict', input: 'a', output: 'b', pictures: false, overlap: 0, neighbours: 0, multiple: 1, weights: 'constant', pad: 0, layout: 'NCHW', channels: 1 },
      { step: 'labels', rule: 'best', threshold: 0.5 },
    ])
  })
  it.each([
    [[{ step: 'registration' }, predict, labels], 'step 1 (registration) is not known'],
    [[{ step: 'toString' }, predict, labels], 'step 1 (toString) is not known'],
    [[{ step: 'clip', low: '0', high: 1 }, predict, labels], 'step 1 (clip): low should be a number'],
    [[{ step: 'clip', low: 0, hihg: 1 }, predict, labels], 'step 1 (clip): high should be a number'],
    [[{ step: 'clip', low: 0, high: 1, soft: true }, predict, labels], 'step 1 (clip): soft is not known'],
    [[{ ...predict, neighbours: 2 }, labels], 'step 1 (predict): neighbours should be given with pictures'],
    [[{ ...predict, pictures: true, neighbours: 1.5 }, labels], 'step 1 (predict): neighbours should be a count'],
    [[{ step: 'orient', axes: 'LRS' }, predict, labels], 'step 1 (orient): axes should be three letters'],
    [[{ step: 'resample', order: 1 }, predict, labels], 'step 1 (resample): spacingMm should be given, or else shape'],
    [[{ step: 'resample', spacingMm: [1, 0, 1] }, predict, labels], 'step 1 (resample): spacingMm should be three lengths'],
    [[{ step: 'resample', spacingMm: [1, 1, 1], order: 3 }, predict, labels], 'step 1 (resample): order should be one of 0, 1'],
    [[{ ...predict, overlap: 1 }, labels], 'step 1 (predict): overlap should be between 0 and 0.9'],
    [[labels], 'there must be one step predict'],
    [[predict, predict, labels], 'there must be one step predict'],
    [[predict], 'the last step must be labels or scores'],
    [[predict, { step: 'clip', low: 0, high: 1 }, labels], 'step 2 (clip) stands on the wrong side of predict'],
    [[{ step: 'activate', function: 'softmax' }, predict, labels], 'step 1 (activate) stands on the wrong side of predict'],
  ])('%j is refused by name', (steps, message) => expect(() => parsePipeline(steps)).toThrow(message))
})
