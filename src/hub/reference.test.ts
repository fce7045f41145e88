import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { routes, type RouteName } from '../contract/index.ts'
import { encodeReport } from '../dicom/sr/encode.ts'
import { encodeMultipart } from '../dicom/web/multipart.ts'
import { uidOf } from '../testing/dicom.ts'
import { startHubInProcess, type HubInProcess } from '../testing/hubInProcess.ts'
import { markOf, onInstance, reportOf, sourceOf } from '../testing/marks.ts'
import { outlineOf } from '../testing/segmentations.ts'
import { truthTable } from '../testing/tables.ts'

/** Data set `a` and its reference standard `r`: the same study in two archives of one node. */
let world: HubInProcess
let reader: string
let evaluator: string
const truth = outlineOf('A-1')
const images = { study: truth.study, series: uidOf('A-1/study/series'), instance: uidOf('A-1/study/series/0') }
beforeAll(async () => {
  world = await startHubInProcess({ reference: true })
  reader = await world.signIn('clinician')
  evaluator = await world.signIn('evaluator')
})
beforeEach(async () => {
  await world.grant('clinician', 'a', 'DOWNLOAD')
  await world.grant('evaluator', 'r', 'DOWNLOAD')
})
afterAll(() => world.stop())

const path = (name: RouteName, dataset: string, target: { study: string; series: string; instance: string }): string => routes[name].path.replace(':frames', '1').replace(':tag', '7FE00010').replace(':table', 'truth').replace(':dataset', dataset)
  .replace(/:(study|series|instance)/g, (_, key: keyof typeof target) => target[key])
const without = async (answer: Response): Promise<string> => `${answer.status} ${(await answer.text()).replace(/"trace":"[^"]*"/, '')}`
const scoped = (Object.keys(routes) as RouteName[]).filter((name) => routes[name].access.kind === 'dataset' && routes[name].method === 'GET')
const ofStudy = scoped.filter((name) => routes[name].path.includes(':study') && name !== 'annotations')
/** No picture can be made of one bit a pixel; metadata, frames and the whole can be had. */
const pictures: readonly RouteName[] = ['rendered', 'thumbnail']

