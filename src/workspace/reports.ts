import { decodeReport, type DecodedReport } from '../dicom/sr/decode.ts'
import type { Outside } from './port.ts'

/**
 * The newest of each chain of versions: reports that no other names as its predecessor. An object that is not a report of ours to
 * read is left where it is.
 */
export const newestOfChains = (reports: readonly DecodedReport[]): DecodedReport[] => {
  const replaced = new Set(reports.flatMap(({ predecessors }) => predecessors))
  return reports.filter(({ sopInstanceUid }) => !replaced.has(sopInstanceUid)).sort((a, b) => (a.date + a.time < b.date + b.time ? -1 : 1))
}

/** All reports of a study that the caller may see, decoded. */
export const loadReports = async (outside: Outside, dataset: string, study: string): Promise<DecodedReport[]> => {
  const reports: DecodedReport[] = []
  for (const { uid: series } of await outside.derivedSeries(dataset, study, 'SR')) {
    for (const instance of await outside.instances(dataset, study, series)) {
      const decoded = await outside.instance(dataset, study, series, instance).then(decodeReport).catch(() => undefined)
      if (decoded) reports.push(decoded)
    }
  }
  return newestOfChains(reports)
}
