import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bestResponse, type Visit } from './best.ts'
import { assessCourse, type Assessment } from './course.ts'
import { changeFrom, shownMm, tenthsOf } from './diameter.ts'
import { carried, overallResponse } from './response.ts'
import type { Lesion, LesionState, NonTargetResponse, OverallResponse, TargetResponse, TimePoint } from './types.ts'

const lesion = (id: string, more: Partial<Lesion> = {}): Lesion => ({ id, role: 'target', node: false, organ: 'liver', ...more })
const mm = (value: number): LesionState => ({ kind: 'measured', mm: value })
const absent: LesionState = { kind: 'absent' }
const gone: LesionState = { kind: 'notEvaluable', reason: 'not in the field of view' }
/** Time points four weeks apart; a row of states each, in the order of the lesions. */
const course = (lesions: readonly Lesion[], rows: readonly (readonly (LesionState | undefined)[])[]) => assessCourse(lesions, rows.map((row, index): TimePoint => ({
  date: new Date(Date.UTC(2026, 0, 1 + 28 * index)).toISOString().slice(0, 10),
  states: Object.fromEntries(lesions.flatMap(({ id }, at) => { const state = row[at]; return state ? [[id, state] as const] : [] })),
})))
const complete = (one: Assessment | undefined) => { if (one?.kind !== 'complete') throw new Error('it is not complete'); return one }
/** One target through its sums. */
const sums = (...values: readonly number[]) => course([lesion('a')], values.map((value) => [mm(value)])).assessments.map(complete)
const targets = (...values: readonly number[]) => sums(...values).map(({ target }) => target)
const after = (...rows: Parameters<typeof course>) => complete(course(...rows).assessments.at(-1))

