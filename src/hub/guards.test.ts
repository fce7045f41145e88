import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { routes, type Route, type RouteName } from '../contract/index.ts'
import { startHubInProcess, type HubInProcess } from '../testing/hubInProcess.ts'

let world: HubInProcess
let cookie: string
beforeAll(async () => {
  world = await startHubInProcess()
  await world.grant('clinician', 'a', 'DOWNLOAD')
  cookie = await world.signIn('clinician')
})
afterAll(() => world.stop())

const names = Object.keys(routes) as RouteName[]
const pathOf = (name: RouteName): string => routes[name].path.replace(/:\w+/g, '1')
const route = (name: RouteName): Route => routes[name]
const navigations = names.filter((name) => route(name).navigation)
const elements = names.filter((name) => route(name).element)
const guarded = names.filter((name) => !route(name).navigation)
const send = (name: RouteName, headers: Record<string, string | null>) => world.ask(pathOf(name), { method: route(name).method, cookie, headers, ...(route(name).method === 'GET' ? {} : { body: '{}' }) })

describe('what does not come from the workbench', () => {
  it.each(guarded)('%s: 403 without the static header', async (name) => {
    expect((await send(name, { 'x-ciw': null })).status).toBe(403)
  })
  it.each(guarded)('%s: 403 with a foreign Origin', async (name) => {
    expect((await send(name, { origin: 'https://elsewhere.example' })).status).toBe(403)
    expect((await send(name, { origin: 'null' })).status).toBe(403)
  })
  it.each(guarded)('%s: 403 as a form post, and as a cross-site image', async (name) => {
    const form = await world.ask(pathOf(name), { method: 'POST', cookie, body: 'a=b', headers: { 'x-ciw': null, origin: 'https://elsewhere.example', 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' } })
    // A path that takes no POST does not exist for a form.
    expect([403, 404]).toContain(form.status)
    expect((await send(name, { 'x-ciw': null, 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image', origin: null })).status).toBe(403)
    expect((await send(name, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  })
  it.each(names)('%s: 421 under a foreign Host', async (name) => {
    expect((await send(name, { host: 'rebound.example' })).status).toBe(421)
  })
  it('a write without an Origin is refused', async () => {
    expect((await world.ask('/api/studies/search', { method: 'POST', cookie, body: '{}', headers: { origin: null } })).status).toBe(403)
  })
})

describe('the exceptions, each by name', () => {
  it('are these', () => {
    expect(navigations).toEqual(['signIn', 'signInReturn', 'signOut'])
    expect(elements).toEqual(['rendered', 'thumbnail'])
  })
  it.each(['signInReturn', 'signOut'] as const)('%s works as a navigation', async (name) => {
    const answer = await world.ask(pathOf(name), { headers: { 'x-ciw': null, 'sec-fetch-site': 'cross-site' } })
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toMatch(/^\//)
  })
  it.each(elements)('%s works as an image of the page itself', async (name) => {
    const path = pathOf(name).replace('/datasets/1/', '/datasets/a/')
    expect((await world.ask(path, { cookie, headers: { 'x-ciw': null, 'sec-fetch-site': 'same-origin' } })).status).toBe(404)
    expect((await world.ask(path, { cookie, headers: { 'x-ciw': null } })).status).toBe(403)
  })
})

describe('every answer', () => {
  it('is not to be sniffed, embedded elsewhere or stored', async () => {
    for (const path of ['/api/session', '/api/nodes', '/api/nothing', '/elsewhere']) {
      const { headers } = await world.ask(path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })
  it('to an ended session is 401 as JSON, never a redirect', async () => {
    const answer = await world.ask('/api/session', { cookie: '__Host-ciw=stale' })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
  })
  it('to the same idempotency key is the same, and 422 for another body', async () => {
    const until = new Date(Date.now() + 86_400_000).toISOString()
    const ask = (purpose: string) => world.ask('/api/access-requests', {
      method: 'POST', cookie, headers: { 'idempotency-key': 'one-key-1234' },
      body: JSON.stringify({ dataset: 'b', purpose, organisation: 'Here', accessModel: 'IN_SITU_PROCESSING', until }),
    })
    const first = await ask('something worth doing')
    expect(first.status).toBe(201)
    const text = await first.text()
    const second = await ask('something worth doing')
    expect([second.status, await second.text()]).toEqual([201, text])
    expect((await ask('something else to do')).status).toBe(422)
  })
  it('to a conditional write is 428 without If-Match, 412 when it is stale', async () => {
    const found = await (await world.ask('/api/studies/search', { method: 'POST', cookie, body: '{}' })).json() as { items: { studyInstanceUid: string }[] }
    const study = found.items[0]?.studyInstanceUid
    const put = (match: string | null) => world.ask(`/api/annotations/a/${study}`, { method: 'PUT', cookie, body: '{"operations":[]}', headers: { 'if-match': match } })
    expect((await put(null)).status).toBe(428)
    expect((await put('"0"')).status).toBe(200)
    expect((await put('"0"')).status).toBe(412)
    expect((await put('"1"')).status).toBe(200)
  })
  it('after a wrong return path goes to the start, never elsewhere', async () => {
    const { ownPath } = await import('./session/signIn.ts')
    for (const path of ['//elsewhere.example', '/\\elsewhere.example', 'https://elsewhere.example', '/api/session/sign-out', 'javascript:alert(1)', '', null]) expect(ownPath(path)).toBe('/')
    expect(ownPath('/studies?dataset=a')).toBe('/studies?dataset=a')
  })
})
