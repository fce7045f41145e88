import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { shared } from '../../testing/shared.ts'
import { frameBytes } from '../file/frames.ts'
import { readPart10 } from '../file/read.ts'
import { guardFrame } from './guard.ts'

const folder = shared('data/transfer-syntaxes')
/** Of files other programs decode: one set with frames of one bit, one with colour, one of every JPEG family. */
const sets = ['pydicom-data/all', 'dcm4che/all', 'nema-wg04/all/J2KI', 'nema-wg04/all/J2KR', 'nema-wg04/all/JLSL', 'nema-wg04/all/JLSN', 'nema-wg04/all/JPLL', 'nema-wg04/all/JPLY', 'nema-wg04/all/RLE']
const compressed = /^1\.2\.840\.10008\.1\.2\.(5|4\.(50|51|57|70|80|81|90|91|201|202|203))$/

it.skipIf(!folder)('passes the first frame of every real compressed file', async () => {
  const passed: Record<string, number> = {}
  const refused: string[] = []
  for (const set of sets) {
    for (const entry of readdirSync(join(folder ?? '', set), { withFileTypes: true })) {
      if (!entry.isFile()) continue
      const file = await readPart10(new Uint8Array(readFileSync(join(folder ?? '', set, entry.name)))).catch(() => undefined)
      const number = (tag: string): number => file?.dataSet.uint16(tag) ?? 0
      if (!file || !compressed.test(file.transferSyntaxUid) || number('x00280010') === 0) continue
      const outcome = guardFrame(frameBytes(file, 1), file.transferSyntaxUid, { rows: number('x00280010'), columns: number('x00280011'), samplesPerPixel: number('x00280002'), bitsAllocated: number('x00280100') })
      if (outcome.kind === 'pass') passed[file.transferSyntaxUid] = (passed[file.transferSyntaxUid] ?? 0) + 1
      else refused.push(`${entry.name}: ${outcome.detail}`)
    }
  }
  expect(refused).toEqual([])
  expect(passed['1.2.840.10008.1.2.5']).toBeGreaterThan(3)
  expect(Object.keys(passed).length).toBeGreaterThan(5)
})
