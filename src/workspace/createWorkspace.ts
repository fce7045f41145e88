import { createStore } from 'zustand/vanilla'
import type { DicomJson } from '../dicom/file/json.ts'
import { decodeReport } from '../dicom/sr/decode.ts'
import { encodeSegmentation, type SegmentationContent } from '../dicom/seg/encode.ts'
import { encodeReport } from '../dicom/sr/encode.ts'
import type { FramePlane } from '../domain/geometry/points.ts'
import { measure, roundPlace } from '../domain/measurement/measure.ts'
import type { Pixels } from '../domain/measurement/roi.ts'
import type { Measurement, MeasurementKind, Place } from '../domain/measurement/types.ts'
import { createDelivery, detailOf, finishedObject, type FinishedObject } from './delivery.ts'
import { emptyDocument, markDifferences, nextTrackingId, perform, rebuild, redo, sameMarks, undo, type Document, type Operation } from './document.ts'
import { importDraftKey, openLog, type Log, type LogFault, type openLogDatabase } from './log.ts'
import type { Outside } from './port.ts'
import { loadReports } from './reports.ts'
import { createSegmentations, waiting, type KeptSegmentation, type SegmentationEntry } from './segmentations.ts'

/** Where a mark is kept: not yet, on this device, at the hub, verified at the hospital; or what went wrong. */
export type MarkState = 'drawing' | 'device' | 'failed' | 'hub' | 'verified'
export type SaveState = { readonly kind: 'idle' } | { readonly kind: 'saving' } | { readonly kind: 'failed' | 'differs' | 'rejected'; readonly detail: string }

/** A finished report and the marks it says. */
type Finalised = FinishedObject & { readonly marks: readonly Measurement[] }
type Entry = { readonly type: 'operation'; readonly operation: Operation } | { readonly type: 'finalised'; readonly report: Finalised } | SegmentationEntry

export type WorkspaceState = {
  readonly opening: boolean
  readonly document: Document
  /** Marks as the newest verified report has them. */
  readonly saved: readonly Measurement[]
  readonly states: Readonly<Record<string, MarkState>>
  readonly save: SaveState
  readonly selected: string | undefined
  readonly fault: LogFault | undefined
  readonly segmentations: readonly KeptSegmentation[]
  /** Why the hospital's segmentations could not be listed. */
  readonly notListed: string | undefined
}

const daTm = (date: Date): { date: string; time: string } => {
  const [day = '', rest = ''] = date.toISOString().split('T')
  return { date: day.replaceAll('-', ''), time: rest.slice(0, 8).replaceAll(':', '') }
}

/**
 * The open study: what was drawn, its log, its way to the hospital and back. One for each (user, data set, study).
 * @param source an image of the study in the JSON model, for what reports take over from it
 */
