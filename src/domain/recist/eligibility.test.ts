import { describe, expect, it } from 'vitest'
import annotation from '../../i18n/en/annotation.json' with { type: 'json' }
import { eligibilityOf, type Candidate, type Reason } from './eligibility.ts'

const liver = (mm: number, more: Partial<Candidate> = {}): Candidate => ({ node: false, organ: 'liver', mm, sliceThicknessMm: 5, ...more })
const node = (mm: number, more: Partial<Candidate> = {}): Candidate => liver(mm, { node: true, organ: 'mediastinal node', ...more })
const as = (candidate: Candidate, targets: readonly Candidate[] = []) => { const { as: role, reasons } = eligibilityOf(candidate, targets); return [role, ...reasons.map(({ code }) => code)] }
const others = (...organs: string[]): Candidate[] => organs.map((organ) => liver(20, { organ }))

describe('what can be a target (3.1, 4.1)', () => {
  it('slices of 5 mm or less need 10 mm: 9.9 is not measurable, 10.0 is', () => {
    expect(as(liver(9.9))).toEqual(['nonTarget', 'shorterThanNeeded'])
    expect(as(liver(10))).toEqual(['target'])
    expect(as(liver(10, { sliceThicknessMm: 0.7 }))).toEqual(['target'])
  })
  it('7 mm slices: 13.9 mm is not measurable, 14.0 is', () => {
    expect(eligibilityOf(liver(13.9, { sliceThicknessMm: 7 }), [])).toEqual({ as: 'nonTarget', reasons: [{ code: 'shorterThanNeeded', neededMm: 14, sliceMm: 7 }] })
    expect(as(liver(14, { sliceThicknessMm: 7 }))).toEqual(['target'])
  })
  it('with gaps the spacing limits: 5 mm slices every 8 mm need 16 mm', () => expect([as(liver(15.9, { sliceSpacingMm: 8 })), as(liver(16, { sliceSpacingMm: 8 }))]).toEqual([['nonTarget', 'shorterThanNeeded'], ['target']]))
  it('a node: short axis 15 is a target, 10 to under 15 a non-target, under 10 normal', () => {
    expect([15, 14.9, 10, 9.9].map((mm) => as(node(mm)))).toEqual([['target'], ['nonTarget', 'nodeUnder15'], ['nonTarget', 'nodeUnder15'], ['none', 'nodeUnder10']])
    expect(as(node(14.96))).toEqual(['target'])
  })
  it('the third in an organ, the lungs being one', () => {
    const lung = (mm: number) => liver(mm, { organ: 'lung' })
    expect(as(lung(20), [lung(20)])).toEqual(['target'])
    expect(eligibilityOf(lung(20), [lung(20), lung(20)])).toEqual({ as: 'nonTarget', reasons: [{ code: 'thirdInOrgan', organ: 'lung' }] })
  })
  it('all nodes are one organ, or each station its own', () => {
    const stations = ['axillary node', 'cervical node'].map((organ) => node(20, { organ }))
    expect(as(node(20), stations)).toEqual(['nonTarget', 'thirdInOrgan'])
    expect(eligibilityOf(node(20), stations, { nodesAreOneOrgan: false }).as).toBe('target')
    expect(eligibilityOf(node(20), [node(20), node(20)], { nodesAreOneOrgan: false }).as).toBe('nonTarget')
  })
  it('the sixth target', () => {
    expect(as(liver(20), others('lung', 'lung', 'spleen', 'kidney'))).toEqual(['target'])
    expect(as(liver(20), others('lung', 'lung', 'spleen', 'kidney', 'brain'))).toEqual(['nonTarget', 'sixthTarget'])
  })
  it.each(['boneWithoutSoftTissue', 'cystic', 'irradiated', 'effusion'] as const)('%s is not measurable whatever its size, so non-target', (nature) => expect(as(liver(60, { nature }))).toEqual(['nonTarget', nature]))
  it('says every reason, each of which has words', () => {
    expect(as(liver(8, { nature: 'cystic' }), others('liver', 'liver', 'lung', 'lung', 'brain'))).toEqual(['nonTarget', 'cystic', 'shorterThanNeeded', 'thirdInOrgan', 'sixthTarget'])
    const words: Readonly<Record<Reason['code'], string>> = annotation.recist.notTarget
    expect(Object.keys(words).sort()).toEqual(['boneWithoutSoftTissue', 'cystic', 'effusion', 'irradiated', 'nodeUnder10', 'nodeUnder15', 'shorterThanNeeded', 'sixthTarget', 'thirdInOrgan'])
  })
})
