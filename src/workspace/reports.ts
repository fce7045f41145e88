import { decodeReport, type DecodedReport } from '../dicom/sr/decode.ts'
import { UnreadableFile } from '../dicom/file/read.ts'
import type { Measurement } from '../domain/measurement/types.ts'
import type { Outside } from './port.ts'

/** The newest of each chain of versions, oldest first: reports that no other names as its predecessor. */
export const newestOfChains = (reports: readonly DecodedReport[]): DecodedReport[] => {
  const replaced = new Set(reports.flatMap(({ predecessors }) => predecessors))
  return reports.filter(({ sopInstanceUid }) => !replaced.has(sopInstanceUid)).sort((a, b) => (a.date + a.time < b.date + b.time ? -1 : 1))
}

/** A saved version of the study's marks: what the history lists and opens. */
export type Version = { readonly sopInstanceUid: string; readonly observer: string; readonly date: string; readonly time: string; readonly marks: readonly Measurement[]; /** No other replaces it. */ readonly newest: boolean }
/** All versions, the newest first. */
export const versionsOf = (reports: readonly DecodedReport[]): Version[] => {
  const heads = new Set(newestOfChains(reports))
  return reports.map((report): Version => ({ sopInstanceUid: report.sopInstanceUid, observer: report.observer, date: report.date, time: report.time, marks: report.measurements, newest: heads.has(report) })).sort((a, b) => (a.date + a.time < b.date + b.time ? 1 : -1))
}

/**
 * The reports of a study that this program wrote and the caller may see, decoded. What is no report of ours is left where it is.
 * @param device Device Serial Number that this program writes
 * @param known those that were read before: a saved object is never overwritten
 * @throws what came in place of an object that is listed: a report that did not come is not a report that is not there
 */
export const loadReports = async (outside: Outside, dataset: string, study: string, device: string, known: readonly DecodedReport[] = []): Promise<DecodedReport[]> => {
  const reports: DecodedReport[] = []
  for (const { uid: series } of await outside.derivedSeries(dataset, study, 'SR')) {
    for (const instance of await outside.instances(dataset, study, series)) {
      const before = known.find(({ sopInstanceUid }) => sopInstanceUid === instance)
      if (before) {
        reports.push(before)
        continue
      }
      const bytes = await outside.instance(dataset, study, series, instance)
      try {
        const decoded = await decodeReport(bytes)
        if (decoded.device === device) reports.push(decoded)
      } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error
      }
    }
  }
  return reports
}
