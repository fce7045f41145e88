import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { frameBytes } from '../dicom/file/frames.ts'
import { readPart10 } from '../dicom/file/read.ts'
import { program } from '../testing/programs.ts'
import { chestInstances, truthOf, type ChestCase } from './chestCase.ts'
import { createChest } from './chest.ts'
import { planCases } from './plan.ts'

const [small] = planCases('small')['puerto-claro'] ?? []
if (!small) throw new Error('the plan has no case')
const digest = (one: ChestCase): string => {
  const hash = createHash('sha256')
  for (const bytes of chestInstances(one)) hash.update(bytes)
  return hash.digest('hex')
}

describe('a generated chest', () => {
  it('is the same bytes for the same seed and others for another', () => {
    const few = { ...small, slices: 3 }
    expect(digest(few)).toBe(digest(few))
    expect(digest({ ...few, seed: few.seed + 1 })).not.toBe(digest(few))
  })

  it('has its nodules where the truth table says, as large as it says', async () => {
    const truth = truthOf(small)
    expect(truth.length).toBeGreaterThanOrEqual(2)
    const files = await Promise.all([...chestInstances({ ...small, noiseHu: 0 }, { ...createChest(small.seed), vessels: [] })].map((bytes) => readPart10(bytes)))
    const [rowSpacing, columnSpacing] = small.pixelSpacing
    for (const { centre: [x, y, z], diameterMm, type } of truth) {
      const inside: [number, number, number][] = []
      const threshold = type === 'solid' ? -400 : -730
      for (const file of files) {
        const height = file.dataSet.floatString('x00200032', 2) ?? 0
        if (Math.abs(height - z) > diameterMm) continue
        const pixels = new Uint16Array(frameBytes(file, 1).slice().buffer)
        for (let row = 0; row < small.rows; row++) {
          for (let column = 0; column < small.columns; column++) {
            const [px, py] = [(column - (small.columns - 1) / 2) * columnSpacing, (row - (small.rows - 1) / 2) * rowSpacing]
            const away = Math.hypot(px - x, py - y, height - z)
            if (away < diameterMm * 0.75 && (pixels[row * small.columns + column] ?? 0) - 1024 > threshold) inside.push([px, py, height])
          }
        }
      }
      const volume = inside.length * rowSpacing * columnSpacing * small.sliceSpacingMm
      const equivalent = Math.cbrt((6 * volume) / Math.PI)
      expect(Math.abs(equivalent - diameterMm), `${diameterMm} mm ${type}`).toBeLessThan(small.sliceSpacingMm / 2)
      const mean = [0, 1, 2].map((axis) => inside.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / inside.length)
      expect(Math.hypot((mean[0] ?? 0) - x, (mean[1] ?? 0) - y), `centre of ${diameterMm} mm`).toBeLessThan(Math.max(rowSpacing, columnSpacing))
      expect(Math.abs((mean[2] ?? 0) - z)).toBeLessThan(small.sliceSpacingMm / 2)
    }
  })

  it('looks like a chest in numbers: air, lung, soft tissue and bone are all there', async () => {
    const middle = [...chestInstances(small)][30]
    const pixels = new Uint16Array(frameBytes(await readPart10(middle ?? new Uint8Array()), 1).slice().buffer)
    const share = (low: number, high: number) => pixels.filter((value) => value - 1024 >= low && value - 1024 < high).length / pixels.length
    expect(share(-1100, -950)).toBeGreaterThan(0.2)
    expect(share(-950, -700)).toBeGreaterThan(0.1)
    expect(share(-20, 120)).toBeGreaterThan(0.1)
    expect(share(250, 2000)).toBeGreaterThan(0.003)
  })

  it('stores slices in reverse where the plan says so', async () => {
    const [first] = chestInstances({ ...small, reversed: true, slices: 4 })
    const [lowest] = chestInstances({ ...small, slices: 4 })
    const z = async (bytes: Uint8Array | undefined) => (await readPart10(bytes ?? new Uint8Array())).dataSet.floatString('x00200032', 2)
    expect(await z(first)).toBe(6)
    expect(await z(lowest)).toBe(-6)
  })

  it.skipIf(!program('dciodvfy'))('passes dciodvfy without an error (needs dicom3tools)', () => {
    const dir = mkdtempSync(join(tmpdir(), 'phantom-'))
    for (const cases of Object.values(planCases('small'))) {
      for (const one of cases) {
        const [bytes] = chestInstances(one)
        const path = join(dir, `${one.patientId}.dcm`)
        writeFileSync(path, bytes ?? new Uint8Array())
        const { stderr } = spawnSync(program('dciodvfy') ?? '', [path], { encoding: 'utf8' })
        expect(stderr.split('\n').filter((line) => line.startsWith('Error'))).toEqual([])
      }
    }
    rmSync(dir, { recursive: true })
  })
})
