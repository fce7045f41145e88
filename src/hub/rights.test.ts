import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { routes, type Route, type RouteName } from '../contract/index.ts'
import { encodeReport } from '../dicom/sr/encode.ts'
import { encodeMultipart } from '../dicom/web/multipart.ts'
import { startHubInProcess, type HubInProcess } from '../testing/hubInProcess.ts'
import { syntheticCtPixels, uidOf } from '../testing/dicom.ts'
import { markOf, onInstance, reportOf, sourceOf } from '../testing/marks.ts'
import { startLooseArchive } from '../testing/looseArchive.ts'
import { startOrthanc } from '../testing/orthanc.ts'
import { program } from '../testing/programs.ts'

/** What a row of the matrix asks for: the study of `a`, unless the case says another. */
type Target = { readonly dataset: string; readonly study: string; readonly series: string; readonly instance: string }
const of = (patient: string, dataset: string): Target => ({ dataset, study: uidOf(`${patient}/study`), series: uidOf(`${patient}/study/series`), instance: uidOf(`${patient}/study/series/0`) })
const a = of('A-1', 'a')
const b = of('B-1', 'b')

const models = ['REMOTE_PROCESSING', 'IN_SITU_PROCESSING', 'DOWNLOAD'] as const
type Model = (typeof models)[number]

/** Every route behind a data set's grant, by the least access model that lets it answer: the table of hub.md, Rights. */
const least: Partial<Record<RouteName, Model>> = {
  qidoStudies: 'REMOTE_PROCESSING', qidoSeries: 'REMOTE_PROCESSING', qidoInstances: 'IN_SITU_PROCESSING', studyMetadata: 'IN_SITU_PROCESSING', seriesMetadata: 'IN_SITU_PROCESSING',
  instanceMetadata: 'IN_SITU_PROCESSING', frames: 'IN_SITU_PROCESSING', rendered: 'IN_SITU_PROCESSING', thumbnail: 'IN_SITU_PROCESSING', bulkdata: 'IN_SITU_PROCESSING',
  // The instance of this matrix is an image: whole images are DOWNLOAD; derived objects are tested apart.
  wadoInstance: 'DOWNLOAD', wadoSeries: 'DOWNLOAD', wadoStudy: 'DOWNLOAD', stow: 'IN_SITU_PROCESSING', tables: 'IN_SITU_PROCESSING', table: 'IN_SITU_PROCESSING', annotations: 'IN_SITU_PROCESSING', putAnnotations: 'IN_SITU_PROCESSING',
}
/** Routes without a data set in their path, by who is answered. */
const others: Partial<Record<RouteName, 'anyone' | 'signedIn' | 'approved'>> = {
  health: 'anyone', signIn: 'anyone', signInReturn: 'anyone', signOut: 'anyone', nodes: 'anyone', datasets: 'anyone', dataset: 'anyone', session: 'signedIn', heartbeat: 'signedIn', accessRequests: 'signedIn',
  accessRequest: 'signedIn', newAccessRequest: 'signedIn', decideAccessRequest: 'signedIn', tools: 'signedIn', tool: 'signedIn', draftKey: 'approved', draftKeyVersion: 'approved', studiesSearch: 'approved',
  putSubmission: 'approved', submission: 'approved', submissionBytes: 'approved', submissions: 'approved', toolFile: 'approved', newRun: 'approved', runs: 'approved',
}

/** The tool that is in every hub of these tests. */
const tool = JSON.parse(readFileSync('src/hub/tools/lung-fields/tool.json', 'utf8')) as { id: string; version: string }

