import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FramePlane } from '../geometry/points.ts'
import { differingFields } from './differ.ts'
import { measure, roundPlace, toDecimalString } from './measure.ts'
import type { Place } from './types.ts'

const plane: FramePlane = { origin: [0, 0, 0], rowDirection: [1, 0, 0], columnDirection: [0, 1, 0], rowSpacingMm: 0.9, columnSpacingMm: 0.6, rows: 512, columns: 512 }
const place: Place = { kind: 'image', frame: { studyInstanceUid: '1', seriesInstanceUid: '2', sopClassUid: '3', sopInstanceUid: '4', frameNumber: 1 }, points: [[100.5, 200.5], [180.5, 260.5]] }

describe('a length', () => {
  it('is 72.25 mm between (100,200) and (180,260) with Pixel Spacing 0.9\\0.6', () => {
    const [length] = measure('length', place, plane)
    expect(length?.unit).toBe('mm')
    expect(length?.number).toBeCloseTo(Math.hypot(48, 54), 9)
    expect(Number(length?.text)).toBeCloseTo(72.25, 2)
  })
  it('is in pixels without calibration', () => {
    expect(measure('length', place, undefined)).toEqual([{ quantity: 'length', unit: 'px', number: 100, text: '100' }])
  })
  it('in space is the distance of its points', () => {
    expect(measure('length', { kind: 'plane', studyInstanceUid: '1', seriesInstanceUid: '2', frameOfReferenceUid: '3', normal: [0, 1, 0], points: [[0, 0, 0], [3, 0, 4]] }, undefined)[0]?.number).toBe(5)
  })
})

describe('what DICOM carries', () => {
  it('a decimal string has at most 16 characters and means the number to 9 digits', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, min: -1e12, max: 1e12 }), (number) => {
      const text = toDecimalString(number)
      expect(text.length).toBeLessThanOrEqual(16)
      expect(text).toMatch(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/)
      expect(Math.abs(Number(text) - number)).toBeLessThanOrEqual(Math.abs(number) * 1e-8 + 5e-324)
    }))
  })
  it('zero has no sign, and what is not finite no text', () => {
    expect(toDecimalString(-0)).toBe('0')
    expect(() => toDecimalString(Number.NaN)).toThrow('NaN')
    expect(roundPlace({ ...place, points: [[-0, 0.1], [1, 2]] }).points).toEqual([[0, Math.fround(0.1)], [1, 2]])
  })
  it('what differs is named by its field', () => {
    expect(differingFields(place, { ...place, points: [[100.5, 200.5], [180.6, 260.5]] })).toEqual(['points.1.0'])
    expect(differingFields({ a: 1 }, { a: 1, b: undefined })).toEqual([])
  })
  it('a rounded place does not change when it is rounded again', () => {
    const once = roundPlace({ ...place, points: [[100.1, 0.3], [7.7, 1e6 + 0.1]] })
    expect(roundPlace(once)).toEqual(once)
  })
})
