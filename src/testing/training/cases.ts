import { chestOf, chestSlices, lesionVoxels } from '../../phantom/chest/images.ts'
import { lungDepth, placeLesions, type Wanted } from '../../phantom/chest/place.ts'
import type { ChestPlan } from '../../phantom/chest/plan.ts'
import { createRandom } from '../../phantom/random.ts'

/** Seeds of the cases: parted before anything is trained, and never mixed. */
const heldOut = 90_000
export const seeds = { train: Array.from({ length: 110 }, (_, index) => 10_000 + index), test: Array.from({ length: 20 }, (_, index) => heldOut + index) } as const

/** Pixels that share one answer to whether they are lung. */
const coarse = 4
export const lattice = { side: 256, spacingMm: 1.4, stepMm: 2, slices: 140, lowestMm: -130 } as const

/**
 * A chest of the seed with two to seven nodules of 4 to 30 mm, at the network's own lattice, as some scanner would show it. A chest to
 * train on has six to fourteen, more of them small: what is seen seldom is learnt badly.
 */
export const trainingPlan = (seed: number): ChestPlan => {
  const random = createRandom(seed * 31 + 5)
  const between = (low: number, high: number): number => low + (high - low) * random()
  const types = ['solid', 'solid', 'spiculated', 'partSolid', 'groundGlass'] as const
  const sex = random() < 0.5 ? 'F' : 'M'
  const contrast = random() < 0.4
  const many = seed < heldOut
  const plan: ChestPlan = {
    kind: 'chest', study: { patient: { id: `T-${seed}`, name: `Case^${seed}`, sex, birthYear: 1955 }, date: '20240101', description: 'Training case', institution: 'Generated' }, manufacturer: 'Generated', model: 'Training', seed, contrast,
    lesions: [], shiftMm: [0, 0, 0], tableMm: 0,
    series: [{
      number: 1, description: 'Training', rows: lattice.side, columns: lattice.side, pixelSpacing: [lattice.spacingMm, lattice.spacingMm], slices: lattice.slices, spacingMm: lattice.stepMm, thicknessMm: [1.2, 2, 2.5, 4][Math.floor(random() * 4)] ?? 2, lowestMm: lattice.lowestMm + between(-6, 6),
      noiseHu: between(6, 34), kernel: { name: 'T', softness: between(0.25, 0.75), fineness: between(0.35, 0.8) },
    }],
  }
  const wanted: Wanted[] = [
    ...Array.from({ length: many ? 6 + Math.floor(random() * 9) : 2 + Math.floor(random() * 6) }, (_, index): Wanted => ({ name: `L${index + 1}`, type: types[Math.floor(random() * types.length)] ?? 'solid', diameterMm: Math.round(4 * 7.5 ** (many ? random() ** 1.4 : random()) * 10) / 10 })),
    ...(random() < 0.5 ? [{ name: 'N1', type: 'node' as const, diameterMm: between(8, 18) }, { name: 'N2', type: 'node' as const, diameterMm: between(6, 14) }] : []),
  ].sort((a, b) => b.diameterMm - a.diameterMm)
  return { ...plan, lesions: placeLesions(chestOf(plan).person, wanted, { seed: seed + 7 }) }
}

/** A case as arrays: HU, the nodules' numbers (nodes are not nodules), and where the lungs are. */
export const trainingCase = (seed: number): { plan: ChestPlan; hu: Int16Array; nodules: Uint8Array; lungs: Uint8Array } => {
  const plan = trainingPlan(seed)
  const [series] = plan.series
  if (!series) throw new Error('the plan has no series')
  const chest = chestOf(plan)
  const size = series.rows * series.columns
  const hu = new Int16Array(size * series.slices)
  const lungs = new Uint8Array(size * series.slices)
  for (const { level, canvas } of chestSlices(plan, series, { chest })) {
    for (let at = 0; at < size; at++) hu[level * size + at] = Math.max(-1024, Math.round(canvas.hu[at] ?? 0))
    for (let row = 0; row < series.rows; row += coarse) for (let column = 0; column < series.columns; column += coarse) {
      const x = canvas.originX + (column + 1.5) * canvas.columnStep
      const y = canvas.rowY[row + 1] ?? 0
      if (Math.abs(x) > 150 || Math.abs(y) > 115 || lungDepth(chest.person, x, y, canvas.rowZ[row] ?? 0) >= 0) continue
      for (let down = 0; down < coarse; down++) lungs.fill(1, level * size + (row + down) * series.columns + column, level * size + (row + down) * series.columns + column + coarse)
    }
  }
  return { plan, hu, nodules: lesionVoxels(series, chest.forms.filter(({ lesion }) => lesion.type !== 'node')), lungs }
}
