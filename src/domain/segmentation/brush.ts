import { gridIndex, gridPoint, inverseOf, type Grid } from '../geometry/grid.ts'
import { dot, norm, subtract } from '../geometry/plane.ts'
import type { Vec3, WorldPoint } from '../geometry/points.ts'
import type { VoxelBox } from './paint.ts'

/**
 * What a stroke does: `disc` covers what lies within the radius in the slice it is drawn on, `ball` in space, both measured in mm to the
 * way of the pointer. `value` is put into voxels; an eraser puts 0 where there is `only`.
 */
export type Brush = { readonly shape: 'disc' | 'ball'; readonly radiusMm: number; readonly value: number; readonly only?: number }

/**
 * What a stroke changed, so that it can be done and undone: runs of voxels, each of one value before. `starts` are indices into the
 * label map (column fastest), rising, no two runs touch the same voxel.
 */
export type Patch = { readonly starts: Uint32Array; readonly lengths: Uint32Array; readonly before: Uint8Array; readonly after: number }

/** First and last whole index within `reach` of two places, inside a side of `size` voxels. */
const span = (a: number, b: number, reach: number, size: number): readonly [number, number] =>
  [Math.max(0, Math.ceil(Math.min(a, b) - reach)), Math.min(size - 1, Math.floor(Math.max(a, b) + reach))]

/** Indices that a brush covers on its way, each once, rising. A point exactly on the rim is covered. */
const covered = (grid: Grid, way: readonly WorldPoint[], { shape, radiusMm }: Brush): number[] => {
  const [nx, ny, nz] = grid.dimensions
  const invert = inverseOf(grid.steps)
  // How far a ball reaches along each index: the radius over the distance of the planes of that index.
  const unit = [invert([1, 0, 0]), invert([0, 1, 0]), invert([0, 0, 1])] as const
  const reach = [0, 1, 2].map((axis) => radiusMm * norm([unit[0][axis] ?? 0, unit[1][axis] ?? 0, unit[2][axis] ?? 0]))
  const limit = radiusMm * radiusMm * (1 + 1e-9)
  const [{ origin }, [[ix, iy, iz], [jx, jy, jz], [kx, ky, kz]]] = [grid, grid.steps]
  const found: number[] = []
  // Of a ball, the way to the second point covers the first; a disc lies in the slice of each leg's end.
  const legs = way.map((to, index) => [way[Math.max(0, index - 1)] ?? to, to] as const).slice(shape === 'ball' && way.length > 1 ? 1 : 0)
  for (const [from, to] of legs) {
    const [a, b] = [gridIndex(grid, from), gridIndex(grid, to)]
    const slice = Math.round(b[2])
    // On a disc's slice distances are taken in its plane: the way is moved onto it.
    const flat = (at: Vec3): WorldPoint => (shape === 'disc' ? gridPoint(grid, [at[0], at[1], slice]) : gridPoint(grid, at))
    const start = flat(a)
    const along = subtract(flat(b), start)
    const [ux, uy, uz] = along
    const length = dot(along, along)
    const [i0, i1] = span(a[0], b[0], reach[0] ?? 0, nx)
    const [j0, j1] = span(a[1], b[1], reach[1] ?? 0, ny)
    const [k0, k1] = shape === 'disc' ? [Math.max(0, slice), Math.min(nz - 1, slice)] : span(a[2], b[2], reach[2] ?? 0, nz)
    for (let k = k0; k <= k1; k++) for (let j = j0; j <= j1; j++) {
      const [x0, y0, z0] = [origin[0] - start[0] + j * jx + k * kx, origin[1] - start[1] + j * jy + k * ky, origin[2] - start[2] + j * jz + k * kz]
      for (let i = i0; i <= i1; i++) {
        // From the start of the way to the voxel, and how much of that is left beside the nearest point of the way.
        const [x, y, z] = [x0 + i * ix, y0 + i * iy, z0 + i * iz]
        const t = length > 0 ? Math.min(1, Math.max(0, (x * ux + y * uy + z * uz) / length)) : 0
        const [rx, ry, rz] = [x - t * ux, y - t * uy, z - t * uz]
        if (rx * rx + ry * ry + rz * rz <= limit) found.push(i + nx * (j + ny * k))
      }
    }
  }
  // One leg is gone through in the order of the voxels.
  return legs.length > 1 ? [...new Set(found)].sort((one, other) => one - other) : found
}

/**
 * What a stroke changes of a label map; nothing is changed yet.
 * @param data labels over the grid, column fastest
 * @param way points of the pointer in patient mm, in their order; one point is a dab
 */
export const strokePatch = (data: Uint8Array, grid: Grid, way: readonly WorldPoint[], brush: Brush): Patch => {
  const [starts, lengths, before]: [number[], number[], number[]] = [[], [], []]
  for (const at of covered(grid, way, brush)) {
    const now = data[at] ?? 0
    if (now === brush.value || (brush.only !== undefined && now !== brush.only)) continue
    const last = starts.length - 1
    if (last >= 0 && (starts[last] ?? 0) + (lengths[last] ?? 0) === at && before[last] === now) lengths[last] = (lengths[last] ?? 0) + 1
    else {
      starts.push(at)
      lengths.push(1)
      before.push(now)
    }
  }
  return { starts: Uint32Array.from(starts), lengths: Uint32Array.from(lengths), before: Uint8Array.from(before), after: brush.value }
}

