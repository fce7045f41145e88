import type { UltrasoundCase, UltrasoundPicture } from './plan.ts'

/** Pixels of a region, both ends within it. */
export type Region = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }

/** Where a picture's parts lie, in pixels. */
export type Layout = {
  readonly tissue: Region
  /** mm a pixel, the same across and down. */
  readonly pixelMm: number
  readonly trace: Region | undefined
}

/** Seconds and cm/s a Doppler trace spans. */
export const traceSeconds = 4
export const traceSpan = 40

export const layoutOf = ({ rows, columns, widthMm, depthMm }: UltrasoundCase, picture: UltrasoundPicture): Layout => {
  const top = Math.round(rows * 0.05)
  const share = picture === 'duplex' ? 0.5 : 0.9
  const pixelMm = Math.max(depthMm / (rows * share), widthMm / (columns * 0.74))
  const [width, height] = [Math.round(widthMm / pixelMm), Math.round(depthMm / pixelMm)]
  const left = Math.round((columns - width) / 2)
  const tissue = { left, top, right: left + width - 1, bottom: top + height - 1 }
  const trace = picture === 'duplex' ? { left: Math.round(columns * 0.12), top: Math.round(rows * 0.62), right: Math.round(columns * 0.88) - 1, bottom: Math.round(rows * 0.96) - 1 } : undefined
  return { tissue, pixelMm, trace }
}
