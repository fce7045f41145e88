import type { Measurement } from '../domain/measurement/types.ts'
import { openLog } from '../workspace/log.ts'
import { openLogDatabase } from '../workspace/logDatabase.ts'
import { createKeys } from '../workspace/seal.ts'

/** In a page of the program: puts marks into the log of the person who is signed in, as drawn there and not saved. */
export const putDrafts = async (dataset: string, study: string, marks: readonly Measurement[], subject: string): Promise<void> => {
  const database = await openLogDatabase()
  const keys = await createKeys(async (version) => {
    const answer = await fetch(version === undefined ? '/api/session/draft-key' : `/api/session/draft-key/${version}`, { headers: { 'X-CIW': '1' } })
    return await answer.json() as { version: number; key: string; user: string }
  })
  const log = await openLog({ database, keys, owner: { user: keys.user, dataset, study }, about: { subject, date: '20260105' }, clock: () => new Date() })
  await log.read()
  for (const mark of marks) await log.append({ type: 'operation', operation: { trackingUid: mark.trackingUid, before: null, after: mark }, by: 'bench' }, 'relaxed')
  await log.settle()
  database.close()
}
