import { expect, it } from 'vitest'
import { compactValues } from './compact.ts'
import { measure } from './measure.ts'
import type { Pixels } from './roi.ts'
import type { Place } from './types.ts'

const image = (points: readonly (readonly [number, number])[]): Place => ({ kind: 'image', points, frame: { studyInstanceUid: '1', seriesInstanceUid: '2', sopClassUid: '3', sopInstanceUid: '4', frameNumber: 1 } })
const spacing = { rowSpacingMm: 0.9, columnSpacingMm: 0.6 }
const axes = image([[0, 10], [40, 10], [20, 0], [20, 20]])

it('says mm with one decimal, and px where there is no calibration', () => {
  expect(compactValues(measure('length', image([[0, 0], [30, 20]]), spacing))).toEqual(['25.5 mm'])
  expect(compactValues(measure('length', image([[0, 0], [30, 40]]), undefined))).toEqual(['50.0 px'])
  expect(compactValues(measure('bidirectional', axes, spacing))).toEqual(['24.0 x 18.0 mm'])
  expect(compactValues(measure('ellipse', axes, undefined))).toEqual(['628.3 px²'])
  expect(compactValues(measure('arrow', axes, spacing))).toEqual([])
})

it('says of a region its area, mean and SD, smallest and largest value, and number of voxels', () => {
  const pixels: Pixels = { kind: 'frame', rows: 4, columns: 4, unit: "[hnsf'U]", values: [-100, 20, 0, 0, 40, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }
  expect(compactValues(measure('freehand', image([[0, 0], [2, 0], [2, 2], [0, 2]]), spacing, pixels))).toEqual(['2.2 mm²', '5.0 ± 71.9 HU', '-100.0 … 60.0 HU', 'n 4'])
  expect(compactValues(measure('freehand', image([[0, 0], [2, 0], [2, 2], [0, 2]]), undefined, { ...pixels, unit: '1' }))).toEqual(['4.0 px²', '5.0 ± 71.9', '-100.0 … 60.0', 'n 4'])
  expect(compactValues(measure('freehand', image([[10, 10], [12, 10], [12, 12]]), spacing, pixels))).toEqual(['1.1 mm²', 'n 0'])
})
