import type { Vec3 } from '../geometry/points.ts'
import type { LabelMap } from './types.ts'

/** How a label looks: sRGB 0 to 255, alpha of its inside 0 to 1; absent: not drawn. */
export type LabelLook = { readonly colour: readonly [number, number, number]; readonly alpha: number }

/** Where the picture's pixels lie in the label map: index (column, row, slice) of the first pixel's centre and of one step right and down. */
export type PictureMap = { readonly first: Vec3; readonly right: Vec3; readonly down: Vec3 }

/** The label under each pixel of a picture, nearest voxel; 0 outside. */
export const labelsUnder = ({ data, columns, rows, slices }: LabelMap, { first, right, down }: PictureMap, width: number, height: number): Uint8Array => {
  const labels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = Math.round(first[0] + x * right[0] + y * down[0])
      const j = Math.round(first[1] + x * right[1] + y * down[1])
      const k = Math.round(first[2] + x * right[2] + y * down[2])
      if (i >= 0 && j >= 0 && k >= 0 && i < columns && j < rows && k < slices) labels[y * width + x] = data[i + columns * (j + rows * k)] ?? 0
    }
  }
  return labels
}

/** A picture of labels, RGBA: each inside by its alpha, its outline (a pixel beside another label) in full. */
export const paintLabels = (labels: Uint8Array, width: number, height: number, looks: ReadonlyMap<number, LabelLook>): Uint8ClampedArray<ArrayBuffer> => {
  const picture = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const label = labels[at] ?? 0
      const look = label === 0 ? undefined : looks.get(label)
      if (!look) continue
      const edge = (x > 0 && labels[at - 1] !== label) || (x < width - 1 && labels[at + 1] !== label) || (y > 0 && labels[at - width] !== label) || (y < height - 1 && labels[at + width] !== label)
      picture.set([...look.colour, edge ? 255 : Math.round(look.alpha * 255)], at * 4)
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
