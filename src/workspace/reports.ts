import { decodeReport, type DecodedReport } from '../dicom/sr/decode.ts'
import { UnreadableFile } from '../dicom/file/read.ts'
import type { Measurement } from '../domain/measurement/types.ts'
import type { Outside } from './port.ts'

/** The newest of each chain of versions, oldest first: reports that no other names as its predecessor. */
export const newestOfChains = (reports: readonly DecodedReport[]): DecodedReport[] => {
  const replaced = new Set(reports.flatMap(({ predecessors }) => predecessors))
  return reports.filter(({ sopInstanceUid }) => !replaced.has(sopInstanceUid)).sort((a, b) => (a.date + a.time < b.date + b.time ? -1 : 1))
}

/**
 * Marks of all chains together, each with the report it stands in. Two browsers that wrote from the same report leave two chains: a mark
 * in both is taken from the later one, one in either is there, so that nothing is lost before a person has looked.
 */
export const marksOf = (heads: readonly DecodedReport[]): readonly { readonly mark: Measurement; readonly report: string }[] =>
  [...new Map(heads.flatMap(({ sopInstanceUid, measurements }) => measurements.map((mark) => [mark.trackingUid, { mark, report: sopInstanceUid }] as const))).values()]

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
