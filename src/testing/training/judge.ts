import type { Grid } from '../../domain/geometry/grid.ts'
import { components } from '../../inference/components.ts'

/** A part found: how sure, where, how large. */
export type Candidate = { readonly score: number; readonly centre: readonly [number, number, number]; readonly volumeMm3: number; readonly voxels: ReadonlySet<number> }

const worldOf = ({ origin, steps }: Grid, [i, j, k]: readonly [number, number, number]): [number, number, number] =>
  [0, 1, 2].map((axis) => (origin[axis] ?? 0) + i * (steps[0][axis] ?? 0) + j * (steps[1][axis] ?? 0) + k * (steps[2][axis] ?? 0)) as [number, number, number]

/** Connected parts of what is at least `threshold`, 26 neighbours, with the mean of their values as score. */
export const candidatesOf = (values: Float32Array, grid: Grid, threshold: number, minimumMm3: number): Candidate[] => {
  const [nx, ny] = grid.dimensions
  const { of, parts } = components(Uint8Array.from(values, (value) => (value >= threshold ? 1 : 0)), grid.dimensions, 26)
  const voxelMm3 = Math.abs((grid.steps[0][0] ?? 0) * (grid.steps[1][1] ?? 0) * (grid.steps[2][2] ?? 0))
  const lists = new Map<number, number[]>(parts.filter(({ voxels }) => voxels * voxelMm3 >= minimumMm3).map(({ number }) => [number, []]))
  of.forEach((number, at) => lists.get(number)?.push(at))
  return [...lists.values()].map((voxels) => {
    const sum = voxels.reduce(([x, y, z, score], at) => [x + (at % nx), y + (Math.floor(at / nx) % ny), z + Math.floor(at / (nx * ny)), score + (values[at] ?? 0)] as const, [0, 0, 0, 0] as readonly [number, number, number, number])
    const n = voxels.length
    return { score: sum[3] / n, centre: worldOf(grid, [sum[0] / n, sum[1] / n, sum[2] / n]), volumeMm3: n * voxelMm3, voxels: new Set(voxels) }
  })
}

/** One case's findings beside its truth. */
export type Judged = { readonly dice: number; readonly hits: readonly { readonly diameterMm: number; readonly score: number; readonly dice: number }[]; readonly falseScores: readonly number[] }

/** A candidate hits the nodule it shares most voxels with; what hits none is false; a nodule's score is its best hit's. */
export const judge = (candidates: readonly Candidate[], truth: Uint8Array, diameters: readonly number[]): Judged => {
  const sizes = Array.from(diameters, () => 0)
  for (const value of truth) if (value > 0) sizes[value - 1] = (sizes[value - 1] ?? 0) + 1
  const best = diameters.map((diameterMm) => ({ diameterMm, score: -1, both: 0, found: 0 }))
  const falseScores: number[] = []
  let [both, found] = [0, 0]
  for (const { score, voxels } of candidates) {
    const shared = Array.from(diameters, () => 0)
    for (const at of voxels) if (truth[at]) shared[(truth[at] ?? 1) - 1] = (shared[(truth[at] ?? 1) - 1] ?? 0) + 1
    const most = Math.max(0, ...shared)
    found += voxels.size
    both += shared.reduce((sum, value) => sum + value, 0)
    const own = best[shared.indexOf(most)]
    if (most === 0 || !own) falseScores.push(score)
    else Object.assign(own, { score: Math.max(own.score, score), both: own.both + most, found: own.found + voxels.size })
  }
  const real = sizes.reduce((sum, value) => sum + value, 0)
  return { dice: (2 * both) / (found + real || 1), falseScores, hits: best.map(({ diameterMm, score, both: own, found: theirs }, index) => ({ diameterMm, score, dice: (2 * own) / (theirs + (sizes[index] ?? 0) || 1) })) }
}

/** Share of nodules found at the lowest score that leaves at most `perScan` false ones a scan. */
export const sensitivityAt = (cases: readonly Judged[], perScan: number): number => {
  const wrong = cases.flatMap(({ falseScores }) => falseScores).sort((a, b) => b - a)
  const limit = wrong[Math.floor(perScan * cases.length)] ?? -1
  const hits = cases.flatMap((one) => one.hits)
  return hits.filter(({ score }) => score > limit && score >= 0).length / hits.length
}

const sizes = [[0, 6], [6, 10], [10, 20], [20, 99]] as const
export const report = (name: string, cases: readonly Judged[]): string[] => {
  const hits = cases.flatMap((one) => one.hits)
  const mean = (values: readonly number[]): string => (values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)).toFixed(3)
  return [
    `${name}: Dice ${mean(cases.map(({ dice }) => dice))}, sensitivity at 1 false a scan ${sensitivityAt(cases, 1).toFixed(3)}, all found ${(hits.filter(({ score }) => score >= 0).length / hits.length).toFixed(3)}, false a scan ${mean(cases.map(({ falseScores }) => falseScores.length))}`,
    ...sizes.map(([low, high]) => {
      const mine = hits.filter(({ diameterMm }) => diameterMm >= low && diameterMm < high)
      return `  ${low} to ${high} mm: ${mine.length} nodules, Dice ${mean(mine.map(({ dice }) => dice))}, found ${(mine.filter(({ score }) => score >= 0).length / Math.max(1, mine.length)).toFixed(3)}`
    }),
  ]
}
