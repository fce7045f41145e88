import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { routes, type Route, type RouteName } from '../contract/index.ts'
import { uidOf } from '../testing/dicom.ts'
import { startHubInProcess, type HubInProcess } from '../testing/hubInProcess.ts'

let world: HubInProcess
let cookie: string
beforeAll(async () => {
  world = await startHubInProcess({ listen: true })
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

const formPost = (path: string) => world.ask(path, { method: 'POST', cookie, body: 'a=b', headers: { 'x-ciw': null, origin: 'https://elsewhere.example', 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' } })

describe('what does not come from the workbench', () => {
  it.each([...navigations.map((name) => routes[name].path), '/api/nothing', '/api'])('%s: 403 as a form post', async (path) => {
    expect((await formPost(path)).status).toBe(403)
  })
  it.each(guarded)('%s: 403 without the static header', async (name) => {
    expect((await send(name, { 'x-ciw': null })).status).toBe(403)
  })
  it.each(guarded)('%s: 403 with a foreign Origin', async (name) => {
    expect((await send(name, { origin: 'https://elsewhere.example' })).status).toBe(403)
    expect((await send(name, { origin: 'null' })).status).toBe(403)
  })
  it.each(guarded)('%s: 403 as a form post, and as a cross-site image', async (name) => {
    expect((await formPost(pathOf(name))).status).toBe(403)
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
  it('signIn works as a navigation, and leads to the issuer', async () => {
    const answer = await world.ask(pathOf('signIn'), { headers: { 'x-ciw': null, 'sec-fetch-site': 'cross-site' } })
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')?.startsWith(`${world.issuerUrl}/`)).toBe(true)
  })
  it.each(elements)('%s works as an image of the page itself', async (name) => {
    const places: Record<string, string> = { dataset: 'a', study: uidOf('A-1/study'), series: uidOf('A-1/study/series'), instance: uidOf('A-1/study/series/0') }
    const path = routes[name].path.replace(/:(\w+)/g, (_, key: string) => places[key] ?? '')
    const answer = await world.ask(path, { cookie, headers: { 'x-ciw': null, 'sec-fetch-site': 'same-origin' } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect((await world.ask(path, { cookie, headers: { 'x-ciw': null } })).status).toBe(403)
    expect((await world.ask(path, { cookie, headers: { 'x-ciw': null, 'sec-fetch-site': 'same-site' } })).status).toBe(403)
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
  it('to a heartbeat with its key is the session, again the same, while others are answered', async () => {
    const beat = () => world.ask('/api/session/heartbeat', { method: 'POST', cookie, headers: { 'idempotency-key': 'heartbeat-1' } })
    const [first, other] = await Promise.all([beat(), world.ask('/api/nodes')])
    expect([first.status, other.status]).toEqual([200, 200])
    const text = await first.text()
    expect(JSON.parse(text)).toMatchObject({ approved: true, grants: [{ dataset: 'a' }] })
    expect(await (await beat()).text()).toBe(text)
  })
  it('to a heartbeat without a key, or with a body of more than a body may have, is a refusal', async () => {
    const beat = (body: string, key: string | null) => world.ask('/api/session/heartbeat', { method: 'POST', cookie, body, headers: { 'idempotency-key': key } })
    expect((await beat('', null)).status).toBe(400)
    expect((await beat('x'.repeat(2 ** 20 + 1), 'heartbeat-2')).status).toBe(413)
  })
  it.each([
    ['nested without end', `{"dataset":${'['.repeat(65)}${']'.repeat(65)}}`, 400], ['nested deeper than a stack', `{"dataset":${'['.repeat(400_000)}${']'.repeat(400_000)}}`, 400], ['NUL in a text', '{"text":"a\\u0000b"}', 400],
    ['no JSON', '{', 400], ['too large', `{"text":"${'x'.repeat(2 ** 20)}"}`, 413], ['an offset of 1e20', '{"offset":1e20}', 400], ['half an offset', '{"offset":0.5}', 400], ['a limit below nothing', '{"limit":-1}', 400],
  ])('to a body with %s is a refusal', async (_, body, status) => {
    expect((await world.ask('/api/studies/search', { method: 'POST', cookie, body })).status).toBe(status)
  })
  it.each([
    ['/api/catalogue/datasets?text=a%00b', 400], ['/api/catalogue/datasets/a%00b', 404], ['/api/access-requests/a%00b', 404], ['/api/submissions/1.2%00', 404], ['/api/datasets/a%00/dicom-web/studies', 404], ['/api/datasets/a/dicom-web/studies?StudyInstanceUID=1%00', 400],
    ['/api/datasets/a/dicom-web/studies?offset=100000000000000000000', 400], ['/api/session/draft-key/1e20', 404], ['/api/session/draft-key/-1', 404], ['/api/tools/%00', 404],
  ])('to %s is %d, never 5xx', async (path, status) => {
    expect((await world.ask(path, { cookie })).status).toBe(status)
  })
  it('to a sign-out ends the session and stands in the audit', async () => {
    const other = await world.signIn('clinician-2')
    expect((await world.ask('/api/session/sign-out', { cookie: other, headers: { 'x-ciw': null } })).status).toBe(303)
    expect((await world.ask('/api/session', { cookie: other })).status).toBe(401)
    expect(await world.hub.database.sql("select person from audit where action = 'signOut'")).toEqual([{ person: world.personOf('clinician-2') }])
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
