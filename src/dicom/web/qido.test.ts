import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesQido, matchesWildcard, parseQido } from './qido.ts'

/** What PS3.4 C.2.2.2.4 says, in so many words; its time grows without bound, so it is for short texts. */
const naive = (pattern: string, text: string): boolean => {
  if (pattern === '') return text === ''
  if (pattern.startsWith('*')) return naive(pattern.slice(1), text) || (text !== '' && naive(pattern, text.slice(1)))
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && naive(pattern.slice(1), text.slice(1))
}
const few = (letters: string) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 7 })

describe('wildcards', () => {
  it('match as the standard says', () => {
    fc.assert(fc.property(few('ab*?'), few('ab'), (pattern, text) => { expect(matchesWildcard(pattern, text)).toBe(naive(pattern, text)) }), { numRuns: 5_000 })
  })
  it('take the signs of other pattern languages for themselves, and no regard of case', () => {
    fc.assert(fc.property(few('a.+^${}()|[]\\'), (text) => { expect([matchesWildcard(text, text.toUpperCase()), matchesWildcard(text, `${text}a`)]).toEqual([true, false]) }))
    expect(matchesWildcard('M?LLER*', 'Müller^Jörg')).toBe(true)
  })
  it('go back over a long text at most once for each of its characters', () => {
    // A matcher that tries every place for every star takes longer than the age of the universe for this.
    expect(matchesWildcard('*?a'.repeat(20) + '*b', 'a'.repeat(10_000))).toBe(false)
  })
})

describe('a query', () => {
  it.each([['PatientID', 64], ['PatientName', 64], ['StudyInstanceUID', 64], ['SeriesNumber', 64], ['StudyDate', 64]])('%s has at most %d characters', (name, most) => {
    expect(parseQido(new URLSearchParams({ [name]: '1'.repeat(most) })).kind).toBe('query')
    expect(parseQido(new URLSearchParams({ [name]: '1'.repeat(most + 1) })).kind).toBe('refused')
  })
  it('may name many UIDs, each of at most 64 characters', () => {
    const uids = Array.from({ length: 20 }, (_, n) => `1.2.840.${n}`.padEnd(64, '1'))
    const parsed = parseQido(new URLSearchParams({ StudyInstanceUID: uids.join(',') }))
    expect(parsed.kind === 'query' && matchesQido({ '0020000D': { vr: 'UI', Value: [uids[7]] } }, parsed.query)).toBe(true)
    expect(parseQido(new URLSearchParams({ StudyInstanceUID: [...uids, '1'.repeat(65)].join(',') })).kind).toBe('refused')
  })
  it('says what is to be in a row, by keyword or tag', () => {
    const include = (query: string) => {
      const parsed = parseQido(new URLSearchParams(query))
      return parsed.kind === 'query' ? parsed.query.include : parsed.reason
    }
    expect(include('includefield=PatientSex,00080050&includefield=StudyDescription')).toEqual(['00100040', '00080050', '00081030'])
    expect([include('includefield=all'), include('includefield=00080050&includefield=all'), include('')]).toEqual(['all', 'all', []])
    expect(include('includefield=a b')).toContain('includefield')
  })
})
