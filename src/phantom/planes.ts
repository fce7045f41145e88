import { cross, norm, scale } from '../domain/geometry/plane.ts'
import type { FramePlane, Vec3, WorldPoint } from '../domain/geometry/points.ts'

/** Grid of a series: pixels of one spacing both ways, planes `stepMm` apart along their normal, each of `thicknessMm`. */
export type Grid = { readonly columns: number; readonly rows: number; readonly spacingMm: number; readonly slices: number; readonly stepMm: number; readonly thicknessMm: number }

const rounded = (v: Vec3, digits: number): WorldPoint => [Number(v[0].toFixed(digits)), Number(v[1].toFixed(digits)), Number(v[2].toFixed(digits))]
const unit = (v: Vec3): Vec3 => scale(v, 1 / norm(v))

/**
 * The planes of a series about a centre (LPS mm), lowest along the normal first. Numbers are those a decimal string of 16 bytes can hold
 * (PS3.5 6.2), so that what is painted is what is written.
 * @param row along a row, @param down roughly down a column: made perpendicular to `row`
 */
export const planesAbout = (centre: Vec3, row: Vec3, down: Vec3, { columns, rows, spacingMm, slices, stepMm }: Grid): FramePlane[] => {
  const rowUnit = unit(row)
  const normalUnit = unit(cross(rowUnit, down))
  const [rowDirection, columnDirection] = [rounded(rowUnit, 9), rounded(cross(normalUnit, rowUnit), 9)]
  return Array.from({ length: slices }, (_, slice) => {
    const [along, across, up] = [((columns - 1) / 2) * spacingMm, ((rows - 1) / 2) * spacingMm, (slice - (slices - 1) / 2) * stepMm]
    const at = (axis: 0 | 1 | 2): number => centre[axis] - rowDirection[axis] * along - columnDirection[axis] * across + normalUnit[axis] * up
    return { origin: rounded([at(0), at(1), at(2)], 5), rowDirection, columnDirection, rowSpacingMm: spacingMm, columnSpacingMm: spacingMm, rows, columns }
  })
}
