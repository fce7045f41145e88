import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AccessRequest } from '../contract/index.ts'
import { startHubInProcess, type HubInProcess } from '../testing/hubInProcess.ts'
import { startPostgres } from '../testing/postgres.ts'
import { program } from '../testing/programs.ts'

/** The same story over both databases: the SQL is the same. */
const story = (start: () => Promise<{ world: HubInProcess; stop: () => Promise<void> }>) => {
  let world: HubInProcess
  let stop: () => Promise<void>
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString()
  let key = 0
  beforeAll(async () => ({ world, stop } = await start()))
  afterAll(() => stop())
  const post = async (account: string, path: string, body: object) => {
    const answer = await world.ask(path, { method: 'POST', cookie: await world.signIn(account), body: JSON.stringify(body), headers: { 'idempotency-key': `story-${++key}-xxxx` } })
    return { status: answer.status, json: await answer.json() as AccessRequest & { code?: string; total?: number } }
  }
  const total = async (account: string) => (await post(account, '/api/studies/search', {})).json.total

  it('asked, refused with a reason, asked again, granted, used, revoked', async () => {
    const wish = { dataset: 'b', purpose: 'Growth of nodules', organisation: 'Institute', accessModel: 'IN_SITU_PROCESSING', until }
    const first = await post('researcher', '/api/access-requests', wish)
    expect([first.status, first.json.state, first.json.next]).toEqual([201, 'submitted', ['withdraw']])
    expect((await post('researcher', '/api/access-requests', wish)).status).toBe(409)
    const decide = (account: string, id: string, event: string, reason?: string) => post(account, `/api/access-requests/${id}/events`, { event, ...(reason ? { reason } : {}) })
    expect((await decide('researcher', first.json.id, 'approve')).status).toBe(403)
    expect((await decide('clinician', first.json.id, 'approve')).status).toBe(404)
    expect((await decide('committee', first.json.id, 'refuse')).status).toBe(422)
    expect((await decide('committee', first.json.id, 'refuse', 'Too broad')).json).toMatchObject({ state: 'refused', reason: 'Too broad', next: [] })
    expect(await total('researcher')).toBe(0)
    const second = await post('researcher', '/api/access-requests', wish)
    expect((await decide('committee', second.json.id, 'approve')).json).toMatchObject({ state: 'approved', next: ['revoke'] })
    expect((await decide('committee', second.json.id, 'approve')).status).toBe(409)
    expect(await total('researcher')).toBe(1)
    expect((await decide('committee', second.json.id, 'revoke', 'Project ended')).json.state).toBe('revoked')
    expect(await total('researcher')).toBe(0)
    const trail = await world.hub.database.sql<{ action: string }>("select action from audit where action like 'accessRequest.%' order by at, sequence")
    expect(trail.map(({ action }) => action)).toEqual(['accessRequest.submit', 'accessRequest.refuse', 'accessRequest.submit', 'accessRequest.approve', 'accessRequest.revoke'])
  })

  it('a person who is not approved becomes a member with the first grant', async () => {
    expect((await post('applicant', '/api/studies/search', {})).status).toBe(403)
    const request = await post('applicant', '/api/access-requests', { dataset: 'a', purpose: 'A first look at the data', organisation: 'Institute', accessModel: 'REMOTE_PROCESSING', until })
    await post('committee', `/api/access-requests/${request.json.id}/events`, { event: 'approve' })
    expect(await total('applicant')).toBe(1)
  })

  it('nobody decides on their own request', async () => {
    const own = await post('committee', '/api/access-requests', { dataset: 'a', purpose: 'A look of my own', organisation: 'Institute', accessModel: 'REMOTE_PROCESSING', until })
    expect(own.json.next).toEqual(['withdraw'])
    expect((await post('committee', `/api/access-requests/${own.json.id}/events`, { event: 'approve' })).status).toBe(403)
  })

  it('the public list counts years of what is a date, and is there whatever an archive writes for one', async () => {
    const years = async () => {
      const answer = await world.ask('/api/catalogue/datasets/c')
      const { firstYear, lastYear, studies } = await answer.json() as { firstYear: number | null; lastYear: number | null; studies: number }
      return [answer.status, studies, firstYear, lastYear]
    }
    const add = (uid: string, date: string | null) => world.hub.database.sql("insert into study values ('c', $1, 'two', 'P', '', $2, '', '', '{}')", [uid, date])
    expect(await years()).toEqual([200, 1, 2026, 2026])
    for (const [index, date] of ['REMOVED', '', '99', '2026-01-05', '20190', null].entries()) await add(`1.2.${index}`, date)
    await add('1.2.9', '19991231')
    expect(await years()).toEqual([200, 8, 1999, 2026])
    await world.hub.database.sql("delete from study where dataset = 'c' and study_date ~ '^[0-9]{8}$'")
    expect(await years()).toEqual([200, 6, null, null])
  })

  it.each([
    ['an unknown data set', { dataset: 'nowhere' }, 422], ['a date in the past', { until: '2020-01-01T00:00:00Z' }, 422], ['a purpose of three letters', { purpose: 'abc' }, 400], ['a model that does not exist', { accessModel: 'ALL' }, 400],
  ])('refuses %s and says which field', async (_, more, status) => {
    const answer = await post('evaluator', '/api/access-requests', { dataset: 'a', purpose: 'Growth of nodules', organisation: 'Institute', accessModel: 'DOWNLOAD', until, ...more })
    expect(answer.status).toBe(status)
    expect(JSON.stringify(answer.json)).toContain(Object.keys(more)[0])
  })
}

describe('access over PGlite', () => {
  story(async () => {
    const world = await startHubInProcess()
    return { world, stop: world.stop }
  })
})

describe.skipIf(!program('postgres'))('access over PostgreSQL (needs PostgreSQL)', () => {
  story(async () => {
    const postgres = await startPostgres()
    const world = await startHubInProcess({ databaseUrl: postgres.url })
    return { world, stop: async () => { await world.stop(); await postgres.stop() } }
  })
})
