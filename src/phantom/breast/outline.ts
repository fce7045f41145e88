import { createRandom } from '../random.ts'
import type { BreastAnatomy, Side, View } from './plan.ts'

/** A place in a view in mm: u from the chest wall towards the nipple, v along the chest wall, 0 at the nipple, lateral (CC) or superior (MLO) negative. */
export type ViewPoint = readonly [number, number]

/** The shape of one breast in one view, mm. */
export type Outline = {
  /** Points of the skin from top to bottom as the view hangs. */
  readonly skin: readonly ViewPoint[]
  /** Chest wall to nipple. */
  readonly depthMm: number
  /** Skin at the chest wall above and below the nipple (the upper end of an MLO is the axilla's start). */
  readonly aboveMm: number
  readonly belowMm: number
  readonly thicknessMm: number
  readonly nipple: { readonly at: ViewPoint; readonly radiusMm: number; readonly lengthMm: number }
}

const catmullRom = (points: readonly ViewPoint[], steps: number): ViewPoint[] => {
  const out: ViewPoint[] = []
  const point = (i: number): ViewPoint => points[Math.max(0, Math.min(points.length - 1, i))] ?? [0, 0]
  for (let i = 0; i < points.length - 1; i++) {
    const [a, b, c, d] = [point(i - 1), point(i), point(i + 1), point(i + 2)]
    for (let step = 0; step < steps; step++) {
      const t = step / steps
      const at = (axis: 0 | 1) => 0.5 * (2 * b[axis] + (c[axis] - a[axis]) * t + (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis]) * t * t + (3 * b[axis] - a[axis] - 3 * c[axis] + d[axis]) * t * t * t)
      out.push([at(0), at(1)])
    }
  }
  out.push(point(points.length - 1))
  return out
}

/** Sizes of a woman's breasts; the two differ by a few per cent, as they do. */
export const createOutline = (anatomy: BreastAnatomy, side: Side, view: View): Outline => {
  const both = createRandom(anatomy.seed * 7 + 3)
  const shape = [both(), both(), both(), both()] as const
  const own = createRandom(anatomy.seed * 7 + (side === 'R' ? 4 : 5))
  const differ = 1 + 0.05 * (own() - 0.5)
  const implant = anatomy.implants ? 1.12 : 1
  const depthMm = (74 + 38 * anatomy.size + 6 * shape[0]) * differ * implant * (view === 'MLO' ? 1.04 : 1)
  const thicknessMm = Math.round((44 + 20 * anatomy.size + 8 * shape[3]) * (anatomy.implants ? 1.25 : 1))
  const nippleOff = (own() - 0.5) * 6
  if (view === 'CC') {
    const aboveMm = (66 + 20 * anatomy.size + 6 * shape[1]) * differ
    const belowMm = (60 + 20 * anatomy.size + 6 * shape[2]) * differ
    const skin: ViewPoint[] = []
    for (let i = -2; i <= 42; i++) {
      const angle = (Math.PI * i) / 40
      const sine = Math.max(0, Math.sin(angle))
      const up = Math.cos(angle)
      const u = i < 0 || i > 40 ? -14 * (i < 0 ? -i : i - 40) : depthMm * sine ** (0.84 + 0.2 * shape[3])
      skin.push([u, i < 0 ? -aboveMm : i > 40 ? belowMm : -Math.sign(up) * Math.abs(up) ** (0.88 + 0.14 * shape[0]) * (up > 0 ? aboveMm : belowMm)])
    }
    return { skin, depthMm, aboveMm, belowMm, thicknessMm, nipple: { at: [depthMm - 1, nippleOff], radiusMm: 4.8, lengthMm: 2.8 } }
  }
  const belowMm = (54 + 14 * anatomy.size + 6 * shape[2]) * differ
  const aboveMm = (100 + 14 * anatomy.size + 6 * shape[1]) * differ
  const axilla = 0.5 + 0.1 * shape[0]
  const points: ViewPoint[] = [
    [depthMm * (axilla + 0.02), -aboveMm - 90], [depthMm * axilla, -aboveMm - 40], [depthMm * (axilla + 0.02), -aboveMm], [depthMm * (axilla + 0.1), -aboveMm * 0.82], [depthMm * 0.8, -aboveMm * 0.6],
    [depthMm * 0.93, -aboveMm * 0.36], [depthMm * 0.995, -aboveMm * 0.15], [depthMm, 0], [depthMm * 0.965, belowMm * 0.27], [depthMm * 0.86, belowMm * 0.52], [depthMm * 0.66, belowMm * 0.75], [depthMm * 0.4, belowMm * 0.91],
    [depthMm * 0.17, belowMm * 1.0], [7, belowMm * 1.07], [5, belowMm * 1.16], [8, belowMm * 1.4], [10, belowMm * 1.9], [10, belowMm * 3],
  ]
  return { skin: catmullRom(points, 9), depthMm, aboveMm, belowMm, thicknessMm, nipple: { at: [depthMm - 1, 3 + nippleOff], radiusMm: 4.8, lengthMm: 2.8 } }
}

