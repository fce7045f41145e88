import { describe, expect, it } from 'vitest'
import { assessCourse } from '../domain/recist/course.ts'
import { eligibilityOf, type Candidate } from '../domain/recist/eligibility.ts'
import { followUps, recistStateOf, type FollowUp } from './followUp.ts'

const assessed = ({ lesions, monthsApart }: FollowUp) => assessCourse(
  lesions.map(({ id, role, organ, type }) => ({ id, role, organ, node: type === 'node' })),
  [0, 1, 2, 3].map((index) => ({
    date: new Date(Date.UTC(2024, index * monthsApart, 10)).toISOString().slice(0, 10),
    states: Object.fromEntries(lesions.map((lesion) => [lesion.id, recistStateOf(lesion, lesion.timePoints[index] ?? { state: 'absent' })])),
  })),
)

describe('the truth of the follow-up patients', () => {
  it('is of six patients', () => expect(followUps.map(({ patient }) => patient)).toEqual([1, 2, 3, 4, 5, 6]))

  it.each(followUps)('patient $patient has the responses that were worked out by hand', (one) => {
    const { baselineMm, assessments } = assessed(one)
    const found = assessments.map((assessment) => (assessment.kind === 'complete' ? assessment : undefined))
    expect({
      sumMm: [baselineMm, ...found.map((assessment) => assessment?.sumMm)], target: found.map((assessment) => assessment?.target),
      nonTarget: found.map((assessment) => assessment?.nonTarget), overall: found.map((assessment) => assessment?.overall),
    }).toEqual(one.expected)
  })

  it.each(followUps)('patient $patient has targets that may be targets with slices of 2.5 mm, and non-targets of some size', ({ lesions }) => {
    const chosen: Candidate[] = []
    for (const { organ, type, role, timePoints: [baseline] } of lesions) {
      if (!('longestMm' in baseline)) continue
      const node = type === 'node'
      const candidate = { node, organ, mm: node ? baseline.shortestMm : baseline.longestMm, sliceThicknessMm: 2.5 }
      const { as } = eligibilityOf(candidate, chosen)
      if (role === 'target') {
        expect([organ, as]).toEqual([organ, 'target'])
        chosen.push(candidate)
      } else expect(as).toBe('nonTarget')
    }
  })

  it.each(followUps.flatMap(({ lesions }) => lesions))('$id is of a size that can be painted, to 0.1 mm', ({ organ, type, timePoints }) => {
    expect(type === 'node').toBe(organ === 'mediastinal node')
    for (const at of timePoints) {
      if (!('longestMm' in at)) continue
      const { longestMm, shortestMm, state } = at
      for (const mm of [longestMm, shortestMm]) expect(Number(mm.toFixed(1))).toBe(mm)
      expect(shortestMm).toBeLessThanOrEqual(longestMm)
      if (state === 'tooSmall') expect(longestMm).toBeLessThan(5)
      else expect(longestMm).toBeGreaterThanOrEqual(6)
      expect(longestMm).toBeLessThanOrEqual(35)
    }
  })
})
