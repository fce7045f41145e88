import { applyPatch, decodePatch, patchBox, revertPatch, type Patch } from '../domain/segmentation/brush.ts'
import { boxAround, type VoxelBox } from '../domain/segmentation/paint.ts'
import type { LabelMap } from '../domain/segmentation/types.ts'
import { fromBase64 } from './delivery.ts'

/** The lattice that is painted on: the frames of one stack in geometric order. */
export type PaintedOn = { readonly seriesInstanceUid: string; readonly stack?: string; readonly columns: number; readonly rows: number; readonly slices: number }
/** What is outlined by brush: one segment. `uid` and `id` are its Tracking UID and ID (0062,0021/0020), the same over all versions. */
export type PaintingHead = { readonly uid: string; readonly id: string; readonly name: string; readonly on: PaintedOn }
/**
 * One stroke over a painting, or (`done` false) that it was taken back. `behind` is the stroke it was made on, empty at the first;
 * `patch` is what it changed (`encodePatch`, base64), empty where it only gave another name.
 */
export type StrokeOperation = { readonly painting: PaintingHead; readonly stroke: string; readonly behind: string; readonly patch: string; readonly done: boolean }
type Stroke = { readonly id: string; readonly behind: string; readonly patch: string; readonly name: string }
export type Painting = PaintingHead & { readonly strokes: readonly Stroke[] }
export type Paintings = Readonly<Record<string, Painting>>

export const lastStroke = (painting: Painting | undefined): string => painting?.strokes.at(-1)?.id ?? ''
/** Whether a painting is as an operation left it. */
export const isAsLeft = (paintings: Paintings, { painting: { uid }, stroke, behind, done }: StrokeOperation): boolean => lastStroke(paintings[uid]) === (done ? stroke : behind)

/** The paintings after an operation. A stroke that is there is not put there twice, and one that is not cannot be taken back. */
export const painted = (paintings: Paintings, { painting: head, stroke, behind, patch, done }: StrokeOperation): Paintings => {
  const before = paintings[head.uid]?.strokes ?? []
  const others = before.filter(({ id }) => id !== stroke)
  const strokes = done ? [...others, { id: stroke, behind, patch, name: head.name }] : others
  return { ...paintings, [head.uid]: { ...head, name: strokes.at(-1)?.name ?? head.name, strokes } }
}

const voxels = ({ columns, rows, slices }: PaintedOn): number => columns * rows * slices

/** How many of the voxels that a patch touches carry a label. */
const labelledIn = (data: Uint8Array, { starts, lengths }: Patch): number => {
  let count = 0
  starts.forEach((start, run) => {
    for (let at = start; at < start + (lengths[run] ?? 0); at++) count += data[at] === 0 ? 0 : 1
  })
  return count
}

/**
 * The label maps of paintings: what their strokes say, kept between calls, so that a stroke costs what it changed. A stroke made on
 * what another tab has changed meanwhile is put on what is there now.
 */
export const createRasters = () => {
  const kept = new Map<string, { readonly data: Uint8Array; strokes: readonly Stroke[]; /** Voxels that carry the label. */ voxels: number; /** What was ever painted lies in it. */ box: VoxelBox | undefined }>()
  const patches = new WeakMap<Stroke, Patch | null>()
  const patchOf = (stroke: Stroke, size: number): Patch | null => {
    const known = patches.get(stroke)
    if (known !== undefined) return known
    const patch = stroke.patch === '' ? null : decodePatch(fromBase64(stroke.patch), size)
    patches.set(stroke, patch)
    return patch
  }
  const labelMapOf = ({ uid, on, strokes }: Painting): LabelMap => {
    const raster = kept.get(uid) ?? { data: new Uint8Array(voxels(on)), strokes: [], voxels: 0, box: undefined }
    kept.set(uid, raster)
    const { data } = raster
    const put = (patch: Patch, change: typeof applyPatch): void => {
      const before = labelledIn(data, patch)
      change(data, patch)
      raster.voxels += labelledIn(data, patch) - before
      raster.box = boxAround(raster.box, patchBox(patch, on.columns, on.rows))
    }
    let same = 0
    while (same < strokes.length && strokes[same]?.id === raster.strokes[same]?.id) same++
    for (let at = raster.strokes.length - 1; at >= same; at--) {
      const stroke = raster.strokes[at]
      const patch = stroke && patchOf(stroke, data.length)
      if (!stroke || !patch) continue
      // What a stroke found is what it says only where it was made on the stroke before it.
      if (stroke.behind === (raster.strokes[at - 1]?.id ?? '')) put(patch, revertPatch)
      else {
        data.fill(0)
        raster.voxels = 0
        same = 0
        break
      }
    }
    for (const stroke of strokes.slice(same)) {
      const patch = patchOf(stroke, data.length)
      if (patch) put(patch, applyPatch)
    }
    raster.strokes = strokes
    return { columns: on.columns, rows: on.rows, slices: on.slices, data }
  }
  return {
    /**
     * Labels 0 and 1 on the painting's lattice. The array stays the same from call to call and changes in place.
     * @throws Error where a stroke does not lie in the lattice
     */
    labelMapOf,
    /** How many voxels carry the label: counted where strokes change it, since the lattice may have a hundred million. */
    voxelsOf: (painting: Painting): number => {
      labelMapOf(painting)
      return kept.get(painting.uid)?.voxels ?? 0
    },
    /** Where in the lattice its labels lie; undefined where nothing was painted. */
    boxOf: (painting: Painting): VoxelBox | undefined => {
      labelMapOf(painting)
      return kept.get(painting.uid)?.box
    },
  }
}
