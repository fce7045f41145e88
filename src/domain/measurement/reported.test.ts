import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recompute, type ReportedNumber } from './reported.ts'

const spacing = { rowSpacingMm: 0.9, columnSpacingMm: 0.6 }
const line = (number: number, unit = 'mm'): ReportedNumber => ({ name: 'Length', text: `${number}`, unit, number, quantity: 'length', shape: { graphicType: 'POLYLINE', points: [[100.5, 200.5], [180.5, 260.5]] } })

describe('a number of somebody else, from its coordinates', () => {
  it.each<[string, ReportedNumber, number, boolean]>([
    // 80 x 0.6 = 48 and 60 x 0.9 = 54 mm.
    ['the same length', line(72.25), Math.hypot(48, 54), false],
    ['a length 0.1 mm off', line(72.36), Math.hypot(48, 54), true],
    ['a length in cm', line(7.225, 'cm'), Math.hypot(48, 54) / 10, false],
    ['a small length more than 1 % off', { ...line(2.02), shape: { graphicType: 'POLYLINE', points: [[0, 0, 0], [0, 2.05, 0]] } }, 2.05, true],
    ['the area of a circle of 11 pixels of 0.6 and 0.9 mm, which is drawn along its column', { name: 'Area', text: '1.7', unit: 'cm2', number: 1.7, quantity: 'area', shape: { graphicType: 'CIRCLE', points: [[58, 52], [58, 41]] } }, (Math.PI * 9.9 ** 2) / 100, true],
    ['the area of an ellipse in space', { name: 'Area', text: '1', unit: 'mm2', number: 6 * Math.PI, quantity: 'area', shape: { graphicType: 'ELLIPSE', points: [[0, -3, 1], [0, 3, 1], [0, 0, -1], [0, 0, 3]] } }, 6 * Math.PI, false],
    ['the area of a polygon that is closed', { name: 'Area', text: '12', unit: 'mm2', number: 12, quantity: 'area', shape: { graphicType: 'POLYGON', points: [[0, 0, 0], [4, 0, 0], [4, 3, 0], [0, 3, 0], [0, 0, 0]] } }, 12, false],
    ['a perimeter', { name: 'Perimeter', text: '14', unit: 'mm', number: 14, quantity: 'perimeter', shape: { graphicType: 'POLYGON', points: [[0, 0, 0], [4, 0, 0], [4, 3, 0], [0, 3, 0], [0, 0, 0]] } }, 14, false],
  ])('%s', (_, given, expected, differs) => {
    const found = recompute(given, spacing)
    expect(Math.abs((found?.number ?? Number.NaN) - expected)).toBeLessThan(1e-9)
    expect(found).toMatchObject({ differs, unit: given.unit })
  })
  it.each<[string, ReportedNumber, typeof spacing | undefined]>([
    ['in pixels', line(100, 'px'), spacing], ['on an image that is not here, or is not calibrated', line(72), undefined], ['without coordinates', { name: 'Volume', text: '33.5824', unit: 'ml', number: 33.5824 }, spacing],
    ['of a line that is not closed', { ...line(3, 'mm2'), quantity: 'area' }, spacing], ['of points', { ...line(3), shape: { graphicType: 'MULTIPOINT', points: [[0, 0, 0], [1, 1, 1]] } }, spacing],
  ])('%s is not computed', (_, given, known) => expect(recompute(given, known)).toBeUndefined())
  it('differs by more than 0.1 mm or 1 %, of whatever length', () => {
    fc.assert(fc.property(fc.double({ min: 0.5, max: 500, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }), (mm, off) => {
      const number = mm + off
      const found = recompute({ ...line(number), shape: { graphicType: 'POLYLINE', points: [[0, 0, 0], [mm, 0, 0]] } }, undefined)
      expect(found?.differs).toBe(Math.abs(mm - number) > 0.1 || Math.abs(mm - number) > 0.01 * Math.abs(number))
    }))
  })
})
