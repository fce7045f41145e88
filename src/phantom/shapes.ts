import { dot, planeNormal } from '../domain/geometry/plane.ts'
import type { FramePlane, Vec3 } from '../domain/geometry/points.ts'
import { sampleNoise } from './texture.ts'

/**
 * How a substance varies: brighter and darker by grain, or mixed in thin sheets (septa) or flecks (fibres) with another, of the values `towards`.
 * `amplitude`: standard deviation, or the greatest share of the other; `perMm` cells of noise a mm, `stretch` times longer along `along`.
 */
export type Texture = { readonly kind: 'grain' | 'sheets' | 'flecks'; readonly amplitude: number; readonly perMm: number; readonly along?: Vec3; readonly stretch?: number; readonly towards?: readonly number[] }

/** A solid in patient mm. A `block` is an ellipsoid with squarer shoulders (exponent 4); a tube has round ends. */
export type Solid =
  | { readonly kind: 'ellipsoid' | 'block'; readonly centre: Vec3; readonly radii: Vec3; readonly axes?: readonly [Vec3, Vec3, Vec3] }
  | { readonly kind: 'tube'; readonly from: Vec3; readonly to: Vec3; readonly radiusFrom: number; readonly radiusTo: number }

/** A solid, kept where `(p - point) . normal <= 0` for each cut, with a value in each channel. `softMm`: its edge is that wide at least. */
export type Shape = { readonly solid: Solid; readonly cuts?: readonly { readonly point: Vec3; readonly normal: Vec3 }[]; readonly softMm?: number; readonly values: readonly number[]; readonly texture?: Texture }

/** A slice of `thicknessMm` about a plane: one array of samples a channel, and where its places really lie in the anatomy (x, y, z mm of each pixel), at most `slackMm` away along each axis. */
export type Slab = { readonly plane: FramePlane; readonly thicknessMm: number; readonly channels: readonly Float32Array[]; readonly places: Float32Array; readonly slackMm: number }

const worldAxes: readonly [Vec3, Vec3, Vec3] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]

/** Axes turned about x, then y, then z, by degrees. */
export const turned = (x: number, y: number, z: number): readonly [Vec3, Vec3, Vec3] => {
  const [cx, cy, cz] = [x, y, z].map((angle) => Math.cos((angle * Math.PI) / 180)) as [number, number, number]
  const [sx, sy, sz] = [x, y, z].map((angle) => Math.sin((angle * Math.PI) / 180)) as [number, number, number]
  return [
    [cy * cz, cy * sz, -sy], [sx * sy * cz - cx * sz, sx * sy * sz + cx * cz, sx * cy], [cx * sy * cz + sx * sz, cx * sy * sz - sx * cz, cx * cy],
  ]
}

/** Standard deviation of the bend of places against the anatomy as drawn, and its limit, along each axis. */
const bendMm = 1.6
const greatestBendMm = 2.5 * bendMm
/** Over how many mm the bend changes by about as much as it is. */
const bendCellMm = 15

const bendAt = (bend: Float32Array, x: number, y: number, z: number, axis: number): number =>
  Math.max(-greatestBendMm, Math.min(greatestBendMm, bendMm * sampleNoise(bend, x / bendCellMm + axis * 21.3, y / bendCellMm + axis * 9.7, z / bendCellMm + axis * 33.1)))

/** A slab of zeros. With `bend` (a noise volume) the anatomy is bent by about a millimetre, softly, the same way in every plane. */
export const createSlab = (plane: FramePlane, thicknessMm: number, channels: number, bend?: Float32Array): Slab => {
  const { rows, columns, origin, rowDirection, columnDirection, rowSpacingMm, columnSpacingMm } = plane
  const places = new Float32Array(rows * columns * 3)
  // The bend is smooth: known on every 4th pixel it is known between them.
  const step = 4
  const [wide, high] = [Math.ceil(columns / step) + 1, Math.ceil(rows / step) + 1]
  const coarse = new Float32Array(wide * high * 3)
  if (bend) {
    for (let at = 0; at < wide * high; at++) {
      const [column, row] = [(at % wide) * step * columnSpacingMm, Math.floor(at / wide) * step * rowSpacingMm]
      const [x, y, z] = [0, 1, 2].map((axis) => (origin[axis] ?? 0) + (rowDirection[axis] ?? 0) * column + (columnDirection[axis] ?? 0) * row) as [number, number, number]
      for (let axis = 0; axis < 3; axis++) coarse[at * 3 + axis] = bendAt(bend, x, y, z, axis)
    }
  }
  for (let axis = 0; axis < 3; axis++) {
    const [start, along, down] = [origin[axis] ?? 0, rowDirection[axis] ?? 0, columnDirection[axis] ?? 0]
    for (let row = 0; row < rows; row++) {
      const up = Math.floor(row / step)
      const dy = (row % step) / step
      for (let column = 0; column < columns; column++) {
        const at = (up * wide + Math.floor(column / step)) * 3 + axis
        const dx = (column % step) / step
        const upper = (coarse[at] ?? 0) * (1 - dx) + (coarse[at + 3] ?? 0) * dx
        const lower = (coarse[at + wide * 3] ?? 0) * (1 - dx) + (coarse[at + wide * 3 + 3] ?? 0) * dx
        places[(row * columns + column) * 3 + axis] = start + along * column * columnSpacingMm + down * row * rowSpacingMm + upper * (1 - dy) + lower * dy
      }
    }
  }
  return { plane, thicknessMm, channels: Array.from({ length: channels }, () => new Float32Array(rows * columns)), places, slackMm: bend ? greatestBendMm : 0 }
}

