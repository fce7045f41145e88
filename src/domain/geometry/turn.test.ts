import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cross, dot, norm, scale } from './plane.ts'
import type { Vec3 } from './points.ts'
import { rightOf, trackball, turn, type Stance } from './turn.ts'

/** A head-first patient seen from the front: left of the patient (+x) at the right, head (+z) on top, the eye in front (-y). */
const front: Stance = { up: [0, 0, 1], towards: [0, -1, 0] }
const dragged = (stance: Stance, drag: readonly [number, number]): Stance => {
  const by = trackball(stance, drag, 100)
  return by ? { up: turn(stance.up, by.axis, by.angle), towards: turn(stance.towards, by.axis, by.angle) } : stance
}
const near = (a: Vec3, b: Vec3): void => { for (const axis of [0, 1, 2] as const) expect(a[axis]).toBeCloseTo(b[axis], 9) }

describe('a drag over a volume', () => {
  it('shows the patient from the front with the left side at the right', () => near(rightOf(front), [1, 0, 0]))
  it('to the right by half the size brings the front to the right and the patient\'s right into view', () => {
    const seen = dragged(front, [50, 0])
    near(seen.towards, [-1, 0, 0])
    near(rightOf(seen), [0, -1, 0])
    near(seen.up, [0, 0, 1])
  })
  it('down by half the size brings the head into view', () => {
    const seen = dragged(front, [0, 50])
    near(seen.towards, [0, 0, 1])
    near(seen.up, [0, 1, 0])
  })
  it('of the whole size shows the back', () => near(dragged(front, [100, 0]).towards, [0, 1, 0]))
  it('of nothing turns nothing', () => expect(trackball(front, [0, 0], 100)).toBeUndefined())
  it('keeps a stance upright and of length one, and goes back by the opposite drag', () => {
    fc.assert(fc.property(fc.double({ min: -80, max: 80, noNaN: true }), fc.double({ min: -80, max: 80, noNaN: true }), (dx, dy) => {
      const there = dragged(front, [dx, dy])
      expect(norm(there.up)).toBeCloseTo(1, 9)
      expect(norm(there.towards)).toBeCloseTo(1, 9)
      expect(dot(there.up, there.towards)).toBeCloseTo(0, 9)
      near(cross(there.up, there.towards), rightOf(there))
      near(dragged(there, [-dx, -dy]).towards, front.towards)
    }))
  })
  it('turns right-handed', () => near(turn([1, 0, 0], [0, 0, 1], Math.PI / 2), scale([0, 1, 0], 1)))
})
