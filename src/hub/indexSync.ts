import { IndexAnswer, IndexedSeries, IndexedStudy, safeParse } from '../contract/index.ts'
import type { HubConfig } from './config.ts'
import { Refusal } from './problem.ts'
import type { Database, Sql } from './sql/database.ts'
import { byHub, type NodeClient } from './upstreamNode.ts'

export type NodeHealth = { state: 'up' | 'away'; lastSeen: string | null }
type Study = Omit<IndexedStudy, 'series'> & { readonly series: readonly IndexedSeries[] }

/** Studies and series of a node's answer that are well-formed, each UID once, and how many were not. */
const readStudies = (given: readonly unknown[]): { studies: Study[]; skipped: number } => {
  let skipped = 0
  const studies = new Map<string, Study>()
  for (const one of given) {
    const study = safeParse(IndexedStudy, one)
    if (!study.success || studies.has(study.data.studyInstanceUid)) {
      skipped += 1
      continue
    }
    const series = new Map<string, IndexedSeries>()
    for (const member of study.data.series) {
      const read = safeParse(IndexedSeries, member)
      if (!read.success || series.has(read.data.seriesInstanceUid)) skipped += 1
      else series.set(read.data.seriesInstanceUid, read.data)
    }
    studies.set(study.data.studyInstanceUid, { ...study.data, series: [...series.values()] })
  }
  return { studies: [...studies.values()], skipped }
}

/**
 * The hub's index of studies and series, taken from the nodes: asked now and then, unchanged ones cheaply. A node that is away
 * keeps what is known of it and is shown as away. One data set is asked for once at a time.
 * @param onSkipped how many studies and series of a data set were not well-formed and are not in the index
 */
export const createIndexSync = ({ config, database, nodes, clock, onSkipped = () => undefined }: {
  config: { readonly nodes: readonly Pick<HubConfig['nodes'][number], 'id'>[]; readonly datasets: readonly Pick<HubConfig['datasets'][number], 'id' | 'node'>[] }; database: Database; nodes: Pick<NodeClient, 'askJson'>; clock: () => Date; onSkipped?: (dataset: string, count: number) => void
}) => {
  const health = new Map<string, NodeHealth>(config.nodes.map(({ id }) => [id, { state: 'away', lastSeen: null }]))
  const running = new Map<string, { readonly now: Promise<void>; next?: Promise<void> }>()

  const ask = async (dataset: string, node: string): Promise<void> => {
    const [known] = await database.sql<{ revision: string }>('select revision from node_sync where dataset = $1', [dataset])
    const path = known ? `/index?since=${encodeURIComponent(known.revision)}` : '/index'
    const answer = safeParse(IndexAnswer, await nodes.askJson(node, path, { by: byHub, dataset }))
    if (!answer.success) throw new Refusal('upstream', `${node} answered something else than an index`)
    health.set(node, { state: 'up', lastSeen: clock().toISOString() })
    const { revision, unchanged, studies: given } = answer.data
    if (unchanged || !given) return
    const { studies, skipped } = readStudies(given)
    if (skipped > 0) onSkipped(dataset, skipped)
    await database.transaction((sql) => replace(sql, dataset, node, revision, studies, clock()))
  }
  const attempt = async (dataset: string, node: string): Promise<void> => {
    try {
      await ask(dataset, node)
    } catch {
      health.set(node, { state: 'away', lastSeen: health.get(node)?.lastSeen ?? null })
    }
  }
  const begin = (dataset: string, node: string): Promise<void> => {
    const now = attempt(dataset, node).finally(() => { if (running.get(dataset)?.now === now) running.delete(dataset) })
    running.set(dataset, { now })
    return now
  }
  /** Asks for one data set anew: what was under way may have been asked before the change that the caller knows of. */
  const refreshDataset = (dataset: string): Promise<void> => {
    const node = config.datasets.find(({ id }) => id === dataset)?.node
    if (node === undefined) return Promise.resolve()
    const at = running.get(dataset)
    if (!at) return begin(dataset, node)
    at.next ??= at.now.then(() => begin(dataset, node))
    return at.next
  }
  /** Asks for all; a data set that is being asked for is not asked for twice. */
  const refresh = async (): Promise<void> => {
    await Promise.all(config.datasets.map(({ id, node }) => running.get(id)?.now ?? begin(id, node)))
  }
  return { refresh, refreshDataset, health: (node: string): NodeHealth => health.get(node) ?? { state: 'away', lastSeen: null } }
}
export type IndexSync = ReturnType<typeof createIndexSync>

/** One statement a table, whatever the number of rows. */
const replace = async (sql: Sql, dataset: string, node: string, revision: string, studies: readonly Study[], now: Date): Promise<void> => {
  await sql('delete from series where dataset = $1', [dataset])
  await sql('delete from study where dataset = $1', [dataset])
  await sql(`insert into study (dataset, study_uid, node, subject, patient_name, study_date, description, accession, modalities)
    select $1, x."studyInstanceUid", $2, x.subject, x."patientName", x.date, x.description, x.accession, x.modalities
    from jsonb_to_recordset($3::jsonb) as x("studyInstanceUid" text, subject text, "patientName" text, date text, description text, accession text, modalities text[])`,
  [dataset, node, JSON.stringify(studies)])
  const series = studies.flatMap(({ studyInstanceUid, series: members }) => members.map((one) => ({ studyInstanceUid, ...one })))
  await sql(`insert into series (dataset, study_uid, series_uid, number, modality, description, instances, derived)
    select $1, x."studyInstanceUid", x."seriesInstanceUid", x.number, x.modality, x.description, x.instances, x.derived
    from jsonb_to_recordset($2::jsonb) as x("studyInstanceUid" text, "seriesInstanceUid" text, number integer, modality text, description text, instances integer, derived boolean)`,
  [dataset, JSON.stringify(series)])
  await sql(`insert into node_sync (dataset, revision, at) values ($1, $2, $3)
    on conflict (dataset) do update set revision = excluded.revision, at = excluded.at`, [dataset, revision, now])
}
