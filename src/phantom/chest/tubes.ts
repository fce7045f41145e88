/** The slice being painted: rows of pixels, each at its own y and z where the gantry is tilted; mm of the person's frame. */
export type Canvas = {
  readonly hu: Float32Array
  readonly rows: number
  readonly columns: number
  readonly originX: number
  readonly columnStep: number
  readonly rowStep: number
  readonly rowY: Float32Array
  readonly rowZ: Float32Array
  /** Extent along the normal that a pixel averages, mm. */
  readonly thickness: number
}

/**
 * Straight pieces with round ends, five groups of numbers each: ends, radii at the ends, HU, and how flat they are.
 * `flat`: how many times taller along z than across (ribs); `wide` the same along x (sternum).
 */
export type Tube = {
  readonly from: readonly [number, number, number]
  readonly to: readonly [number, number, number]
  readonly radius: number
  readonly radiusTo?: number
  readonly hu: number
  /** Blends only where it is denser (vessels, bone) or only where it is emptier (air) than what is there, or always. */
  readonly mode: 'denser' | 'emptier' | 'always'
  readonly flat?: number
  /** How many times wider along x. */
  readonly wide?: number
  /** How far the outline strays from a circle, a share of the radius. */
  readonly uneven?: number
}

/** Pieces with their extents along z, and the numbers of those that reach into each layer of `layer` mm from `lowest` on. */
export type Tubes = { readonly list: readonly Tube[]; readonly low: Float32Array; readonly high: Float32Array; readonly lowest: number; readonly layers: readonly (readonly number[])[] }
const layer = 4

export const bundle = (list: readonly Tube[]): Tubes => {
  const reach = ({ radius, radiusTo = radius, flat = 1, uneven = 0 }: Tube): number => Math.max(radius, radiusTo) * flat * (1 + uneven)
  const low = Float32Array.from(list, (tube) => Math.min(tube.from[2], tube.to[2]) - reach(tube))
  const high = Float32Array.from(list, (tube) => Math.max(tube.from[2], tube.to[2]) + reach(tube))
  const lowest = low.reduce((least, value) => Math.min(least, value), 0)
  const layers: number[][] = []
  list.forEach((_, index) => {
    for (let at = Math.floor(((low[index] ?? 0) - lowest) / layer); at <= Math.floor(((high[index] ?? 0) - lowest) / layer); at++) (layers[at] ??= []).push(index)
  })
  return { list, low, high, lowest, layers: Array.from(layers, (numbers) => numbers ?? []) }
}

/** Smooth in space, -1 to 1. */
const bulge = (x: number, y: number, z: number): number => 0.55 * Math.sin(x / 5.3 + z / 13) + 0.45 * Math.sin(y / 6.1 - z / 9 + 2)

const clampIndex = (value: number, most: number): number => (value < 0 ? 0 : value > most ? most : value)

const paintTube = (canvas: Canvas, { from, to, radius, radiusTo = radius, hu, mode, flat = 1, wide = 1, uneven = 0 }: Tube, planes: number): void => {
  const { columns, rows, originX, columnStep, rowStep, rowY, rowZ, thickness } = canvas
  const edge = Math.max(columnStep, rowStep)
  const reach = Math.max(radius, radiusTo) * (1 + uneven) + edge
  const first = clampIndex(Math.floor((Math.min(from[0], to[0]) - reach * wide - originX) / columnStep), columns - 1)
  const last = clampIndex(Math.ceil((Math.max(from[0], to[0]) + reach * wide - originX) / columnStep), columns - 1)
  const topY = rowY[0] ?? 0
  const perRow = ((rowY[rows - 1] ?? 0) - topY) / (rows - 1)
  const top = clampIndex(Math.floor((Math.min(from[1], to[1]) - reach - topY) / perRow), rows - 1)
  const bottom = clampIndex(Math.ceil((Math.max(from[1], to[1]) + reach - topY) / perRow), rows - 1)
  const [ax, ay, az] = from
  const dx = (to[0] - ax) / wide
  const dy = to[1] - ay
  const dz = (to[2] - az) / flat
  const long = dx * dx + dy * dy + dz * dz
  const grow = radiusTo - radius
  // Squared distance from the axis beyond which nothing of it is seen, wherever along it.
  const far = (reach - edge / 2) ** 2 * (1 + 1e-9)
  for (let row = top; row <= bottom; row++) {
    const py = (rowY[row] ?? 0) - ay
    const middle = (rowZ[row] ?? 0) - az
    for (let column = first; column <= last; column++) {
      const px = (originX + column * columnStep - ax) / wide
      let sum = 0
      for (let plane = 0; plane < planes; plane++) {
        const pz = (middle + ((plane + 0.5) / planes - 0.5) * thickness) / flat
        let t = long > 0 ? (px * dx + py * dy + pz * dz) / long : 0
        t = t < 0 ? 0 : t > 1 ? 1 : t
        const ex = px - dx * t
        const ey = py - dy * t
        const ez = pz - dz * t
        const squared = ex * ex + ey * ey + ez * ez
        if (squared > far) continue
        const r = (radius + grow * t) * (uneven === 0 ? 1 : 1 + uneven * bulge(px + ax, py + ay, pz + az))
        const share = 0.5 - (Math.sqrt(squared) - r) / edge
        if (share > 0) sum += (share > 1 ? 1 : share) * (r < edge / 2 ? (2 * r) / edge : 1)
      }
      if (sum === 0) continue
      const at = row * columns + column
      const now = canvas.hu[at] ?? 0
      if (mode === 'denser' ? hu <= now : mode === 'emptier' ? hu >= now : false) continue
      canvas.hu[at] = now + ((hu - now) * sum) / planes
    }
  }
}

/** Paints the pieces that the slice meets, in their order. */
export const paintTubes = (canvas: Canvas, { list, low, high, lowest: floor, layers }: Tubes): void => {
  const { rowZ, rows, thickness } = canvas
  const [a, b] = [rowZ[0] ?? 0, rowZ[rows - 1] ?? 0]
  const [lowest, highest] = [Math.min(a, b) - thickness / 2, Math.max(a, b) + thickness / 2]
  const near = layers.slice(Math.max(0, Math.floor((lowest - floor) / layer)), Math.max(0, Math.floor((highest - floor) / layer) + 1))
  const order = near.length === 1 ? near[0] ?? [] : [...new Set(near.flat())].toSorted((one, other) => one - other)
  for (const index of order) {
    const tube = list[index]
    if (!tube || (high[index] ?? 0) < lowest || (low[index] ?? 0) > highest) continue
    const planes = Math.min(6, Math.max(1, Math.ceil(thickness / Math.max(1, tube.radius * (tube.flat ?? 1)))))
    paintTube(canvas, tube, planes)
  }
}
