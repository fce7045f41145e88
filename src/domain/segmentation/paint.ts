import type { Vec3 } from '../geometry/points.ts'
import type { LabelMap } from './types.ts'

/** How a label looks: sRGB 0 to 255, alpha of its inside 0 to 1; absent: not drawn. */
export type LabelLook = { readonly colour: readonly [number, number, number]; readonly alpha: number }

/** Where the picture's pixels lie in the label map: index (column, row, slice) of the first pixel's centre and of one step right and down. */
export type PictureMap = { readonly first: Vec3; readonly right: Vec3; readonly down: Vec3 }

/** The label under each pixel of a part of a picture, nearest voxel; 0 outside. */
const labelsUnder = ({ data, columns, rows, slices }: LabelMap, { first, right, down }: PictureMap, { x: left, y: top, width, height }: Rectangle): Uint8Array => {
  const labels = new Uint8Array(width * height)
  const [di, dj, dk] = right
  for (let y = top, at = 0; y < top + height; y++) {
    const [i0, j0, k0] = [first[0] + y * down[0], first[1] + y * down[1], first[2] + y * down[2]]
    // From the picture's first pixel on, so that a place between two voxels is rounded alike in every part.
    for (let x = left; x < left + width; x++, at++) {
      const i = Math.round(i0 + x * di)
      const j = Math.round(j0 + x * dj)
      const k = Math.round(k0 + x * dk)
      if (i >= 0 && j >= 0 && k >= 0 && i < columns && j < rows && k < slices) labels[at] = data[i + columns * (j + rows * k)] ?? 0
    }
  }
  return labels
}

/** Voxels from the lowest to the highest index along each axis. */
export type VoxelBox = { readonly low: Vec3; readonly high: Vec3 }
/** The least box around two. */
export const boxAround = (a: VoxelBox | undefined, b: VoxelBox | undefined): VoxelBox | undefined => {
  if (!a || !b) return a ?? b
  const each = (of: (one: number, other: number) => number, [i, j, k]: Vec3, [x, y, z]: Vec3): Vec3 => [of(i, x), of(j, y), of(k, z)]
  return { low: each(Math.min, a.low, b.low), high: each(Math.max, a.high, b.high) }
}
/** Pixels of a picture: the first column and row, and how many. */
export type Rectangle = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** The part of a polygon where `value` is at least 0 (Sutherland and Hodgman). */
const clip = (corners: readonly (readonly [number, number])[], value: (x: number, y: number) => number): (readonly [number, number])[] => corners.flatMap((to, index) => {
  const from = corners.at(index - 1) ?? to
  const [a, b] = [value(...from), value(...to)]
  const crossing = [from[0] + ((to[0] - from[0]) * a) / (a - b), from[1] + ((to[1] - from[1]) * a) / (a - b)] as const
  return [...(a < 0 === b < 0 ? [] : [crossing]), ...(b < 0 ? [] : [to])]
})

/** The least rectangle of the picture with every pixel that lies on voxels of the box or beside such a one; undefined where none does. */
export const rectangleOf = ({ first, right, down }: PictureMap, { low, high }: VoxelBox, width: number, height: number): Rectangle | undefined => {
  let corners: (readonly [number, number])[] = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
  for (const axis of [0, 1, 2] as const) {
    const index = (x: number, y: number): number => first[axis] + x * right[axis] + y * down[axis]
    // Half a voxel, and a little for rounding.
    corners = clip(corners, (x, y) => index(x, y) - low[axis] + 0.501)
    corners = clip(corners, (x, y) => high[axis] + 0.501 - index(x, y))
  }
  if (corners.length === 0) return undefined
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)]
  const [x, y] = [Math.max(0, Math.floor(Math.min(...xs)) - 1), Math.max(0, Math.floor(Math.min(...ys)) - 1)]
  return { x, y, width: Math.min(width, Math.ceil(Math.max(...xs)) + 2) - x, height: Math.min(height, Math.ceil(Math.max(...ys)) + 2) - y }
}

/** What `paintLabels` makes of a rectangle of a picture of `width` x `height` pixels: the same pixels as of the whole. */
export const paintPart = (labelMap: LabelMap, map: PictureMap, { x, y, width: across, height: tall }: Rectangle, { width, height }: { readonly width: number; readonly height: number }, looks: ReadonlyMap<number, LabelLook>): Uint8ClampedArray<ArrayBuffer> => {
  // Whether a pixel is on the outline shows beside it: one more on each side that has one.
  const [left, top] = [Math.max(0, x - 1), Math.max(0, y - 1)]
  const [wide, high] = [Math.min(width, x + across + 1) - left, Math.min(height, y + tall + 1) - top]
  const around = paintLabels(labelsUnder(labelMap, map, { x: left, y: top, width: wide, height: high }), wide, high, looks)
  if (wide === across && high === tall) return around
  const picture = new Uint8ClampedArray(across * tall * 4)
  for (let row = 0; row < tall; row++) {
    const start = ((row + y - top) * wide + x - left) * 4
    picture.set(around.subarray(start, start + across * 4), row * across * 4)
  }
  return picture
}

/** A picture of labels, RGBA: each inside by its alpha, its outline (a pixel beside another label) in full. */
const paintLabels = (labels: Uint8Array, width: number, height: number, looks: ReadonlyMap<number, LabelLook>): Uint8ClampedArray<ArrayBuffer> => {
  const picture = new Uint8ClampedArray(width * height * 4)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const label = labels[at] ?? 0
      if (label === 0) continue
      const look = looks.get(label)
      if (!look) continue
      const edge = (x > 0 && labels[at - 1] !== label) || (x < width - 1 && labels[at + 1] !== label) || (y > 0 && labels[at - width] !== label) || (y < height - 1 && labels[at + width] !== label)
      const { colour } = look
      picture[at * 4] = colour[0]
      picture[at * 4 + 1] = colour[1]
      picture[at * 4 + 2] = colour[2]
      picture[at * 4 + 3] = edge ? 255 : Math.round(look.alpha * 255)
    }
  }
  return picture
}

/** How many voxels carry each label that occurs; 0 is left out. */
export const countLabels = (data: Uint8Array): Map<number, number> => {
  const counts = new Uint32Array(256)
  for (const label of data) counts[label] = (counts[label] ?? 0) + 1
  return new Map([...counts.entries()].filter(([label, count]) => label > 0 && count > 0))
}

/** The slice with the most labelled voxels, the first of several; undefined where nothing is labelled. */
export const mostLabelled = ({ data, columns, rows, slices }: LabelMap): number | undefined => {
  let [most, found]: [number, number | undefined] = [0, undefined]
  for (let slice = 0; slice < slices; slice++) {
    let count = 0
    for (let at = slice * columns * rows; at < (slice + 1) * columns * rows; at++) if (data[at]) count += 1
    if (count > most) [most, found] = [count, slice]
  }
  return found
}
