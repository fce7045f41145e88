import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { syntheticCt } from '../testing/dicom.ts'
import { openStore } from './archive/store.ts'
import { importFolder } from './importFolder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'))
  mkdirSync(join(folder, 'in', 'below'), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const reasons = (refused: readonly { file: string; reason: string }[]) => Object.fromEntries(refused.map(({ file, reason }) => [file, reason]))

it('takes what is good, names what is too large, and follows no link', async () => {
  const [good = new Uint8Array()] = syntheticCt()
  writeFileSync(join(folder, 'in', 'below', 'good.dcm'), good)
  writeFileSync(join(folder, 'in', 'huge.dcm'), '')
  // More than a buffer may have: it must be refused before it is read.
  truncateSync(join(folder, 'in', 'huge.dcm'), 5 * 2 ** 30)
  symlinkSync('/etc/hostname', join(folder, 'in', 'out'))
  symlinkSync('.', join(folder, 'in', 'below', 'round'))
  symlinkSync('nowhere', join(folder, 'in', 'dangling'))
  const { taken, refused } = await importFolder(await openStore(join(folder, 'store')), join(folder, 'in'))
  expect(taken).toBe(1)
  expect(reasons(refused)).toEqual({ 'huge.dcm': `the file has ${5 * 2 ** 30} bytes; at most ${2 ** 30} are taken`, out: 'a link is not followed', round: 'a link is not followed', dangling: 'a link is not followed' })
})

it('of a folder that is not there is a refusal', async () => {
  const store = await openStore(join(folder, 'store'))
  expect(await importFolder(store, join(folder, 'nowhere'))).toEqual({ taken: 0, refused: [{ file: '.', reason: 'it is not there' }] })
})

it('names a file that cannot be read, and ends where the disk is full', async () => {
  writeFileSync(join(folder, 'in', 'one.dcm'), 'x')
  const failing = (code: string) => ({ caps: { bytes: 100 }, put: () => Promise.reject(Object.assign(new Error(code), { code })) })
  expect((await importFolder(failing('EACCES'), join(folder, 'in'))).refused).toEqual([{ file: 'one.dcm', reason: 'it may not be read' }])
  expect((await importFolder(failing('EIO'), join(folder, 'in'))).refused).toEqual([{ file: 'one.dcm', reason: 'it cannot be read (EIO)' }])
  await expect(importFolder(failing('ENOSPC'), join(folder, 'in'))).rejects.toThrow('ENOSPC')
})
