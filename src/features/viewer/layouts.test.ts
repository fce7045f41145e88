import { describe, expect, it } from 'vitest'
import type { Vec3 } from '../../domain/geometry/points.ts'
import { generatedSeries } from '../../testing/engineSeries.ts'
import type { EngineSeries } from '../../engine/port.ts'
import { viewsOf } from './layouts.ts'

const facing = (rowDirection: Vec3, columnDirection: Vec3, more: Partial<EngineSeries> = {}): EngineSeries => {
  const { series } = generatedSeries({ name: 'layout', slices: 2 })
  return { ...series, frames: series.frames.map((frame) => ({ ...frame, ...(frame.plane ? { plane: { ...frame.plane, rowDirection, columnDirection } } : {}) })), ...more }
}
const names = (layout: 'stack' | 'mpr' | 'four', series: EngineSeries) => viewsOf(layout, series).map(({ view }) => view)
const tilted = (degrees: number): Vec3 => [0, Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]

describe('layouts', () => {
  it('stand three planes and a volume together, the series\' own plane as it was stored', () => {
    expect(names('four', facing([1, 0, 0], [0, 1, 0]))).toEqual(['stack', 'coronal', 'sagittal', 'volume'])
    expect(names('four', facing([1, 0, 0], [0, 0, -1]))).toEqual(['axial', 'stack', 'sagittal', 'volume'])
    expect(names('four', facing([0, 1, 0], [0, 0, -1]))).toEqual(['axial', 'coronal', 'stack', 'volume'])
    expect(names('four', facing([1, 0, 0], tilted(9)))).toEqual(['stack', 'coronal', 'sagittal', 'volume'])
    expect(names('four', facing([1, 0, 0], tilted(30)))).toEqual(['axial', 'coronal', 'sagittal', 'volume'])
  })
  it('show a stack alone of what is no volume', () => {
    for (const layout of ['stack', 'mpr', 'four'] as const) expect(names(layout, facing([1, 0, 0], [0, 1, 0], { notAVolume: 'unevenSpacing' }))).toEqual(['stack'])
    expect(names('mpr', facing([1, 0, 0], [0, 1, 0]))).toEqual(['stack', 'axial', 'coronal', 'sagittal'])
  })
})
