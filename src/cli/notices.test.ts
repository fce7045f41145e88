import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noticeOf, refusedOf } from './notices.ts'
import { ownNumbers } from './ownPlaces.ts'

describe('what was not taken', () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `${n}.dcm`, reason: 'not a DICOM file' }))
  it('is said by name and reason, ten lines and a count', () => {
    expect(noticeOf('file', '/data', refusedOf(many(1)))).toEqual(['1 file of /data was not taken:', '  not a DICOM file (0.dcm)'])
    expect(noticeOf('file', '/data', refusedOf(many(10)))).toHaveLength(11)
    const lines = noticeOf('file', '/data', refusedOf(many(1_000)))
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([12, '1000 files of /data were not taken:', '  and 990 more'])
    expect(noticeOf('file', '/data', refusedOf([]))).toEqual([])
  })
  it('moves no cursor', () => {
    expect(noticeOf('file', '/data', refusedOf([{ name: 'a\u001b[2J\nb', reason: 'r' }]))[1]).toBe('  r (a�[2J�b)')
  })
})

describe('the number of a folder of one\'s own', () => {
  let folder: string
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'own-')) })
  afterEach(() => rmSync(folder, { recursive: true }))
  /** As a start with these folders leaves it. */
  const start = (...places: string[]): number[] => {
    const numbers = ownNumbers(folder, 'own', places)
    for (const [index, number] of numbers.entries()) {
      mkdirSync(join(folder, `own-${number}`), { recursive: true })
      writeFileSync(join(folder, `own-${number}`, 'node.json'), JSON.stringify({ archive: { kind: 'embedded', importFrom: places[index] } }))
    }
    return numbers
  }
  it('stays with it, whatever is given beside it and in which order', () => {
    expect(start('/a')).toEqual([1])
    expect(start('/b')).toEqual([2])
    expect(start('/b', '/c', '/a')).toEqual([2, 3, 1])
    expect(start('/a')).toEqual([1])
  })
  it('is nobody else\'s where its own record cannot be read, or it is given twice', () => {
    mkdirSync(join(folder, 'own-7'))
    writeFileSync(join(folder, 'own-7', 'node.json'), '{')
    expect(start('/a')).toEqual([8])
    expect(start('/a', '/a')).toEqual([8, 9])
  })
})
