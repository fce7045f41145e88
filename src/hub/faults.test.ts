import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeReport } from '../dicom/sr/encode.ts'
import { uidOf } from '../testing/dicom.ts'
import { startFaultyProxy, type Fault, type FaultyProxy } from '../testing/faultyProxy.ts'
import { startHubInProcess, type HubInProcess } from '../testing/hubInProcess.ts'
import { markOf, onInstance, reportOf, sourceOf } from '../testing/marks.ts'
import { mostFailures } from './breaker.ts'

/** A real hub over real nodes, with a proxy before each that makes the way to the hospital fail. */
let world: HubInProcess
let author: string
let now = Date.UTC(2026, 0, 5)
const proxies = new Map<string, FaultyProxy>()
/** Limits of waiting that run: they end when they are told, not by the clock. */
const limits = new Set<() => void>()
const timeIsUp = () => { for (const end of limits) end() }
const atOnce = () => new Promise<void>((resolve) => { setImmediate(resolve) })
let pause = atOnce
const [study, images, image] = [uidOf('A-1/study'), uidOf('A-1/study/series'), uidOf('A-1/study/series/0')]
const place = `/api/datasets/a/dicom-web/studies/${study}`
beforeAll(async () => {
  world = await startHubInProcess({
    clock: () => new Date(now), random: () => 1,
    later: (_, work) => {
      limits.add(work)
      return () => limits.delete(work)
    },
    between: async (node, target) => {
      const proxy = await startFaultyProxy({ target, until: afterAll, pause: () => pause() })
      proxies.set(node, proxy)
      return proxy.url
    },
  })
})
beforeEach(async () => {
  pause = atOnce
  toHospital().fail()
  // Far from the one before: a node that was taken for down may be asked again.
  now += 120_000
  author = await world.signIn('clinician')
  await world.grant('clinician', 'a', 'IN_SITU_PROCESSING')
})
afterAll(() => world.stop())

const toHospital = (): FaultyProxy => {
  const proxy = proxies.get('one')
  if (!proxy) throw new Error('there is no proxy')
  return proxy
}
const source = await sourceOf({ patientId: 'A-1' })
let count = 0
/** A report of its own for each test. */
const finished = (label = '') => {
  const name = `fault ${count += 1}`
  const bytes = encodeReport(reportOf(source, [markOf('length', onInstance(source, [[1.5, 2.5], [10.5, 2.5]]), { label })], { sopInstanceUid: uidOf(name), seriesInstanceUid: uidOf(`${name} series`) }))
  return { uid: uidOf(name), bytes }
}
type Finished = ReturnType<typeof finished>
const put = async ({ uid, bytes }: Finished, who = author) => {
  const answer = await world.ask(`/api/submissions/${uid}?dataset=a&study=${study}`, { method: 'PUT', cookie: who, body: bytes, headers: { 'x-content-sha256': createHash('sha256').update(bytes).digest('hex') } })
  return { status: answer.status, said: await answer.json() as { state?: string; reason?: string } }
}
const look = async (uid: string) => await (await world.ask(`/api/submissions/${uid}`, { cookie: author })).json() as { state: string; reason?: string }
/** What its author is told on the way, look after look, until nothing more happens to it. */
const untilSettled = async ({ uid }: Finished): Promise<string[]> => {
  const told: string[] = []
  for (let round = 0; round < 10; round++) {
    await world.hub.settled()
    const { state, reason } = await look(uid)
    told.push(reason === undefined ? state : `${state}: ${reason}`)
    if (!['queued', 'sending', 'stored'].includes(state)) return told
    now += 30_000
  }
  return told
}
const archive = () => {
  const store = world.nodes[0]?.store
  if (!store) throw new Error('the node has no store')
  return store
}
const reportsThere = () => [...archive().study(study)?.values() ?? []].flatMap((series) => [...series.keys()]).filter((uid) => !uid.startsWith(images)).length
const bytesThere = async (uid: string) => {
  const found = archive().instance(uid)
  return found ? new Uint8Array(await archive().read(found)) : undefined
}

