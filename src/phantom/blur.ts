const kernelOf = (sigma: number): Float32Array => {
  const half = Math.max(1, Math.ceil(3 * sigma))
  const raw = Float32Array.from({ length: 2 * half + 1 }, (_, i) => Math.exp(-((i - half) ** 2) / (2 * sigma * sigma)))
  const sum = raw.reduce((a, b) => a + b, 0)
  return raw.map((value) => value / sum)
}

/** Along one axis of a volume, the border value going on outside. */
const blurAxis = (values: Float32Array, count: number, step: number, kernel: Float32Array): void => {
  const half = (kernel.length - 1) / 2
  const line = new Float32Array(count + 2 * half)
  const span = count * step
  for (let block = 0; block < values.length; block += span) {
    for (let start = block; start < block + step; start++) {
      for (let i = -half; i < count + half; i++) line[i + half] = values[start + (i < 0 ? 0 : i >= count ? count - 1 : i) * step] ?? 0
      for (let i = 0; i < count; i++) {
        let sum = 0
        for (let k = 0; k < kernel.length; k++) sum += (line[i + k] ?? 0) * (kernel[k] ?? 0)
        values[start + i * step] = sum
      }
    }
  }
}

/** Gaussian blur in place of a volume of planes of rows of columns; sigmas in pixels along columns, rows, planes; 0 leaves an axis as it is. */
export const blurVolume = (values: Float32Array, columns: number, rows: number, sigmas: readonly [number, number, number]): void => {
  const planes = values.length / (columns * rows)
  for (const [sigma, count, step] of [[sigmas[0], columns, 1], [sigmas[1], rows, columns], [sigmas[2], planes, columns * rows]] as const) {
    if (sigma > 0 && count > 1) blurAxis(values, count, step, kernelOf(sigma))
  }
}
