/** One slice in Hounsfield units while it is painted; positions in mm of the phantom (x to the left, y to the back). */
export type Canvas = {
  readonly hu: Float32Array
  readonly rows: number
  readonly columns: number
  readonly rowSpacingMm: number
  readonly columnSpacingMm: number
  /** Position of the centre of the first pixel. */
  readonly originX: number
  readonly originY: number
}

const clampIndex = (value: number, most: number): number => (value < 0 ? 0 : value > most ? most : value)

/**
 * Blends a tissue into the pixels of an ellipse by how much of each it covers (partial volume over one pixel).
 * @param power how strongly it replaces what is there, 0 to 1
 */
export const paintEllipse = (canvas: Canvas, x: number, y: number, radiusX: number, radiusY: number, hu: number, power = 1): void => {
  if (radiusX <= 0.05 || radiusY <= 0.05) return
  const { columns, rows, columnSpacingMm, rowSpacingMm, originX, originY } = canvas
  const edge = Math.max(columnSpacingMm, rowSpacingMm)
  const smaller = Math.min(radiusX, radiusY)
  const first = clampIndex(Math.floor((x - radiusX - edge - originX) / columnSpacingMm), columns - 1)
  const last = clampIndex(Math.ceil((x + radiusX + edge - originX) / columnSpacingMm), columns - 1)
  const top = clampIndex(Math.floor((y - radiusY - edge - originY) / rowSpacingMm), rows - 1)
  const bottom = clampIndex(Math.ceil((y + radiusY + edge - originY) / rowSpacingMm), rows - 1)
  for (let row = top; row <= bottom; row++) {
    const dy = (originY + row * rowSpacingMm - y) / radiusY
    for (let column = first; column <= last; column++) {
      const dx = (originX + column * columnSpacingMm - x) / radiusX
      const d = (Math.sqrt(dx * dx + dy * dy) - 1) * smaller
      if (d >= edge * 0.5) continue
      const cover = (d <= -edge * 0.5 ? 1 : 0.5 - d / edge) * power
      const at = row * columns + column
      canvas.hu[at] = (canvas.hu[at] ?? 0) + (hu - (canvas.hu[at] ?? 0)) * cover
    }
  }
}

/** A ball cut by a slice whose middle is `dz` from its centre: each pixel's cover is the mean over five planes of the slice. */
export const paintBall = (canvas: Canvas, x: number, y: number, dz: number, radius: number, thickness: number, hu: number): void => {
  if (Math.abs(dz) > radius + thickness / 2) return
  const { columns, rows, columnSpacingMm, rowSpacingMm, originX, originY } = canvas
  const edge = Math.max(columnSpacingMm, rowSpacingMm)
  const first = clampIndex(Math.floor((x - radius - edge - originX) / columnSpacingMm), columns - 1)
  const last = clampIndex(Math.ceil((x + radius + edge - originX) / columnSpacingMm), columns - 1)
  const top = clampIndex(Math.floor((y - radius - edge - originY) / rowSpacingMm), rows - 1)
  const bottom = clampIndex(Math.ceil((y + radius + edge - originY) / rowSpacingMm), rows - 1)
  for (let row = top; row <= bottom; row++) {
    const dy = originY + row * rowSpacingMm - y
    for (let column = first; column <= last; column++) {
      const dx = originX + column * columnSpacingMm - x
      const flat = dx * dx + dy * dy
      let cover = 0
      for (let step = -2; step <= 2; step++) {
        const z = dz + (step * thickness) / 5
        const share = 0.5 - (Math.sqrt(flat + z * z) - radius) / edge
        cover += share <= 0 ? 0 : share >= 1 ? 1 : share
      }
      const at = row * columns + column
      canvas.hu[at] = (canvas.hu[at] ?? 0) + (hu - (canvas.hu[at] ?? 0)) * (cover / 5)
    }
  }
}
