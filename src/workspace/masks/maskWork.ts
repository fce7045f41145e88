import type { Grid } from '../../domain/geometry/grid.ts'
import { placeMask, type Mismatch, type PlacedMask } from '../../domain/segmentation/regrid.ts'
import type { LabelMap } from '../../domain/segmentation/types.ts'
import { readMaskFile, writeMaskFile } from './files.ts'
import type { LabelSaid, MaskFormat } from './types.ts'

/** A mask file on the voxels of a series, or how its lattice differs. */
export type ReadMask = { readonly format: MaskFormat; readonly said: ReadonlyMap<number, LabelSaid> } & ({ readonly placed: PlacedMask } | { readonly mismatch: Mismatch })
export type MaskRequest =
  | { readonly kind: 'read'; readonly bytes: Uint8Array<ArrayBuffer>; readonly grid: Grid; readonly nearest: boolean }
  | { readonly kind: 'write'; readonly format: MaskFormat; readonly labelMap: LabelMap; readonly grid: Grid; readonly said: ReadonlyMap<number, LabelSaid> }

/** What the worker does: reads a file and puts it onto a series, or makes one. */
export const answerMask = async (request: MaskRequest): Promise<{ readonly read: ReadMask } | { readonly file: Uint8Array<ArrayBuffer> }> => {
  if (request.kind === 'write') return { file: await writeMaskFile(request.format, { grid: request.grid, values: request.labelMap.data }, request.said) }
  const file = await readMaskFile(request.bytes)
  const { format, said } = file
  const placed = placeMask(file, request.grid, request.nearest)
  return { read: 'reason' in placed ? { format, said, mismatch: placed } : { format, said, placed } }
}