describe('a reference standard', () => {
  it.each(scoped)('%s is not there for a reader of the images, in the words for what does not exist', async (name) => {
    const unknown = await without(await world.ask(path(name, 'nowhere', truth), { cookie: reader }))
    expect(unknown.startsWith('404')).toBe(true)
    expect(await without(await world.ask(path(name, 'r', truth), { cookie: reader }))).toBe(unknown)
  })
  it.each(scoped.filter((name) => !pictures.includes(name)))('%s is there for the evaluator', async (name) => {
    expect((await world.ask(path(name, 'r', truth), { cookie: evaluator })).status).toBe(200)
  })
  it.each(ofStudy.filter((name) => routes[name].path.includes(':series')))('%s is in no way reached through the data set of the images, nor the images through it', async (name) => {
    const unknown = await without(await world.ask(path(name, 'a', { ...truth, study: '1.2.3' }), { cookie: reader }))
    expect(await without(await world.ask(path(name, 'a', truth), { cookie: reader }))).toBe(unknown)
    expect(await without(await world.ask(path(name, 'r', images), { cookie: evaluator }))).toBe(unknown)
    await world.grant('clinician', 'r', 'DOWNLOAD')
    expect(await without(await world.ask(path(name, 'a', truth), { cookie: reader }))).toBe(unknown)
    await world.hub.database.sql("delete from data_grant where dataset = 'r' and person = $1", [world.personOf('clinician')])
  })
  it('shares a Study Instance UID with the images, and no list, count or whole study mixes the two', async () => {
    const uids = async (name: RouteName, dataset: string, cookie: string) => {
      const text = Buffer.from(await (await world.ask(path(name, dataset, truth), { cookie })).arrayBuffer()).toString('latin1')
      return { images: text.includes(images.series), truth: text.includes(truth.series) }
    }
    for (const name of ['qidoSeries', 'studyMetadata'] as const) {
      expect([name, await uids(name, 'a', reader)]).toEqual([name, { images: true, truth: false }])
      expect([name, (await uids(name, 'r', evaluator)).truth]).toEqual([name, true])
    }
    const whole = Buffer.from(await (await world.ask(path('wadoStudy', 'a', truth), { cookie: reader })).arrayBuffer()).toString('latin1')
    expect([whole.includes(images.instance), whole.includes(truth.instance)]).toEqual([true, false])
    const search = async (cookie: string) => (await (await world.ask('/api/studies/search', { method: 'POST', cookie, body: '{}' })).json() as { items: { dataset: string; studyInstanceUid: string; modalities: string[]; images: number }[] }).items
    expect(await search(reader)).toMatchObject([{ dataset: 'a', studyInstanceUid: truth.study, modalities: ['CT'], images: 3 }])
    expect(await search(evaluator)).toMatchObject([{ dataset: 'r', studyInstanceUid: truth.study, modalities: ['SEG'], images: 0 }])
  })
  it('stays what it is when the index of the images changes', async () => {
    await world.hub.database.sql("delete from node_sync where dataset = 'a'")
    await world.hub.refreshIndex()
    const rows = await world.hub.database.sql('select dataset, series_uid from series where study_uid = $1 and dataset in (\'a\', \'r\') order by dataset', [truth.study])
    expect(rows).toEqual([{ dataset: 'a', series_uid: images.series }, { dataset: 'r', series_uid: truth.series }])
  })

  const report = async (name: string) => {
    const source = await sourceOf({ patientId: 'A-1' })
    const place = onInstance(source, [[1.5, 2.5], [10.5, 2.5]])
    return encodeReport(reportOf(source, [markOf('length', place)], { sopInstanceUid: uidOf(name), seriesInstanceUid: uidOf(`${name} series`) }))
  }
  const stow = (dataset: string, cookie: string, bytes: Uint8Array) => {
    const { body, contentType } = encodeMultipart([{ type: 'application/dicom', body: bytes }], 'application/dicom')
    return world.ask(path('stow', dataset, truth), { method: 'POST', cookie, body, headers: { 'content-type': contentType } })
  }
  it('takes nothing of a reader, and what a reader writes on the images lies with the images alone', async () => {
    const bytes = await report('of a reader')
    expect((await stow('r', reader, bytes)).status).toBe(404)
    expect((await world.ask(`/api/submissions/${uidOf('of a reader')}?dataset=r&study=${truth.study}`, { method: 'PUT', cookie: reader, body: bytes, headers: { 'x-content-sha256': createHash('sha256').update(bytes).digest('hex') } })).status).toBe(404)
    expect((await stow('a', reader, bytes)).status).toBe(200)
    const written = { ...truth, series: uidOf('of a reader series'), instance: uidOf('of a reader') }
    expect((await world.ask(path('wadoInstance', 'a', written), { cookie: reader })).status).toBe(200)
    expect((await world.ask(path('wadoInstance', 'r', written), { cookie: evaluator })).status).toBe(404)
    expect(world.nodes[0]?.store?.study(truth.study)?.has(written.series)).toBe(true)
  })
  it('takes no report on images that do not lie in it', async () => {
    expect((await stow('r', evaluator, await report('of an evaluator'))).status).toBe(409)
  })
  it('has tables of its own, each reading in the audit before it is sent', async () => {
    expect(await (await world.ask('/api/datasets/r/tables', { cookie: evaluator })).json()).toEqual([{ name: 'truth', title: 'True lesions', rows: 2 }])
    expect(await (await world.ask('/api/datasets/r/tables/truth', { cookie: evaluator })).json()).toEqual(truthTable)
    expect(await without(await world.ask('/api/datasets/a/tables/truth', { cookie: reader }))).toBe(await without(await world.ask('/api/datasets/a/tables/none', { cookie: reader })))
    const rows = await world.hub.database.sql<{ person: string; subject: object }>("select person, subject from audit where action = 'viewTable' and subject ->> 'dataset' = 'r'")
    expect(rows).toContainEqual({ person: world.personOf('evaluator'), subject: { dataset: 'r', table: 'truth', purpose: 'tests', grant: 'evaluator-r' } })
    expect(rows.every(({ person }) => person === world.personOf('evaluator'))).toBe(true)
  })
})
