import type { Grid } from '../domain/geometry/grid.ts'

/** Values on a lattice in patient space, column fastest: index i + nx * (j + ny * k). */
export type Volume = Grid & { readonly data: Float32Array }

/** One value of each class per voxel, on the grid the network saw. */
export type Scores = Grid & { readonly channels: readonly Float32Array[] }

export const voxelsOf = ({ dimensions: [nx, ny, nz] }: Pick<Grid, 'dimensions'>): number => nx * ny * nz
