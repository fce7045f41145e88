import type { Grid } from '../../domain/geometry/grid.ts'
import { candidatesOf, type Candidate } from './judge.ts'

/**
 * What twenty lines can do: whatever is above -400 HU inside the lungs, in parts of 3 to 30 mm. Round parts score higher than long
 * ones: by how much of the ball around them they fill.
 */
export const baseline = (hu: Int16Array, lungs: Uint8Array, grid: Grid): Candidate[] => {
  const [nx, ny] = grid.dimensions
  const dense = Float32Array.from(hu, (value, at) => (lungs[at] && value > -400 ? 1 : 0))
  const ballMm3 = (diameterMm: number): number => (Math.PI / 6) * diameterMm ** 3
  return candidatesOf(dense, grid, 0.5, ballMm3(3)).filter(({ volumeMm3 }) => volumeMm3 <= ballMm3(30)).map((one) => {
    const reach = Math.max(...[...one.voxels].map((at) => {
      const [i, j, k] = [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))]
      return Math.hypot(...[0, 1, 2].map((axis) => (grid.origin[axis] ?? 0) + i * (grid.steps[0][axis] ?? 0) + j * (grid.steps[1][axis] ?? 0) + k * (grid.steps[2][axis] ?? 0) - (one.centre[axis] ?? 0)))
    }))
    return { ...one, score: one.volumeMm3 / ballMm3(2 * reach + 1.4) }
  })
}
