import { createStore } from 'zustand/vanilla'
import { ApiFailure } from '../api/index.ts'
import type { DicomJson } from '../dicom/file/json.ts'
import { encodeSegmentation, type SegmentationContent } from '../dicom/seg/encode.ts'
import { decodeReport, type DecodedReport } from '../dicom/sr/decode.ts'
import { encodeReport } from '../dicom/sr/encode.ts'
import type { FramePlane } from '../domain/geometry/points.ts'
import { differingFields } from '../domain/measurement/differ.ts'
import { measure, roundPlace } from '../domain/measurement/measure.ts'
import type { Pixels } from '../domain/measurement/roi.ts'
import type { Measurement, MeasurementKind, Place } from '../domain/measurement/types.ts'
import { createDelivery, detailOf, finishedObject, fromBase64 } from './delivery.ts'
import { amend, emptyDocument, markDifferences, nextTrackingId, perform, rebase, rebuild, redo, sameMarks, undo, type Document, type Operation } from './document.ts'
import { replay, type Entry, type Finalised } from './entries.ts'
import { createKeeper } from './keeper.ts'
import { importDraftKey, openLog, type Log, type LogFault, type openLogDatabase } from './log.ts'
import type { Outside } from './port.ts'
import { loadReports, marksOf, newestOfChains } from './reports.ts'
import { createSegmentations, waiting, type KeptSegmentation } from './segmentations.ts'

/** Where a mark is kept: not yet, on this device, at the hub, verified at the hospital; or what went wrong. */
export type MarkState = 'drawing' | 'device' | 'failed' | 'hub' | 'verified'
/** While it is saved, `detail` is why it is not there yet; it is tried again. */
export type SaveState = { readonly kind: 'idle' } | { readonly kind: 'saving'; readonly detail?: string } | { readonly kind: 'failed' | 'differs' | 'rejected'; readonly detail: string }

export type WorkspaceState = {
  readonly opening: boolean
  /** Why what the hospital holds is not shown: what is drawn meanwhile is kept on this device, and opening can be tried again. */
  readonly notOpened: string | undefined
  /** Why marks are not on this device's disk. */
  readonly notKept: string | undefined
  readonly document: Document
  /** Marks as the newest reports at the hospital have them. */
  readonly saved: readonly Measurement[]
  readonly states: Readonly<Record<string, MarkState>>
  readonly save: SaveState
  readonly selected: string | undefined
  /** What was wrong with the log of this device when it was opened. */
  readonly fault: LogFault | undefined
  readonly segmentations: readonly KeptSegmentation[]
  /** Why the hospital's segmentations could not be listed. */
  readonly notListed: string | undefined
}
const empty: WorkspaceState = {
  opening: true, notOpened: undefined, notKept: undefined, document: emptyDocument, saved: [], states: {}, save: { kind: 'idle' }, selected: undefined, fault: undefined, segmentations: [], notListed: undefined,
}

const daTm = (date: Date): { date: string; time: string } => {
  const [day = '', rest = ''] = date.toISOString().split('T')
  return { date: day.replaceAll('-', ''), time: rest.slice(0, 8).replaceAll(':', '') }
}

/** One try at a time; what failed is tried anew by whoever asks next. */
const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let now: Promise<T> | undefined
  return () => {
    now ??= work().catch((error: unknown) => {
      now = undefined
      throw error
    })
    return now
  }
}

/**
 * The open study: what was drawn, its log, its way to the hospital and back. One for each (user, data set, study). It can be drawn on
 * from the first moment: operations wait for the log, and what the hospital holds comes in under them when it is there.
 * @param source an image of the study in the JSON model, for what reports take over from it
 */
