import { describe, expect, it } from 'vitest'
import { calibrationAt, calibrationOfImage, calibrationsOfRegions, type UltrasoundRegion } from './calibration.ts'
import { measure } from './measure.ts'

const frame = { studyInstanceUid: '1', seriesInstanceUid: '2', sopClassUid: '3', sopInstanceUid: '4', frameNumber: 1 }
const of = (said: Partial<Parameters<typeof calibrationOfImage>[0]>) => calibrationOfImage({ projection: true, ...said })

describe('the size of pixels of an image without a plane', () => {
  it('is Pixel Spacing where that is all, said to be uncertain on a projection', () => {
    expect(of({ pixelSpacing: [0.9, 0.6], projection: false })).toEqual({ rowSpacingMm: 0.9, columnSpacingMm: 0.6, kind: 'pixelSpacing' })
    expect(of({ pixelSpacing: [0.9, 0.6] })?.kind).toBe('notSaid')
  })
  it('was corrected where Pixel Spacing differs from that at the detector', () => {
    expect(of({ pixelSpacing: [0.25, 0.25], imagerPixelSpacing: [0.5, 0.5], calibrationType: 'FIDUCIAL', calibrationDescription: 'Used fiducial', magnification: 1.5 })).toEqual({ rowSpacingMm: 0.25, columnSpacingMm: 0.25, kind: 'fiducial', detail: 'Used fiducial' })
    expect(of({ pixelSpacing: [0.25, 0.25], imagerPixelSpacing: [0.5, 0.5], calibrationType: 'GEOMETRY' })?.kind).toBe('geometry')
    expect(of({ pixelSpacing: [0.25, 0.25], imagerPixelSpacing: [0.5, 0.5], magnification: 1.5 })).toEqual({ rowSpacingMm: 0.25, columnSpacingMm: 0.25, kind: 'notSaid' })
  })
  it('is that at the detector where Pixel Spacing repeats it or is absent, over the magnification where that is said', () => {
    for (const pixelSpacing of [undefined, [0.1, 0.2] as const]) {
      expect(of({ pixelSpacing, imagerPixelSpacing: [0.1, 0.2] })).toEqual({ rowSpacingMm: 0.1, columnSpacingMm: 0.2, kind: 'detector' })
      expect(of({ pixelSpacing, imagerPixelSpacing: [0.1, 0.2], magnification: 1.06 })).toEqual({ rowSpacingMm: 0.1 / 1.06, columnSpacingMm: 0.2 / 1.06, kind: 'magnification', detail: '1.06' })
    }
    expect(of({ imagerPixelSpacing: [0.1, 0.2], magnification: 0 })?.kind).toBe('detector')
  })
  it('is not known without either, or with one that cannot be', () => {
    for (const pixelSpacing of [undefined, [0, 1], [-1, 1], [NaN, 1], [Infinity, 1]] as const) expect(of({ pixelSpacing, magnification: 2 })).toBeUndefined()
  })
})

describe('ultrasound regions', () => {
  const tissue: UltrasoundRegion = { spatialFormat: 1, unitsX: 3, unitsY: 3, deltaX: -0.04, deltaY: 0.02, minX: 10, minY: 20, maxX: 109, maxY: 219 }
  const trace: UltrasoundRegion = { ...tissue, spatialFormat: 3, unitsX: 4, unitsY: 0, deltaX: 0.005, deltaY: 0, minY: 230, maxY: 260 }
  it('give mm within tissue, none in a trace, none from one into the other or outside', () => {
    const found = calibrationsOfRegions([tissue, trace])
    expect(found).toHaveLength(1)
    const lengthOf = (a: readonly [number, number], b: readonly [number, number]) => {
      const [value] = measure('length', { kind: 'image', frame, points: [a, b] }, calibrationAt(found, [a, b]))
      return `${value?.text} ${value?.unit}`
    }
    expect(lengthOf([10, 20], [110, 20])).toBe('40 mm')
    expect(lengthOf([10, 20], [10, 220])).toBe('40 mm')
    expect(lengthOf([20, 235], [20, 255])).toBe('20 px')
    expect(lengthOf([20, 200], [20, 240])).toBe('40 px')
    expect(lengthOf([5, 100], [25, 100])).toBe('20 px')
  })
  it('of different scales do not lend each other theirs', () => {
    const found = calibrationsOfRegions([tissue, { ...tissue, deltaX: 0.01, deltaY: 0.01, minX: 110, maxX: 209 }, { ...tissue, deltaX: 0.03, deltaY: 0.03, minX: 300, maxX: 399 }, { ...tissue, deltaX: 0.05, minX: 350, maxX: 449 }])
    expect(calibrationAt(found, [[20, 30], [90, 30]])?.columnSpacingMm).toBe(0.4)
    expect(calibrationAt(found, [[120, 30], [190, 30]])?.columnSpacingMm).toBe(0.1)
    expect(calibrationAt(found, [[90, 30], [120, 30]])).toBeUndefined()
    expect(calibrationAt(found, [[320, 30], [340, 30]])?.columnSpacingMm).toBe(0.3)
    expect(calibrationAt(found, [[320, 30], [360, 30]])).toBeUndefined()
  })
})
