import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type Database } from '../hub/sql/database.ts'

/** A hub's database of its own on PGlite, gone with `stop`. */
export const startDatabase = async (): Promise<{ database: Database; stop: () => Promise<void> }> => {
  const folder = mkdtempSync(join(tmpdir(), 'database-'))
  const database = await openDatabase({ folder })
  return {
    database,
    stop: async () => {
      await database.dispose()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
