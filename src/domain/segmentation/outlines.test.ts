import { describe, expect, it } from 'vitest'
import { outlinesOn } from './outlines.ts'

/** A U in the plane z = 5, open upwards: its arms from x 0 to 2 and 4 to 6. */
const u = { kind: 'CLOSED_PLANAR', points: [[0, 0, 5], [6, 0, 5], [6, 8, 5], [4, 8, 5], [4, 2, 5], [2, 2, 5], [2, 8, 5], [0, 8, 5]] } as const

describe('a contour on a plane', () => {
  it('is all there within half a slice, and not there beyond', () => {
    expect(outlinesOn({ point: [0, 0, 5.9], normal: [0, 0, 1] }, 1, u)).toEqual([{ points: u.points, closed: true }])
    expect(outlinesOn({ point: [0, 0, 6.1], normal: [0, 0, 1] }, 1, u)).toEqual([])
    expect(outlinesOn({ point: [0, 0, 5], normal: [0, 0, 1] }, 1, { ...u, kind: 'OPEN_PLANAR' })).toEqual([{ points: u.points, closed: false }])
  })
  it('that crosses it is a line through each part of it', () => {
    const ends = outlinesOn({ point: [0, 5, 0], normal: [0, 1, 0] }, 0.5, u).map(({ points }) => points.map(([x]) => x).toSorted((a, b) => a - b)).toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0))
    expect(ends).toEqual([[0, 2], [4, 6]])
    expect(outlinesOn({ point: [0, 1, 0], normal: [0, 1, 0] }, 0.5, u).map(({ points }) => points.length)).toEqual([2])
    // Through corners: met once each.
    expect(outlinesOn({ point: [0, 2, 0], normal: [0, 1, 0] }, 0.5, u).every(({ points }) => points.length === 2)).toBe(true)
    expect(outlinesOn({ point: [0, 9, 0], normal: [0, 1, 0] }, 0.5, u)).toEqual([])
    expect(outlinesOn({ point: [0, 5, 0], normal: [0, 1, 0] }, 0.5, { ...u, kind: 'OPEN_PLANAR' })).toEqual([])
  })
})
