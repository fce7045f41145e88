import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startHubInProcess, type HubInProcess } from '../../testing/hubInProcess.ts'

let now = Date.UTC(2026, 0, 5)
let world: HubInProcess
let cookie: string
const [minute, hour] = [60_000, 3_600_000]
beforeAll(async () => { world = await startHubInProcess({ clock: () => new Date(now) }) })
beforeEach(async () => { cookie = await world.signIn('clinician') })
afterAll(() => world.stop())

const status = async (headers: Record<string, string> = {}) => (await world.ask('/api/session', { cookie, headers })).status
const after = (ms: number, headers?: Record<string, string>) => {
  now += ms
  return status(headers)
}

describe('a session', () => {
  it('ends after an hour without a person\'s doing, and not a minute before', async () => {
    expect(await after(hour - 1)).toBe(200)
    expect(await after(hour - 1)).toBe(200)
    expect(await after(hour + 1)).toBe(401)
  })
  it('is not kept by what runs in the background', async () => {
    const background = { 'x-background': '1' }
    for (let beat = 0; beat < 5; beat++) expect(await after(10 * minute, background)).toBe(200)
    expect(await after(10 * minute + 1, background)).toBe(401)
  })
  it('ends after twelve hours, whatever is done', async () => {
    for (let beat = 0; beat < 23; beat++) expect(await after(30 * minute)).toBe(200)
    expect(await after(30 * minute - 1)).toBe(200)
    expect(await after(1)).toBe(401)
  })
  it('says when it ends', async () => {
    const start = now
    const said = await (await world.ask('/api/session', { cookie })).json() as { idleExpires: string; expires: string }
    expect([Date.parse(said.idleExpires) - start, Date.parse(said.expires) - start]).toEqual([hour, 12 * hour])
  })
  it('that has ended goes from the table with the next that is begun', async () => {
    await after(13 * hour)
    await world.signIn('clinician-2')
    const left = await world.hub.database.sql<{ person: string }>('select person from session')
    expect(left.map(({ person }) => person)).toEqual([world.personOf('clinician-2')])
  })
})

describe('an idempotency key', () => {
  const until = () => new Date(now + 48 * hour).toISOString()
  const wish = (key: string, dataset: string, end: string) => world.ask('/api/access-requests', {
    method: 'POST', cookie, headers: { 'idempotency-key': key }, body: JSON.stringify({ dataset, purpose: 'something worth doing', organisation: 'Here', accessModel: 'IN_SITU_PROCESSING', until: end }),
  })
  it('sent twice at once makes one change, and both are answered the same', async () => {
    const end = until()
    const answers = await Promise.all([wish('at-once-1', 'a', end), wish('at-once-1', 'a', end)])
    expect(answers.map((answer) => answer.status)).toEqual([201, 201])
    const [one, other] = await Promise.all(answers.map((answer) => answer.text()))
    expect(one).toBe(other)
    expect(await world.hub.database.sql("select 1 from access_request where dataset = 'a'")).toHaveLength(1)
  })
  it('is remembered for 24 hours, and then is new', async () => {
    const end = until()
    const [first] = [await (await wish('a-day-long', 'b', end)).json() as { id: string }]
    now += 24 * hour - 1
    cookie = await world.signIn('clinician')
    expect((await (await wish('a-day-long', 'b', end)).json() as { id: string }).id).toBe(first.id)
    now += 2
    cookie = await world.signIn('clinician')
    // The request itself is open, so a second of its kind is a conflict, not the remembered answer.
    expect((await wish('a-day-long', 'b', end)).status).toBe(409)
  })
  it('of another person is another key', async () => {
    const end = until()
    const mine = await (await wish('shared-key', 'c', end)).json() as { id: string }
    cookie = await world.signIn('clinician-2')
    expect((await (await wish('shared-key', 'c', end)).json() as { id: string }).id).not.toBe(mine.id)
  })
})
