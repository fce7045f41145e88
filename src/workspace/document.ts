import { differingFields } from '../domain/measurement/differ.ts'
import type { Measurement } from '../domain/measurement/types.ts'
import { isAsLeft, painted, type Paintings, type StrokeOperation } from './paintings.ts'

/** What a person did to one mark, with what was there before: its own inverse lies in it. */
export type MarkOperation = {
  readonly trackingUid: string; readonly before: Measurement | null; readonly after: Measurement | null
  /** The reports between which it chose, by SOP Instance UID; empty where such a choice was taken back. */
  readonly over?: readonly string[]
}
export type Operation = MarkOperation | StrokeOperation
export const isStroke = (operation: Operation): operation is StrokeOperation => 'stroke' in operation
export const isOfMark = (operation: Operation): operation is MarkOperation => !isStroke(operation)
/** Tracking UID of what an operation is about. */
export const subjectOf = (operation: Operation): string => (isStroke(operation) ? operation.painting.uid : operation.trackingUid)

/** The open study's marks and what is painted over it as plain records, and what can be undone and done again. */
export type Document = { readonly marks: Readonly<Record<string, Measurement>>; readonly paintings: Paintings; readonly undo: readonly Operation[]; readonly redo: readonly Operation[] }

export const emptyDocument: Document = { marks: {}, paintings: {}, undo: [], redo: [] }
export const inverse = (operation: Operation): Operation => {
  if (isStroke(operation)) return { ...operation, done: !operation.done }
  const { trackingUid, before, after, over } = operation
  return { trackingUid, before: after, after: before, ...(over ? { over: [] } : {}) }
}

type Drawn = Pick<Document, 'marks' | 'paintings'>
const applied = ({ marks, paintings }: Drawn, operation: Operation): Drawn => {
  if (isStroke(operation)) return { marks, paintings: painted(paintings, operation) }
  const { trackingUid, after } = operation
  const { [trackingUid]: _, ...rest } = marks
  return { paintings, marks: after ? { ...rest, [trackingUid]: after } : rest }
}

/** The reducer: the only truth about what is drawn. */
export const perform = (document: Document, operation: Operation): Document => ({ ...applied(document, operation), undo: [...document.undo, operation], redo: [] })

/** A doing made complete afterwards: it stays one step to undo. */
export const amend = (document: Document, operation: MarkOperation, amendment: MarkOperation): Document =>
  ({ ...document, ...applied(document, amendment), undo: document.undo.map((one) => (one === operation ? { ...operation, after: amendment.after } : one)) })

/** What a person did, of operations that a log tells: numbers that came after a mark are no step of their own, as `amend` has it. */
export const stepsOf = (operations: readonly Operation[]): Operation[] => operations.reduce<Operation[]>((steps, operation) => {
  if (isStroke(operation)) return [...steps, operation]
  const at = steps.findLastIndex((step) => isOfMark(step) && step.trackingUid === operation.trackingUid)
  const [step, { before, after }] = [steps[at], operation]
  const onlyNumbers = before && after && markDifferences(before, after).length > 0 && markDifferences({ ...before, values: [] }, { ...after, values: [] }).length === 0
  const completes = onlyNumbers && step && isOfMark(step) && step.after && markDifferences(step.after, before).length === 0
  return completes ? steps.with(at, { ...step, after }) : [...steps, operation]
}, [])

/** A step taken back or done again; `left` is one that was let be, because its mark is no more as that step left it. */
export type Step = { readonly document: Document; readonly operation?: Operation; readonly left?: Operation }
/** Whether what an operation is about is still as that left it. */
const stands = ({ marks, paintings }: Document, operation: Operation): boolean => {
  if (isStroke(operation)) return isAsLeft(paintings, operation)
  const [now, as] = [marks[operation.trackingUid] ?? null, operation.after]
  return now && as ? markDifferences(now, as).length === 0 : now === as
}
/**
 * The document after undoing, and the operation that did it (for the log); undefined where nothing can be undone. What another tab or
 * person changed or removed since is not taken back with it: the step is left out.
 */
export const undo = (document: Document): Step | undefined => {
  const last = document.undo.at(-1)
  if (!last) return undefined
  const before = { ...document, undo: document.undo.slice(0, -1) }
  if (!stands(document, last)) return { document: before, left: last }
  const operation = inverse(last)
  return { operation, document: { ...before, ...applied(document, operation), redo: [...document.redo, last] } }
}
export const redo = (document: Document): Step | undefined => {
  const operation = document.redo.at(-1)
  if (!operation) return undefined
  const before = { ...document, redo: document.redo.slice(0, -1) }
  if (!stands(document, inverse(operation))) return { document: before, left: operation }
  return { operation, document: { ...before, ...applied(document, operation), undo: [...document.undo, operation] } }
}

/** What the hospital's reports and the log of this device say together: the reports first, then each operation in turn. */
export const rebuild = (saved: readonly Measurement[], operations: readonly Operation[]): Document =>
  operations.reduce((document, operation) => perform(document, operation), { ...emptyDocument, marks: Object.fromEntries(saved.map((mark) => [mark.trackingUid, mark])) })
/** The same under a document that is in use: what can be undone and done again stays. */
export const rebase = (document: Document, saved: readonly Measurement[], operations: readonly Operation[]): Document => {
  const { marks, paintings } = rebuild(saved, operations)
  return { ...document, marks, paintings }
}

const nextName = (letter: string, names: readonly string[]): string => {
  const used = new Set(names)
  for (let number = 1; ; number++) if (!used.has(`${letter}${number}`)) return `${letter}${number}`
}
/** The next short name of a mark: M1, M2, … never one that is in use; of a painting S1, S2, … */
export const nextTrackingId = (marks: Document['marks']): string => nextName('M', Object.values(marks).map(({ trackingId }) => trackingId))
export const nextPaintingId = (paintings: Paintings): string => nextName('S', Object.values(paintings).map(({ id }) => id))

/**
 * In what two marks differ, as paths; empty where a report read back says what was sent, every field to the bit: points, plane, frame,
 * frame of reference, words, NUM as text. The number beside that text is made from it by whoever reads.
 */
export const markDifferences = (a: Measurement, b: Measurement): string[] => differingFields(asWritten(a), asWritten(b))
/** As records keep it: they know no minus zero. */
const asWritten = ({ values, ...mark }: Measurement): unknown => JSON.parse(JSON.stringify({ ...mark, values: values.map(({ quantity, unit, text }) => ({ quantity, unit, text })) }))
export const sameMarks = (a: readonly Measurement[], b: readonly Measurement[]): boolean => {
  const others = new Map(b.map((mark) => [mark.trackingUid, mark]))
  return a.length === b.length && a.every((mark) => {
    const other = others.get(mark.trackingUid)
    return other !== undefined && markDifferences(mark, other).length === 0
  })
}
