import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres } from '../../testing/postgres.ts'
import { program } from '../../testing/programs.ts'
import { openDatabase, type Database } from './database.ts'

describe.skipIf(!program('postgres'))('a PostgreSQL that ends connections (needs PostgreSQL)', () => {
  let database: Database
  let other: Database
  let stop: () => Promise<void>
  beforeAll(async () => {
    const postgres = await startPostgres()
    database = await openDatabase({ folder: '', databaseUrl: postgres.url })
    other = await openDatabase({ folder: '', databaseUrl: postgres.url })
    stop = async () => {
      await database.dispose()
      await other.dispose()
      await postgres.stop()
    }
  })
  afterAll(() => stop())

  const pid = async (on: Database) => (await on.sql<{ pid: number }>('select pg_backend_pid() as pid'))[0]?.pid ?? 0
  const gone = async (pids: readonly number[]) => {
    await other.sql('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [pids])
    while ((await other.sql('select 1 from pg_stat_activity where pid = any($1::int[])', [pids])).length > 0) await new Promise((resolve) => { setImmediate(resolve) })
  }
  /** A connection that was ended may be handed out once more before its end is heard. */
  const works = async () => {
    for (;;) {
      const one = await database.sql<{ one: number }>('select 1 as one').catch(() => undefined)
      if (one) return expect(one).toEqual([{ one: 1 }])
    }
  }

  it('while they are idle ends no process, and the next question is answered', async () => {
    await gone([await pid(database)])
    await works()
  })
  it('in a transaction is said as it was, and no broken connection is handed out again', async () => {
    let own = 0
    const work = database.transaction(async (sql) => {
      own = (await sql<{ pid: number }>('select pg_backend_pid() as pid'))[0]?.pid ?? 0
      await sql('create table half (n integer)')
      await gone([own])
      await new Promise((resolve) => { setImmediate(resolve) })
      throw new Error('what went wrong first')
    })
    await expect(work).rejects.toThrow('what went wrong first')
    for (let use = 0; use < 10; use++) expect(await database.sql('select 1 as one')).toEqual([{ one: 1 }])
    await expect(database.sql('select * from half')).rejects.toThrow('does not exist')
  })
})