/**
 * Numbers of a solid for `distance`: kind, then what the kind needs, then from which value of its norm on a place is farther out (or in)
 * than `margin` mm, then its cuts.
 */
const compile = ({ solid, cuts = [] }: Shape, margin: number): Float64Array => {
  const flat = cuts.flatMap(({ point, normal }) => [...normal, dot(point, normal)])
  const farIn = (value: number): number => (cuts.length || value <= 0 ? -1 : value)
  if (solid.kind === 'tube') {
    const { from, to, radiusFrom, radiusTo } = solid
    const along = [to[0] - from[0], to[1] - from[1], to[2] - from[2]] as const
    const [wide, narrow] = [Math.max(radiusFrom, radiusTo) + margin, Math.min(radiusFrom, radiusTo) - margin]
    return Float64Array.from([2, ...from, ...along, 1 / Math.max(1e-6, dot(along, along)), radiusFrom, radiusTo - radiusFrom, 0, 0, 0, 0, 0, 0, wide * wide, farIn(narrow) < 0 ? -1 : narrow * narrow, ...flat])
  }
  const { centre, radii, axes = worldAxes, kind } = solid
  const power = kind === 'block' ? 4 : 2
  const share = margin / Math.min(...radii)
  return Float64Array.from([kind === 'block' ? 1 : 0, ...centre, ...axes.flatMap((axis, i) => axis.map((value) => value / (radii[i] ?? 1))), ...radii.map((radius) => 1 / radius), (1 + share) ** power, farIn(1 - share) < 0 ? -1 : (1 - share) ** power, ...flat])
}
const firstCut = 18
const farMm = 1000

/** Signed distance in mm from the surface, negative inside: exact to first order near it, plus or minus `farMm` where it is farther than the margin. */
const distance = (k: Float64Array, x: number, y: number, z: number): number => {
  const dx = x - (k[1] ?? 0)
  const dy = y - (k[2] ?? 0)
  const dz = z - (k[3] ?? 0)
  const farOut = k[16] ?? 0
  const farIn = k[17] ?? 0
  let d = 0
  if (k[0] === 2) {
    const ax = k[4] ?? 0
    const ay = k[5] ?? 0
    const az = k[6] ?? 0
    let t = (dx * ax + dy * ay + dz * az) * (k[7] ?? 0)
    t = t < 0 ? 0 : t > 1 ? 1 : t
    const px = dx - t * ax
    const py = dy - t * ay
    const pz = dz - t * az
    const q = px * px + py * py + pz * pz
    if (q > farOut) return farMm
    if (q < farIn) return -farMm
    d = Math.sqrt(q) - (k[8] ?? 0) - t * (k[9] ?? 0)
  } else {
    const u = (k[4] ?? 0) * dx + (k[5] ?? 0) * dy + (k[6] ?? 0) * dz
    const v = (k[7] ?? 0) * dx + (k[8] ?? 0) * dy + (k[9] ?? 0) * dz
    const w = (k[10] ?? 0) * dx + (k[11] ?? 0) * dy + (k[12] ?? 0) * dz
    const u2 = u * u
    const v2 = v * v
    const w2 = w * w
    const q = k[0] === 0 ? u2 + v2 + w2 : u2 * u2 + v2 * v2 + w2 * w2
    if (q > farOut) return farMm
    if (q < farIn) return -farMm
    const iu = k[13] ?? 0
    const iv = k[14] ?? 0
    const iw = k[15] ?? 0
    if (k[0] === 0) {
      d = (q - 1) / (2 * Math.sqrt(u2 * iu * iu + v2 * iv * iv + w2 * iw * iw) + 1e-9)
    } else {
      const gu = u2 * u * iu
      const gv = v2 * v * iv
      const gw = w2 * w * iw
      d = (q - 1) / (4 * Math.sqrt(gu * gu + gv * gv + gw * gw) + 1e-9)
    }
  }
  for (let at = firstCut; at < k.length; at += 4) {
    const cut = (k[at] ?? 0) * x + (k[at + 1] ?? 0) * y + (k[at + 2] ?? 0) * z - (k[at + 3] ?? 0)
    if (cut > d) d = cut
  }
  return d
}

