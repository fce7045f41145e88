import { describe, expect, it } from 'vitest'
import { assessCourse } from './course.ts'
import { iRecist } from './iRecist.ts'
import type { Lesion, LesionState } from './types.ts'

const lesions: readonly Lesion[] = [
  { id: 'a', role: 'target', node: false, organ: 'liver' }, { id: 'n', role: 'nonTarget', node: false, organ: 'liver' }, { id: 'x', role: 'new', node: false, organ: 'lung' }, { id: 'y', role: 'new', node: false, organ: 'lung' },
]
type Visit = { a: number | 'NE'; n?: LesionState; x?: number; y?: number; weeks?: number }
const fresh = (mm: number | undefined): LesionState => (mm === undefined ? { kind: 'absent' } : { kind: 'new', certainty: 'certain', mm })
/** Visits after a baseline of 100 mm, six weeks apart. */
const responses = (...visits: readonly Visit[]) => {
  let weeks = 0
  const timePoints = [{ a: 100 }, ...visits].map((visit: Visit, index) => {
    weeks += index === 0 ? 0 : visit.weeks ?? 6
    const target: LesionState = visit.a === 'NE' ? { kind: 'notEvaluable', reason: 'motion' } : { kind: 'measured', mm: visit.a }
    return { date: new Date(Date.UTC(2026, 0, 1 + 7 * weeks)).toISOString().slice(0, 10), states: { a: target, n: visit.n ?? { kind: 'present' as const }, x: fresh(visit.x), y: fresh(visit.y) } }
  })
  return iRecist(assessCourse(lesions, timePoints).assessments.flatMap((one) => (one.kind === 'complete' ? [one] : [])))
}
const words = (...visits: readonly Visit[]) => responses(...visits).map(({ response }) => response)
const worse = (further = false): LesionState => ({ kind: 'unequivocalProgression', ...(further ? { further: true as const } : {}) })

describe('iRECIST', () => {
  it('100 → 125, 130 = iUPD, iCPD: 5 mm more confirm', () => expect(words({ a: 125 }, { a: 130 })).toEqual(['iUPD', 'iCPD']))
  it('100 → 125, 129 = iUPD, iUPD: 4 mm more do not', () => expect(words({ a: 125 }, { a: 129 })).toEqual(['iUPD', 'iUPD']))
  it('100 → 125, 68, 82 = iUPD, iPR, iUPD: a visit without progression resets', () => expect(words({ a: 125 }, { a: 68 }, { a: 82 })).toEqual(['iUPD', 'iPR', 'iUPD']))
  it('new lesions are measured apart: their sum by 5 mm, or another one, confirms; unchanged they do not', () => {
    expect(words({ a: 100, x: 8 }, { a: 100, x: 13 })).toEqual(['iUPD', 'iCPD'])
    expect(words({ a: 100, x: 8 }, { a: 100, x: 12.9 })).toEqual(['iUPD', 'iUPD'])
    expect(words({ a: 100, x: 8 }, { a: 100, x: 8, y: 6 })).toEqual(['iUPD', 'iCPD'])
    expect(words({ a: 60, x: 8 }, { a: 60, x: 8 })).toEqual(['iUPD', 'iUPD'])
  })
  it('further progression of non-targets confirms, the same extent does not', () => {
    expect(words({ a: 100, n: worse() }, { a: 100, n: worse(true) })).toEqual(['iUPD', 'iCPD'])
    expect(words({ a: 100, n: worse() }, { a: 100, n: worse() })).toEqual(['iUPD', 'iUPD'])
  })
  it('progression of another kind confirms', () => {
    expect(words({ a: 125 }, { a: 125, x: 6 })).toEqual(['iUPD', 'iCPD'])
    expect(words({ a: 100, x: 6 }, { a: 120, x: 6 })).toEqual(['iUPD', 'iCPD'])
    expect(words({ a: 125 }, { a: 125, n: worse() })).toEqual(['iUPD', 'iCPD'])
  })
  it('confirmed it stays, and a visit that is not evaluable neither confirms nor resets', () => {
    expect(words({ a: 125 }, { a: 130 }, { a: 60 })).toEqual(['iUPD', 'iCPD', 'iCPD'])
    expect(words({ a: 125 }, { a: 'NE' }, { a: 131 })).toEqual(['iUPD', 'iNE', 'iCPD'])
  })
  it('is confirmed at 4 to 8 weeks: not before, and later it is said', () => {
    expect(responses({ a: 125 }, { a: 131, weeks: 3 })[1]).toMatchObject({ response: 'iUPD', note: 'earlierThan4Weeks' })
    expect(words({ a: 125 }, { a: 128, weeks: 3 }, { a: 131, weeks: 2 })).toEqual(['iUPD', 'iUPD', 'iCPD'])
    expect(responses({ a: 125 }, { a: 131, weeks: 4 })[1]).toEqual({ date: expect.any(String), response: 'iCPD' })
    expect(responses({ a: 125 }, { a: 131, weeks: 9 })[1]).toMatchObject({ response: 'iCPD', note: 'laterThan8Weeks' })
  })
})
