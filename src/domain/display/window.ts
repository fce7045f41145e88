/** A window of the VOI LUT LINEAR function (PS3.3 C.11.2.1.2.1). */
export type VoiWindow = { readonly width: number; readonly centre: number }

/**
 * LINEAR: value after the modality LUT to 0..255. W 400 / C 40: -160 → 0, 40 → 128, 240 → 255.
 * @param window.width at least 1
 */
export const linearGray = (value: number, { width, centre }: VoiWindow): number => {
  const low = centre - 0.5 - (width - 1) / 2
  const high = centre - 0.5 + (width - 1) / 2
  if (value <= low) return 0
  if (value > high) return 255
  return Math.round(((value - (centre - 0.5)) / (width - 1) + 0.5) * 255)
}

/**
 * The file's own windows of a stack, the first to be shown first: those of its middle frame, where a stack opens, since each frame
 * may have others (PS3.3 C.7.6.16.2.10); else of the first that has any.
 */
export const ownWindows = <W extends VoiWindow>(frames: readonly { readonly windows: readonly W[] }[]): readonly W[] => {
  const middle = frames[Math.floor(frames.length / 2)]?.windows ?? []
  return middle.length > 0 ? middle : frames.find(({ windows }) => windows.length > 0)?.windows ?? []
}
/** Whether two windows show the same; what was made of a range and back differs by rounding. */
export const sameWindow = (a: VoiWindow, b: VoiWindow): boolean => Math.abs(a.width - b.width) < 0.01 && Math.abs(a.centre - b.centre) < 0.01

/** A window over 1st to 99th percentile, for images that bring none of their own. */
export const percentileWindow = (values: ArrayLike<number>): VoiWindow => {
  const sample: number[] = []
  const step = Math.max(1, Math.floor(values.length / 20_000))
  for (let i = 0; i < values.length; i += step) sample.push(values[i] ?? 0)
  sample.sort((a, b) => a - b)
  const at = (share: number) => sample[Math.min(sample.length - 1, Math.floor(share * sample.length))] ?? 0
  const [low, high] = [at(0.01), at(0.99)]
  return { width: Math.max(1, high - low), centre: (low + high) / 2 }
}
