/** Extents of a flat shape, mm. */
export type Extents = { readonly longestMm: number; readonly shortestMm: number }

/**
 * Longest diameter of the marked pixels of a plane and the longest across it, from outer edge to outer edge: pixels count with their own width.
 * @returns undefined where nothing is marked
 */
export const extentsOf = (marked: Uint8Array, columns: number, rowSpacingMm: number, columnSpacingMm: number): Extents | undefined => {
  const points: (readonly [number, number])[] = []
  for (let at = 0; at < marked.length; at++) {
    if (!marked[at]) continue
    // Only pixels with a free side can be ends.
    if (marked[at - 1] && marked[at + 1] && marked[at - columns] && marked[at + columns]) continue
    points.push([(at % columns) * columnSpacingMm, Math.floor(at / columns) * rowSpacingMm])
  }
  const [first] = points
  if (!first) return undefined
  let [longest, ux, uy] = [0, 1, 0]
  for (const [i, a] of points.entries()) {
    for (let j = i + 1; j < points.length; j++) {
      const b = points[j] ?? a
      const length = Math.hypot(b[0] - a[0], b[1] - a[1])
      if (length > longest) [longest, ux, uy] = [length, (b[0] - a[0]) / length, (b[1] - a[1]) / length]
    }
  }
  const pixel = (rowSpacingMm + columnSpacingMm) / 2
  const chords = new Map<number, [number, number]>()
  for (const [x, y] of points) {
    const place = Math.round((x * ux + y * uy) / pixel)
    const across = y * ux - x * uy
    const [low, high] = chords.get(place) ?? [across, across]
    chords.set(place, [Math.min(low, across), Math.max(high, across)])
  }
  return { longestMm: longest + pixel, shortestMm: Math.max(...[...chords.values()].map(([low, high]) => high - low)) + pixel }
}
