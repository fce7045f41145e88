import type { Volume } from '../inference/volume.ts'
import { chestOf, chestSlices } from '../phantom/chest/images.ts'
import { lungDepth } from '../phantom/chest/place.ts'
import type { ChestPlan } from '../phantom/chest/plan.ts'

const plan = (seed: number, columns: number, rows: number, slices: number, spacing: readonly [number, number, number]): ChestPlan => ({
  kind: 'chest', study: { patient: { id: `V-${seed}`, name: 'Volume^Generated', sex: seed % 2 === 0 ? 'F' : 'M', birthYear: 1960 }, date: '20240101', description: 'Volume', institution: 'Generated' }, manufacturer: 'Generated', model: 'Volume',
  seed, contrast: false, lesions: [], shiftMm: [0, 0, 0], tableMm: 0,
  series: [{ number: 1, description: '', rows, columns, pixelSpacing: [spacing[1], spacing[0]], slices, spacingMm: spacing[2], thicknessMm: spacing[2], lowestMm: -140, noiseHu: 0, kernel: { name: 'T', softness: 0, fineness: 0.7 } }],
})

/** A generated chest without noise as a volume of HU, and which of its voxels are aerated lung. `reversed`: slices from the head down. */
export const chestVolume = (seed: number, { columns = 224, rows = 160, slices = 56, spacing = [1.8, 1.8, 5] as const, reversed = false }: { columns?: number; rows?: number; slices?: number; spacing?: readonly [number, number, number]; reversed?: boolean } = {}): { volume: Volume; lung: Uint8Array } => {
  const one = plan(seed, columns, rows, slices, spacing)
  const [series] = one.series
  if (!series) throw new Error('the plan has no series')
  const chest = chestOf(one)
  const size = columns * rows
  const data = new Float32Array(size * slices)
  const lung = new Uint8Array(size * slices)
  for (const { level, canvas } of chestSlices(one, series, { chest, bare: true })) {
    const at = (reversed ? slices - 1 - level : level) * size
    data.set(canvas.hu, at)
    for (let v = 0; v < size; v++) if ((canvas.hu[v] ?? 0) < -400 && lungDepth(chest.person, canvas.originX + (v % columns) * canvas.columnStep, canvas.rowY[Math.floor(v / columns)] ?? 0, canvas.rowZ[0] ?? 0) < 0) lung[at + v] = 1
  }
  const [x, y, low, high] = [-((columns - 1) / 2) * spacing[0], -((rows - 1) / 2) * spacing[1], series.lowestMm, series.lowestMm + (slices - 1) * spacing[2]]
  return { lung, volume: { data, dimensions: [columns, rows, slices], origin: [x, y, reversed ? high : low], steps: [[spacing[0], 0, 0], [0, spacing[1], 0], [0, 0, reversed ? -spacing[2] : spacing[2]]] } }
}
