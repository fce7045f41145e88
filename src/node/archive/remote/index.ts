import { createHash } from 'node:crypto'
import type { DicomJson } from '../../../dicom/file/json.ts'
import { isDerived, mayBeDerived, type IndexedStudy } from '../../indexRows.ts'
import type { ArchiveClient } from './client.ts'
import { textOf } from './members.ts'

const page = 500
/** Rows of a search, one for each UID of its level, page by page, until a page brings nothing new (an archive may ignore offset, and level). */
const all = async (client: ArchiveClient, path: string, uidTag: '0020000D' | '0020000E' | '00080018'): Promise<DicomJson[]> => {
  const rows = new Map<string, DicomJson>()
  for (let offset = 0; ; offset += page) {
    const before = rows.size
    const some = await client.rows(`${path}${path.includes('?') ? '&' : '?'}limit=${page}&offset=${offset}`)
    for (const row of some) if (!rows.has(textOf(row, uidTag))) rows.set(textOf(row, uidTag), row)
    if (some.length < page || rows.size === before) return [...rows.values()]
  }
}

const seriesFields = '00080060,0008103E,00200011,00201209'
/**
 * The index of an archive for the hub. Series are asked for only where a study's counts changed; the revision is Orthanc's last change
 * where there is one, else a hash of all studies' rows, and of what was found below them where an archive counts nothing.
 */
export const createRemoteIndex = ({ client }: { client: ArchiveClient }) => {
  const known = new Map<string, { key: string; series: IndexedStudy['series'] }>()

  const instancesOf = async (study: string, series: string): Promise<DicomJson[]> =>
    (await all(client, `/studies/${study}/series/${series}/instances?includefield=00080016`, '00080018')).filter((row) => textOf(row, '0020000D') === study && textOf(row, '0020000E') === series)
  const seriesOf = async (study: string, key: string): Promise<IndexedStudy['series']> => {
    const kept = known.get(study)
    if (kept?.key === key && key !== '/') return kept.series
    const rows = (await all(client, `/studies/${study}/series?includefield=${seriesFields}`, '0020000E')).filter((row) => textOf(row, '0020000D') === study)
    const series: IndexedStudy['series'][number][] = []
    for (const row of rows) {
      const modality = textOf(row, '00080060') || 'OT'
      const number = row['00200011']?.Value?.[0]
      const seriesInstanceUid = textOf(row, '0020000E')
      const said = textOf(row, '00201209')
      // Counted where the archive does not say; looked at where the series may be derived, which its first instance does not settle.
      const members = said === '' || mayBeDerived(modality) ? await instancesOf(study, seriesInstanceUid) : []
      const sopClassUids = [...new Set(members.map((member) => textOf(member, '00080016')))]
      series.push({
        seriesInstanceUid, number: number === undefined ? null : Number(number), modality, description: textOf(row, '0008103E'), instances: said === '' ? members.length : Number(said), sopClassUids, derived: isDerived(modality, sopClassUids),
      })
    }
    known.set(study, { key, series })
    return series
  }
  const studyRows = (prefix: string | undefined): Promise<DicomJson[]> =>
    all(client, `/studies?${prefix === undefined ? '' : `PatientID=${encodeURIComponent(prefix)}*&`}includefield=00081030,00100010,00100020,00080050,00080020,00080030,00201206,00201208`, '0020000D')

  return {
    /** @param match the rule of a data set: a prefix of Patient ID, or all */
    of: async (match: { patientIdPrefix: string } | { all: true }, since: string | undefined): Promise<{ revision: string; unchanged: true } | { revision: string; studies: IndexedStudy[] }> => {
      const last = await client.lastChange()
      if (last !== undefined && since === `change-${last}`) return { revision: since, unchanged: true }
      const prefix = 'all' in match ? undefined : match.patientIdPrefix
      const rows = (await studyRows(prefix)).filter((row) => prefix === undefined || textOf(row, '00100020').startsWith(prefix))
      const counts = (row: DicomJson): string => `${textOf(row, '00201206')}/${textOf(row, '00201208')}`
      const hash = (value: unknown): string => `rows-${createHash('sha256').update(JSON.stringify(value)).digest('hex')}`
      const counted = rows.every((row) => counts(row) !== '/')
      const early = last !== undefined ? `change-${last}` : counted ? hash(rows) : undefined
      if (early !== undefined && early === since) return { revision: early, unchanged: true }
      const studies: IndexedStudy[] = []
      for (const row of rows) {
        const studyInstanceUid = textOf(row, '0020000D')
        // Counts are what tells a changed study; where an archive does not give them its series are asked for each time.
        const series = await seriesOf(studyInstanceUid, counts(row))
        studies.push({
          studyInstanceUid, subject: textOf(row, '00100020'), patientName: textOf(row, '00100010'), date: textOf(row, '00080020') || null, time: textOf(row, '00080030') || null, description: textOf(row, '00081030'),
          accession: textOf(row, '00080050'), modalities: [...new Set(series.map(({ modality }) => modality))].sort(), series,
        })
      }
      const revision = early ?? hash(studies)
      return revision === since ? { revision, unchanged: true } : { revision, studies }
    },
  }
}
