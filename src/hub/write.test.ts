import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { encodeReport } from '../dicom/sr/encode.ts'
import { isDerived } from '../node/indexRows.ts'
import { uidOf } from '../testing/dicom.ts'
import { startHubInProcess, type HubInProcess } from '../testing/hubInProcess.ts'
import { markOf, onInstance, reportOf, sourceOf } from '../testing/marks.ts'
import { createHash } from 'node:crypto'

let world: HubInProcess
let author: string
let other: string
const [study, images, image] = [uidOf('A-1/study'), uidOf('A-1/study/series'), uidOf('A-1/study/series/0')]
const place = `/api/datasets/a/dicom-web/studies/${study}`
beforeAll(async () => {
  world = await startHubInProcess()
  author = await world.signIn('clinician')
  other = await world.signIn('clinician-2')
})
beforeEach(async () => {
  await world.grant('clinician', 'a', 'IN_SITU_PROCESSING')
  await world.grant('clinician-2', 'a', 'IN_SITU_PROCESSING')
})
afterAll(() => world.stop())

const source = await sourceOf({ patientId: 'A-1' })
/** A report on the image, or on an instance of another series. */
const report = (name: string, seriesInstanceUid: string, on = source, sopInstanceUid = uidOf(name)) =>
  encodeReport(reportOf(source, [markOf('length', onInstance(on, [[1.5, 2.5], [10.5, 2.5]]))], { sopInstanceUid, seriesInstanceUid }))
const put = async (bytes: Uint8Array<ArrayBuffer>, name: string, who = author, instance = uidOf(name)) => {
  const answer = await world.ask(`/api/submissions/${encodeURIComponent(instance)}?dataset=a&study=${study}`, { method: 'PUT', cookie: who, body: bytes, headers: { 'x-content-sha256': createHash('sha256').update(bytes).digest('hex') } })
  return { status: answer.status, detail: (await answer.json() as { detail?: string }).detail }
}
const status = async (path: string, who: string) => (await world.ask(place + path, { cookie: who })).status
const taken = { status: 422, detail: 'the Series Instance UID is taken; write into a series of your own' }

describe('a series', () => {
  it('of images takes no report: it is hidden from nobody, and no image leaves whole without DOWNLOAD', async () => {
    expect(await put(report('into the images', images), 'into the images')).toEqual(taken)
    expect(await status(`/series/${images}/metadata`, other)).toBe(200)
    expect(await status(`/series/${images}/instances/${image}`, author)).toBe(404)
  })
  it('of another author takes none, and stays hidden; of its author it takes more', async () => {
    const own = uidOf('own series')
    expect((await put(report('first', own), 'first')).status).toBe(201)
    expect((await put(report('second', own), 'second')).status).toBe(201)
    expect(await put(report('third', own), 'third', other)).toEqual(taken)
    await world.hub.settled()
    expect(await status(`/series/${own}/metadata`, author)).toBe(200)
    expect(await status(`/series/${own}/metadata`, other)).toBe(404)
    expect((await put(report('fourth', own), 'fourth')).status).toBe(201)
  })
  it('begun by two at once has one author', async () => {
    const series = uidOf('contested series')
    const answers = await Promise.all([put(report('mine', series), 'mine'), put(report('theirs', series), 'theirs', other)])
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 422])
  })
  it('of images is not hidden by what was rejected; a derived one stays hidden, since an answer may have been lost', async () => {
    const rejected = (instance: string, series: string) => world.hub.database.sql(`insert into submission (instance, dataset, study, series, sop_class, author, sha256, size, state, next_at, received, updated)
      values ($1, 'a', $2, $3, '1.2', $4, 'x', 1, 'rejected', now(), now(), now())`, [instance, study, series, world.personOf('clinician')])
    await rejected(uidOf('long ago'), images)
    expect(await status(`/series/${images}/metadata`, other)).toBe(200)
    await world.hub.database.sql("insert into series values ('a', $1, $2, null, 'SR', '', 1, true)", [study, uidOf('came all the same')])
    await rejected(uidOf('lost answer'), uidOf('came all the same'))
    expect(await status(`/series/${uidOf('came all the same')}/metadata`, other)).toBe(404)
  })
  it('is derived only where every member is, whichever comes first', () => {
    const [sr, ct] = ['1.2.840.10008.5.1.4.1.1.88.33', '1.2.840.10008.5.1.4.1.1.2']
    expect([isDerived('SR', [sr]), isDerived('SR', [sr, ct]), isDerived('CT', [sr]), isDerived('SR', [])]).toEqual([true, false, false, false])
  })
})

