import type { StoreApi } from 'zustand/vanilla'
import type { SegmentationContent, SegmentedFrame } from '../dicom/seg/encode.ts'
import { encodePatch, type Patch } from '../domain/segmentation/brush.ts'
import type { VoxelBox } from '../domain/segmentation/paint.ts'
import type { CodedConcept, LabelMap } from '../domain/segmentation/types.ts'
import { toBase64 } from './delivery.ts'
import { nextPaintingId, perform, type Document, type Operation } from './document.ts'
import { createRasters, lastStroke, type PaintedOn, type Painting, type PaintingHead } from './paintings.ts'
import type { WorkspaceState } from './state.ts'

/** What a brush outlines until a person says more (PS3.16 CID 7150, 7159). */
const lesion: { readonly category: CodedConcept; readonly type: CodedConcept } = {
  category: { value: '49755003', scheme: 'SCT', meaning: 'Morphologically Abnormal Structure' }, type: { value: '52988006', scheme: 'SCT', meaning: 'Lesion' },
}
/** sRGB of paintings, one after another. */
export const paintColours: readonly (readonly [number, number, number])[] = [[255, 176, 0], [100, 210, 255], [255, 110, 160], [140, 230, 120], [190, 150, 255]]
export const colourOf = ({ id }: Pick<Painting, 'id'>): readonly [number, number, number] => paintColours[(Number(id.slice(1)) - 1) % paintColours.length] ?? [255, 176, 0]

/**
 * What a person does with the brush.
 * @param record puts an operation into the document and into the log
 * @param keep makes a segmentation, a new version of the former one, keeps it on this device and sends it
 */
export const createPainting = ({ store, newUid, record, settle, keep }: {
  store: StoreApi<WorkspaceState>; newUid: () => string; record: (operation: Operation, next: Document) => Promise<void>; settle: () => Promise<void>
  keep: (content: SegmentationContent, name: string, made: { readonly uid: string; readonly stroke: string }, former: { readonly seriesInstanceUid: string; readonly version: number } | undefined) => Promise<void>
}) => {
  const rasters = createRasters()
  const put = (head: PaintingHead, patch: string): Promise<void> => {
    const { document } = store.getState()
    const operation: Operation = { painting: head, stroke: newUid(), behind: lastStroke(document.paintings[head.uid]), patch, done: true }
    return record(operation, perform(document, operation))
  }
  const headOf = ({ uid, id, name, on }: Painting): PaintingHead => ({ uid, id, name, on })
  return {
    /** A painting on a lattice that nothing is on yet; it comes to be with its first stroke. */
    newPainting: (on: PaintedOn): PaintingHead => ({ uid: newUid(), id: nextPaintingId(store.getState().document.paintings), name: '', on }),
    /** A stroke that was finished; in the database when it resolves, on the disk a moment later. */
    stroke: (head: PaintingHead, patch: Patch): Promise<void> => put(headOf({ strokes: [], ...store.getState().document.paintings[head.uid] ?? head }), toBase64(encodePatch(patch))),
    /** Another name for what is painted; can be undone as any change. */
    namePainting: async (uid: string, name: string): Promise<void> => {
      const painting = store.getState().document.paintings[uid]
      if (painting && painting.name !== name) await put({ ...headOf(painting), name }, '')
    },
    /** Labels 0 and 1 of a painting; the array stays the same and changes with its strokes. @throws Error where a stroke does not lie in its lattice */
    labelMapOf: (painting: Painting): LabelMap => rasters.labelMapOf(painting),
    /** How many voxels of it are painted. */
    voxelsOf: (painting: Painting): number => rasters.voxelsOf(painting),
    /** Where in its lattice they lie. */
    boxOf: (painting: Painting): VoxelBox | undefined => rasters.boxOf(painting),
    /** All that was painted is on the disk when this resolves. */
    settle,
    /**
     * A segmentation of what is painted, MANUAL, a new version of the one before.
     * @param frames of the painting's stack
     * @throws Error naming what does not fit; where nothing is painted
     */
    savePainting: async (uid: string, frames: readonly SegmentedFrame[]): Promise<void> => {
      const { document: { paintings }, outlined } = store.getState()
      const painting = paintings[uid]
      if (!painting) return
      const name = painting.name || painting.id
      const content: SegmentationContent = {
        frames, labelMap: rasters.labelMapOf(painting), algorithm: { type: 'MANUAL', name, version: '', modelSha256: '' },
        segments: [{ number: 1, label: name, ...lesion, colour: colourOf(painting), trackingUid: uid, trackingId: painting.id }],
      }
      await settle()
      await keep(content, name, { uid, stroke: lastStroke(painting) }, outlined.get(uid))
    },
  }
}

/**
 * Puts what was written in passing onto the disk, once for several strokes.
 * @param wait until it is time
 */
export const createSettling = ({ wait, settle, onFailed }: { wait: () => Promise<void>; settle: () => Promise<void>; onFailed: (error: unknown) => void }) => {
  let waiting = false
  return {
    now: settle,
    /** A moment from now. */
    ask: (): void => {
      if (waiting) return
      waiting = true
      void wait().then(() => { waiting = false }).then(settle).catch((error: unknown) => {
        waiting = false
        if (!(error instanceof DOMException && error.name === 'AbortError')) onFailed(error)
      })
    },
  }
}
