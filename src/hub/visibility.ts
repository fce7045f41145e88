import { Refusal } from './problem.ts'
import type { Sql } from './sql/database.ts'

/**
 * Series written through the hub that the person of a parameter did not write into: each is its author's alone, until more is said. What
 * the hospital rejected hides nothing that is there, unless it is a derived series: then an answer was lost and it came to be all the same.
 */
const hides = (person: string): string => `bool_and(sub.author <> ${person}) and (bool_or(sub.state <> 'rejected')
  or exists (select 1 from series there where there.dataset = sub.dataset and there.study_uid = sub.study and there.series_uid = sub.series and there.derived))`

/** A subquery of (dataset, study, series); it does not wait for the index, where a series comes later. */
export const hiddenSeries = (person: string): string => `(select sub.dataset, sub.study, sub.series from submission sub group by sub.dataset, sub.study, sub.series having ${hides(person)})`

/** Series of a study that the person may not see. */
export const hiddenFrom = async (sql: Sql, dataset: string, study: string, person: string): Promise<Set<string>> =>
  new Set((await sql<{ series: string }>(`select sub.series from submission sub where sub.dataset = $1 and sub.study = $2 group by sub.dataset, sub.study, sub.series having ${hides('$3')}`, [dataset, study, person])).map(({ series }) => series))

/** Series of a study that the person may see: those of the index, and what they wrote themselves, which comes to it later. */
export const seenSeries = async (sql: Sql, dataset: string, study: string, person: string): Promise<Set<string>> => {
  const hidden = await hiddenFrom(sql, dataset, study, person)
  const rows = await sql<{ series: string }>(`select series_uid as series from series where dataset = $1 and study_uid = $2
    union select series from submission where dataset = $1 and study = $2 and author = $3`, [dataset, study, person])
  return new Set(rows.map(({ series }) => series).filter((series) => !hidden.has(series)))
}

/**
 * A series is written into by one author. One that is of the hospital, of another author or of another study is taken: an object in it would
 * hide the series from everybody else, or show it. Held until the end of the transaction against two who begin the same series.
 * @throws Refusal unprocessable, the same whoever has the series
 */
export const takeSeries = async (sql: Sql, { dataset, study, series, author }: { dataset: string; study: string; series: string; author: string }): Promise<void> => {
  await sql('select pg_advisory_xact_lock(734512004, hashtext($1))', [`${dataset} ${series}`])
  const indexed = await sql<{ study_uid: string; derived: boolean }>('select study_uid, derived from series where dataset = $1 and series_uid = $2', [dataset, series])
  const written = await sql<{ study: string; author: string }>('select distinct study, author from submission where dataset = $1 and series = $2', [dataset, series])
  const own = written.every((one) => one.author === author && one.study === study) && indexed.every((one) => one.derived && one.study_uid === study)
  if (!own || (indexed.length > 0 && written.length === 0)) throw new Refusal('unprocessable', 'the Series Instance UID is taken; write into a series of your own')
}