describe('an object', () => {
  const elsewhere = (tag: string, value: string) => ({ ...source, [tag]: { vr: 'UI', Value: [value] } })
  it.each([
    ['a path in its series', report('a', '1.2.3/../4')], ['two series', report('a', '1.2.3\\1.2.4')], ['no series', report('a', '')], ['a series of leading zeros', report('a', '1.02.3')],
    ['a path in what it refers to', report('a', uidOf('s'), elsewhere('00080018', '../../etc'))], ['a class that is none in what it refers to', report('a', uidOf('s'), elsewhere('00080016', 'CT'))],
  ])('with %s is refused by name', async (_, bytes) => {
    const answer = await put(bytes, 'a')
    expect(answer.status).toBe(422)
    expect(answer.detail).toMatch(/^what stands in [0-9A-F]{8} is not a UID$/)
  })
  it('under an address that is no UID is refused', async () => {
    expect((await put(report('a', uidOf('s'), source, 'a'), 'a', author, 'a')).status).toBe(422)
  })
  it('on a series that is not in the study, or that its author may not see, is refused in the same words', async () => {
    const on = async (series: string, who: string) => put(report('reference', uidOf('reference series'), elsewhere('0020000E', series)), 'reference', who)
    const refusal = { status: 422, detail: 'it refers to a series that is not in the study' }
    expect(await on('1.2.3', other)).toEqual(refusal)
    expect(await on(uidOf('own series'), other)).toEqual(refusal)
    expect((await on(uidOf('own series'), author)).status).toBe(201)
  })
  it('on images of another study is refused', async () => {
    expect((await put(report('study', uidOf('study series'), elsewhere('0020000D', '1.2.3')), 'study')).detail).toBe('it refers to images of another study')
  })
})

describe('the open document', () => {
  const write = () => world.ask(`/api/annotations/a/${study}`, { method: 'PUT', cookie: other, body: '{"operations":[]}', headers: { 'if-match': '"0"' } })
  it('takes nothing under a grant that does not let its holder write', async () => {
    await world.hub.database.sql('update data_grant set annotate = false where person = $1', [world.personOf('clinician-2')])
    expect((await write()).status).toBe(403)
    expect((await world.ask(`/api/annotations/a/${study}`, { cookie: other })).status).toBe(200)
  })
  it('stands in the audit with each change', async () => {
    expect((await write()).status).toBe(200)
    expect((await write()).status).toBe(412)
    const rows = await world.hub.database.sql<{ subject: object }>("select subject from audit where action = 'annotate'")
    expect(rows.map(({ subject }) => subject)).toEqual([{ dataset: 'a', study, version: 1, grant: 'clinician-2-a' }])
  })
})

describe('what is seen and taken away', () => {
  it('counts every view and audits the first', async () => {
    const who = await world.signIn('clinician-3')
    await world.grant('clinician-3', 'a', 'IN_SITU_PROCESSING')
    const times = async () => {
      await world.hub.writeViews()
      return (await world.hub.database.sql<{ times: number }>("select times from viewed v join session s on s.hash = v.session where s.person = $1", [world.personOf('clinician-3')])).map((row) => row.times)
    }
    for (let view = 0; view < 3; view++) expect(await status(`/series/${images}/metadata`, who)).toBe(200)
    expect(await times()).toEqual([3])
    expect(await times()).toEqual([3])
    expect(await status('/series', who)).toBe(200)
    expect(await times()).toEqual([4])
    expect(await world.hub.database.sql("select 1 from audit where action = 'view' and person = $1", [world.personOf('clinician-3')])).toHaveLength(1)
  })
  it('stands in the audit each time an image, a series or a study leaves whole', async () => {
    await world.grant('clinician', 'a', 'DOWNLOAD')
    const exported = async () => (await world.hub.database.sql<{ subject: { series?: string; instance?: string } }>("select subject from audit where action = 'export' order by sequence")).map(({ subject }) => [subject.series, subject.instance])
    for (const path of ['', `/series/${images}`, `/series/${images}/instances/${image}`, `/series/${images}/instances/${image}`]) expect([path, await status(path, author)]).toEqual([path, 200])
    expect(await status(`/series/${uidOf('own series')}/instances/${uidOf('first')}`, author)).toBe(200)
    expect(await exported()).toEqual([[undefined, undefined], [images, undefined], [images, image], [images, image]])
  })
})

describe('objects of many others in a study', () => {
  const hide = (from: number, to: number) => world.hub.database.sql(`insert into submission (instance, dataset, study, series, sop_class, author, sha256, size, state, next_at, received, updated)
    select '2.25.9' || n, 'a', $1, '2.25.8' || n, '1.2', $2, 'x', 1, 'verified', now(), now(), now() from generate_series($3::int, $4::int) n`, [study, world.personOf('evaluator'), from, to])
  it('are left out by the hundred, on every route of the study', async () => {
    await world.grant('clinician', 'a', 'DOWNLOAD')
    await hide(1, 1_900)
    for (const path of ['', '/series', '/metadata', `/series/${images}/metadata`, `/series/${images}/instances/${image}/frames/1`]) expect([path, await status(path, author)]).toEqual([path, 200])
  })
  it('that are more than can be named leave series and images there', async () => {
    await world.grant('clinician', 'a', 'DOWNLOAD')
    await hide(1_901, 2_100)
    expect(await status('/metadata', author)).toBe(503)
    for (const path of [`/series/${images}`, `/series/${images}/metadata`, `/series/${images}/instances`]) expect([path, await status(path, author)]).toEqual([path, 200])
  })
})
