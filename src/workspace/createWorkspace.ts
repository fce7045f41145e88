import { createStore } from 'zustand/vanilla'
import { ApiFailure } from '../api/index.ts'
import type { DicomJson } from '../dicom/file/json.ts'
import { encodeSegmentation, type SegmentationContent } from '../dicom/seg/encode.ts'
import type { DecodedReport } from '../dicom/sr/decode.ts'
import { encodeReport } from '../dicom/sr/encode.ts'
import type { Measurement } from '../domain/measurement/types.ts'
import { createDelivery, detailOf, finishedObject } from './delivery.ts'
import { isStroke, markDifferences, nextTrackingId, perform, rebase, sameMarks, stepsOf, subjectOf, type Document, type Operation } from './document.ts'
import { createDrawing } from './drawing.ts'
import { outlined, replay, waiting, type Entry, type Finalised } from './entries.ts'
import { createKeeper } from './keeper.ts'
import { openLog, type Log } from './log.ts'
import type { openLogDatabase } from './logDatabase.ts'
import { contestsNow, mergeReports, type Told } from './merge.ts'
import { loadOthers, type OtherObject } from './others.ts'
import { createPainting, createSettling } from './painting.ts'
import { isAsLeft } from './paintings.ts'
import type { Outside } from './port.ts'
import { loadReports, newestOfChains, versionsOf } from './reports.ts'
import { createKeys } from './seal.ts'
import { createSegmentations } from './segmentations.ts'
import { noteHub, noteIn, sendReport } from './sending.ts'
import { emptyState, inTurn, once, type MarkState, type WorkspaceState } from './state.ts'
import { isLow } from './storage.ts'
import { createTabs, tryAgain } from './tabs.ts'

const daTm = (date: Date): { date: string; time: string } => {
  const [day = '', rest = ''] = date.toISOString().split('T')
  return { date: day.replaceAll('-', ''), time: rest.slice(0, 8).replaceAll(':', '') }
}

/** How long after the last stroke what is painted goes onto the disk. */
const settleMs = 500

/**
 * The open study: what was drawn, its log, its way to the hospital and back. One for each (user, data set, study). It can be drawn on
 * from the first moment: operations wait for the log, and what the hospital holds comes in under them when it is there.
 * @param source an image of the study in the JSON model, for what reports take over from it
 */
