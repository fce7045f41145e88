import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Measurement } from '../domain/measurement/types.ts'
import { emptyDocument, markDifferences, nextTrackingId, perform, rebuild, redo, sameMarks, stepsOf, undo, type Document, type MarkOperation, type Operation } from './document.ts'

const mark = (uid: string, x: number): Measurement => ({
  trackingUid: uid, trackingId: uid, kind: 'length', label: '', values: [{ quantity: 'length', unit: 'mm', number: x, text: String(x) }],
  place: { kind: 'image', frame: { studyInstanceUid: '1', seriesInstanceUid: '2', sopClassUid: '3', sopInstanceUid: '4', frameNumber: 1 }, points: [[0, 0], [x, 0]] },
})
/** Random doings, each from the state the one before left. */
const doings = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 9 })), { maxLength: 20 }).map((list) => {
  let document: Document = emptyDocument
  const operations: MarkOperation[] = []
  for (const [uid, x] of list) {
    const operation: MarkOperation = { trackingUid: uid, before: document.marks[uid] ?? null, after: x === 0 ? null : mark(uid, x) }
    operations.push(operation)
    document = perform(document, operation)
  }
  return { document, operations }
})

describe('the document', () => {
  it('undone to the start is what it was, done again is what it became', () => {
    fc.assert(fc.property(doings, ({ document, operations }) => {
      let now = document
      for (const _ of operations) now = undo(now)?.document ?? now
      expect(now.marks).toEqual({})
      expect(undo(now)).toBeUndefined()
      for (const _ of operations) now = redo(now)?.document ?? now
      expect(now.marks).toEqual(document.marks)
    }))
  })
  it('is rebuilt from its operations, undone ones included, in the order they were logged', () => {
    fc.assert(fc.property(doings, fc.nat(6), ({ document, operations }, back) => {
      let now = document
      const log: Operation[] = [...operations]
      for (let i = 0; i < back; i++) {
        const step = undo(now)
        if (!step?.operation) break
        log.push(step.operation)
        now = step.document
      }
      expect(rebuild([], log).marks).toEqual(now.marks)
    }))
  })
  it('counts numbers that came after a mark to the step that drew it, and nothing else', () => {
    const numbered = (one: Measurement | null): Measurement | null => one && { ...one, values: [...one.values, { quantity: 'mean', unit: '{counts}', number: 3, text: '3' }] }
    fc.assert(fc.property(doings, ({ operations }) => {
      fc.pre(operations.every(({ before, after }) => !before || !after || markDifferences(before, after).length > 0))
      expect(stepsOf(operations)).toEqual(operations)
      const whole = operations.map(({ trackingUid, before, after }): Operation => ({ trackingUid, before: numbered(before), after: numbered(after) }))
      const logged = whole.flatMap((operation, index): Operation[] => {
        const bare = operations[index]?.after
        return bare ? [{ ...operation, after: bare }, { ...operation, before: bare }] : [operation]
      })
      expect(stepsOf(logged)).toEqual(whole)
    }))
  })
  it('names a new mark as no other is named', () => {
    expect(nextTrackingId({})).toBe('M1')
    expect(nextTrackingId({ x: mark('M1', 1), y: mark('M3', 1) })).toBe('M2')
  })
  it('tells a mark moved by a tenth of a millimetre from the one that was sent', () => {
    expect(markDifferences(mark('a', 5), mark('a', 5))).toEqual([])
    expect(markDifferences(mark('a', 5), mark('a', 5.1))).toEqual(['place.points.1.0', 'values.0.text'])
    expect(sameMarks([mark('a', 5)], [mark('a', 5), mark('b', 1)])).toBe(false)
  })
})
