import { createHash } from 'node:crypto'
import type { Sql } from './sql/database.ts'

export type AuditEntry = { readonly person: string; readonly action: string; readonly subject: Readonly<Record<string, unknown>> }

/** Text with keys in order, so that a hash over it means the same after a round trip through the database. */
export const canonical = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(canonical).join(',')}]`
  : value !== null && typeof value === 'object' ? `{${Object.entries(value).filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
  : JSON.stringify(value)

const hashOf = (writer: string, sequence: number, at: string, entry: AuditEntry, previous: string): string =>
  createHash('sha256').update(canonical({ writer, sequence, at, ...entry, previous })).digest('hex')

/**
 * Appends to the writer's chain in the caller's transaction: if the row cannot be written, neither is the change it records,
 * and no data are sent.
 */
export const createAudit = (writer: string, clock: () => Date) => async (sql: Sql, entry: AuditEntry): Promise<void> => {
  await sql('select pg_advisory_xact_lock(734512002, hashtext($1))', [writer])
  const [last] = await sql<{ sequence: number; hash: string }>('select sequence::int as sequence, hash from audit where writer = $1 order by sequence desc limit 1', [writer])
  const sequence = (last?.sequence ?? 0) + 1
  const previous = last?.hash ?? ''
  const at = clock().toISOString()
  await sql('insert into audit (writer, sequence, at, person, action, subject, previous, hash) values ($1, $2, $3, $4, $5, $6, $7, $8)', [
    writer, sequence, at, entry.person, entry.action, JSON.stringify(entry.subject), previous, hashOf(writer, sequence, at, entry, previous),
  ])
}
export type Audit = ReturnType<typeof createAudit>

/** Walks a writer's chain; the first sequence number that does not follow from the one before, or undefined where all do. */
export const firstBrokenLink = async (sql: Sql, writer: string): Promise<number | undefined> => {
  const rows = await sql<{ sequence: number; at: Date; person: string; action: string; subject: Record<string, unknown>; previous: string; hash: string }>(
    'select sequence::int as sequence, at, person, action, subject, previous, hash from audit where writer = $1 order by sequence', [writer])
  let previous = ''
  for (const [index, row] of rows.entries()) {
    const expected = hashOf(writer, row.sequence, row.at.toISOString(), { person: row.person, action: row.action, subject: row.subject }, previous)
    if (row.sequence !== index + 1 || row.previous !== previous || row.hash !== expected) return row.sequence
    previous = row.hash
  }
  return undefined
}
