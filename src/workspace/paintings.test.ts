import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodePatch, strokePatch, applyPatch } from '../domain/segmentation/brush.ts'
import type { Grid } from '../domain/geometry/grid.ts'
import { toBase64 } from './delivery.ts'
import { emptyDocument, perform, rebuild, redo, undo, type Document, type Operation } from './document.ts'
import { createRasters, lastStroke, type PaintingHead, type StrokeOperation } from './paintings.ts'

const grid: Grid = { dimensions: [9, 8, 4], origin: [0, 0, 0], steps: [[1, 0, 0], [0, 1, 0], [0, 0, 2]] }
const head: PaintingHead = { uid: 'p', id: 'S1', name: '', on: { seriesInstanceUid: '1', columns: 9, rows: 8, slices: 4 } }
const blank = () => new Uint8Array(9 * 8 * 4)

/** Strokes made one on another, each on the map the one before left. */
const strokeOn = (data: Uint8Array, behind: string, id: string, [x, y, z]: readonly [number, number, number], erase: boolean): StrokeOperation => {
  const patch = strokePatch(data, grid, [[x, y, z]], { shape: 'ball', radiusMm: 2.5, value: erase ? 0 : 1 })
  applyPatch(data, patch)
  return { painting: head, stroke: id, behind, patch: toBase64(encodePatch(patch)), done: true }
}
const strokes = fc.array(fc.tuple(fc.nat(8), fc.nat(7), fc.nat(6), fc.boolean()), { minLength: 1, maxLength: 12 })

describe('what is painted', () => {
  it('is what its strokes left, at each step back and forth, and when it is told anew by the log', () => {
    fc.assert(fc.property(strokes, fc.array(fc.boolean(), { maxLength: 30 }), (list, back) => {
      const states = [blank()]
      let document: Document = emptyDocument
      const log: Operation[] = []
      for (const [index, [x, y, z, erase]] of list.entries()) {
        const data = (states.at(-1) ?? blank()).slice()
        const operation = strokeOn(data, lastStroke(document.paintings['p']), `s${index}`, [x, y, z], erase)
        document = perform(document, operation)
        log.push(operation)
        states.push(data)
      }
      const rasters = createRasters()
      let at = list.length
      const look = () => {
        const painting = document.paintings['p']
        if (!painting) return
        const { data } = rasters.labelMapOf(painting)
        expect(data).toEqual(states[at])
        const { low, high } = rasters.boxOf(painting) ?? { low: [9, 8, 4], high: [-1, -1, -1] }
        const outside = [...data.keys()].filter((v) => data[v] && [v % 9, Math.floor(v / 9) % 8, Math.floor(v / 72)].some((index, axis) => index < (low[axis] ?? 0) || index > (high[axis] ?? 0)))
        expect(outside).toEqual([])
      }
      look()
      for (const isBack of back) {
        const step = isBack ? undo(document) : redo(document)
        if (!step?.operation) continue
        document = step.document
        log.push(step.operation)
        at += isBack ? -1 : 1
        look()
      }
      const told = rebuild([], log).paintings['p']
      expect(told?.strokes.map(({ id }) => id)).toEqual(document.paintings['p']?.strokes.map(({ id }) => id))
      if (told) expect(createRasters().labelMapOf(told).data).toEqual(states[at])
    }))
  })
  it('a stroke of one tab under which another tab put one of its own is drawn on what is there, and taking it back leaves the other as it was', () => {
    const [mine, theirs] = [blank(), blank()]
    const a = strokeOn(mine, '', 'a', [2, 2, 0], false)
    const b = strokeOn(theirs, '', 'b', [4, 2, 0], false)
    const document = [b, a].reduce(perform, emptyDocument)
    const painting = document.paintings['p']
    if (!painting) throw new Error('there is a painting')
    const rasters = createRasters()
    const both = blank().map((_, at) => Math.max(mine[at] ?? 0, theirs[at] ?? 0))
    expect(rasters.labelMapOf(painting).data).toEqual(both)
    const left = perform(document, { ...a, done: false }).paintings['p']
    if (!left) throw new Error('there is a painting')
    expect(rasters.labelMapOf(left).data).toEqual(theirs)
  })
  it('lies in a box no larger than its strokes', () => {
    const rasters = createRasters()
    const painting = { ...head, strokes: [] }
    expect(rasters.boxOf(painting)).toBeUndefined()
    const document = perform(emptyDocument, strokeOn(blank(), '', 'a', [4, 4, 2], false))
    expect(rasters.boxOf(document.paintings['p'] ?? painting)).toEqual({ low: [2, 2, 0], high: [6, 6, 2] })
  })
  it('is not undone where something was painted on it since, and the step says so', () => {
    const data = blank()
    const a = strokeOn(data, '', 'a', [2, 2, 0], false)
    const b = strokeOn(data, 'a', 'b', [4, 2, 0], false)
    const mine = perform(emptyDocument, a)
    const followed = { ...mine, paintings: perform(mine, b).paintings }
    expect(undo(followed)).toEqual({ document: { ...followed, undo: [] }, left: a })
  })
  it('has the name its last stroke gives it', () => {
    const named = [{ painting: head, stroke: 'a', behind: '', patch: '', done: true }, { painting: { ...head, name: 'Nodule' }, stroke: 'b', behind: 'a', patch: '', done: true }].reduce<Document>(perform, emptyDocument)
    expect([named.paintings['p']?.name, undo(named)?.document.paintings['p']?.name]).toEqual(['Nodule', ''])
  })
  it('a stroke that does not lie in the lattice is refused', () => {
    const far: StrokeOperation = { painting: head, stroke: 'a', behind: '', patch: toBase64(encodePatch({ starts: Uint32Array.of(300), lengths: Uint32Array.of(2), before: Uint8Array.of(0), after: 1 })), done: true }
    const painting = perform(emptyDocument, far).paintings['p']
    if (!painting) throw new Error('there is a painting')
    expect(() => createRasters().labelMapOf(painting)).toThrow('the stroke does not lie in this label map')
  })
})