/** Distances to the skin on a grid, mm, positive inside. */
export type DistanceGrid = { readonly data: Float32Array; readonly columns: number; readonly rows: number; readonly stepMm: number; readonly originU: number; readonly originV: number }

const segmentDistance2 = (px: number, py: number, ax: number, ay: number, bx: number, by: number): number => {
  const dx = bx - ax
  const dy = by - ay
  const along = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)))
  const ex = ax + along * dx - px
  const ey = ay + along * dy - py
  return ex * ex + ey * ey
}

/** Signed distance to the skin and the nipple over a rectangle of the view, every `stepMm`. */
export const measureDistances = (outline: Outline, fromU: number, toU: number, fromV: number, toV: number, stepMm: number): DistanceGrid => {
  const columns = Math.ceil((toU - fromU) / stepMm) + 2
  const rows = Math.ceil((toV - fromV) / stepMm) + 2
  const data = new Float32Array(columns * rows)
  const count = outline.skin.length
  const [us, vs] = [Float64Array.from(outline.skin, ([u]) => u), Float64Array.from(outline.skin, ([, v]) => v)]
  const { at: [nu, nv], radiusMm, lengthMm } = outline.nipple
  for (let row = 0; row < rows; row++) {
    const v = fromV + row * stepMm
    for (let column = 0; column < columns; column++) {
      const u = fromU + column * stepMm
      let least = 1e9
      let inside = false
      for (let i = 0; i + 1 < count; i++) {
        const au = us[i] ?? 0
        const av = vs[i] ?? 0
        const bu = us[i + 1] ?? 0
        const bv = vs[i + 1] ?? 0
        const away = segmentDistance2(u, v, au, av, bu, bv)
        if (away < least) least = away
        if (av > v !== bv > v && u < au + ((v - av) / (bv - av)) * (bu - au)) inside = !inside
      }
      const skin = (inside ? 1 : -1) * Math.sqrt(least)
      const nipple = radiusMm - Math.sqrt(segmentDistance2(u, v, nu - 6, nv, nu + lengthMm - radiusMm * 0.6, nv))
      // A smooth union: the areola rises to the nipple.
      const blend = Math.max(0, 4 - Math.abs(skin - nipple)) / 4
      data[row * columns + column] = Math.max(skin, nipple) + blend * blend * 1
    }
  }
  return { data, columns, rows, stepMm, originU: fromU, originV: fromV }
}

/** The distance at a place, bilinear; the grid's border beyond it. */
export const distanceAt = ({ data, columns, rows, stepMm, originU, originV }: DistanceGrid, u: number, v: number): number => {
  const x = Math.max(0, Math.min(columns - 1.001, (u - originU) / stepMm))
  const y = Math.max(0, Math.min(rows - 1.001, (v - originV) / stepMm))
  const x0 = Math.floor(x)
  const y0 = Math.floor(y)
  const fx = x - x0
  const fy = y - y0
  const at = y0 * columns + x0
  const up = (data[at] ?? 0) * (1 - fx) + (data[at + 1] ?? 0) * fx
  const down = (data[at + columns] ?? 0) * (1 - fx) + (data[at + columns + 1] ?? 0) * fx
  return up + (down - up) * fy
}
