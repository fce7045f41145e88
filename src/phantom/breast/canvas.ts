import type { ViewPoint } from './outline.ts'

/** A layer of a picture while it is made: u of pixel c is (c + 0.5) * pixelMm, v of row r is (r - nippleRow) * pixelMm. */
export type Layer = { readonly data: Float32Array; readonly columns: number; readonly rows: number; readonly pixelMm: number; readonly nippleRow: number }

export const createLayer = (columns: number, rows: number, pixelMm: number, nippleRow: number): Layer => ({ data: new Float32Array(columns * rows), columns, rows, pixelMm, nippleRow })

/** Column and row (0-based, of pixel centres) of a place in mm of the view. */
export const pixelOf = ({ pixelMm, nippleRow }: Pick<Layer, 'pixelMm' | 'nippleRow'>, [u, v]: ViewPoint): readonly [number, number] => [u / pixelMm - 0.5, v / pixelMm + nippleRow]

/** Where the profile of a stroke falls to half its middle, as a share of its half width. */
export const strokeHalf = Math.sqrt(1 - Math.SQRT1_2)

const paintSegment = (layer: Layer, ax: number, ay: number, bx: number, by: number, widthA: number, widthB: number, levelA: number, levelB: number): void => {
  const { data, columns, rows } = layer
  const reach = Math.max(widthA, widthB)
  const left = Math.max(0, Math.ceil(Math.min(ax, bx) - reach))
  const right = Math.min(columns - 1, Math.floor(Math.max(ax, bx) + reach))
  const top = Math.max(0, Math.ceil(Math.min(ay, by) - reach))
  const bottom = Math.min(rows - 1, Math.floor(Math.max(ay, by) + reach))
  const dx = bx - ax
  const dy = by - ay
  const length2 = dx * dx + dy * dy || 1e-9
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const along = Math.max(0, Math.min(1, ((column - ax) * dx + (row - ay) * dy) / length2))
      const ex = ax + along * dx - column
      const ey = ay + along * dy - row
      const width = widthA + (widthB - widthA) * along
      const share = 1 - (ex * ex + ey * ey) / (width * width)
      if (share <= 0) continue
      const level = (levelA + (levelB - levelA) * along) * share * share
      const at = row * columns + column
      if (level > (data[at] ?? 0)) data[at] = level
    }
  }
}

export type Stroke = {
  /** mm of the view. */
  readonly path: readonly ViewPoint[]
  /** Half width (where it ends) at the start and the end, mm; narrower than a pixel it is as wide as one and fainter. */
  readonly widthsMm: readonly [number, number]
  readonly levels: readonly [number, number]
  /** Rises from nothing at its start and falls to nothing at its end. */
  readonly swells?: boolean
}

/** Draws a soft line; where lines cross the brighter one stays. */
export const paintStroke = (layer: Layer, { path, widthsMm, levels, swells }: Stroke): void => {
  const count = path.length - 1
  for (let i = 0; i < count; i++) {
    const [from, to] = [path[i], path[i + 1]]
    if (!from || !to) continue
    const [ax, ay] = pixelOf(layer, from)
    const [bx, by] = pixelOf(layer, to)
    const value = ([start, end]: readonly [number, number], t: number) => start + (end - start) * t
    const wide = (t: number) => value(widthsMm, t) / layer.pixelMm
    const [wa, wb] = [wide(i / count), wide((i + 1) / count)]
    const level = (t: number, width: number) => value(levels, t) * Math.min(1, width / 1.1) * (swells ? Math.min(1, 5 * t * (1 - t)) : 1)
    paintSegment(layer, ax, ay, bx, by, Math.max(1.1, wa), Math.max(1.1, wb), level(i / count, wa), level((i + 1) / count, wb))
  }
}

/** A round speck with a sharp border; smaller than a pixel it is as faint as its share of it. */
export const paintSpeck = (layer: Layer, at: ViewPoint, radiusMm: number, level: number): void => {
  const [x, y] = pixelOf(layer, at)
  const true_ = radiusMm / layer.pixelMm
  const radius = Math.max(0.56, true_)
  const height = level * Math.min(1, (true_ / radius) ** 2)
  const { data, columns, rows } = layer
  for (let row = Math.max(0, Math.ceil(y - radius - 0.6)); row <= Math.min(rows - 1, y + radius + 0.6); row++) {
    for (let column = Math.max(0, Math.ceil(x - radius - 0.6)); column <= Math.min(columns - 1, x + radius + 0.6); column++) {
      const away = Math.hypot(column - x, row - y)
      const cover = Math.max(0, Math.min(1, 0.5 + (radius - away) / 1.2)) * (1 - 0.25 * (away / radius) ** 2)
      const index = row * columns + column
      if (cover * height > (data[index] ?? 0)) data[index] = cover * height
    }
  }
}

/** Draws something round about a place: `coverAt` gives its brightness at mm from that place; the brighter stays. */
export const paintPatch = (layer: Layer, at: ViewPoint, reachMm: number, coverAt: (du: number, dv: number) => number): void => {
  const { data, columns, rows, pixelMm } = layer
  const [x, y] = pixelOf(layer, at)
  const reach = reachMm / pixelMm
  for (let row = Math.max(0, Math.ceil(y - reach)); row <= Math.min(rows - 1, y + reach); row++) {
    for (let column = Math.max(0, Math.ceil(x - reach)); column <= Math.min(columns - 1, x + reach); column++) {
      const cover = coverAt((column - x) * pixelMm, (row - y) * pixelMm)
      const index = row * columns + column
      if (cover > (data[index] ?? 0)) data[index] = cover
    }
  }
}
