import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ObjectHeader } from '../dicom/file/header.ts'
import type { DicomJson } from '../dicom/file/json.ts'
import { uidOf } from './dicom.ts'
import { program } from './programs.ts'

/** Header of an object of ours in the study of the source. */
export const headerWith = (source: DicomJson, more: Partial<ObjectHeader> = {}): ObjectHeader => ({
  sopInstanceUid: uidOf('object'), seriesInstanceUid: uidOf('object series'), seriesNumber: 9200, instanceNumber: 3, source, creator: 'Rossi^Anna', device: { uid: uidOf('device'), name: 'Imaging Workbench', version: '0.1.0' }, date: '20260105', time: '120000', ...more,
})

/** The bytes as a file for another program, which is gone afterwards. */
export const withFile = <T>(bytes: Uint8Array, read: (path: string) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), 'ciw-object-'))
  try {
    writeFileSync(join(folder, 'object.dcm'), bytes)
    return read(join(folder, 'object.dcm'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What dciodvfy takes the object for, and its errors (needs dicom3tools). */
export const verified = (bytes: Uint8Array): { iod: string; errors: string[] } => withFile(bytes, (path) => {
  const lines = spawnSync(program('dciodvfy') ?? '', [path], { encoding: 'utf8' }).stderr.split('\n')
  return { iod: lines.find((line) => /^[A-Za-z]+$/.test(line)) ?? '', errors: lines.filter((line) => line.startsWith('Error')) }
})