const again = 'queued: '
const brokeOff = `${again}the answer of the hospital broke off`
const silent = `${again}one does not answer`
const status = (code: number, more: { headers?: Record<string, string>; delivered?: boolean } = {}): Fault => ({ kind: 'status', status: code, ...more })
describe('a report is at the hospital once, with its UID and bytes, and its author hears why it is not yet', () => {
  it.each<[string, 'POST' | 'GET', Fault, string[]]>([
    ['the answer to the store is cut off', 'POST', { kind: 'truncated' }, []],
    ['the connection is reset while it is sent', 'POST', { kind: 'reset', within: 'request' }, [silent]],
    ['the connection is reset in the answer to the store', 'POST', { kind: 'reset', within: 'reply' }, [brokeOff]],
    ['the answer to the store says that it is longer', 'POST', { kind: 'wrongLength', by: 4 }, [brokeOff]],
    ['the answer to the store is slow', 'POST', { kind: 'slow', pieces: 20 }, []],
    ['it is delivered twice, and the second is refused as a copy', 'POST', { kind: 'deliveredTwice' }, [`${again}the hospital answered 401`]],
    ['the hospital answers 401', 'POST', status(401), [`${again}the hospital answered 401`]],
    ['the hospital answers 404', 'POST', status(404), [`${again}the hospital answered 404`]],
    ['the hospital answers 412', 'POST', status(412), [`${again}the hospital answered 412`]],
    ['the hospital answers 428', 'POST', status(428), [`${again}the hospital answered 428`]],
    ['the hospital answers 429', 'POST', status(429, { headers: { 'retry-after': '20' } }), [`${again}the hospital answered 429`]],
    ['the hospital answers 503', 'POST', status(503, { headers: { 'retry-after': '20' } }), [`${again}the hospital answered 503`]],
    ['the hospital has it and answers 503', 'POST', status(503, { delivered: true }), [`${again}the hospital answered 503`]],
    ['the store hangs', 'POST', { kind: 'hang' }, [silent]],
    ['the hospital has it and hangs', 'POST', { kind: 'hang', delivered: true }, [silent]],
    ['what is read back is cut off', 'GET', { kind: 'truncated' }, [expect.stringMatching(/^queued: what was read back is not whole: /) as string]],
    ['the connection is reset while it is read back', 'GET', { kind: 'reset', within: 'reply' }, [brokeOff]],
    ['what is read back says that it is longer', 'GET', { kind: 'wrongLength', by: 4 }, [brokeOff]],
    ['what is read back says that it is shorter', 'GET', { kind: 'wrongLength', by: -40 }, [expect.stringMatching(/^queued: (what was read back is not whole: |the answer of the hospital broke off)/) as string]],
    ['it is read back slowly', 'GET', { kind: 'slow', pieces: 50 }, []],
    ['it is read back as 404', 'GET', status(404), [`${again}reading it back gave 404`]],
    ['it is read back as 503', 'GET', status(503, { headers: { 'retry-after': '20' } }), [`${again}reading it back gave 503`]],
    ['the reading back hangs', 'GET', { kind: 'hang' }, [silent]],
  ])('%s', async (_, method, fault, onTheWay) => {
    const [before, since] = [reportsThere(), toHospital().seen().length]
    toHospital().fail({ method, path: /^\/dicom-web\//, fault })
    const report = finished()
    expect((await put(report)).status).toBe(201)
    const told = untilSettled(report)
    if (fault.kind === 'hang') {
      await toHospital().came((one, index) => index >= since && one.fault === 'hang')
      timeIsUp()
    }
    expect(await told).toEqual([...onTheWay, 'verified'])
    expect([await bytesThere(report.uid), reportsThere()]).toEqual([report.bytes, before + 1])
    expect(toHospital().seen().slice(since).map((one) => one.fault)).toContain(fault.kind)
  })
  it('two answers come for one request, and no other is given the second', async () => {
    const report = finished()
    toHospital().fail({ method: 'POST', path: /^\/dicom-web\//, fault: { kind: 'answeredTwice' } })
    await put(report)
    expect((await untilSettled(report)).at(-1)).toBe('verified')
    expect(await bytesThere(report.uid)).toEqual(report.bytes)
  })
  it('the hospital trickles without end: it is given up and asked again', async () => {
    pause = () => new Promise(() => undefined)
    const report = finished()
    toHospital().fail({ method: 'GET', path: /\/instances\//, fault: { kind: 'slow', pieces: 50 } })
    await put(report)
    const told = untilSettled(report)
    await toHospital().came((one) => one.fault === 'slow' && one.path.endsWith(report.uid))
    timeIsUp()
    expect((await told).at(-1)).toBe('verified')
  })
  it('a hospital that says when to ask again is not asked before', async () => {
    const asked = () => toHospital().seen().filter(({ method, path }) => method === 'POST' && path.includes(study)).length
    const before = asked()
    toHospital().fail({ method: 'POST', path: /^\/dicom-web\//, fault: status(429, { headers: { 'retry-after': '900' } }) })
    const [report, other] = [finished(), finished()]
    await put(report)
    await world.hub.settled()
    await put(other)
    for (const ms of [30_000, 30_000, 839_000]) {
      now += ms
      await world.hub.settled()
    }
    expect([asked() - before, (await look(report.uid)).state]).toEqual([1, 'queued'])
    now += 1_000
    expect([await untilSettled(report), await untilSettled(other), asked() - before]).toEqual([['verified'], ['verified'], 3])
  })
})

it('what the hospital holds under the UID stays as it is: the author is told, and has the bytes at the hub', async () => {
  const report = finished()
  const other = encodeReport(reportOf(source, [markOf('length', onInstance(source, [[1.5, 2.5], [11.5, 2.5]]))], { sopInstanceUid: report.uid, seriesInstanceUid: uidOf('theirs') }))
  expect((await archive().put(other)).kind).toBe('stored')
  await put(report)
  expect(await untilSettled(report)).toEqual(['rejected: other bytes are stored under this UID'])
  expect(await bytesThere(report.uid)).toEqual(other)
  expect(new Uint8Array(await (await world.ask(`/api/submissions/${report.uid}/bytes`, { cookie: author })).arrayBuffer())).toEqual(report.bytes)
  expect((await put({ uid: report.uid, bytes: finished().bytes })).status).toBe(409)
})

describe('a draft that comes after its author\'s access has ended', () => {
  const never = async () => world.signIn('evaluator')
  it.each([['revoked', { revoked: new Date(0) }], ['expired', { expires: new Date(0) }]])('is kept at the hub for its author alone, and says so (%s)', async (_, change) => {
    await world.grant('clinician', 'a', 'IN_SITU_PROCESSING', change)
    const report = finished()
    const kept = { state: 'rejected', reason: 'your access to this data set has ended; it is kept at the hub for you, and was not sent to the hospital' }
    expect(await put(report)).toMatchObject({ status: 201, said: kept })
    expect(await put(report)).toMatchObject({ status: 200, said: kept })
    await world.hub.settled()
    expect(await bytesThere(report.uid)).toBeUndefined()
    const bytes = (who: string) => world.ask(`/api/submissions/${report.uid}/bytes`, { cookie: who })
    expect(new Uint8Array(await (await bytes(author)).arrayBuffer())).toEqual(report.bytes)
    await world.grant('clinician-2', 'a', 'DOWNLOAD')
    expect((await bytes(await world.signIn('clinician-2'))).status).toBe(404)
    // Let in again, the same bytes go on their way.
    await world.grant('clinician', 'a', 'IN_SITU_PROCESSING')
    expect((await put(report)).said.state).toBe('queued')
    expect(await untilSettled(report)).toEqual(['verified'])
    expect(await bytesThere(report.uid)).toEqual(report.bytes)
  })
  it.each([['no grant', async () => world.ungrant('clinician')], ['one that never let them write', async () => {
    await world.grant('clinician', 'a', 'IN_SITU_PROCESSING', { revoked: new Date(0) })
    await world.hub.database.sql("update data_grant set annotate = false where dataset = 'a' and person = $1", [world.personOf('clinician')])
  }]])('is answered as a data set that is not there, with %s', async (_, change) => {
    await change()
    const report = finished()
    const strip = ({ status: code, said }: Awaited<ReturnType<typeof put>>) => [code, { ...said, trace: '' }]
    expect(strip(await put(report))).toEqual(strip(await put(report, await never())))
    expect((await put(report)).status).toBe(404)
  })
  it('takes nothing of a study that is not in the data set', async () => {
    await world.grant('clinician', 'a', 'IN_SITU_PROCESSING', { revoked: new Date(0) })
    const answer = await world.ask(`/api/submissions/${uidOf('x')}?dataset=a&study=${uidOf('B-1/study')}`, { method: 'PUT', cookie: author, body: new Uint8Array(10) })
    expect(answer.status).toBe(404)
  })
})

describe('a node that is down', () => {
  const page = () => world.ask(`${place}/series/${images}/instances/${image}/frames/1`, { cookie: author })
  const stateOf = async () => (await (await world.ask('/api/nodes')).json() as { id: string; state: string }[]).find(({ id }) => id === 'one')?.state
  it('is not asked by every page: those are answered at once, with when to ask again, and everybody sees that it is away', async () => {
    await world.hub.refreshIndex()
    expect([(await page()).status, await stateOf()]).toEqual([200, 'up'])
    toHospital().fail({ path: /./, times: 1_000, fault: status(503) })
    const answers: Response[] = []
    for (let asked = 0; asked < mostFailures; asked++) answers.push(await page())
    const before = toHospital().seen().length
    for (let asked = 0; asked < 50; asked++) answers.push(await page())
    expect(new Set(answers.map(({ status: code }) => code))).toEqual(new Set([502]))
    expect([toHospital().seen().length, answers.at(-1)?.headers.get('retry-after'), await stateOf()]).toEqual([before, '2', 'away'])
    expect(await Promise.all(answers.slice(-1).map((answer) => answer.json()))).toMatchObject([{ detail: 'one does not answer' }])
    // A report waits at the hub, and is not counted as tried.
    const report = finished()
    expect((await put(report)).status).toBe(201)
    await world.hub.settled()
    expect(await look(report.uid)).toMatchObject({ state: 'queued', attempts: 0 })
    // After the pause one request finds out, and closes it again for longer.
    now += 2_000
    expect((await Promise.all([page(), page(), page()])).map(({ status: code }) => code)).toEqual([502, 502, 502])
    expect([toHospital().seen().length, (await page()).headers.get('retry-after')]).toEqual([before + 1, '4'])
    toHospital().fail()
    now += 4_000
    expect((await page()).status).toBe(200)
    await world.hub.refreshIndex()
    expect([await stateOf(), await untilSettled(report)]).toEqual(['up', ['verified']])
  })
})