describe('sums and the responses of targets (4.3.1)', () => {
  it.each<[number[], TargetResponse[]]>([
    [[100, 80, 60, 71, 72], ['SD', 'PR', 'SD', 'PD']], [[20, 10, 14, 15], ['PR', 'PR', 'PD']], [[50, 36, 35], ['SD', 'PR']], [[100, 99, 119], ['SD', 'PD']], [[24, 19, 24], ['SD', 'PD']],
    [[100, 60, 71, 72], ['PR', 'SD', 'PD']], [[100, 70, 70, 80, 80, 80], ['PR', 'PR', 'SD', 'SD', 'SD']], [[100, 70.04], ['PR']], [[100, 70.05], ['SD']], [[100, 0], ['CR']],
  ])('%j mm is %j', (values, responses) => expect(targets(...values)).toEqual(responses))
  it('the nadir includes the baseline: 24, 19, 24 mm is back at baseline, yet +26 % and +5 mm', () => {
    const last = sums(24, 19, 24).at(-1)
    expect(last).toMatchObject({ nadirMm: 19, overNadir: { mm: 5, percent: 26.3 }, againstBaseline: { mm: 0, percent: 0 } })
    expect(sums(24, 30)[0]).toMatchObject({ nadirMm: 24, target: 'PD' })
  })
  it('100.0 → 70.04 shows 70.0, and the verdict is computed from what is shown', () => {
    expect(sums(100, 70.04)[0]).toMatchObject({ sumMm: 70, againstBaseline: { mm: -30, percent: -30 }, target: 'PR' })
    expect([shownMm(70.05), shownMm(14.95), shownMm(0.15), shownMm(9.949)]).toEqual([70.1, 15, 0.2, 9.9])
  })
  it('a percentage shown never reaches a threshold that the verdict did not: 200.1 → 140.1 is -29.985 %', () => {
    expect(changeFrom(2001, 1401)).toEqual({ mm: -60, percent: -29.9 })
    expect(targets(200.1, 140.1)).toEqual(['SD'])
    expect(changeFrom(0, 50)).toEqual({ mm: 5, percent: undefined })
  })
  it('nodes count their short axis even when normal: liver 30 + node 20 = 50 → 0 + 9 is CR with a sum of 9, 0 + 10 PR', () => {
    const both = [lesion('liver'), lesion('node', { node: true, organ: 'node' })]
    const to = (node: number) => course(both, [[mm(30), mm(20)], [absent, mm(node)]])
    expect(to(9).baselineMm).toBe(50)
    expect(complete(to(9).assessments[0])).toMatchObject({ target: 'CR', sumMm: 9 })
    expect(complete(to(10).assessments[0])).toMatchObject({ target: 'PR', sumMm: 10 })
    expect(complete(to(9.96).assessments[0])).toMatchObject({ target: 'PR', sumMm: 10 })
  })
  it('normal nodes that grow stay complete: 20 → 4 → 9 mm short axis', () => {
    expect(course([lesion('node', { node: true })], [[mm(20)], [mm(4)], [mm(9)]]).assessments.map((one) => complete(one).target)).toEqual(['CR', 'CR'])
  })
  it('too small to measure is 5 mm, 3 mm measured stays 3, absent is 0', () => {
    const one = (state: LesionState) => after([lesion('a'), lesion('b')], [[mm(20), mm(20)], [mm(20), state]]).sumMm
    expect([one({ kind: 'tooSmall' }), one(mm(3)), one(absent)]).toEqual([25, 23, 20])
  })
  it('a target not evaluable: 20+30 → 32+NE is NE, 20+30 → 60+NE is PD', () => {
    const two = [lesion('a'), lesion('b')]
    expect(after(two, [[mm(20), mm(30)], [mm(32), gone]])).toMatchObject({ target: 'NE', overall: 'NE', sumMm: undefined, overNadir: undefined })
    expect(after(two, [[mm(20), mm(30)], [mm(60), gone]])).toMatchObject({ target: 'PD', overall: 'PD' })
    // What could not be summed is no nadir.
    expect(after(two, [[mm(20), mm(30)], [mm(10), gone], [mm(20), mm(30)]])).toMatchObject({ nadirMm: 50, target: 'SD' })
  })
  it('merged: one diameter counts and the others point to it; split: fragments are summed', () => {
    const both = [lesion('a'), lesion('b')]
    expect(after(both, [[mm(20), mm(15)], [mm(30), { kind: 'merged', into: 'a' }]])).toMatchObject({ sumMm: 30, target: 'SD' })
    expect(after(both, [[mm(20), mm(15)], [absent, { kind: 'merged', into: 'a' }]])).toMatchObject({ sumMm: 0, target: 'CR' })
    expect(after([lesion('a'), lesion('a2')], [[mm(30), undefined], [mm(12), { kind: 'split', from: 'a', mm: 9.5 }]])).toMatchObject({ sumMm: 21.5, target: 'SD' })
  })
})

