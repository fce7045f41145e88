import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Vec3 } from '../geometry/points.ts'
import { applyPatch, patchBox, type Patch } from './brush.ts'
import { paintPart, rectangleOf, type LabelLook, type PictureMap } from './paint.ts'

const [columns, rows, slices] = [9, 8, 5]
const [width, height] = [23, 19]
const looks: ReadonlyMap<number, LabelLook> = new Map([[1, { colour: [255, 0, 0], alpha: 0.3 }], [2, { colour: [0, 200, 40], alpha: 0.5 }]])
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const vector = (most: number) => fc.tuple(number(-most, most), number(-most, most), number(-most, most))
/** A slice as it lies, larger or smaller, or any plane through the voxels. */
const maps = fc.oneof(
  fc.tuple(number(-3, 9), number(-3, 8), number(0.1, 1.4), fc.nat(slices - 1)).map(([x, y, step, slice]): PictureMap => ({ first: [x, y, slice], right: [step, 0, 0], down: [0, step, 0] })),
  fc.tuple(fc.tuple(number(-2, 9), number(-2, 8), number(-1, 5)), vector(0.7), vector(0.7)).map(([first, right, down]): PictureMap => ({ first, right, down })),
)
const labelMaps = fc.uint8Array({ minLength: columns * rows * slices, maxLength: columns * rows * slices, max: 2 })
/** Runs of voxels, also over the end of a row or slice. */
const patches = fc.tuple(fc.uniqueArray(fc.nat(columns * rows * slices - 1), { minLength: 1, maxLength: 6 }), fc.nat(12), fc.nat(2)).map(([places, length, after]): Patch => {
  const starts = places.toSorted((a, b) => a - b)
  const lengths = starts.map((start, index) => Math.max(1, Math.min(length, (starts[index + 1] ?? columns * rows * slices) - start)))
  return { starts: Uint32Array.from(starts), lengths: Uint32Array.from(lengths), before: new Uint8Array(starts.length), after }
})
const whole = { x: 0, y: 0, width, height }

describe('what a stroke changed of a picture of labels', () => {
  it('painted where it was alone is the picture painted anew', () => {
    fc.assert(fc.property(labelMaps, maps, patches, (data, map, patch) => {
      const labelMap = { columns, rows, slices, data: data.slice() }
      const picture = paintPart(labelMap, map, whole, whole, looks)
      applyPatch(labelMap.data, patch)
      const box = patchBox(patch, columns, rows)
      const rectangle = box && rectangleOf(map, box, width, height)
      const part = rectangle && paintPart(labelMap, map, rectangle, whole, looks)
      if (rectangle && part) for (let row = 0; row < rectangle.height; row++) picture.set(part.subarray(row * rectangle.width * 4, (row + 1) * rectangle.width * 4), ((rectangle.y + row) * width + rectangle.x) * 4)
      expect(picture).toEqual(paintPart(labelMap, map, whole, whole, looks))
    }), { numRuns: 400 })
  })
  it('lies in a rectangle no larger than its voxels and two pixels about them; none where it is on another slice', () => {
    const map: PictureMap = { first: [0, 0, 2], right: [0.5, 0, 0], down: [0, 0.5, 0] }
    const box = (low: Vec3, high: Vec3) => rectangleOf(map, { low, high }, width, height)
    expect(box([4, 3, 2], [5, 3, 2])).toEqual({ x: 5, y: 3, width: 9, height: 7 })
    expect(box([0, 0, 0], [8, 7, 4])).toEqual({ x: 0, y: 0, width: 20, height: 18 })
    expect(box([4, 3, 3], [5, 3, 4])).toBeUndefined()
  })
  it('shows an outline in full about an inside by its alpha, and nothing where there is no label', () => {
    const data = new Uint8Array(columns * rows * slices)
    for (const [i, j] of [[2, 2], [3, 2], [4, 2], [2, 3], [3, 3], [4, 3], [2, 4], [3, 4], [4, 4]] as const) data[i + columns * j] = 1
    const picture = paintPart({ columns, rows, slices, data }, { first: [0, 0, 0], right: [1, 0, 0], down: [0, 1, 0] }, { x: 0, y: 0, width: 9, height: 8 }, { width: 9, height: 8 }, looks)
    const at = (x: number, y: number): number[] => [...picture.subarray((y * 9 + x) * 4, (y * 9 + x) * 4 + 4)]
    expect([at(2, 2), at(3, 3), at(1, 3)]).toEqual([[255, 0, 0, 255], [255, 0, 0, 77], [0, 0, 0, 0]])
  })
})
