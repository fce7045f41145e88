/** Three numbers; what they mean is the caller's. */
export type Vec3 = readonly [number, number, number]
/** The three numbers that a rule gives for each axis; 0 where it gives none. */
export const vec3Of = (of: (axis: 0 | 1 | 2) => number | undefined): Vec3 => [of(0) ?? 0, of(1) ?? 0, of(2) ?? 0]

/** A point in the patient coordinate system of a Frame of Reference, LPS, mm (PS3.3 C.7.6.2.1.1). */
export type WorldPoint = readonly [number, number, number] & { readonly frame?: 'world' }

/** Column, row on a stored frame; 0\0 is the top-left corner of the first pixel, its centre 0.5\0.5 (PS3.3 C.18.6.1.2). */
export type ImagePoint = readonly [number, number] & { readonly frame?: 'image' }

/** CSS pixels from the top left corner of a viewport's element. */
export type CanvasPoint = readonly [number, number] & { readonly frame?: 'canvas' }

/** Where a stored frame lies (PS3.3 C.7.6.2): the image plane module with the names said in words. */
export type FramePlane = {
  /** Image Position (Patient): the centre of the first pixel. */
  readonly origin: WorldPoint
  /** Unit vector along a row, towards increasing column index. */
  readonly rowDirection: Vec3
  /** Unit vector down a column, towards increasing row index. */
  readonly columnDirection: Vec3
  /** Pixel Spacing [0]: mm between rows. */
  readonly rowSpacingMm: number
  /** Pixel Spacing [1]: mm between columns. */
  readonly columnSpacingMm: number
  readonly rows: number
  readonly columns: number
}
