import type { Types } from '@cornerstonejs/core'

export type Window = { readonly width: number; readonly centre: number }

/** Cornerstone's range has the ends of PS3.3 C.11.2.1.2.1: centre - 0.5 -+ (width - 1) / 2. */
export const toRange = ({ width, centre }: Window): Types.VOIRange => ({ lower: centre - 0.5 - (Math.max(1, width) - 1) / 2, upper: centre - 0.5 + (Math.max(1, width) - 1) / 2 })

/** The window a stack or a plane is shown through. */
export const windowOf = (viewport: unknown): Window | undefined => {
  const range = (viewport as Types.IStackViewport | undefined)?.getProperties?.()?.voiRange
  return range ? { width: range.upper - range.lower + 1, centre: (range.upper + range.lower + 1) / 2 } : undefined
}
