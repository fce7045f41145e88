import type { AccessModel } from '../contract/index.ts'
import { Refusal } from './problem.ts'
import type { Caller } from './session/sessions.ts'
import type { Sql } from './sql/database.ts'

/** What a grant lets its holder do, least first: each includes the ones before (hub.md, Rights). */
const order: readonly AccessModel[] = ['REMOTE_PROCESSING', 'IN_SITU_PROCESSING', 'DOWNLOAD']

export type GoodGrant = { readonly id: string; readonly dataset: string; readonly accessModel: AccessModel; readonly purpose: string; readonly annotate: boolean }

/**
 * The caller's best good grant on a data set, asked of the database each time, so that a revocation takes effect on the next request.
 * @param least what the route needs at least; `list` is what every grant gives
 * @throws Refusal notFound, the same for a data set that is not there and one that is not granted
 */
export const grantFor = async (sql: Sql, caller: Caller, dataset: string, least: AccessModel | 'list', now: Date): Promise<GoodGrant> => {
  const rows = caller.approved ? await sql<{ id: string; access_model: AccessModel; purpose: string; annotate: boolean }>(
    'select id, access_model, purpose, annotate from data_grant where person = $1 and dataset = $2 and revoked is null and expires > $3', [caller.id, dataset, now]) : []
  const best = rows.sort((a, b) => order.indexOf(b.access_model) - order.indexOf(a.access_model))[0]
  if (!best || order.indexOf(best.access_model) < (least === 'list' ? 0 : order.indexOf(least))) throw new Refusal('notFound')
  return { id: best.id, dataset, accessModel: best.access_model, purpose: best.purpose, annotate: best.annotate }
}

/**
 * A grant of the caller that let them write into a data set and has ended: what they drew under it stays theirs.
 * @throws Refusal notFound, as for a data set that is not there
 */
export const endedGrantFor = async (sql: Sql, caller: Caller, dataset: string): Promise<GoodGrant> => {
  const [row] = await sql<{ id: string; access_model: AccessModel; purpose: string }>(
    "select id, access_model, purpose from data_grant where person = $1 and dataset = $2 and annotate and access_model <> 'REMOTE_PROCESSING' order by expires desc limit 1", [caller.id, dataset])
  if (!row || !caller.approved) throw new Refusal('notFound')
  return { id: row.id, dataset, accessModel: row.access_model, purpose: row.purpose, annotate: false }
}

/** The study is of the data set, by the hub's own table; else the same answer as for a data set that is not granted. */
export const studyIn = async (sql: Sql, dataset: string, study: string): Promise<{ node: string; subject: string; studyDate: string | null }> => {
  const [row] = await sql<{ node: string; subject: string; study_date: string | null }>('select node, subject, study_date from study where dataset = $1 and study_uid = $2', [dataset, study])
  if (!row) throw new Refusal('notFound')
  return { node: row.node, subject: row.subject, studyDate: row.study_date }
}
