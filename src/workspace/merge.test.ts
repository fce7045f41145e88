import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DecodedReport } from '../dicom/sr/decode.ts'
import type { Measurement } from '../domain/measurement/types.ts'
import type { Operation } from './document.ts'
import { contestsNow, mergeReports } from './merge.ts'

const mark = (uid: string, x: number): Measurement => ({
  trackingUid: uid, trackingId: uid.toUpperCase(), kind: 'length', label: '', values: [{ quantity: 'length', unit: 'mm', number: x, text: String(x) }],
  place: { kind: 'image', frame: { studyInstanceUid: '1', seriesInstanceUid: '2', sopClassUid: '3', sopInstanceUid: '4', frameNumber: 1 }, points: [[0, 0], [x, 0]] },
})
type Marks = Readonly<Record<string, number>>
let minute = 0
const report = (uid: string, marks: Marks, predecessors: readonly string[] = []): DecodedReport => ({
  sopInstanceUid: uid, seriesInstanceUid: '1', studyInstanceUid: '1', patientId: 'P', observer: `Reader^${uid}`, device: 'd', date: '20260105', time: String(100000 + (minute += 1)), predecessors, notUnderstood: [],
  measurements: Object.entries(marks).map(([name, x]) => mark(name, x)),
})
const told = (reports: readonly DecodedReport[]) => {
  const { standing, contests } = mergeReports(reports)
  return { marks: Object.fromEntries(standing.map(({ mark: { trackingUid, values } }) => [trackingUid, values[0]?.number])), contested: contests.map(({ trackingUid, sides }) => [trackingUid, ...sides.map((side) => side.mark?.values[0]?.number ?? null)]) }
}

describe('versions of which none replaces the other', () => {
  it.each<[string, DecodedReport[], Marks, unknown[]]>([
    ['one line of versions is its newest', [report('1', { a: 1, b: 2 }), report('2', { a: 5 }, ['1'])], { a: 5 }, []],
    ['what one side changed stands so, though the later one has it unchanged', [report('1', { a: 1, b: 2 }), report('2', { a: 5, b: 2 }, ['1']), report('3', { a: 1, b: 2 }, ['1'])], { a: 5, b: 2 }, []],
    ['what one side removed is gone, and what each drew is there', [report('1', { a: 1, b: 2 }), report('2', { b: 2, c: 3 }, ['1']), report('3', { a: 1, b: 2, d: 4 }, ['1'])], { b: 2, c: 3, d: 4 }, []],
    ['what both changed alike is not contested', [report('1', { a: 1 }), report('2', { a: 5 }, ['1']), report('3', { a: 5 }, ['1'])], { a: 5 }, []],
    ['what both changed otherwise is contested, the later one shown', [report('1', { a: 1 }), report('2', { a: 5 }, ['1']), report('3', { a: 6 }, ['1'])], { a: 6 }, [['a', 5, 6]]],
    ['what one changed and the other removed is contested, and shown', [report('1', { a: 1 }), report('2', { a: 5 }, ['1']), report('3', {}, ['1'])], { a: 5 }, [['a', 5, null]]],
    ['three sides are three choices', [report('1', { a: 1 }), report('2', { a: 5 }, ['1']), report('3', { a: 6 }, ['1']), report('4', { a: 7 }, ['1'])], { a: 7 }, [['a', 5, 6, 7]]],
    ['a version that replaces both has settled it', [report('1', { a: 1 }), report('2', { a: 5 }, ['1']), report('3', { a: 6 }, ['1']), report('4', { a: 5 }, ['2', '3'])], { a: 5 }, []],
    ['without the version both follow nobody can tell who changed it: it is asked', [report('2', { a: 5 }, ['1']), report('3', { a: 6 }, ['1'])], { a: 6 }, [['a', 5, 6]]],
  ])('%s', (_, reports, marks, contested) => expect(told(reports)).toEqual({ marks, contested }))

  it('drops nothing without a choice: whatever a newest version changed or drew stands or is a side of a question', () => {
    const marks = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 3 }))
    fc.assert(fc.property(marks, fc.array(marks, { minLength: 1, maxLength: 3 }), (first, heads) => {
      const reports = [report('base', first), ...heads.map((one, index) => report(`h${index}`, one, ['base']))]
      const { marks: now, contested } = told(reports)
      const asked = new Map(contested.map(([uid, ...sides]) => [uid, sides]))
      for (const head of heads) for (const uid of ['a', 'b', 'c', 'd']) {
        const [x, was] = [head[uid] ?? null, first[uid] ?? null]
        if (x !== was) expect(asked.get(uid) ?? [now[uid] ?? null]).toContain(x)
      }
    }))
  })
})

describe('what is drawn here against what somebody saved since', () => {
  const moved = (from: number | null, to: number | null, over?: readonly string[]): Operation => ({ trackingUid: 'a', before: from === null ? null : mark('a', from), after: to === null ? null : mark('a', to), ...(over ? { over } : {}) })
  const asked = (reports: readonly DecodedReport[], operations: readonly Operation[]) => contestsNow(mergeReports(reports), operations).map(({ sides }) => sides.map((side) => [side.report, side.mark?.values[0]?.number ?? null]))
  const base = report('1', { a: 1 })
  const theirs = report('2', { a: 6 }, ['1'])
  const gone = report('3', {}, ['1'])
  it.each<[string, DecodedReport[], Operation[], unknown]>([
    ['nothing where nobody saved', [base], [moved(1, 5)], []], ['both where both changed it', [base, theirs], [moved(1, 5)], [[['', 5], ['2', 6]]]], ['nothing where it is the same', [base, theirs], [moved(1, 6)], []],
    ['what was removed there and changed here', [base, gone], [moved(1, 5)], [[['', 5], ['3', null]]]], ['what was changed there and removed here', [base, theirs], [moved(1, null)], [[['', null], ['2', 6]]]],
    ['nothing once it was chosen', [base, theirs], [moved(1, 5), moved(5, 5, ['2'])], []], ['nothing when it is changed further', [base, theirs], [moved(1, 5), moved(5, 6, ['2']), moved(6, 7)], []],
    ['again where the choice was taken back', [base, theirs], [moved(1, 5), moved(5, 6, ['2']), moved(6, 5, [])], [[['', 5], ['2', 6]]]],
    ['again where one more version came', [base, theirs, report('4', { a: 8 }, ['2'])], [moved(1, 5), moved(5, 5, ['2'])], [[['', 5], ['4', 8]]]],
    ['nothing of a mark that is new here', [base], [{ trackingUid: 'n', before: null, after: mark('n', 3) }], []],
  ])('asks %s', (_, reports, operations, expected) => expect(asked(reports, operations)).toEqual(expected))
})
