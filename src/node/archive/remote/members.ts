import type { DicomJson } from '../../../dicom/file/json.ts'
import type { ArchiveClient } from './client.ts'

export const textOf = (row: DicomJson | undefined, tag: string): string => {
  const value = row?.[tag]?.Value?.[0]
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : typeof value === 'object' && value !== null && 'Alphabetic' in value ? String(value.Alphabetic) : ''
}

/** How long what an archive said of its contents is believed. */
const keepMs = 10_000

/**
 * Who belongs to whom in an archive, by its own rows: only those that name the parents asked for count, so an archive that ignores the
 * parents in a path gives nothing away.
 */
export const createMembers = ({ client, now }: { client: ArchiveClient; now: () => number }) => {
  const kept = new Map<string, { at: number; rows: DicomJson[] }>()
  const ask = async (path: string, fresh: boolean): Promise<DicomJson[]> => {
    const known = kept.get(path)
    if (!fresh && known && now() - known.at < keepMs) return known.rows
    const rows = await client.rows(path)
    kept.set(path, { at: now(), rows })
    if (kept.size > 2_000) kept.delete(kept.keys().next().value ?? '')
    return rows
  }
  /** What is not found is looked for once more by a new request: it may have come since. */
  const found = async <T>(path: string, pick: (rows: DicomJson[]) => T | undefined): Promise<T | undefined> => pick(await ask(path, false)) ?? pick(await ask(path, true))

  const patientOf = (study: string): Promise<string | undefined> => found(`/studies?StudyInstanceUID=${study}&includefield=00100020`, (rows) => {
    const row = rows.find((one) => textOf(one, '0020000D') === study)
    return row && textOf(row, '00100020')
  })
  const hasSeries = async (study: string, series: string): Promise<boolean> =>
    await found(`/studies/${study}/series`, (rows) => rows.some((row) => textOf(row, '0020000E') === series && textOf(row, '0020000D') === study) || undefined) ?? false
  const hasInstance = async (study: string, series: string, instance: string): Promise<boolean> =>
    await found(`/studies/${study}/series/${series}/instances`, (rows) => rows.some((row) => textOf(row, '00080018') === instance && textOf(row, '0020000E') === series && textOf(row, '0020000D') === study) || undefined) ?? false
  return {
    patientOf, hasSeries, hasInstance,
    /** After a store: what was believed of the study is asked anew. */
    forget: (study: string): void => { for (const path of kept.keys()) if (path.includes(study)) kept.delete(path) },
  }
}
