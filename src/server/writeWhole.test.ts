import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeWhole } from './writeWhole.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'whole-')) })
afterEach(() => rmSync(folder, { recursive: true }))

it('puts another file in the place of the old one, for its owner alone, and leaves nothing beside it', () => {
  const file = join(folder, 'state.json')
  writeWhole(file, 'one')
  const before = statSync(file)
  writeWhole(file, 'two')
  const after = statSync(file)
  expect([readFileSync(file, 'utf8'), after.mode & 0o777, readdirSync(folder)]).toEqual(['two', 0o600, ['state.json']])
  // Not the old file written over: whoever reads or ends in between has one of both.
  expect(after.ino).not.toBe(before.ino)
})

it('leaves nothing behind where it cannot', () => {
  mkdirSync(join(folder, 'state.json', 'taken'), { recursive: true })
  expect(() => writeWhole(join(folder, 'state.json'), 'one')).toThrow()
  expect(readdirSync(folder)).toEqual(['state.json'])
})
