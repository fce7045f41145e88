import type { Mask } from '../../domain/segmentation/regrid.ts'

/** What a file may say of a label. */
export type LabelSaid = { readonly name?: string; readonly colour?: readonly [number, number, number] }
/** A mask as a file has it, in LPS mm. */
export type MaskFile = Mask & { readonly format: MaskFormat; /** By value. */ readonly said: ReadonlyMap<number, LabelSaid> }
export type MaskFormat = 'NIfTI' | 'NRRD' | 'MHA'

/** What is inflated at most. */
export const mostBytes = 2 ** 32 - 1
/** A line in every export. */
export const exportLine = 'Cancer Image Workbench - research use only'