/** The rows of threats-and-faults.md, Tests, over hospitals of one kind. */
const rightsMatrix = (start: () => Promise<{ world: HubInProcess; stop: () => Promise<void> }>): void => {
  let world: HubInProcess
  let cookie: string
  let stop: () => Promise<void>
  beforeAll(async () => {
    ({ world, stop } = await start())
    cookie = await world.signIn('clinician')
  })
  afterAll(() => stop())

  const path = (name: RouteName, target: Target): string => routes[name].path.replace(':frames', '1').replace(':tag', '7FE00010').replace(':table', 'clinical')
    .replace(/:(dataset|study|series|instance)/g, (_, key: keyof Target) => target[key]).replace(/:\w+/g, 'x')
  const ask = (name: RouteName, target: Target, who = cookie) => {
    const route: Route = routes[name]
    return world.ask(path(name, target), { method: route.method, cookie: who, ...(route.method === 'PUT' ? { body: '{"operations":[]}', headers: { 'if-match': '"999"' } } : {}) })
  }
  const scoped = Object.keys(least) as RouteName[]
  /** 412 is the answer to an If-Match that is stale, 400 to a store of nothing: the caller was let in. */
  const letIn = (name: RouteName, status: number): boolean => status === 200 || (name === 'putAnnotations' && status === 412) || (name === 'stow' && status === 400)
  const without = async (response: Response): Promise<string> => `${response.status} ${(await response.text()).replace(/"trace":"[^"]*"/, '')}`

  describe('the matrix', () => {
    it('has a row for every route', () => {
      expect([...Object.keys(least), ...Object.keys(others)].sort()).toEqual(Object.keys(routes).sort())
      for (const name of scoped) expect([name, routes[name].access.kind]).toEqual([name, 'dataset'])
    })

    for (const model of models) {
      it.each(scoped)(`%s under ${model}`, async (name) => {
        await world.grant('clinician', 'a', model)
        const needed = least[name]
        const allowed = needed !== undefined && models.indexOf(model) >= models.indexOf(needed)
        expect(letIn(name, (await ask(name, a)).status)).toBe(allowed)
      })
    }

    it.each(scoped)('%s is not there without a grant, with a pending, expired or revoked one, in the words for what does not exist', async (name) => {
      await world.ungrant('clinician')
      const unknown = await without(await ask(name, { ...a, dataset: 'nowhere' }))
      expect(unknown.startsWith('404')).toBe(true)
      expect(await without(await ask(name, a))).toBe(unknown)
      await world.pending('clinician', 'a', 'DOWNLOAD')
      expect(await without(await ask(name, a))).toBe(unknown)
      await world.grant('clinician', 'a', 'DOWNLOAD', { expires: new Date(Date.now() - 1000) })
      expect(await without(await ask(name, a))).toBe(unknown)
      await world.grant('clinician', 'a', 'DOWNLOAD', { revoked: new Date() })
      expect(await without(await ask(name, a))).toBe(unknown)
      await world.grant('clinician', 'a', 'DOWNLOAD')
      expect(letIn(name, (await ask(name, a)).status)).toBe(true)
    })

    it.each(scoped.filter((name) => routes[name].path.includes(':study')))('%s refuses a study, series or instance of somewhere else like one that does not exist', async (name) => {
      await world.grant('clinician', 'a', 'DOWNLOAD')
      const unknown = await without(await ask(name, { ...a, study: '1.2.3' }))
      expect(unknown.startsWith('404')).toBe(true)
      expect(await without(await ask(name, { ...b, dataset: 'a' }))).toBe(unknown)
      if (routes[name].path.includes(':series')) expect(await without(await ask(name, { ...a, series: b.series }))).toBe(unknown)
      if (routes[name].path.includes(':instance')) expect(await without(await ask(name, { ...a, instance: b.instance }))).toBe(unknown)
    })

    it.each(scoped)('%s is 401 for nobody, and not there for somebody else', async (name) => {
      await world.grant('clinician', 'a', 'DOWNLOAD')
      expect((await ask(name, a, '')).status).toBe(401)
      expect((await ask(name, a, await world.signIn('clinician-2'))).status).toBe(404)
      expect((await ask(name, a, await world.signIn('applicant'))).status).toBe(404)
    })

    /** Routes that take a body, and a request each that is really let in: its status says that it was done. */
    const writes: Partial<Record<RouteName, (who: string) => Promise<{ path: string; body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> }>>> = {
      heartbeat: async () => ({ path: routes.heartbeat.path }),
      newAccessRequest: async () => ({ path: routes.newAccessRequest.path, body: JSON.stringify(await wish()) }),
      decideAccessRequest: async (who) => ({ path: routes.decideAccessRequest.path.replace(':request', await requestOf(who)), body: '{"event":"withdraw"}' }),
      newRun: async () => ({ path: routes.newRun.path, body: JSON.stringify(run) }),
      studiesSearch: async () => ({ path: routes.studiesSearch.path, body: '{}' }),
      putSubmission: async (who) => {
        const bytes = await reportBy(`by ${who}`)
        return { path: `${routes.putSubmission.path.replace(':instance', uidOf(`by ${who}`))}?dataset=a&study=${a.study}`, body: bytes, headers: { 'x-content-sha256': createHash('sha256').update(bytes).digest('hex') } }
      },
    }
    const wish = async () => {
      await world.hub.database.sql("delete from access_event")
      await world.hub.database.sql("delete from access_request")
      return { dataset: 'b', purpose: 'Growth of nodules', organisation: 'Institute', accessModel: 'DOWNLOAD', until: new Date(Date.now() + 86_400_000).toISOString() }
    }
    const send = async (name: RouteName, who: string, key = randomUUID()) => {
      const { path: at, body, headers } = await writes[name]?.(who) ?? { path: path(name, a) }
      return world.ask(at, { method: routes[name].method, cookie: who, ...(body === undefined ? {} : { body }), headers: { 'idempotency-key': key, ...headers } })
    }
    const requestOf = async (who: string): Promise<string> => (await (await send('newAccessRequest', who)).json() as { id?: string }).id ?? 'none'
    const run = { tool: tool.id, toolVersion: tool.version, modelSha256: [], dataset: 'a', study: a.study, series: a.series, sopInstanceUids: 3, runtime: 'test', started: '2026-01-01T10:00:00Z', ended: '2026-01-01T10:00:05Z', outcome: 'accepted' }
    const reportBy = async (name: string) => {
      const source = await sourceOf({ patientId: 'A-1' })
      return encodeReport(reportOf(source, [markOf('length', onInstance(source, [[1.5, 2.5], [10.5, 2.5]]))], { sopInstanceUid: uidOf(name), seriesInstanceUid: uidOf(`${name} series`) }))
    }

    it('has a body for every write that is answered', () => {
      expect(Object.keys(others).filter((name) => routes[name as RouteName].method !== 'GET').sort()).toEqual(Object.keys(writes).sort())
    })
    it.each(Object.keys(writes) as RouteName[])('%s is done for whom it is for, with a body and key that are taken', async (name) => {
      await world.grant('clinician', 'a', 'DOWNLOAD')
      expect(Math.floor((await send(name, cookie)).status / 100)).toBe(2)
      expect((await send(name, '')).status).toBe(401)
    })
    it.each(['newRun', 'putSubmission'] as const)('%s into what is not granted, or only for processing there, is not there', async (name) => {
      for (const account of ['clinician-3', 'applicant']) expect([404, 403]).toContain((await send(name, await world.signIn(account))).status)
      await world.grant('clinician', 'a', 'REMOTE_PROCESSING')
      expect((await send(name, cookie)).status).toBe(404)
      await world.ungrant('clinician')
      expect((await send(name, cookie)).status).toBe(404)
    })
    it('of another person no submission, bytes, document, request or run is there', async () => {
      const who = await world.signIn('clinician-2')
      for (const account of ['clinician', 'clinician-2']) await world.grant(account, 'a', 'DOWNLOAD')
      const written = await send('putSubmission', cookie)
      expect(written.ok).toBe(true)
      const { sopInstanceUid } = await written.json() as { sopInstanceUid: string }
      for (const name of ['submission', 'submissionBytes'] as const) {
        const at = routes[name].path.replace(':instance', sopInstanceUid)
        expect([name, (await world.ask(at, { cookie })).status, await without(await world.ask(at, { cookie: who }))]).toEqual([name, 200, await without(await world.ask(routes[name].path.replace(':instance', '1.2.3'), { cookie: who }))])
      }
      expect(await (await world.ask(routes.submissions.path, { cookie: who })).json()).toEqual([])
      const document = path('annotations', a)
      expect((await world.ask(document, { method: 'PUT', cookie, body: '{"operations":[{"mine":1}]}', headers: { 'if-match': '"0"' } })).status).toBe(200)
      expect(await (await world.ask(document, { cookie: who })).json()).toMatchObject({ version: 0, operations: [] })
      expect(await (await world.ask(document, { cookie })).json()).toMatchObject({ version: 1, operations: [{ mine: 1 }] })
      const request = await requestOf(cookie)
      expect([(await world.ask(`/api/access-requests/${request}`, { cookie })).status, (await world.ask(`/api/access-requests/${request}`, { cookie: who })).status]).toEqual([200, 404])
      expect((await world.ask(`/api/access-requests/${request}/events`, { method: 'POST', cookie: who, body: '{"event":"withdraw"}', headers: { 'idempotency-key': randomUUID() } })).status).toBe(404)
      expect((await send('newRun', cookie)).status).toBe(201)
      expect(await (await world.ask(routes.runs.path, { cookie: who })).json()).toEqual([])
    })

    it.each(Object.entries(others))('%s answers %s', async (name, who) => {
      const status = async (account: string | undefined) => (await world.ask(path(name as RouteName, a), {
        method: routes[name as RouteName].method, cookie: account ? await world.signIn(account) : '', ...(routes[name as RouteName].method === 'GET' ? {} : { body: '{}' }),
      })).status
      if (name === 'signIn') return
      expect(await status(undefined) === 401).toBe(who !== 'anyone')
      expect(await status('applicant') === 403).toBe(who === 'approved')
    })
  })

  describe('what is searched', () => {
    it('counts and lists permitted rows only', async () => {
      await world.ungrant('clinician')
      const search = async (body: object = {}) => (await world.ask('/api/studies/search', { method: 'POST', cookie, body: JSON.stringify(body) })).json() as Promise<{ total: number; items: { dataset: string }[]; facets: { values: { studies: number }[] }[] }>
      expect((await search()).total).toBe(0)
      await world.grant('clinician', 'a', 'REMOTE_PROCESSING')
      expect(await search()).toMatchObject({ total: 1, items: [{ dataset: 'a' }], facets: [{ values: [{ studies: 1 }] }] })
      await world.grant('clinician', 'c', 'DOWNLOAD')
      expect((await search()).items.map(({ dataset }) => dataset).sort()).toEqual(['a', 'c'])
      expect((await search({ limit: 1 })).items).toHaveLength(1)
      expect((await search({ limit: 1, offset: 1 })).items).toHaveLength(1)
      expect(await search({ dataset: 'b' })).toMatchObject({ total: 0, items: [] })
    })

    it('keeps two hospitals with the same UIDs apart, told by their pixels', async () => {
      await world.grant('clinician', 'a', 'IN_SITU_PROCESSING')
      await world.grant('clinician', 'c', 'IN_SITU_PROCESSING')
      const frameAlone = (dataset: string) => world.ask(path('frames', { ...a, dataset }), { cookie, headers: { accept: 'application/octet-stream' } })
      const hash = async (dataset: string) => {
        const answer = await frameAlone(dataset)
        const body = Buffer.from(await answer.arrayBuffer())
        return answer.status === 200 ? createHash('sha256').update(body).digest('hex') : `${answer.status} ${body.toString()}`
      }
      const pixels = (stored?: () => number) => createHash('sha256').update(syntheticCtPixels({ patientId: 'A-1', ...(stored ? { stored } : {}) })).digest('hex')
      expect([await hash('a'), await hash('c')]).toEqual([pixels(), pixels(() => 7)])
      await world.ungrant('clinician')
      await world.grant('clinician', 'c', 'IN_SITU_PROCESSING')
      expect((await ask('frames', a)).status).toBe(404)
      expect((await ask('frames', { ...a, dataset: 'c' })).status).toBe(200)
    })

    it('has nothing of what another person wrote, in lists, counts, metadata or whole studies', async () => {
      const author = await world.signIn('clinician-2')
      const source = await sourceOf({ patientId: 'B-1' })
      const report = { sopInstanceUid: uidOf('matrix report'), seriesInstanceUid: uidOf('matrix report series') }
      const { body, contentType } = encodeMultipart([{ type: 'application/dicom', body: encodeReport(reportOf(source, [markOf('length', onInstance(source, [[1.5, 2.5], [10.5, 2.5]]))], report)) }], 'application/dicom')
      for (const account of ['clinician', 'clinician-2']) await world.grant(account, 'b', 'DOWNLOAD')
      expect((await world.ask(path('stow', b), { method: 'POST', cookie: author, body, headers: { 'content-type': contentType } })).status).toBe(200)
      const written: Target = { ...b, series: report.seriesInstanceUid, instance: report.sopInstanceUid }
      const text = async (name: RouteName, who: string) => Buffer.from(await (await ask(name, b, who)).arrayBuffer()).toString('latin1')
      for (const name of ['qidoSeries', 'studyMetadata', 'wadoStudy'] as const) {
        expect([name, (await text(name, author)).includes(report.sopInstanceUid) || (await text(name, author)).includes(report.seriesInstanceUid)]).toEqual([name, true])
        expect([name, (await text(name, cookie)).includes(report.sopInstanceUid) || (await text(name, cookie)).includes(report.seriesInstanceUid)]).toEqual([name, false])
      }
      for (const name of ['qidoInstances', 'seriesMetadata', 'instanceMetadata', 'wadoInstance', 'wadoSeries'] as const) {
        expect([name, (await ask(name, written, author)).status]).toEqual([name, 200])
        expect([name, await without(await ask(name, written))]).toEqual([name, await without(await ask(name, { ...written, series: '1.2.3' }))])
      }
      // Its author needs no DOWNLOAD for it, as for images.
      await world.grant('clinician-2', 'b', 'IN_SITU_PROCESSING')
      expect([(await ask('wadoInstance', written, author)).status, (await ask('wadoInstance', b, author)).status]).toEqual([200, 404])
      const counted = async (who: string) => {
        const [row] = await (await ask('qidoStudies', b, who)).json() as Record<string, { Value?: unknown[] }>[]
        const { items } = await (await world.ask('/api/studies/search', { method: 'POST', cookie: who, body: JSON.stringify({ dataset: 'b' }) })).json() as { items: { modalities: string[] }[] }
        return [row?.['00201206']?.Value, row?.['00201208']?.Value, row?.['00080061']?.Value, items[0]?.modalities]
      }
      expect(await counted(author)).toEqual([[2], [4], ['CT', 'SR'], ['CT', 'SR']])
      expect(await counted(cookie)).toEqual([[1], [3], ['CT'], ['CT']])
      expect((await ask('submission', { ...b, instance: report.sopInstanceUid })).status).toBe(404)
    })

    it('is in the audit, in a chain that shows a changed row', async () => {
      const { firstBrokenLink } = await import('./audit.ts')
      await world.grant('clinician', 'b', 'IN_SITU_PROCESSING')
      await ask('seriesMetadata', b)
      const rows = await world.hub.database.sql<{ writer: string; action: string; subject: { dataset: string } }>("select writer, action, subject from audit where action = 'view'")
      expect(rows.some(({ subject }) => subject.dataset === 'b')).toBe(true)
      const writer = rows[0]?.writer ?? ''
      expect(await firstBrokenLink(world.hub.database.sql, writer)).toBeUndefined()
      await world.hub.database.sql("update audit set subject = '{}' where writer = $1 and sequence = 1", [writer])
      expect(await firstBrokenLink(world.hub.database.sql, writer)).toBe(1)
    })
  })
}

describe('over the embedded archive', () => {
  rightsMatrix(async () => {
    const world = await startHubInProcess({ toolsDirs: ['src/hub/tools'] })
    return { world, stop: world.stop }
  })
})

/** A hub over two hospitals whose archives are of one kind. */
const overArchives = (start: () => Promise<{ url: string; stop: () => Promise<void> }>) => async () => {
  const archives = await Promise.all([start(), start()])
  const world = await startHubInProcess({ toolsDirs: ['src/hub/tools'], archives: archives.map(({ url }) => `${url}/dicom-web`) })
  return {
    world,
    stop: async () => {
      await world.stop()
      await Promise.all(archives.map((archive) => archive.stop()))
    },
  }
}

describe.skipIf(!program('orthanc') || !program('orthancDicomWeb'))('over Orthanc at both hospitals (needs Orthanc)', () => {
  rightsMatrix(overArchives(startOrthanc))
})

describe('over archives that ignore the parents in a path and answer everything', () => {
  rightsMatrix(overArchives(startLooseArchive))
})
