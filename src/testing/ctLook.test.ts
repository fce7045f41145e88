import { describe, expect, it } from 'vitest'
import { chestOf, chestSlices } from '../phantom/chest/images.ts'
import { placeLesions } from '../phantom/chest/place.ts'
import { createPerson } from '../phantom/chest/person.ts'
import type { ChestPlan } from '../phantom/chest/plan.ts'
import { lookOf, type CtSample } from './ctLook.ts'
import { readLidcCt } from './lidc.ts'
import { shared } from './shared.ts'

/** Where each figure lies in a chest CT of 1 mm with a sharp kernel: around what LIDC-IDRI-0314 measures (second column of what is printed). */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  'lung mean, HU': [-900, -815], 'lung SD, HU': [28, 60], 'muscle mean, HU': [35, 80], 'muscle SD, HU': [18, 36], 'air mean, HU': [-1002, -985], 'air SD, HU': [2, 9],
  'noise, 1 pixel away': [0.1, 0.5], 'noise, 2 pixels away': [-0.25, 0.2], 'noise, 4 pixels away': [-0.15, 0.15], 'noise, 1 slice away': [0.1, 0.4],
}

/** Six slices of a generated woman without contrast agent, as that scanner would have shown her. */
const generated = (): CtSample => {
  const person = createPerson(77, 'F', false)
  const series = { number: 1, description: '', rows: 512, columns: 512, pixelSpacing: [0.78, 0.78] as const, slices: 6, spacingMm: 1, thicknessMm: 1, lowestMm: -52, noiseHu: 26, kernel: { name: 'D', softness: 0.5, fineness: 0.56 } }
  const plan: ChestPlan = {
    kind: 'chest', study: { patient: { id: 'L-1', name: 'Look^Generated', sex: 'F', birthYear: 1950 }, date: '20240101', description: 'Look', institution: 'Generated' }, manufacturer: 'Generated', model: 'Look', seed: 77, contrast: false,
    lesions: placeLesions(person, [], { seed: 1 }), shiftMm: [0, 0, 0], tableMm: 0, series: [series],
  }
  const slices: Float32Array[] = []
  for (const { canvas } of chestSlices(plan, series, { chest: chestOf(plan) })) slices.push(canvas.hu.map((value) => Math.max(-1000, Math.round(value))))
  return { columns: 512, rows: 512, slices, boxes: { air: { row: 30, column: 256, half: 16 }, muscle: { row: 378, column: 233, half: 7 }, noise: { row: 238, column: 285, half: 12 } } }
}

const real = async (folder: string): Promise<CtSample> => {
  const { data, dimensions: [columns, rows] } = await readLidcCt(folder, { from: 108, count: 6 })
  const slices = Array.from({ length: 6 }, (_, index) => data.subarray(index * rows * columns, (index + 1) * rows * columns))
  return { columns, rows, slices, boxes: { air: { row: 30, column: 256, half: 16 }, muscle: { row: 428, column: 206, half: 7 }, noise: { row: 250, column: 250, half: 12 } } }
}

const within = (look: Readonly<Record<string, number>>, who: string): void => {
  for (const [name, [low, high]] of Object.entries(ranges)) {
    expect(look[name], `${name} of ${who}`).toBeGreaterThanOrEqual(low)
    expect(look[name], `${name} of ${who}`).toBeLessThanOrEqual(high)
  }
}

describe('a generated CT in numbers', () => {
  const folder = shared('data/lidc-idri/LIDC-IDRI-0314/CT_1mm')
  it('lies where a real one does', () => within(lookOf(generated()), 'the generated CT'))
  it.skipIf(!folder)('and the real one lies there too: the table (shared data)', async () => {
    const [theirs, ours] = [lookOf(await real(folder ?? '')), lookOf(generated())]
    console.log(['figure'.padEnd(24), 'range'.padStart(16), 'real'.padStart(10), 'generated'.padStart(10)].join(' '))
    for (const [name, range] of Object.entries(ranges)) console.log([name.padEnd(24), range.join(' to ').padStart(16), (theirs[name] ?? NaN).toFixed(2).padStart(10), (ours[name] ?? NaN).toFixed(2).padStart(10)].join(' '))
    within(theirs, 'LIDC-IDRI-0314')
  })
})