export const createWorkspace = ({ outside, database, dataset, study, source, observer, device }: {
  outside: Outside; database: ReturnType<typeof openLogDatabase>; dataset: string; study: string; source: DicomJson; observer: string; device: { uid: string; name: string; version: string }
}) => {
  const store = createStore<WorkspaceState>(() => emptyState)
  const abort = new AbortController()
  /** Operations that no loaded report tells: of the log, then of this session. */
  let operations: readonly Operation[] = []
  let reports: DecodedReport[] = []
  /** How far the reports have come that say the marks in `saved`. */
  let arrived: ReadonlyMap<string, 'hub' | 'verified'> = new Map()
  let pending: Finalised | undefined
  /** Reports whose UID another object has. */
  const givenUp = new Set<string>()
  /** Whether the hospital's reports were read, and whether another tab brought one there that was not read yet. */
  let [read, unread] = [false, false]
  const drawnHere = new Set<string>()
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
  /** Whether an operation is the last word on what it is about. */
  const isNewest = (operation: Operation): boolean => {
    const { marks, paintings } = store.getState().document
    return isStroke(operation) ? isAsLeft(paintings, operation) : (marks[operation.trackingUid] ?? null) === operation.after
  }

  const tab = crypto.randomUUID()
  const textOf = (tag: string): string => String(source[tag]?.Value?.[0] ?? '')
  const theTabs = once(async () => createTabs((await database).name))
  const theLog = once(async (): Promise<Log> => {
    const [tabs, keys] = [await theTabs(), await createKeys(outside.draftKey)]
    const log: Log = await openLog({
      database: await database, keys, owner: { user: keys.user, dataset, study }, about: { subject: textOf('00100020'), date: textOf('00080020') }, clock: outside.clock, onWritten: () => { if (!abort.signal.aborted) tabs.tell(log.document) },
    })
    tabs.beAt(`open/${log.document}`, abort.signal)
    tabs.beAt(`tab/${tab}`, abort.signal)
    const { entries, fault } = await log.read()
    if (fault && fault.kind !== 'newer') await log.setAside(entries, fault)
    const told = replay(entries as Entry[])
    operations = [...told.operations, ...operations]
    pending = told.pending
    // What a tab that is open now did is for that tab to undo.
    const open = await tabs.seen('tab/')
    const own = stepsOf(told.done.flatMap(({ operation, by }) => (by !== undefined && open.has(by) ? [] : [operation])))
    store.setState(({ document }) => ({ fault, document: { ...rebase(document, [], operations), undo: [...own, ...document.undo] } }))
    setStates(Object.fromEntries(told.operations.filter(isNewest).map((one) => [subjectOf(one), 'device' as const])))
    store.setState({ outlined: outlined(entries as Entry[]) })
    segmentations.resume(waiting(entries as Entry[]))
    const stop = tabs.listen((what) => {
      if (what === log.document) follow().catch(() => undefined)
      else if (what === tryAgain) void resume()
    })
    abort.signal.addEventListener('abort', () => {
      stop()
      tabs.dispose()
    }, { once: true })
    return log
  })
  const append = async (entry: Entry): Promise<number> => (await theLog()).append(entry)

  const deliver = createDelivery({ outside, dataset, study, signal: abort.signal })
  const segmentations = createSegmentations({ outside, dataset, study, deliver, stopped: abort.signal, onChange: (list) => store.setState({ segmentations: list }), append,
    note: async (...what) => noteIn(await theLog(), ...what),
    noteHub: async (sopInstanceUid) => noteHub(await theLog(), sopInstanceUid),
    alone: async (sopInstanceUid, work) => (await theTabs()).alone(`object/${sopInstanceUid}`, abort.signal, async () => {
      await follow()
      if (!waiting((await theLog()).entries() as Entry[]).some(({ object }) => object.sopInstanceUid === sopInstanceUid)) return 'arrived'
      await work()
      return 'done'
    }),
  })
  const keeper = createKeeper({
    log: theLog, by: tab,
    onKept: (operation) => {
      store.setState({ notKept: undefined })
      if (isStroke(operation)) settled.ask()
      else if (isNewest(operation)) setState(operation.trackingUid, whereItIs(operation.trackingUid))
      void outside.disk.persist().then(measureDisk)
    },
    onFailed: (left, error) => {
      store.setState({ notKept: detailOf(error) })
      setStates(Object.fromEntries(left.map((one) => [subjectOf(one), 'failed' as const])))
    },
  })
  /** Painted since the last strict commit: it is called kept only after the next. */
  const isUnsettled = (uid: string): boolean => store.getState().states[uid] === 'drawing'
  /** What is painted is on the disk a moment after the last stroke, and called so then. */
  const settled = createSettling({ wait: () => outside.wait(settleMs, abort.signal), settle: async () => {
    await keeper.again()
    const { document: { paintings } } = store.getState()
    const asked = Object.values(paintings).filter(({ uid }) => isUnsettled(uid) && isOnDisk(uid))
    await (await theLog()).settle()
    const now = store.getState().document.paintings
    if (keeper.waiting().length === 0) store.setState({ notKept: undefined })
    setStates(Object.fromEntries(asked.filter((one) => now[one.uid] === one).map(({ uid }) => [uid, 'device' as const])))
  }, onFailed: (error) => store.setState({ notKept: detailOf(error) }) })
  const measureDisk = async (): Promise<void> => {
    const room = await outside.disk.room()
    store.setState({ low: room && isLow(room) ? room : undefined })
  }
  /** The reports as they are together, worked out once for each set of them. */
  let merged: { readonly of: readonly DecodedReport[]; readonly told: Told } | undefined
  const together = (): Told => {
    if (merged?.of !== reports) merged = { of: reports, told: mergeReports(reports) }
    return merged.told
  }
  const contest = (): void => store.setState({ contests: contestsNow(together(), operations) })
  /** Into the document at once, onto the disk before it is called kept. */
  const record = (operation: Operation, next: Document): Promise<void> => {
    store.setState({ document: next })
    operations = [...operations, operation]
    if (!isStroke(operation)) contest()
    setState(subjectOf(operation), 'drawing')
    return keeper.keep(operation)
  }

  /** Reads what the hospital holds, and puts it under what was drawn here. */
  const readReports = inTurn(async (): Promise<void> => {
    const before = new Set(reports.map(({ sopInstanceUid }) => sopInstanceUid))
    const listed = await loadReports(outside, dataset, study, device.uid, reports)
    const heads = newestOfChains([...listed, ...reports.filter((one) => !listed.includes(one))])
    const fates = new Map(await Promise.all(heads.map(async ({ sopInstanceUid }) => [sopInstanceUid, await outside.fate(sopInstanceUid)] as const)))
    // One that this tab sent may have arrived meanwhile.
    reports = [...listed, ...reports.filter(({ sopInstanceUid }) => !listed.some((one) => one.sopInstanceUid === sopInstanceUid))]
    for (const { sopInstanceUid, seriesInstanceUid } of heads) if (fates.get(sopInstanceUid)) ownSeries.add(seriesInstanceUid)
    const { standing } = together()
    const saved = standing.map(({ mark }) => mark)
    store.setState(({ document }) => ({ saved, versions: versionsOf(reports), document: rebase(document, saved, operations) }))
    contest()
    arrived = new Map(standing.map(({ mark: { trackingUid }, report }) => [trackingUid, (fates.get(report)?.state ?? 'verified') === 'verified' ? 'verified' as const : 'hub' as const]))
    setStates(Object.fromEntries(saved.filter((mark) => isAsIn(mark) && onDisk(mark)).map(({ trackingUid }) => [trackingUid, whereItIs(trackingUid)])))
    const differs = [...fates.values()].find((fate) => fate?.state === 'differs')
    if (differs) store.setState({ save: { kind: 'differs', detail: differs.reason ?? '' } })
    const others = read ? heads.filter(({ sopInstanceUid }) => !before.has(sopInstanceUid) && !fates.get(sopInstanceUid)) : []
    if (others.length > 0) store.setState(({ colleagues }) => ({ colleagues: [...new Set([...colleagues, ...others.map(({ observer }) => observer)])] }))
    read = true
    renameTwins(saved, () => true)
  })
  const theReports = once(readReports)

  /** Takes in what the log says now: what this tab and others did, in the order of the chain, and behind it what waits for the disk. */
  const takeIn = (entries: readonly Entry[], before: readonly Operation[] = []): void => {
    const told = replay(entries)
    operations = [...new Set([...before.filter((one) => !keeper.waiting().includes(one)), ...told.operations, ...keeper.waiting()])]
    pending = told.pending
    store.setState(({ document, saved }) => ({ document: rebase(document, saved, operations) }))
    contest()
    setStates(Object.fromEntries(told.operations.filter((one) => isNewest(one) && isOnDisk(subjectOf(one)) && !(isStroke(one) && isUnsettled(subjectOf(one)))).map((one) => [subjectOf(one), whereItIs(subjectOf(one))])))
    store.setState({ outlined: outlined(entries) })
  }
  /** Reads on what other tabs wrote. What one of them brought to the hospital is read from there before it goes out of what is shown. */
  const follow = inTurn(async (): Promise<void> => {
    const log = await theLog()
    const before = log.entries()
    const { anew, fault } = await log.follow()
    const entries = log.entries() as readonly Entry[]
    const news = anew ? entries : entries.slice(before.length)
    if (fault) store.setState({ fault })
    const behind = unread || anew || news.some(({ type }) => type === 'reportVerified')
    unread = behind && !(read && await readReports().then(() => true, () => false))
    if (store.getState().save.kind === 'failed' && !replay(entries).pending) store.setState({ save: { kind: 'idle' } })
    // What a tab took out of the log stays shown until the hospital's report of it has come.
    if (behind || news.length > 0) takeIn(entries, unread ? operations : [])
    segmentations.resume(waiting(entries))
    // In the order in which they came to be: the later one gives way, in the tab that drew it.
    const { marks } = store.getState().document
    const born = [...new Set(operations.map(subjectOf))].flatMap((uid) => marks[uid] ?? [])
    renameTwins([...Object.values(marks).filter((mark) => !born.includes(mark)), ...born], (uid) => drawnHere.has(uid))
  })
  /** A mark drawn before another was known may have taken its short name: whoever holds that under another UID, the one drawn here gives way. */
  const renameTwins = (holders: readonly Measurement[], mayRename: (uid: string) => boolean): void => {
    const { marks } = store.getState().document
    // One that was deleted since holds no name, and one that was renamed its own: what was drawn in its place keeps the name it was seen by.
    const theirs = new Map(holders.flatMap(({ trackingUid }) => marks[trackingUid] ?? []).toReversed().map(({ trackingId, trackingUid }) => [trackingId, trackingUid]))
    for (const mark of Object.values(store.getState().document.marks)) {
      if (!mayRename(mark.trackingUid) || (theirs.get(mark.trackingId) ?? mark.trackingUid) === mark.trackingUid) continue
      const { document } = store.getState()
      const operation: Operation = { trackingUid: mark.trackingUid, before: mark, after: { ...mark, trackingId: nextTrackingId(document.marks) } }
      void record(operation, perform(document, operation))
    }
  }

  const listSegmentations = (): Promise<void> => segmentations.list().then(() => store.setState({ notListed: undefined }), (error: unknown) => store.setState({ notListed: detailOf(error) }))
  const open = async (): Promise<void> => {
    store.setState({ opening: true, notOpened: undefined })
    try {
      await theLog()
      await keeper.again()
      // Strokes whose strict commit failed are committed now.
      if (Object.keys(store.getState().document.paintings).some(isUnsettled)) await settled.now()
      await theReports()
      if (unread) await follow()
    } catch (error) {
      if (!abort.signal.aborted) store.setState({ opening: false, notOpened: detailOf(error) })
      return
    }
    store.setState({ opening: false })
    if (pending && store.getState().save.kind !== 'saving') void carry(pending)
    void measureDisk()
    await listSegmentations()
  }

  const isAsIn = (mark: Measurement): boolean => {
    const now = store.getState().document.marks[mark.trackingUid]
    return now !== undefined && markDifferences(now, mark).length === 0
  }
  const isOnDisk = (uid: string): boolean => !keeper.waiting().some((one) => subjectOf(one) === uid)
  const onDisk = ({ trackingUid }: Measurement): boolean => isOnDisk(trackingUid)
  /** Sends a finalised report until the hospital has it, unless another tab does or did, reads it back by a request of its own and compares. */
  const carry = async (report: Finalised): Promise<void> => {
    pending = report
    store.setState({ save: { kind: 'saving' } })
    try {
      const log = await theLog()
      await (await theTabs()).alone(`object/${report.sopInstanceUid}`, abort.signal, async () => {
        await follow()
        if (replay(log.entries() as readonly Entry[]).pending?.sopInstanceUid !== report.sopInstanceUid) return store.setState({ save: { kind: 'idle' } })
        const { onHub, told } = noteHub(log, report.sopInstanceUid)
        const sent = await sendReport(deliver, report, () => {
          onHub()
          setStates(Object.fromEntries(report.marks.filter((mark) => isAsIn(mark) && onDisk(mark)).map(({ trackingUid }) => [trackingUid, 'hub' as const])))
        }, (detail) => store.setState({ save: { kind: 'saving', detail } }))
        await told()
        if (sent.kind !== 'verified') {
          store.setState({ save: sent })
          return noteIn(log, report.sopInstanceUid, sent.kind, sent.detail)
        }
        const { back } = sent
        if (!reports.some(({ sopInstanceUid }) => sopInstanceUid === back.sopInstanceUid)) reports = [...reports, back]
        const saved = together().standing.map(({ mark }) => mark)
        // It is at the hospital whether or not this device can note it: with a full disk it is asked after once more when the study is opened.
        await forget(report).catch(() => undefined)
        arrived = new Map(saved.map(({ trackingUid }) => [trackingUid, 'verified' as const]))
        store.setState({ saved, versions: versionsOf(reports), save: { kind: 'idle' } })
        takeIn(log.entries() as readonly Entry[])
        if (pending?.sopInstanceUid === report.sopInstanceUid) pending = undefined
        return setStates(Object.fromEntries(back.measurements.filter((mark) => isAsIn(mark) && onDisk(mark)).map(({ trackingUid }) => [trackingUid, 'verified' as const])))
      })
    } catch (error) {
      if (abort.signal.aborted) return
      // Other bytes lie under this UID: it can never arrive, so that the next report has one of its own.
      const taken = error instanceof ApiFailure && error.status === 409
      if (taken) givenUp.add(report.sopInstanceUid)
      store.setState({ save: { kind: 'failed', detail: detailOf(error) } })
      await theLog().then((log) => noteIn(log, report.sopInstanceUid, taken ? 'rejected' : 'failed', detailOf(error))).catch(() => undefined)
    }
  }
  /** The log of what a verified report says is not needed; where it says more than that (what is painted can be undone), it notes what has arrived. */
  const forget = async ({ sopInstanceUid, marks }: Finalised): Promise<void> => {
    const log = await theLog()
    const { document, fault } = store.getState()
    // What was done since and taken back can still be undone and done again, and so can what is painted.
    const since = replay([...log.entries() as readonly Entry[], { type: 'reportVerified', sopInstanceUid }]).operations
    const allArrived = since.length === 0 && sameMarks(Object.values(document.marks), marks) && keeper.waiting().length === 0 && !segmentations.unsent() && fault?.kind !== 'newer'
    if (!allArrived || !await log.wipe(log.newest())) await log.append({ type: 'reportVerified', sopInstanceUid } satisfies Entry)
  }

  const segmentationOf = async (content: SegmentationContent, former?: { readonly seriesInstanceUid: string; readonly version: number }) => {
    const [sopInstanceUid, seriesInstanceUid] = [outside.newUid(), former?.seriesInstanceUid ?? outside.newUid()]
    const bytes = encodeSegmentation({ ...content, sopInstanceUid, seriesInstanceUid, seriesNumber: 9100, instanceNumber: (former?.version ?? 0) + 1, source, creator: observer, device, ...daTm(outside.clock()) })
    return finishedObject(sopInstanceUid, seriesInstanceUid, bytes)
  }
  const drawing = createDrawing({ store, newUid: outside.newUid, record, onNew: (uid) => drawnHere.add(uid) })
  const painting = createPainting({ store, newUid: outside.newUid, record, settle: settled.now, keep: async (content, name, made, former) => {
    await segmentations.keep(await segmentationOf(content, former), name, made)
    store.setState({ outlined: outlined((await theLog()).entries() as Entry[]) })
  } })

  const opened = open()
  /** Tries again to open what could not be opened, to keep what could not be kept, and to send what was finished. */
  const reopen = async (): Promise<void> => {
    await opened
    await open()
    for (const { sopInstanceUid } of store.getState().segmentations) segmentations.retry(sopInstanceUid)
  }
  /** The same, where there is something to try again. */
  const resume = async (): Promise<void> => {
    await opened
    const { notOpened, notKept, notListed, save, segmentations: kept } = store.getState()
    if (notOpened !== undefined || notKept !== undefined || notListed !== undefined || save.kind === 'failed' || kept.some(({ state }) => state === 'failed')) await reopen()
  }
  return {
    store,
    opened,
    reopen,
    resume,
    ...drawing.operations,
    ...painting,
    /** What colleagues and other browsers saved since is read. */
    refresh: async (): Promise<void> => {
      await opened
      if (!read || store.getState().save.kind === 'saving') return
      await (unread ? follow() : readReports()).catch(() => undefined)
      await listSegmentations()
    },
    /** A word was read. */
    dismiss: (): void => store.setState({ left: undefined, colleagues: [] }),
    select: (selected: string | undefined): void => store.setState({ selected }),
    /** All marks as one report, a new version of those before. Waits for what the hospital holds: it would be left out else. */
    save: async (): Promise<void> => {
      if (store.getState().save.kind === 'saving') return
      const { save: former } = store.getState()
      store.setState({ save: { kind: 'saving' } })
      try {
        const log = await theLog()
        await drawing.measured()
        // One tab after another: the next one's report names this one's as the one it replaces.
        await (await theTabs()).alone(`save/${log.document}`, abort.signal, async () => {
          await follow()
          await keeper.again()
          await theReports()
          const { document, saved, contests } = store.getState()
          const marks = Object.values(document.marks)
          // Whoever chose is the one who says that the other is not so.
          if (contests.length > 0) return store.setState({ save: { kind: 'idle' } })
          const upTo = log.newest()
          // A report without marks says that those of the one before were deleted.
          if (marks.length === 0 && saved.length === 0) return store.setState({ save: { kind: 'idle' } })
          // What was finalised and is still the same goes out with the same UID and bytes.
          if (former.kind === 'failed' && pending && !givenUp.has(pending.sopInstanceUid) && sameMarks(pending.marks, marks)) return carry(pending)
          const sopInstanceUid = outside.newUid()
          const predecessors = newestOfChains(reports)
          const seriesInstanceUid = predecessors.findLast((one) => ownSeries.has(one.seriesInstanceUid))?.seriesInstanceUid ?? outside.newUid()
          ownSeries.add(seriesInstanceUid)
          const bytes = encodeReport({ sopInstanceUid, seriesInstanceUid, seriesNumber: 9000, instanceNumber: reports.length + 1, source, observer, device, ...daTm(outside.clock()), measurements: marks, predecessors })
          const report: Finalised = { ...await finishedObject(sopInstanceUid, seriesInstanceUid, bytes), marks }
          // From here on its UID and bytes are fixed: whatever dies, the same report is sent again.
          await append({ type: 'finalised', report, upTo })
          return carry(report)
        })
      } catch (error) {
        if (!abort.signal.aborted) store.setState({ save: { kind: 'failed', detail: detailOf(error) } })
      }
    },
    /** Makes a segmentation of what a tool outlined, keeps it on this device and sends it. */
    saveSegmentation: async ({ name, ...content }: SegmentationContent & { readonly name: string }): Promise<void> => segmentations.keep(await segmentationOf(content), name),
    /** Sends a segmentation that failed again, with the same UID and bytes. */
    retrySegmentation: segmentations.retry,
    openSegmentation: segmentations.open,
    /** Reports, structures, presentation states and key images of others. @throws what came in place of an object that is listed */
    others: (known: readonly OtherObject[] = []): Promise<readonly OtherObject[]> => loadOthers(outside, dataset, study, device.uid, known),
    dispose: () => abort.abort(),
  }
}
export type Workspace = ReturnType<typeof createWorkspace>