describe('a state that is missing', () => {
  const notComplete = (...of: Parameters<typeof course>) => course(...of).assessments.at(-1)
  it.each<[string, Lesion[], (LesionState | undefined)[][]]>([
    ['of a target', [lesion('a'), lesion('x')], [[mm(20), mm(20)], [mm(20), undefined]]],
    ['of a target at the baseline', [lesion('a'), lesion('x')], [[mm(20), undefined], [mm(20), mm(20)]]],
    ['of a non-target', [lesion('a'), lesion('x', { role: 'nonTarget' })], [[mm(20), { kind: 'present' }], [mm(20), undefined]]],
    ['of a new lesion that was seen before', [lesion('a'), lesion('x', { role: 'new' })], [[mm(20), undefined], [mm(20), { kind: 'new', certainty: 'equivocal' }], [mm(20), undefined]]],
    ['as good as: a target that is only present', [lesion('a'), lesion('x')], [[mm(20), mm(20)], [mm(20), { kind: 'present' }]]],
    ['as good as: merged into itself', [lesion('a'), lesion('x')], [[mm(20), mm(20)], [mm(20), { kind: 'merged', into: 'x' }]]],
    ['as good as: merged into what is not there', [lesion('a'), lesion('x')], [[mm(20), mm(20)], [mm(20), { kind: 'merged', into: 'y' }]]],
    ['as good as: a diameter that is no number', [lesion('a'), lesion('x')], [[mm(20), mm(20)], [mm(20), mm(Number.NaN)]]],
    ['as good as: not evaluable at the baseline', [lesion('a'), lesion('x')], [[mm(20), gone], [mm(20), mm(20)]]],
  ])('%s shows "not complete", never SD', (_, lesions, rows) => expect(notComplete(lesions, rows)).toMatchObject({ kind: 'notComplete', missing: ['x'] }))
  it('of two that point to each other is missing of both', () => {
    expect(notComplete([lesion('a'), lesion('b')], [[mm(20), mm(20)], [{ kind: 'merged', into: 'b' }, { kind: 'merged', into: 'a' }]])).toMatchObject({ kind: 'notComplete', missing: ['a', 'b'] })
  })
  it('before it was first seen a new lesion is absent; nobody is asked for it', () => {
    const [first, second] = course([lesion('a'), lesion('n', { role: 'new' })], [[mm(20), undefined], [mm(20), undefined], [mm(20), { kind: 'new', certainty: 'certain' }]]).assessments.map(complete)
    expect([first?.overall, second?.overall]).toEqual(['SD', 'PD'])
  })
})

describe('non-target and new lesions (4.3.3 to 4.3.5)', () => {
  const withNonTarget = (state: LesionState, more: Partial<Lesion> = {}) => after([lesion('a'), lesion('n', { role: 'nonTarget', ...more })], [[mm(50), { kind: 'present' }], [mm(50), state]])
  it.each<[string, LesionState, Partial<Lesion>, NonTargetResponse]>([
    ['present', { kind: 'present' }, {}, 'nonCrNonPd'], ['absent', absent, {}, 'CR'], ['not evaluable', gone, {}, 'NE'], ['unequivocal progression', { kind: 'unequivocalProgression' }, {}, 'PD'],
    ['a node of 9.9 mm', mm(9.9), { node: true }, 'CR'], ['a node of 10 mm', mm(10), { node: true }, 'nonCrNonPd'], ['too small to measure', { kind: 'tooSmall' }, {}, 'nonCrNonPd'],
  ])('%s', (_, state, more, response) => expect(withNonTarget(state, more).nonTarget).toBe(response))
  it('unequivocal progression alone is PD, whatever the targets', () => expect(after([lesion('a'), lesion('n', { role: 'nonTarget' })], [[mm(50), { kind: 'present' }], [absent, { kind: 'unequivocalProgression' }]]).overall).toBe('PD'))

  const newLesion = (...states: (LesionState | undefined)[]) => course([lesion('a'), lesion('n', { role: 'new' })], [[mm(50), undefined], ...states.map((state) => [mm(50), state])]).assessments.map((one) => complete(one).overall)
  const [certain, equivocal] = (['certain', 'equivocal'] as const).map((certainty): LesionState => ({ kind: 'new', certainty }))
  it('an equivocal new lesion is none yet; confirmed, PD is dated back to it', () => {
    expect(newLesion(equivocal)).toEqual(['SD'])
    expect(newLesion(equivocal, equivocal, certain)).toEqual(['PD', 'PD', 'PD'])
    expect(newLesion(equivocal, absent, certain)).toEqual(['SD', 'SD', 'PD'])
    expect(newLesion(equivocal, absent)).toEqual(['SD', 'SD'])
  })
  it('one that cannot be evaluated later leaves the time point not evaluable', () => expect(newLesion(certain, gone)).toEqual(['PD', 'NE']))
})

