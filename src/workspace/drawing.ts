import type { StoreApi } from 'zustand/vanilla'
import type { FramePlane } from '../domain/geometry/points.ts'
import { measure, roundPlace } from '../domain/measurement/measure.ts'
import type { Pixels } from '../domain/measurement/roi.ts'
import type { Measurement, MeasurementKind, Place } from '../domain/measurement/types.ts'
import { amend, isStroke, nextTrackingId, perform, redo, undo, type Document, type MarkOperation, type Operation, type Step } from './document.ts'
import type { Contest } from './merge.ts'
import type { WorkspaceState } from './state.ts'

/**
 * What a person does to marks, and undoing of all that is drawn.
 * @param record puts an operation into the document and onto the disk
 * @param onNew a mark came to be here
 */
export const createDrawing = ({ store, newUid, record, onNew }: { store: StoreApi<WorkspaceState>; newUid: () => string; record: (operation: Operation, next: Document) => Promise<void>; onNew: (uid: string) => void }) => {
  /** Regions whose pixels are on their way: a report waits for them. */
  const measuring = new Set<Promise<void>>()
  const measureOn = async (operation: MarkOperation, mark: Measurement, plane: FramePlane | undefined, pixels: () => Promise<Pixels | undefined>): Promise<void> => {
    const found = await pixels().catch(() => undefined)
    const { document } = store.getState()
    if (!found || document.marks[mark.trackingUid] !== mark) return
    const amendment: MarkOperation = { trackingUid: mark.trackingUid, before: mark, after: { ...mark, values: measure(mark.kind, mark.place, plane, found) } }
    await record(amendment, amend(document, operation, amendment))
  }
  const take = async (step: Step | undefined): Promise<void> => {
    if (!step) return
    const { document, operation, left } = step
    store.setState({ left: left && leftOf(left) })
    if (operation) await record(operation, document)
    else store.setState({ document })
  }
  const leftOf = (left: Operation): WorkspaceState['left'] => {
    const { marks, paintings } = store.getState().document
    if (isStroke(left)) return { trackingId: left.painting.id, gone: !paintings[left.painting.uid] }
    const name = left.after ?? left.before
    return name ? { trackingId: name.trackingId, gone: !marks[left.trackingUid] } : undefined
  }
  const change = async (uid: string, to: (before: Measurement) => Measurement | null): Promise<void> => {
    const { document } = store.getState()
    const before = document.marks[uid]
    const after = before && to(before)
    if (!before || after === before || after === undefined) return
    const operation: Operation = { trackingUid: uid, before, after }
    await record(operation, perform(document, operation))
  }
  return {
    /** Resolves when no region is being measured. */
    measured: async (): Promise<void> => { await Promise.all(measuring) },
    operations: {
      /**
       * A mark that was drawn or moved by the person; nothing happens where it was deleted meanwhile. Its numbers are computed here, from
       * what will be written. It is kept at once, before the pixels of a region have come.
       * @param pixels what a region is measured on; where they do not come it has its area only
       * @param label in place of the one it has
       */
      finish: async (uid: string | undefined, kind: MeasurementKind, place: Place, plane: FramePlane | undefined, { pixels, label }: { pixels?: (() => Promise<Pixels | undefined>) | undefined; label?: string | undefined } = {}): Promise<void> => {
        const { document } = store.getState()
        const before = uid === undefined ? null : document.marks[uid] ?? null
        if (uid !== undefined && !before) return
        const rounded = roundPlace(place)
        const after: Measurement = {
          trackingUid: before?.trackingUid ?? newUid(), trackingId: before?.trackingId ?? nextTrackingId(document.marks), kind, label: label ?? before?.label ?? '', place: rounded, values: measure(kind, rounded, plane),
        }
        const operation: MarkOperation = { trackingUid: after.trackingUid, before, after }
        store.setState({ selected: after.trackingUid })
        if (!before) onNew(after.trackingUid)
        const kept = record(operation, perform(document, operation))
        const measured = pixels ? measureOn(operation, after, plane, pixels) : Promise.resolve()
        measuring.add(measured)
        await Promise.all([kept, measured.finally(() => measuring.delete(measured))])
      },
      /** Other words beside a mark; can be undone as any change. */
      relabel: (uid: string, label: string): Promise<void> => change(uid, (before) => (before.label === label ? before : { ...before, label })),
      remove: (uid: string): Promise<void> => change(uid, () => null),
      /** What a contested mark is from now on (null: deleted), by the person's choice; can be undone as any change. */
      choose: async ({ trackingUid, sides }: Contest, mark: Measurement | null): Promise<void> => {
        const { document } = store.getState()
        const operation: MarkOperation = { trackingUid, before: document.marks[trackingUid] ?? null, after: mark, over: sides.flatMap(({ report }) => (report === '' ? [] : [report])) }
        await record(operation, perform(document, operation))
      },
      /** Takes back the last step of this tab, of whatever tool; one on what was changed elsewhere since is left out, and said to be. */
      undo: (): Promise<void> => take(undo(store.getState().document)),
      redo: (): Promise<void> => take(redo(store.getState().document)),
    },
  }
}
