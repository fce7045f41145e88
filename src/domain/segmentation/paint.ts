import type { Vec3 } from '../geometry/points.ts'
import type { LabelMap } from './types.ts'

/** How a label looks: sRGB 0 to 255, alpha of its inside 0 to 1; absent: not drawn. */
export type LabelLook = { readonly colour: readonly [number, number, number]; readonly alpha: number }

/** Where the picture's pixels lie in the label map: index (column, row, slice) of the first pixel's centre and of one step right and down. */
export type PictureMap = { readonly first: Vec3; readonly right: Vec3; readonly down: Vec3 }

/** The label under each pixel of a picture, nearest voxel; 0 outside. */
export const labelsUnder = ({ data, columns, rows, slices }: LabelMap, { first, right, down }: PictureMap, width: number, height: number): Uint8Array => {
  const labels = new Uint8Array(width * height)
  const [di, dj, dk] = right
  for (let y = 0, at = 0; y < height; y++) {
    const [i0, j0, k0] = [first[0] + y * down[0], first[1] + y * down[1], first[2] + y * down[2]]
    for (let x = 0; x < width; x++, at++) {
      const i = Math.round(i0 + x * di)
      const j = Math.round(j0 + x * dj)
      const k = Math.round(k0 + x * dk)
      if (i >= 0 && j >= 0 && k >= 0 && i < columns && j < rows && k < slices) labels[at] = data[i + columns * (j + rows * k)] ?? 0
    }
  }
  return labels
}

/** A picture of labels, RGBA: each inside by its alpha, its outline (a pixel beside another label) in full. */
export const paintLabels = (labels: Uint8Array, width: number, height: number, looks: ReadonlyMap<number, LabelLook>): Uint8ClampedArray<ArrayBuffer> => {
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