describe('the overall response (4.4, tables 1 and 2)', () => {
  it.each<[TargetResponse | 'none', NonTargetResponse, boolean, OverallResponse]>([
    ['CR', 'CR', false, 'CR'], ['CR', 'nonCrNonPd', false, 'PR'], ['CR', 'NE', false, 'PR'], ['PR', 'nonCrNonPd', false, 'PR'], ['PR', 'NE', false, 'PR'], ['SD', 'nonCrNonPd', false, 'SD'], ['SD', 'NE', false, 'SD'],
    ['NE', 'nonCrNonPd', false, 'NE'], ['PD', 'CR', false, 'PD'], ['PD', 'NE', true, 'PD'], ['CR', 'PD', false, 'PD'], ['NE', 'PD', false, 'PD'], ['CR', 'CR', true, 'PD'], ['NE', 'NE', true, 'PD'],
    ['none', 'CR', false, 'CR'], ['none', 'nonCrNonPd', false, 'nonCrNonPd'], ['none', 'NE', false, 'NE'], ['none', 'PD', false, 'PD'], ['none', 'CR', true, 'PD'], ['CR', 'none', false, 'CR'], ['none', 'none', false, 'NE'],
  ])('targets %s, non-targets %s, new lesion %s: %s', (target, nonTarget, newLesion, overall) => expect(overallResponse({ target, nonTarget, newLesion })).toBe(overall))
  it('what is there again after a complete response is progression, however small; after a partial one it is measured (table 3, footnote a)', () => {
    const two = [lesion('a'), lesion('b')]
    expect(course([lesion('a')], [[mm(20)], [absent], [mm(4)]]).assessments.map((one) => complete(one).overall)).toEqual(['CR', 'PD'])
    expect(course(two, [[mm(20), mm(20)], [absent, mm(20)], [mm(4), mm(20)]]).assessments.map((one) => complete(one).overall)).toEqual(['PR', 'PR'])
  })
})

describe('arithmetic and carried', () => {
  it('100 → 70, 70, 80, 80, 80 mm: arithmetic PR, PR, SD, SD, SD, carried PR throughout', () => {
    const all = sums(100, 70, 70, 80, 80, 80)
    expect(all.map(({ overall }) => overall)).toEqual(['PR', 'PR', 'SD', 'SD', 'SD'])
    expect(all.map(({ overallCarried, targetCarried }) => [overallCarried, targetCarried])).toEqual(Array.from({ length: 5 }, () => ['PR', 'PR']))
  })
  it('ends with progression, whatever it is of, and leaves what is not evaluable', () => {
    expect(sums(100, 60, 71, 72, 72).map(({ targetCarried }) => targetCarried)).toEqual(['PR', 'PR', 'PD', 'PD'])
    expect(carried(['SD', 'PR', 'NE', 'SD'])).toEqual(['SD', 'PR', 'NE', 'PR'])
    const withNew = course([lesion('a'), lesion('n', { role: 'new' })], [[mm(100), undefined], [mm(70), undefined], [mm(80), { kind: 'new', certainty: 'certain' }], [mm(80), absent]])
    expect(withNew.assessments.map((one) => complete(one).overallCarried)).toEqual(['PR', 'PD', 'SD'])
  })
})