const put = (data: Uint8Array, { starts, lengths }: Patch, value: (run: number) => number): void => {
  for (let run = 0; run < starts.length; run++) data.fill(value(run), starts[run], (starts[run] ?? 0) + (lengths[run] ?? 0))
}
export const applyPatch = (data: Uint8Array, patch: Patch): void => put(data, patch, () => patch.after)
/** Undoes it, where nothing else was changed since. */
export const revertPatch = (data: Uint8Array, patch: Patch): void => put(data, patch, (run) => patch.before[run] ?? 0)
/** The voxels a patch touches lie in this box; undefined where it touches none. */
export const patchBox = ({ starts, lengths }: Patch, columns: number, rows: number): VoxelBox | undefined => {
  if (starts.length === 0) return undefined
  let [i0, j0, i1, j1] = [columns, rows, 0, 0]
  starts.forEach((start, run) => {
    const [from, to] = [start, start + (lengths[run] ?? 0) - 1]
    const [row, end] = [Math.floor(from / columns), Math.floor(to / columns)]
    // A run may go on in the next row, and in the next slice.
    ;[i0, i1] = row === end ? [Math.min(i0, from % columns), Math.max(i1, to % columns)] : [0, columns - 1]
    ;[j0, j1] = Math.floor(row / rows) === Math.floor(end / rows) ? [Math.min(j0, row % rows), Math.max(j1, end % rows)] : [0, rows - 1]
  })
  const slice = (at: number): number => Math.floor(at / (columns * rows))
  return { low: [i0, j0, slice(starts[0] ?? 0)], high: [i1, j1, slice((starts.at(-1) ?? 0) + (lengths.at(-1) ?? 1) - 1)] }
}
/** Bytes that a patch holds. */
export const patchBytes = ({ starts, lengths, before }: Patch): number => starts.byteLength + lengths.byteLength + before.byteLength

/** Whole numbers in groups of seven bits, the lowest first (LEB128). */
const writeNumber = (out: number[], value: number): void => {
  let rest = value
  while (rest > 127) {
    out.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  out.push(rest)
}

/** A patch as few bytes, for the log: the value after, then for each run the gap before it, its length and what it was. */
export const encodePatch = ({ starts, lengths, before, after }: Patch): Uint8Array<ArrayBuffer> => {
  const out = [after]
  let end = 0
  starts.forEach((start, run) => {
    const length = lengths[run] ?? 0
    writeNumber(out, start - end)
    writeNumber(out, length)
    out.push(before[run] ?? 0)
    end = start + length
  })
  return Uint8Array.from(out)
}

/**
 * @param voxels of the label map it belongs to
 * @throws Error where the bytes are no patch, or of a larger map
 */
export const decodePatch = (bytes: Uint8Array, voxels: number): Patch => {
  const [starts, lengths, before]: [number[], number[], number[]] = [[], [], []]
  let at = 1
  const readNumber = (): number => {
    let [value, factor] = [0, 1]
    for (;;) {
      const byte = bytes[at++]
      if (byte === undefined || factor > 2 ** 35) throw new Error('the stroke ends in the middle of a number')
      value += (byte % 128) * factor
      if (byte < 128) return value
      factor *= 128
    }
  }
  let end = 0
  const after = bytes[0]
  if (after === undefined) throw new Error('the stroke is empty')
  while (at < bytes.length) {
    const start = end + readNumber()
    const length = readNumber()
    const was = bytes[at++]
    if (was === undefined || length === 0 || start + length > voxels) throw new Error('the stroke does not lie in this label map')
    starts.push(start)
    lengths.push(length)
    before.push(was)
    end = start + length
  }
  return { starts: Uint32Array.from(starts), lengths: Uint32Array.from(lengths), before: Uint8Array.from(before), after }
}

/**
 * Patches of one stroke, made one after another on its way, as the one patch they are together: they have one value after, and none
 * touches a voxel that one before it changed.
 */
export const mergePatches = (patches: readonly Patch[]): Patch | undefined => {
  const runs = patches.flatMap(({ starts, lengths, before }) => Array.from(starts, (start, run) => ({ start, length: lengths[run] ?? 0, before: before[run] ?? 0 }))).sort((a, b) => a.start - b.start)
  const [first] = patches
  if (!first || runs.length === 0) return undefined
  const joined: { start: number; length: number; before: number }[] = []
  for (const run of runs) {
    const last = joined.at(-1)
    if (last && last.start + last.length === run.start && last.before === run.before) last.length += run.length
    else joined.push({ ...run })
  }
  return { starts: Uint32Array.from(joined, ({ start }) => start), lengths: Uint32Array.from(joined, ({ length }) => length), before: Uint8Array.from(joined, ({ before }) => before), after: first.after }
}
