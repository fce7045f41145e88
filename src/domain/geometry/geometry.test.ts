import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edgeLetters, lettersOf, orientationLetters } from './letters.ts'
import { cross, distanceMm, norm, offPlaneMm, scale, toImage, toWorld } from './plane.ts'
import type { FramePlane, Vec3 } from './points.ts'
import { inGeometricOrder, whyNotAVolume } from './stack.ts'

const axial: FramePlane = { origin: [-100, -80, 40], rowDirection: [1, 0, 0], columnDirection: [0, 1, 0], rowSpacingMm: 0.9, columnSpacingMm: 0.6, rows: 512, columns: 400 }
const at = (z: number, more: Partial<FramePlane> = {}): { plane: FramePlane } => ({ plane: { ...axial, origin: [-100, -80, z], ...more } })

describe('a frame in space', () => {
  it('has the centre of its first pixel at Image Position, which is 0.5\\0.5 in image coordinates', () => {
    expect(toWorld(axial, [0.5, 0.5])).toEqual([-100, -80, 40])
    expect(toWorld(axial, [1.5, 0.5])).toEqual([-99.4, -80, 40])
    expect(toWorld(axial, [0.5, 1.5])).toEqual([-100, -79.1, 40])
  })
  it('measures with the right spacing on each axis: (100,200) to (180,260) with 0.9\\0.6 is 72.25 mm', () => {
    expect(distanceMm(toWorld(axial, [100.5, 200.5]), toWorld(axial, [180.5, 260.5]))).toBeCloseTo(Math.hypot(80 * 0.6, 60 * 0.9), 10)
    expect(distanceMm(toWorld(axial, [100.5, 200.5]), toWorld(axial, [180.5, 260.5]))).toBeCloseTo(72.25, 2)
  })
  it('goes to the patient and back, whatever its direction', () => {
    const number = fc.double({ min: -400, max: 400, noNaN: true })
    const direction = fc.tuple(number, number, number).filter((v) => norm(v) > 1).map((v): Vec3 => scale(v, 1 / norm(v)))
    fc.assert(fc.property(direction, direction, fc.tuple(number, number, number), fc.tuple(number, number), (row, other, origin, point) => {
      const side = cross(row, other)
      fc.pre(norm(side) > 0.1)
      const plane: FramePlane = { ...axial, origin, rowDirection: row, columnDirection: scale(side, 1 / norm(side)) }
      const world = toWorld(plane, point)
      const back = toImage(plane, world)
      expect(Math.hypot(back[0] - point[0], back[1] - point[1])).toBeLessThan(1e-6)
      expect(Math.abs(offPlaneMm(plane, world))).toBeLessThan(1e-6)
    }))
  })
})

describe('a stack', () => {
  it('is ordered by position, never by number', () => {
    expect(inGeometricOrder([at(5), at(-5), at(0)]).map(({ plane }) => plane.origin[2])).toEqual([-5, 0, 5])
  })
  it.each([
    ['one slice', [at(0)], 'single'], ['even slices', [at(0), at(2), at(4)], undefined], ['a missing slice', [at(0), at(2), at(6)], 'unevenSpacing'], ['a doubled slice', [at(0), at(2), at(2)], 'unevenSpacing'],
    ['two directions', [at(0), at(2, { rowDirection: [0, 1, 0], columnDirection: [0, 0, -1] })], 'mixedOrientation'],
    ['a tilted gantry', [at(0), at(2, { origin: [-100, -79, 2] }), at(4, { origin: [-100, -78, 4] })], 'tilted'],
  ] as const)('%s', (_, frames, why) => {
    expect(whyNotAVolume(frames.map(({ plane }) => plane))).toBe(why)
  })
  it('without positions is no volume', () => {
    expect(whyNotAVolume([undefined, undefined])).toBe('noPosition')
  })
})

describe('orientation letters', () => {
  it('stand for axial, coronal and sagittal', () => {
    expect(orientationLetters(['P', 'FL'])).toEqual({ left: 'A', right: 'P', top: 'HR', bottom: 'FL' })
    expect(edgeLetters([1, 0, 0], [0, 1, 0])).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' })
    expect(edgeLetters([1, 0, 0], [0, 0, -1])).toEqual({ left: 'R', right: 'L', top: 'H', bottom: 'F' })
    expect(edgeLetters([0, 1, 0], [0, 0, -1])).toEqual({ left: 'A', right: 'P', top: 'H', bottom: 'F' })
  })
  it('are several where oblique, the larger first', () => {
    expect(lettersOf([0.8, 0.6, 0])).toBe('LP')
    expect(lettersOf([-0.5, 0.3, 0.81])).toBe('HRP')
  })
})
