import { planeNormal, scale, dot, add, subtract } from '../domain/geometry/plane.ts'
import type { FramePlane, Vec3, WorldPoint } from '../domain/geometry/points.ts'
import type { LabelMap } from '../domain/segmentation/types.ts'
import { extentsOf } from './outline.ts'
import { planesAbout } from './planes.ts'
import { createSlab, paintShapes, type Shape } from './shapes.ts'

/** A lesion as it was painted: its solid, where its middle was put (mm), and about how large it is. */
export type PaintedLesion = { readonly shape: Pick<Shape, 'solid' | 'softMm'>; readonly centre: Vec3; readonly aboutMm: number }

/** Its size in images: diameters where the series' planes cut it, the rest from thin slices. */
export type LesionSize = { readonly centre: Vec3; readonly longestMm: number; readonly shortestMm: number; readonly heightMm: number; readonly volumeMm3: number }

/** How much of each pixel of a plane a lesion covers. */
const coverOf = ({ shape }: PaintedLesion, plane: FramePlane, thicknessMm: number, bend?: Float32Array): Float32Array => {
  const slab = createSlab(plane, thicknessMm, 1, bend)
  paintShapes(slab, [{ ...shape, values: [1] }])
  return slab.channels[0] ?? new Float32Array(0)
}

/** Whether a plane comes so near a lesion that it may be cut. */
const isNear = ({ centre, aboutMm }: PaintedLesion, plane: FramePlane, thicknessMm: number): boolean =>
  Math.abs(dot(subtract(centre, plane.origin), planeNormal(plane))) < aboutMm / 2 + thicknessMm / 2 + 5

/** Pixels that lesions cover by half or more: label n is lesion n - 1. */
export const labelsOf = (lesions: readonly PaintedLesion[], planes: readonly FramePlane[], thicknessMm: number, bend?: Float32Array): LabelMap => {
  const [{ rows, columns } = { rows: 0, columns: 0 }] = planes
  const data = new Uint8Array(rows * columns * planes.length)
  for (const [slice, plane] of planes.entries()) {
    for (const [index, lesion] of lesions.entries()) {
      if (!isNear(lesion, plane, thicknessMm)) continue
      const cover = coverOf(lesion, plane, thicknessMm, bend)
      for (let at = 0; at < cover.length; at++) if ((cover[at] ?? 0) >= 0.5) data[slice * rows * columns + at] = index + 1
    }
  }
  return { columns, rows, slices: planes.length, data }
}

const tenth = (value: number): number => Math.round(value * 10) / 10
const fineMm = 0.25
const thinMm = 0.5

/** Centre, height and volume from thin slices of half-millimetre cubes, which lie as the planes do. */
const bulkOf = (lesion: PaintedLesion, { rowDirection, columnDirection }: FramePlane, bend?: Float32Array): { readonly middle: Vec3; readonly heightMm: number; readonly volumeMm3: number } => {
  const count = Math.ceil((lesion.aboutMm + 10) / thinMm)
  let sum: Vec3 = [0, 0, 0]
  let [voxels, heightMm] = [0, 0]
  for (const plane of planesAbout(lesion.centre, rowDirection, columnDirection, { columns: count, rows: count, spacingMm: thinMm, slices: count, stepMm: thinMm, thicknessMm: thinMm })) {
    const cover = coverOf(lesion, plane, thinMm, bend)
    let [here, right, down] = [0, 0, 0]
    for (let at = 0; at < cover.length; at++) {
      if ((cover[at] ?? 0) < 0.5) continue
      here++
      right += (at % count) * thinMm
      down += Math.floor(at / count) * thinMm
    }
    if (!here) continue
    sum = add(sum, add(scale(plane.origin, here), add(scale(plane.rowDirection, right), scale(plane.columnDirection, down))))
    voxels += here
    heightMm += thinMm
  }
  return { middle: scale(sum, 1 / Math.max(1, voxels)), heightMm, volumeMm3: voxels * thinMm ** 3 }
}

/** Measures a lesion to 0.1 mm: its diameters on a grid of a quarter of a millimetre in each plane of the series that cuts it. */
export const sizeOf = (lesion: PaintedLesion, planes: readonly FramePlane[], thicknessMm: number, bend?: Float32Array): LesionSize => {
  const [first] = planes
  if (!first) throw new Error('a series without slices')
  const { middle, heightMm, volumeMm3 } = bulkOf(lesion, first, bend)
  const count = Math.ceil((lesion.aboutMm + 10) / fineMm)
  const normal = planeNormal(first)
  const [patch] = planesAbout(lesion.centre, first.rowDirection, first.columnDirection, { columns: count, rows: count, spacingMm: fineMm, slices: 1, stepMm: thicknessMm, thicknessMm })
  let [longestMm, shortestMm] = [0, 0]
  for (const plane of planes) {
    if (!patch || !isNear(lesion, plane, thicknessMm)) continue
    const off = dot(subtract(plane.origin, patch.origin), normal)
    const extents = extentsOf(Uint8Array.from(coverOf(lesion, { ...patch, origin: add(patch.origin, scale(normal, off)) as WorldPoint }, thicknessMm, bend), (share) => (share >= 0.5 ? 1 : 0)), count, fineMm, fineMm)
    if (extents && extents.longestMm > longestMm) ({ longestMm, shortestMm } = extents)
  }
  return { centre: [tenth(middle[0]), tenth(middle[1]), tenth(middle[2])], longestMm: tenth(longestMm), shortestMm: tenth(shortestMm), heightMm: tenth(heightMm), volumeMm3: Math.round(volumeMm3) }
}