export const createWorkspace = ({ outside, database, dataset, study, source, observer, device }: {
  outside: Outside; database: ReturnType<typeof openLogDatabase>; dataset: string; study: string; source: DicomJson; observer: string; device: { uid: string; name: string; version: string }
}) => {
  const store = createStore<WorkspaceState>(() => ({ opening: true, document: emptyDocument, saved: [], states: {}, save: { kind: 'idle' }, selected: undefined, fault: undefined, segmentations: [], notListed: undefined }))
  const abort = new AbortController()
  let log: Log | undefined
  let last: { sopInstanceUid: string; seriesInstanceUid: string } | undefined
  let instances = 0
  let pending: Finalised | undefined

  const deliver = createDelivery({ outside, dataset, study, signal: abort.signal })
  const segmentations = createSegmentations({
    outside, dataset, study, deliver, stopped: abort.signal, onChange: (list) => store.setState({ segmentations: list }),
    append: async (entry) => {
      if (!log) throw new Error('the log is not open')
      await log.append(entry satisfies Entry)
    },
  })

  const setState = (uid: string, state: MarkState): void => store.setState(({ states }) => ({ states: { ...states, [uid]: state } }))

  const open = async (): Promise<void> => {
    const { version, key, user } = await outside.draftKey()
    log = await openLog({ database: await database, key: await importDraftKey(key), keyVersion: version, owner: { user, dataset, study } })
    const [{ entries, fault }, reports] = [await log.read(), await loadReports(outside, dataset, study)]
    const newest = reports.at(-1)
    last = newest && { sopInstanceUid: newest.sopInstanceUid, seriesInstanceUid: newest.seriesInstanceUid }
    instances = reports.length
    const saved = newest?.measurements ?? []
    const operations = (entries as Entry[]).flatMap((entry) => (entry.type === 'operation' ? [entry.operation] : []))
    const document = rebuild(saved, operations)
    const bySaved = new Map(saved.map((mark) => [mark.trackingUid, mark]))
    const states = Object.fromEntries(Object.values(document.marks).map((mark) => {
      const known = bySaved.get(mark.trackingUid)
      return [mark.trackingUid, known && markDifferences(mark, known).length === 0 ? 'verified' as const : 'device' as const]
    }))
    store.setState({ opening: false, document, saved, states, fault })
    const finalised = (entries as Entry[]).findLast((entry) => entry.type === 'finalised')
    if (finalised?.type === 'finalised') void carry(finalised.report)
    segmentations.resume(waiting(entries as Entry[]))
    await segmentations.list().catch((error: unknown) => store.setState({ notListed: detailOf(error) }))
  }
  const opened = open().catch((error: unknown) => store.setState({ opening: false, save: { kind: 'failed', detail: detailOf(error) } }))

  /** Into the document at once, onto the disk before it is called kept. */
  const record = async (operation: Operation, next: Document): Promise<void> => {
    store.setState({ document: next })
    setState(operation.trackingUid, 'drawing')
    try {
      if (!log) throw new Error('the log is not open')
      await log.append({ type: 'operation', operation } satisfies Entry)
      setState(operation.trackingUid, 'device')
    } catch {
      setState(operation.trackingUid, 'failed')
    }
  }

  /** Sends a finalised report until the hospital has it, reads it back by a request of its own and compares. */
  const carry = async (report: Finalised): Promise<void> => {
    pending = report
    store.setState({ save: { kind: 'saving' } })
    try {
      const delivered = await deliver(report, () => { for (const mark of report.marks) if (isAsIn(mark)) setState(mark.trackingUid, 'hub') })
      if (delivered.kind !== 'verified') return store.setState({ save: delivered })
      const back = await decodeReport(delivered.back)
      if (!sameMarks(report.marks, back.measurements)) return store.setState({ save: { kind: 'differs', detail: differing(report.marks, back.measurements) } })
      last = { sopInstanceUid: report.sopInstanceUid, seriesInstanceUid: report.seriesInstanceUid }
      instances += 1
      pending = undefined
      const { document, fault } = store.getState()
      const unchanged = sameMarks(Object.values(document.marks), back.measurements)
      // A log that could not be read to its end is left as it is.
      if (log && unchanged && !fault && !segmentations.unsent()) await log.wipe(log.newest())
      store.setState({ saved: back.measurements, save: { kind: 'idle' } })
      for (const mark of back.measurements) if (isAsIn(mark)) setState(mark.trackingUid, 'verified')
    } catch (error) {
      if (!abort.signal.aborted) store.setState({ save: { kind: 'failed', detail: detailOf(error) } })
    }
    return undefined
  }
  const isAsIn = (mark: Measurement): boolean => {
    const now = store.getState().document.marks[mark.trackingUid]
    return now !== undefined && markDifferences(now, mark).length === 0
  }
  const differing = (sent: readonly Measurement[], back: readonly Measurement[]): string =>
    sent.filter((mark) => {
      const other = back.find(({ trackingUid }) => trackingUid === mark.trackingUid)
      return !other || markDifferences(mark, other).length > 0
    }).map(({ trackingId }) => trackingId).join(', ')

  return {
    store,
    opened,
    /**
     * A mark that was drawn or moved by the person. Its numbers are computed here, from what will be written.
     * @param pixels what a region is measured on; without them it has its area only
     * @param label in place of the one it has
     */
    finish: (uid: string | undefined, kind: MeasurementKind, place: Place, plane: FramePlane | undefined, { pixels, label }: { pixels?: Pixels | undefined; label?: string | undefined } = {}): Promise<void> => {
      const { document } = store.getState()
      const before = uid === undefined ? null : document.marks[uid] ?? null
      const rounded = roundPlace(place)
      const after: Measurement = {
        trackingUid: before?.trackingUid ?? outside.newUid(), trackingId: before?.trackingId ?? nextTrackingId(document.marks), kind, label: label ?? before?.label ?? '', place: rounded, values: measure(kind, rounded, plane, pixels),
      }
      const operation: Operation = { trackingUid: after.trackingUid, before, after }
      store.setState({ selected: after.trackingUid })
      return record(operation, perform(document, operation))
    },
    /** Other words beside a mark; can be undone as any change. */
    relabel: async (uid: string, label: string): Promise<void> => {
      const { document } = store.getState()
      const before = document.marks[uid]
      if (!before || before.label === label) return
      const operation: Operation = { trackingUid: uid, before, after: { ...before, label } }
      await record(operation, perform(document, operation))
    },
    remove: async (uid: string): Promise<void> => {
      const { document } = store.getState()
      const before = document.marks[uid]
      if (!before) return
      const operation: Operation = { trackingUid: uid, before, after: null }
      await record(operation, perform(document, operation))
    },
    undo: async (): Promise<void> => {
      const step = undo(store.getState().document)
      if (step) await record(step.operation, step.document)
    },
    redo: async (): Promise<void> => {
      const step = redo(store.getState().document)
      if (step) await record(step.operation, step.document)
    },
    select: (selected: string | undefined): void => store.setState({ selected }),
    /** All marks as one report, a new version of the one before. */
    save: async (): Promise<void> => {
      await opened
      const { document, save, saved } = store.getState()
      const marks = Object.values(document.marks)
      // A report without marks says that those of the one before were deleted.
      if (save.kind === 'saving' || !log || (marks.length === 0 && saved.length === 0)) return
      // What was finalised and is still the same goes out with the same UID and bytes.
      if (save.kind === 'failed' && pending && sameMarks(pending.marks, marks)) return void (await carry(pending))
      store.setState({ save: { kind: 'saving' } })
      try {
        const sopInstanceUid = outside.newUid()
        const seriesInstanceUid = last?.seriesInstanceUid ?? outside.newUid()
        const bytes = encodeReport({
          sopInstanceUid, seriesInstanceUid, seriesNumber: 9000, instanceNumber: instances + 1, source, observer, device, ...daTm(outside.clock()), measurements: marks, ...(last ? { predecessor: last } : {}),
        })
        const report: Finalised = { ...await finishedObject(sopInstanceUid, seriesInstanceUid, bytes), marks }
        // From here on its UID and bytes are fixed: whatever dies, the same report is sent again.
        await log.append({ type: 'finalised', report } satisfies Entry)
        await carry(report)
      } catch (error) {
        store.setState({ save: { kind: 'failed', detail: detailOf(error) } })
      }
    },
    /** Makes a segmentation of what a tool or a person outlined, keeps it on this device and sends it. */
    saveSegmentation: async ({ name, ...content }: SegmentationContent & { readonly name: string }): Promise<void> => {
      await opened
      const [sopInstanceUid, seriesInstanceUid] = [outside.newUid(), outside.newUid()]
      const bytes = encodeSegmentation({ ...content, sopInstanceUid, seriesInstanceUid, seriesNumber: 9100, instanceNumber: 1, source, creator: observer, device, ...daTm(outside.clock()) })
      await segmentations.keep(await finishedObject(sopInstanceUid, seriesInstanceUid, bytes), name)
    },
    openSegmentation: segmentations.open,
    dispose: () => abort.abort(),
  }
}
export type Workspace = ReturnType<typeof createWorkspace>
