import type { DataSet } from 'dicom-parser'
import { decodeText, textDecoderOf } from '../file/text.ts'
import { UnreadableFile } from '../file/read.ts'
import type { Code } from './codes.ts'

/** A content item as read: what every value type may hold, absent where the item has none (PS3.3 C.17.3, C.18). */
export type Item = {
  readonly relationship: string
  readonly valueType: string
  readonly concept?: Code
  /** TextValue, PersonName, UID, Date, Time or DateTime, whichever the type has. */
  readonly text: string
  readonly code?: Code
  readonly number?: { readonly text: string; readonly number: number; readonly unit: Code | undefined }
  readonly graphicType: string
  readonly points: readonly number[]
  readonly frameOfReferenceUid?: string
  readonly image?: { readonly sopClassUid: string; readonly sopInstanceUid: string; readonly frameNumber: number }
  readonly template?: string
  readonly children: readonly Item[]
}

/** Trees deeper than this are refused: no report of a person is. */
const deepest = 64

const items = (dataSet: DataSet, tag: string): DataSet[] => (dataSet.elements[tag]?.items ?? []).flatMap(({ dataSet: one }) => (one ? [one] : []))

/** Text in the character set of the file; dicom-parser reads bytes as latin 1. */
const reader = (charset: string | undefined) => {
  const label = textDecoderOf(charset)
  return (dataSet: DataSet, tag: string): string => {
    const element = dataSet.elements[tag]
    if (!element) return ''
    return decodeText(dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length), label).replace(/[\0 ]+$/, '')
  }
}

/** The content tree of a report. @throws UnreadableFile where it is nested too deep */
export const readTree = (root: DataSet): Item => {
  const text = reader(root.string('x00080005'))
  const codeOf = (dataSet: DataSet, tag: string): Code | undefined => {
    const [found] = items(dataSet, tag)
    if (!found) return undefined
    const value = text(found, 'x00080100') || text(found, 'x00080119') || text(found, 'x00080120')
    return { value, scheme: text(found, 'x00080102'), meaning: text(found, 'x00080104') }
  }
  const numberOf = (dataSet: DataSet): Item['number'] => {
    const [measured] = items(dataSet, 'x0040a300')
    if (!measured) return undefined
    const written = text(measured, 'x0040a30a').trim()
    return { text: written, number: measured.double('x0040a161') ?? Number(written), unit: codeOf(measured, 'x004008ea') }
  }
  const imageOf = (dataSet: DataSet): Item['image'] => {
    const [reference] = items(dataSet, 'x00081199')
    if (!reference) return undefined
    return { sopClassUid: text(reference, 'x00081150'), sopInstanceUid: text(reference, 'x00081155'), frameNumber: Number(text(reference, 'x00081160').split('\\')[0] || 1) }
  }
  const read = (dataSet: DataSet, depth: number): Item => {
    if (depth > deepest) throw new UnreadableFile('the report is nested too deep')
    const graphic = dataSet.elements['x00700022']
    const [concept, code, number, image] = [codeOf(dataSet, 'x0040a043'), codeOf(dataSet, 'x0040a168'), numberOf(dataSet), imageOf(dataSet)]
    const [template] = items(dataSet, 'x0040a504')
    const frameOfReferenceUid = text(dataSet, 'x30060024')
    return {
      relationship: text(dataSet, 'x0040a010'), valueType: text(dataSet, 'x0040a040'),
      text: ['x0040a160', 'x0040a123', 'x0040a124', 'x0040a121', 'x0040a122', 'x0040a120'].map((tag) => text(dataSet, tag)).find(Boolean) ?? '',
      graphicType: text(dataSet, 'x00700023'), points: graphic ? Array.from({ length: graphic.length / 4 }, (_, index) => dataSet.float('x00700022', index) ?? Number.NaN) : [],
      ...(concept ? { concept } : {}), ...(code ? { code } : {}), ...(number ? { number } : {}), ...(image ? { image } : {}),
      ...(frameOfReferenceUid ? { frameOfReferenceUid } : {}), ...(template ? { template: text(template, 'x0040db00') } : {}),
      children: items(dataSet, 'x0040a730').map((child) => read(child, depth + 1)),
    }
  }
  return read(root, 0)
}

/** Study and series of each instance that the report names as evidence (0040,A375 and 0040,A385). */
export const readEvidence = (root: DataSet): Map<string, { studyInstanceUid: string; seriesInstanceUid: string }> => {
  const found = new Map<string, { studyInstanceUid: string; seriesInstanceUid: string }>()
  for (const study of [...items(root, 'x0040a375'), ...items(root, 'x0040a385')]) {
    for (const series of items(study, 'x00081115')) {
      for (const instance of items(series, 'x00081199')) {
        found.set(instance.string('x00081155') ?? '', { studyInstanceUid: study.string('x0020000d') ?? '', seriesInstanceUid: series.string('x0020000e') ?? '' })
      }
    }
  }
  return found
}

/** SOP Instance UIDs of the reports this one replaces (0040,A360). */
export const readPredecessors = (root: DataSet): string[] =>
  items(root, 'x0040a360').flatMap((study) => items(study, 'x00081115').flatMap((series) => items(series, 'x00081199').map((instance) => instance.string('x00081155') ?? '')))
