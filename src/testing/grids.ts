import type { Grid } from '../domain/geometry/grid.ts'
import { cross, scale } from '../domain/geometry/plane.ts'
import type { Vec3 } from '../domain/geometry/points.ts'

/** Unit vectors of a plane turned about two axes: of no direction in particular. */
const [turn, lean] = [0.4, 0.7]
const across: Vec3 = [Math.cos(turn), Math.sin(turn), 0]
const down: Vec3 = [-Math.sin(turn) * Math.cos(lean), Math.cos(turn) * Math.cos(lean), Math.sin(lean)]

/** Lattices as scanners make them; each of the size given. */
export const gridsOf = (dimensions: readonly [number, number, number]): Record<'axial' | 'nonSquare' | 'oblique' | 'tilted' | 'reversed' | 'sagittal', Grid> => ({
  axial: { dimensions, origin: [-170.3, -168.1, 40.25], steps: [[0.7, 0, 0], [0, 0.7, 0], [0, 0, 1.25]] },
  nonSquare: { dimensions, origin: [12.5, -3.25, -900], steps: [[0.6, 0, 0], [0, 0.9, 0], [0, 0, 5]] },
  oblique: { dimensions, origin: [-31.7, 12.2, 88.123], steps: [scale(across, 0.9), scale(down, 0.6), scale(cross(across, down), 2.5)] },
  /** Gantry tilt: the slices lie straight above one another in z, but are leaned. */
  tilted: { dimensions, origin: [-100, -120, 5], steps: [[0.8, 0, 0], [0, 0.8 * Math.cos(0.35), -0.8 * Math.sin(0.35)], [0, 0, 3]] },
  reversed: { dimensions, origin: [-100, -120, 5], steps: [[0.8, 0, 0], [0, 0.8, 0], [0, 0, -2]] },
  sagittal: { dimensions, origin: [30, -80, 60], steps: [[0, 1.1, 0], [0, 0, -1.1], [4, 0, 0]] },
})
