import { PGlite } from '@electric-sql/pglite'
import { mkdirSync, openSync, readFileSync, unlinkSync, writeSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import { Pool, types } from 'pg'
import { migrations } from './migrations.ts'

export type Row = Record<string, unknown>
/** One statement at a time, in or out of a transaction. */
export type Sql = <T extends Row = Row>(text: string, params?: readonly unknown[]) => Promise<T[]>
export type Database = {
  readonly sql: Sql
  /** Runs `work` in one transaction; what it throws rolls back. */
  readonly transaction: <T>(work: (sql: Sql) => Promise<T>) => Promise<T>
  readonly dispose: () => Promise<void>
}

/** Two processes on one PGlite folder lose rows without an error, so the folder is locked by our own file. */
const lockFolder = (folder: string): (() => void) => {
  const file = join(folder, 'lock')
  for (;;) {
    try {
      const handle = openSync(file, 'wx', 0o600)
      writeSync(handle, String(process.pid))
      closeSync(handle)
      return () => unlinkSync(file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const owner = Number(readFileSync(file, 'utf8'))
      if (owner !== process.pid && isAlive(owner)) throw new Error(`the data folder is in use by process ${owner}; stop it first`)
      unlinkSync(file)
    }
  }
}

const isAlive = (pid: number): boolean => {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * PostgreSQL by its address, else PGlite in `folder`, with the same SQL and the same migrations. PGlite calls fsync here:
 * its own default (`-F`) would not outlive a power cut.
 */
export const openDatabase = async ({ folder, databaseUrl }: { folder: string; databaseUrl?: string }): Promise<Database> => {
  const database = databaseUrl ? openPostgres(databaseUrl) : await openPglite(folder)
  await migrate(database)
  return database
}

/** PostgreSQL's number for the type of byte strings. */
const bytea = 17
/** Objects of some MB go in and out as bytes: PGlite's own way takes a step a byte, on the hub's thread. */
const bytes = {
  serializers: { [bytea]: (value: Uint8Array): string => `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}` },
  parsers: { [bytea]: (text: string): Uint8Array => Buffer.from(text.slice(2), 'hex') },
}

const openPglite = async (folder: string): Promise<Database> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const unlock = lockFolder(folder)
  const pglite = new PGlite(join(folder, 'pglite'), { startParams: PGlite.defaultStartParams.filter((param) => param !== '-F'), ...bytes })
  await pglite.waitReady
  return {
    sql: async <T extends Row>(text: string, params: readonly unknown[] = []) => (await pglite.query<T>(text, [...params])).rows,
    transaction: (work) => pglite.transaction((tx) => work(async <T extends Row>(text: string, params: readonly unknown[] = []) => (await tx.query<T>(text, [...params])).rows)),
    dispose: async () => {
      await pglite.close()
      unlock()
    },
  }
}

const openPostgres = (connectionString: string): Database => {
  types.setTypeParser(types.builtins.INT8, Number)
  const pool = new Pool({ connectionString, max: 8 })
  // A connection that ends while nothing is asked of it (the server restarts) is replaced by the pool; whoever asks next hears of it, if need be.
  const heard = (): void => undefined
  pool.on('error', heard)
  return {
    sql: async <T extends Row>(text: string, params: readonly unknown[] = []) => (await pool.query<T>(text, [...params])).rows,
    transaction: async (work) => {
      const client = await pool.connect()
      let lost: Error | undefined
      client.on('error', heard)
      try {
        await client.query('begin')
        const result = await work(async <T extends Row>(text: string, params: readonly unknown[] = []) => (await client.query<T>(text, [...params])).rows)
        await client.query('commit')
        return result
      } catch (error) {
        // Where it cannot be rolled back the connection is given up with its transaction; what was thrown is why.
        await client.query('rollback').catch((failure: unknown) => { lost = failure instanceof Error ? failure : new Error('it could not be rolled back') })
        throw error
      } finally {
        client.off('error', heard)
        client.release(lost)
      }
    },
    dispose: () => pool.end(),
  }
}

/** Applies the migrations that are missing, in order, one transaction for all, under a lock that several hubs share. */
const migrate = (database: Database): Promise<void> => database.transaction(async (sql) => {
  await sql('select pg_advisory_xact_lock(734512001)')
  await sql('create table if not exists migration (number integer primary key, applied timestamptz not null default now())')
  const [{ last } = { last: 0 }] = await sql<{ last: number }>('select coalesce(max(number), 0)::int as last from migration')
  if (last > migrations.length) throw new Error(`the database is of a newer program (migration ${last}; this one knows ${migrations.length})`)
  for (const [index, statements] of migrations.entries()) {
    if (index < last) continue
    for (const statement of statements) await sql(statement)
    await sql('insert into migration (number) values ($1)', [index + 1])
  }
})
