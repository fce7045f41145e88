import type { HubConfig } from './config.ts'
import type { Database, Sql } from './sql/database.ts'
import { byHub, type NodeClient } from './upstreamNode.ts'

type IndexedSeries = { seriesInstanceUid: string; number: number | null; modality: string; description: string; instances: number; derived: boolean }
type IndexedStudy = {
  studyInstanceUid: string; subject: string; patientName: string; date: string | null; description: string; accession: string; modalities: string[]; series: IndexedSeries[]
}
type IndexAnswer = { revision: string; unchanged?: true; studies?: IndexedStudy[] }

export type NodeHealth = { state: 'up' | 'away'; lastSeen: string | null }

/**
 * The hub's index of studies and series, taken from the nodes: asked now and then, unchanged ones cheaply. A node that is away
 * keeps what is known of it and is shown as away.
 */
export const createIndexSync = ({ config, database, nodes, clock }: { config: HubConfig; database: Database; nodes: NodeClient; clock: () => Date }) => {
  const health = new Map<string, NodeHealth>(config.nodes.map(({ id }) => [id, { state: 'away', lastSeen: null }]))

  const refreshDataset = async (dataset: string, node: string): Promise<void> => {
    const [known] = await database.sql<{ revision: string }>('select revision from node_sync where dataset = $1', [dataset])
    const path = known ? `/index?since=${encodeURIComponent(known.revision)}` : '/index'
    const answer = (await nodes.askJson(node, path, { by: byHub, dataset })) as IndexAnswer
    health.set(node, { state: 'up', lastSeen: clock().toISOString() })
    if (answer.unchanged || !answer.studies) return
    await database.transaction((sql) => replace(sql, dataset, node, answer.revision, answer.studies ?? [], clock()))
  }

  const refresh = async (): Promise<void> => {
    await Promise.all(config.datasets.map(async ({ id, node }) => {
      try {
        await refreshDataset(id, node)
      } catch {
        health.set(node, { state: 'away', lastSeen: health.get(node)?.lastSeen ?? null })
      }
    }))
  }
  return { refresh, health: (node: string): NodeHealth => health.get(node) ?? { state: 'away', lastSeen: null } }
}
export type IndexSync = ReturnType<typeof createIndexSync>

/** One statement a table, whatever the number of rows. */
const replace = async (sql: Sql, dataset: string, node: string, revision: string, studies: readonly IndexedStudy[], now: Date): Promise<void> => {
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