/** How far a solid reaches from `origin` along a direction, mm: lowest and highest. */
const reach = (solid: Solid, direction: Vec3, origin: Vec3): [number, number] => {
  const base = dot(origin, direction)
  if (solid.kind === 'tube') {
    const [a, b] = [dot(solid.from, direction) - base, dot(solid.to, direction) - base]
    return [Math.min(a - solid.radiusFrom, b - solid.radiusTo), Math.max(a + solid.radiusFrom, b + solid.radiusTo)]
  }
  const { centre, radii, axes = worldAxes, kind } = solid
  const parts = axes.map((axis, i) => Math.abs(dot(axis, direction)) * (radii[i] ?? 0))
  const half = kind === 'block' ? parts.reduce((a, b) => a + b, 0) : Math.hypot(...parts)
  const middle = dot(centre, direction) - base
  return [middle - half, middle + half]
}

const textureMatrix = ({ perMm, along, stretch = 1 }: Texture): Float64Array => {
  const less = along ? (1 - 1 / stretch) / dot(along, along) : 0
  return Float64Array.from(worldAxes.flatMap((axis, i) => axis.map((value, j) => perMm * (value - less * (along?.[i] ?? 0) * (along?.[j] ?? 0)))))
}

/** Share of the slab's thickness that a solid covers at a pixel: three planes of the slab, one where the surface is far. */
const coverAt = (k: Float64Array, x: number, y: number, z: number, nx: number, ny: number, nz: number, thickness: number, edge: number): number => {
  const d = distance(k, x, y, z)
  const margin = thickness * 0.45 + edge * 0.5
  if (d > margin) return 0
  if (d < -margin) return 1
  const shift = thickness / 3
  return (share(d, edge) + share(distance(k, x - nx * shift, y - ny * shift, z - nz * shift), edge) + share(distance(k, x + nx * shift, y + ny * shift, z + nz * shift), edge)) / 3
}
const share = (d: number, edge: number): number => {
  const value = 0.5 - d / edge
  return value <= 0 ? 0 : value >= 1 ? 1 : value
}

/** Paints shapes over what is there, the first undermost, with partial volume over the pixel and the thickness. Without `noise` nothing has a texture. */
export const paintShapes = (slab: Slab, shapes: readonly Shape[], noise?: Float32Array): void => {
  const normal = planeNormal(slab.plane)
  for (const shape of shapes) {
    const [low, high] = reach(shape.solid, normal, slab.plane.origin)
    const margin = slab.thicknessMm / 2 + slab.slackMm + (shape.softMm ?? 0)
    if (low < margin && high > -margin) paintShape(slab, shape, normal, noise)
  }
}

const paintShape = ({ plane, thicknessMm, channels, places, slackMm }: Slab, shape: Shape, normal: Vec3, noise?: Float32Array): void => {
  const { rows, columns, rowSpacingMm, columnSpacingMm, rowDirection, columnDirection, origin } = plane
  const edge = Math.max(rowSpacingMm, columnSpacingMm, shape.softMm ?? 0)
  const margin = edge + slackMm
  const [left, right] = reach(shape.solid, rowDirection, origin)
  const [top, bottom] = reach(shape.solid, columnDirection, origin)
  const [firstColumn, lastColumn] = [Math.max(0, Math.floor((left - margin) / columnSpacingMm)), Math.min(columns - 1, Math.ceil((right + margin) / columnSpacingMm))]
  const [firstRow, lastRow] = [Math.max(0, Math.floor((top - margin) / rowSpacingMm)), Math.min(rows - 1, Math.ceil((bottom + margin) / rowSpacingMm))]
  const k = compile(shape, thicknessMm * 0.45 + edge * 0.5)
  const [nx, ny, nz] = normal
  const { texture, values } = shape
  const m = texture && noise ? textureMatrix(texture) : undefined
  const { amplitude = 0, kind = 'grain', towards } = texture ?? {}
  for (let row = firstRow; row <= lastRow; row++) {
    for (let at = row * columns + firstColumn; at <= row * columns + lastColumn; at++) {
      const x = places[at * 3] ?? 0
      const y = places[at * 3 + 1] ?? 0
      const z = places[at * 3 + 2] ?? 0
      const cover = coverAt(k, x, y, z, nx, ny, nz, thicknessMm, edge)
      if (cover <= 0) continue
      const vary = m && noise ? amplitude * textureAt(noise, m, kind, x, y, z) : 0
      for (let channel = 0; channel < channels.length; channel++) {
        const samples = channels[channel] as Float32Array
        const own = values[channel] ?? 0
        const before = samples[at] ?? 0
        samples[at] = before + (own + vary * ((towards ? towards[channel] ?? 0 : own * 2) - own) - before) * cover
      }
    }
  }
}

const textureAt = (noise: Float32Array, m: Float64Array, kind: Texture['kind'], x: number, y: number, z: number): number => {
  const value = sampleNoise(noise, (m[0] ?? 0) * x + (m[1] ?? 0) * y + (m[2] ?? 0) * z, (m[3] ?? 0) * x + (m[4] ?? 0) * y + (m[5] ?? 0) * z, (m[6] ?? 0) * x + (m[7] ?? 0) * y + (m[8] ?? 0) * z)
  if (kind === 'grain') return value
  const other = kind === 'sheets' ? 1 - Math.abs(value) * 3 : value - 0.9
  return other <= 0 ? 0 : other >= 1 ? 1 : other
}
