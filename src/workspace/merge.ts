import type { DecodedReport } from '../dicom/sr/decode.ts'
import type { Measurement } from '../domain/measurement/types.ts'
import { isOfMark, markDifferences, type MarkOperation, type Operation } from './document.ts'
import { newestOfChains } from './reports.ts'

/** What one version says of a mark (null: it was deleted), which version that is, and who wrote it when; no report: it is not saved yet. */
export type Side = { readonly mark: Measurement | null; readonly report: string; readonly observer: string; readonly date: string; readonly time: string }
/** A mark of which several versions, none of which replaces another, say different things: a person has to choose. */
export type Contest = { readonly trackingUid: string; readonly trackingId: string; readonly sides: readonly Side[] }
/** A mark as it stands at the hospital, and a report that says it so. */
export type Standing = { readonly mark: Measurement; readonly report: string }
export type Told = { readonly standing: readonly Standing[]; readonly contests: readonly Contest[]; /** What each mark that any version knows is now, deleted ones too. */ readonly sides: ReadonlyMap<string, Side> }

const same = (a: Measurement | null, b: Measurement | null): boolean => (a && b ? markDifferences(a, b).length === 0 : a === b)
const when = ({ date, time }: { readonly date: string; readonly time: string }): string => date + time

/** The reports that a report follows, itself among them, as far as they are here. */
const lineOf = (report: DecodedReport, byUid: ReadonlyMap<string, DecodedReport>): ReadonlySet<DecodedReport> => {
  const line = new Set<DecodedReport>([report])
  for (const one of line) for (const uid of one.predecessors) {
    const before = byUid.get(uid)
    if (before) line.add(before)
  }
  return line
}

/**
 * All chains of versions together, mark by mark (three-way): what was changed on one side only since the version both follow stands as it
 * was changed, a deletion too; what was changed on both sides otherwise is contested, and until somebody has chosen the later one is shown.
 * Two successors of one document are not the later to win (PS3.3 C.17.2, Predecessor Documents Sequence, names what each replaces).
 */
export const mergeReports = (reports: readonly DecodedReport[]): Told => {
  const byUid = new Map(reports.map((report) => [report.sopInstanceUid, report]))
  const heads = newestOfChains(reports)
  const lines = new Map(heads.map((head) => [head, lineOf(head, byUid)]))
  const marks = new Map(reports.map((report) => [report, new Map(report.measurements.map((mark) => [mark.trackingUid, mark]))]))
  const markIn = (report: DecodedReport, uid: string): Measurement | null => marks.get(report)?.get(uid) ?? null
  const knows = (report: DecodedReport, uid: string): boolean => [...lines.get(report) ?? lineOf(report, byUid)].some((one) => markIn(one, uid) !== null)
  const known = [...new Set([...lines.values()].flatMap((line) => [...line].flatMap(({ measurements }) => measurements.map(({ trackingUid }) => trackingUid))))]
  const sides = new Map<string, Side>()
  const contests: Contest[] = []
  for (const uid of known) {
    const knowing = heads.filter((head) => knows(head, uid))
    const all = knowing.map((head): Side => ({ mark: markIn(head, uid), report: head.sopInstanceUid, observer: head.observer, date: head.date, time: head.time }))
    const [first, ...rest] = knowing.map((head) => lines.get(head) ?? new Set<DecodedReport>())
    const base = rest.length > 0 ? [...first ?? []].filter((one) => rest.every((line) => line.has(one))).sort((a, b) => (when(a) < when(b) ? 1 : -1))[0] : undefined
    const before = base && (markIn(base, uid) ?? (knows(base, uid) ? null : undefined))
    const changed = all.filter(({ mark }) => before === undefined || !same(mark, before))
    const distinct = changed.length < 2 ? changed : changed.filter((one, index) => changed.findLastIndex(({ mark }) => same(mark, one.mark)) === index)
    const last = distinct.findLast(({ mark }) => mark !== null) ?? distinct.at(-1) ?? all.at(-1)
    if (!last) continue
    sides.set(uid, last)
    if (distinct.length > 1) contests.push({ trackingUid: uid, trackingId: distinct.find(({ mark }) => mark)?.mark?.trackingId ?? '', sides: distinct })
  }
  // In the order of the reports, so that a list stays as it was.
  return { sides, contests, standing: [...sides.values()].flatMap(({ mark, report }) => (mark ? [{ mark, report }] : [])) }
}

/**
 * What is contested once the operations of this device are put on top: what reports contest, and marks that were changed here and, since,
 * otherwise by somebody who saved. A choice names the reports it was made over; one more report makes it a question again.
 * @param operations that no report tells yet, oldest first
 */
export const contestsNow = ({ contests, sides }: Told, operations: readonly Operation[]): readonly Contest[] => {
  const own = new Map<string, MarkOperation[]>()
  for (const operation of operations.filter(isOfMark)) own.set(operation.trackingUid, [...own.get(operation.trackingUid) ?? [], operation])
  const here = [...own].flatMap(([trackingUid, list]): Contest[] => {
    const [first, last, there] = [list[0], list.at(-1), sides.get(trackingUid)]
    if (!first || !last || !there || contests.some((one) => one.trackingUid === trackingUid) || same(first.before, there.mark) || same(last.after, there.mark)) return []
    return [{ trackingUid, trackingId: last.after?.trackingId ?? there.mark?.trackingId ?? '', sides: [{ mark: last.after, report: '', observer: '', date: '', time: '' }, there] }]
  })
  return [...contests, ...here].filter(({ trackingUid, sides: asked }) => {
    const over = own.get(trackingUid)?.findLast((one) => one.over)?.over
    return !over || asked.some(({ report }) => report !== '' && !over.includes(report))
  })
}