describe('the best response (4.4, table 3)', () => {
  const visits = (...responses: OverallResponse[]): Visit[] => responses.map((overall, index) => ({ overall, date: new Date(Date.UTC(2026, 0, 1 + 28 * (index + 1))).toISOString().slice(0, 10) }))
  const best = (responses: OverallResponse[], confirmedAfterDays?: number) => bestResponse('2026-01-01', visits(...responses), { stableFromDays: 42, ...(confirmedAfterDays === undefined ? {} : { confirmedAfterDays }) })
  it.each<[OverallResponse[], OverallResponse]>([
    [['SD', 'PR', 'SD', 'PD'], 'PR'], [['SD', 'PD'], 'PD'], [['SD', 'SD', 'PD'], 'SD'], [['PD', 'PR'], 'PD'], [['NE', 'NE'], 'NE'], [['PR', 'CR'], 'CR'], [['SD'], 'NE'], [['nonCrNonPd', 'nonCrNonPd'], 'nonCrNonPd'],
  ])('%j, not to be confirmed: %s', (responses, response) => expect(best(responses)).toBe(response))
  it.each<[OverallResponse[], OverallResponse]>([
    [['CR', 'CR'], 'CR'], [['PR', 'CR'], 'PR'], [['PR', 'PR'], 'PR'], [['PR', 'SD'], 'SD'], [['PR', 'PD'], 'PD'], [['SD', 'PR', 'PD'], 'SD'], [['PR', 'NE'], 'NE'], [['PR', 'SD', 'PR'], 'PR'], [['CR', 'PD'], 'PD'],
  ])('%j, to be confirmed after 28 days: %s', (responses, response) => expect(best(responses, 28)).toBe(response))
})

describe('laws', () => {
  const diameter = fc.integer({ min: 0, max: 800 }).map((tenths) => tenths / 10)
  const history = fc.integer({ min: 1, max: 5 }).chain((count) => fc.array(fc.array(diameter, { minLength: count, maxLength: count }), { minLength: 2, maxLength: 6 }))
    .map(([first = [], ...rest]) => [first.map((value) => value + 10), ...rest])
  const run = (rows: readonly (readonly number[])[], order = rows[0]?.map((_, index) => index) ?? []) =>
    course(order.map((index) => lesion(String(index))), rows.map((row) => order.map((index) => mm(row[index] ?? 0))))

  it('the order of lesions does not matter', () => fc.assert(fc.property(history, (rows) => { expect(run(rows, rows[0]?.map((_, index) => index).reverse())).toEqual(run(rows)) })))
  it('progression comes before partial response, and nothing but a complete one before it', () => fc.assert(fc.property(history, (rows) => {
    for (const one of run(rows).assessments.map(complete)) {
      const { target, overNadir, sumMm = 0, nadirMm } = one
      const pd = (overNadir?.mm ?? 0) >= 5 && sumMm * 10 >= Math.ceil(nadirMm * 12 - 1e-9)
      if (pd && sumMm > 0) expect(target).toBe('PD')
      if (target === 'PR') expect(pd).toBe(false)
      if (target === 'PD') expect(pd).toBe(true)
    }
  })))
  it('scaled by a whole number, partial and complete responses stay, and progression is never lost', () => fc.assert(fc.property(history, fc.integer({ min: 2, max: 5 }), (rows, factor) => {
    const [plain, scaled] = [rows, rows.map((row) => row.map((value) => (tenthsOf(value) * factor) / 10))].map((all) => run(all).assessments.map((one) => complete(one)))
    plain?.forEach((one, index) => {
      if (one.target !== 'SD' && one.target !== 'PR') expect(scaled?.[index]?.target).toBe(one.target)
      expect(scaled?.[index]?.againstBaseline?.percent).toBe(one.againstBaseline?.percent)
      if (scaled?.[index]?.target === 'PR') expect(one.target).toBe('PR')
    })
  })))
  it('what is shown gives the verdict again', () => fc.assert(fc.property(fc.array(fc.array(fc.double({ min: 0, max: 80, noNaN: true }), { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 5 }), (rows) => {
    expect(run(rows.map((row) => row.map(shownMm)))).toEqual(run(rows))
  })))
  it('a certain new lesion is progression at any time', () => fc.assert(fc.property(history, (rows) => {
    const lesions = [...(rows[0] ?? []).map((_, index) => lesion(String(index))), lesion('new', { role: 'new' })]
    const { assessments } = course(lesions, rows.map((row, index) => [...row.map(mm), index === rows.length - 1 ? { kind: 'new', certainty: 'certain' } as const : undefined]))
    expect(complete(assessments.at(-1))).toMatchObject({ overall: 'PD', overallCarried: 'PD' })
  })))
})