export const createWorkspace = ({ outside, database, dataset, study, source, observer, device }: {
  outside: Outside; database: ReturnType<typeof openLogDatabase>; dataset: string; study: string; source: DicomJson; observer: string; device: { uid: string; name: string; version: string }
}) => {
  const store = createStore<WorkspaceState>(() => empty)
  const abort = new AbortController()
  /** Operations that no loaded report tells: of the log, then of this session. */
  let operations: readonly Operation[] = []
  let reports: DecodedReport[] = []
  /** How far the reports have come that say the marks in `saved`. */
  let arrived: ReadonlyMap<string, 'hub' | 'verified'> = new Map()
  let pending: Finalised | undefined
  /** Series that this person writes into through this hub; nobody is let into another. */
  const ownSeries = new Set<string>()

  const setState = (uid: string, state: MarkState): void => store.setState(({ states }) => ({ states: { ...states, [uid]: state } }))
  const setStates = (changes: Readonly<Record<string, MarkState>>): void => store.setState(({ states }) => ({ states: { ...states, ...changes } }))
  /** Of a mark on the disk: it lies farther on where it is as a report says it, such as after undoing. */
  const whereItIs = (uid: string): MarkState => {
    const { document, saved } = store.getState()
    const [now, before] = [document.marks[uid], saved.find(({ trackingUid }) => trackingUid === uid)]
    return (now && before && markDifferences(now, before).length === 0 ? arrived.get(uid) : undefined) ?? 'device'
  }
  /** Whether an operation is the last word on its mark. */
  const isNewest = ({ trackingUid, after }: Operation): boolean => (store.getState().document.marks[trackingUid] ?? null) === after

  const theLog = once(async (): Promise<Log> => {
    const { version, key, user } = await outside.draftKey()
    const keys = new Map([[version, importDraftKey(key)]])
    const keyOf = (wanted: number): Promise<CryptoKey> => {
      const found = keys.get(wanted) ?? outside.draftKey(wanted).then((old) => importDraftKey(old.key))
      keys.set(wanted, found)
      return found
    }
    const log = await openLog({ database: await database, keyOf, keyVersion: version, owner: { user, dataset, study } })
    const { entries, fault } = await log.read()
    if (fault && fault.kind !== 'newer') await log.setAside(entries)
    const told = replay(entries as Entry[])
    operations = [...told.operations, ...operations]
    pending = told.pending
    const before = rebuild([], told.operations)
    store.setState(({ document }) => ({ fault, document: { ...rebase(document, [], operations), undo: [...before.undo, ...document.undo] } }))
    setStates(Object.fromEntries(told.operations.filter(isNewest).map(({ trackingUid }) => [trackingUid, 'device' as const])))
    segmentations.resume(waiting(entries as Entry[]))
    return log
  })
  const append = async (entry: Entry): Promise<number> => (await theLog()).append(entry)

  const deliver = createDelivery({ outside, dataset, study, signal: abort.signal })
  const segmentations = createSegmentations({ outside, dataset, study, deliver, stopped: abort.signal, onChange: (list) => store.setState({ segmentations: list }), append })
  const keeper = createKeeper({
    log: theLog,
    onKept: (operation) => {
      store.setState({ notKept: undefined })
      if (isNewest(operation)) setState(operation.trackingUid, whereItIs(operation.trackingUid))
    },
    onFailed: (left, error) => {
      store.setState({ notKept: detailOf(error) })
      setStates(Object.fromEntries(left.map(({ trackingUid }) => [trackingUid, 'failed' as const])))
    },
  })
  /** Into the document at once, onto the disk before it is called kept. */
  const record = (operation: Operation, next: Document): Promise<void> => {
    store.setState({ document: next })
    operations = [...operations, operation]
    setState(operation.trackingUid, 'drawing')
    return keeper.keep(operation)
  }

  /** Regions whose pixels are on their way: a report waits for them. */
  const measuring = new Set<Promise<void>>()
  const measureOn = async (operation: Operation, mark: Measurement, plane: FramePlane | undefined, pixels: () => Promise<Pixels | undefined>): Promise<void> => {
    const found = await pixels().catch(() => undefined)
    const { document } = store.getState()
    if (!found || document.marks[mark.trackingUid] !== mark) return
    const amendment: Operation = { trackingUid: mark.trackingUid, before: mark, after: { ...mark, values: measure(mark.kind, mark.place, plane, found) } }
    await record(amendment, amend(document, operation, amendment))
  }

  /** What the hospital holds, under what was drawn here. */
  const theReports = once(async (): Promise<void> => {
    reports = await loadReports(outside, dataset, study, device.uid)
    const heads = newestOfChains(reports)
    const fates = new Map(await Promise.all(heads.map(async ({ sopInstanceUid }) => [sopInstanceUid, await outside.fate(sopInstanceUid)] as const)))
    for (const { sopInstanceUid, seriesInstanceUid } of heads) if (fates.get(sopInstanceUid)) ownSeries.add(seriesInstanceUid)
    const standing = marksOf(heads)
    const saved = standing.map(({ mark }) => mark)
    store.setState(({ document }) => ({ saved, document: rebase(document, saved, operations) }))
    arrived = new Map(standing.map(({ mark: { trackingUid }, report }) => [trackingUid, (fates.get(report)?.state ?? 'verified') === 'verified' ? 'verified' as const : 'hub' as const]))
    setStates(Object.fromEntries(saved.filter(isAsIn).map(({ trackingUid }) => [trackingUid, whereItIs(trackingUid)])))
    const differs = [...fates.values()].find((fate) => fate?.state === 'differs')
    if (differs) store.setState({ save: { kind: 'differs', detail: differs.reason ?? '' } })
    renameTwins(saved)
  })
  /** A mark drawn before the hospital's were known may have taken the short name of one of them. */
  const renameTwins = (saved: readonly Measurement[]): void => {
    const theirs = new Map(saved.map(({ trackingId, trackingUid }) => [trackingId, trackingUid]))
    for (const mark of Object.values(store.getState().document.marks)) {
      if ((theirs.get(mark.trackingId) ?? mark.trackingUid) === mark.trackingUid) continue
      const { document } = store.getState()
      const operation: Operation = { trackingUid: mark.trackingUid, before: mark, after: { ...mark, trackingId: nextTrackingId(document.marks) } }
      void record(operation, perform(document, operation))
    }
  }

  const open = async (): Promise<void> => {
    store.setState({ opening: true, notOpened: undefined })
    try {
      await theLog()
      await keeper.again()
      await theReports()
    } catch (error) {
      if (!abort.signal.aborted) store.setState({ opening: false, notOpened: detailOf(error) })
      return
    }
    store.setState({ opening: false })
    if (pending && store.getState().save.kind !== 'saving') void carry(pending)
    await segmentations.list().then(() => store.setState({ notListed: undefined }), (error: unknown) => store.setState({ notListed: detailOf(error) }))
  }

  const isAsIn = (mark: Measurement): boolean => {
    const now = store.getState().document.marks[mark.trackingUid]
    return now !== undefined && markDifferences(now, mark).length === 0
  }
  const onDisk = (mark: Measurement): boolean => !keeper.waiting().some(({ trackingUid }) => trackingUid === mark.trackingUid)
  /** The names of marks, else the fields of the report, in which what came back is not what was sent. */
  const differing = (sent: DecodedReport, back: DecodedReport): string => {
    const paths = differingFields(sent, back)
    const named = paths.flatMap((path) => sent.measurements[Number(/^measurements\.(\d+)/.exec(path)?.[1])]?.trackingId ?? [])
    return [...new Set(named.length > 0 ? named : paths)].slice(0, 20).join(', ')
  }

  /** Sends a finalised report until the hospital has it, reads it back by a request of its own and compares. */
  const carry = async (report: Finalised): Promise<void> => {
    pending = report
    store.setState({ save: { kind: 'saving' } })
    try {
      const delivered = await deliver(report, () => setStates(Object.fromEntries(report.marks.filter((mark) => isAsIn(mark) && onDisk(mark)).map(({ trackingUid }) => [trackingUid, 'hub' as const]))), (detail) => store.setState({ save: { kind: 'saving', detail } }))
      if (delivered.kind !== 'verified') return store.setState({ save: delivered })
      const [sent, back] = [await decodeReport(fromBase64(report.base64)), await decodeReport(delivered.back)]
      const differs = differing(sent, back)
      if (differs || !sameMarks(report.marks, back.measurements)) return store.setState({ save: { kind: 'differs', detail: differs } })
      pending = undefined
      if (!reports.some(({ sopInstanceUid }) => sopInstanceUid === back.sopInstanceUid)) reports = [...reports, back]
      const saved = marksOf(newestOfChains(reports)).map(({ mark }) => mark)
      // It is at the hospital whether or not this device can note it: with a full disk it is asked after once more when the study is opened.
      await forget(report).catch(() => undefined)
      arrived = new Map(saved.map(({ trackingUid }) => [trackingUid, 'verified' as const]))
      store.setState({ saved, save: { kind: 'idle' } })
      setStates(Object.fromEntries(back.measurements.filter((mark) => isAsIn(mark) && onDisk(mark)).map(({ trackingUid }) => [trackingUid, 'verified' as const])))
    } catch (error) {
      // Other bytes lie under this UID: it can never arrive, so that the next report has one of its own.
      if (error instanceof ApiFailure && error.status === 409) pending = undefined
      if (!abort.signal.aborted) store.setState({ save: { kind: 'failed', detail: detailOf(error) } })
    }
    return undefined
  }
  /** The log of what a verified report says is not needed; where it says more than that, it notes what has arrived. */
  const forget = async ({ sopInstanceUid, marks }: Finalised): Promise<void> => {
    const log = await theLog()
    const { document, fault } = store.getState()
    const allArrived = sameMarks(Object.values(document.marks), marks) && keeper.waiting().length === 0 && !segmentations.unsent() && fault?.kind !== 'newer'
    if (!allArrived || !await log.wipe(log.newest())) await log.append({ type: 'reportVerified', sopInstanceUid } satisfies Entry)
  }

  const opened = open()
  /** Tries again to open what could not be opened, to keep what could not be kept, and to send what was finished. */
  const reopen = async (): Promise<void> => {
    await opened
    await open()
    for (const { sopInstanceUid } of store.getState().segmentations) segmentations.retry(sopInstanceUid)
  }
  return {
    store,
    opened,
    reopen,
    /** The same, where there is something to try again. */
    resume: async (): Promise<void> => {
      await opened
      const { notOpened, notKept, notListed, save, segmentations: kept } = store.getState()
      if (notOpened !== undefined || notKept !== undefined || notListed !== undefined || save.kind === 'failed' || kept.some(({ state }) => state === 'failed')) await reopen()
    },
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
        trackingUid: before?.trackingUid ?? outside.newUid(), trackingId: before?.trackingId ?? nextTrackingId(document.marks), kind, label: label ?? before?.label ?? '', place: rounded, values: measure(kind, rounded, plane),
      }
      const operation: Operation = { trackingUid: after.trackingUid, before, after }
      store.setState({ selected: after.trackingUid })
      const kept = record(operation, perform(document, operation))
      const measured = pixels ? measureOn(operation, after, plane, pixels) : Promise.resolve()
      measuring.add(measured)
      await Promise.all([kept, measured.finally(() => measuring.delete(measured))])
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
    /** All marks as one report, a new version of those before. Waits for what the hospital holds: it would be left out else. */
    save: async (): Promise<void> => {
      if (store.getState().save.kind === 'saving') return
      const { save: former } = store.getState()
      store.setState({ save: { kind: 'saving' } })
      try {
        await theLog()
        await Promise.all(measuring)
        await keeper.again()
        await theReports()
        const { document, saved } = store.getState()
        const marks = Object.values(document.marks)
        // A report without marks says that those of the one before were deleted.
        if (marks.length === 0 && saved.length === 0) return store.setState({ save: { kind: 'idle' } })
        // What was finalised and is still the same goes out with the same UID and bytes.
        if (former.kind === 'failed' && pending && sameMarks(pending.marks, marks)) return await carry(pending)
        const sopInstanceUid = outside.newUid()
        const predecessors = newestOfChains(reports)
        const seriesInstanceUid = predecessors.findLast((one) => ownSeries.has(one.seriesInstanceUid))?.seriesInstanceUid ?? outside.newUid()
        ownSeries.add(seriesInstanceUid)
        const bytes = encodeReport({ sopInstanceUid, seriesInstanceUid, seriesNumber: 9000, instanceNumber: reports.length + 1, source, observer, device, ...daTm(outside.clock()), measurements: marks, predecessors })
        const report: Finalised = { ...await finishedObject(sopInstanceUid, seriesInstanceUid, bytes), marks }
        // From here on its UID and bytes are fixed: whatever dies, the same report is sent again.
        await append({ type: 'finalised', report })
        await carry(report)
      } catch (error) {
        store.setState({ save: { kind: 'failed', detail: detailOf(error) } })
      }
      return undefined
    },
    /** Makes a segmentation of what a tool or a person outlined, keeps it on this device and sends it. */
    saveSegmentation: async ({ name, ...content }: SegmentationContent & { readonly name: string }): Promise<void> => {
      const [sopInstanceUid, seriesInstanceUid] = [outside.newUid(), outside.newUid()]
      const bytes = encodeSegmentation({ ...content, sopInstanceUid, seriesInstanceUid, seriesNumber: 9100, instanceNumber: 1, source, creator: observer, device, ...daTm(outside.clock()) })
      await segmentations.keep(await finishedObject(sopInstanceUid, seriesInstanceUid, bytes), name)
    },
    /** Sends a segmentation that failed again, with the same UID and bytes. */
    retrySegmentation: segmentations.retry,
    openSegmentation: segmentations.open,
    dispose: () => abort.abort(),
  }
}
export type Workspace = ReturnType<typeof createWorkspace>
