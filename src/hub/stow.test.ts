import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeReport } from '../dicom/sr/encode.ts'
import { encodeMultipart } from '../dicom/web/multipart.ts'
import { startHubInProcess, type HubInProcess } from '../testing/hubInProcess.ts'
import { syntheticCt, uidOf } from '../testing/dicom.ts'
import { markOf, onInstance, reportOf, sourceOf } from '../testing/marks.ts'

let world: HubInProcess
let cookie: string
const study = uidOf('A-1/study')
const path = `/api/datasets/a/dicom-web/studies/${study}`
beforeAll(async () => {
  world = await startHubInProcess()
  await world.grant('clinician', 'a', 'IN_SITU_PROCESSING')
  cookie = await world.signIn('clinician')
})
afterAll(() => world.stop())

const source = await sourceOf({ patientId: 'A-1' })
const reportNamed = (name: string, time = '120000') => encodeReport(reportOf(source, [markOf('length', onInstance(source, [[1.5, 2.5], [10.5, 2.5]]))], { sopInstanceUid: uidOf(name), seriesInstanceUid: uidOf('stow series'), time }))
const store = (parts: readonly Uint8Array[], { to = path, who = cookie, type }: { to?: string; who?: string; type?: string } = {}) => {
  const { body, contentType } = encodeMultipart(parts.map((part) => ({ type: 'application/dicom', body: part })), 'application/dicom')
  return world.ask(to, { method: 'POST', cookie: who, body, headers: { 'content-type': type ?? contentType } })
}
type Said = Record<string, { Value?: Record<string, { Value?: unknown[] }>[] }>
const said = async (answer: Response) => {
  const body = await answer.json() as Said
  return { stored: body['00081199']?.Value?.map((item) => item['00081155']?.Value?.[0]) ?? [], failed: body['00081198']?.Value?.map((item) => [item['00081197']?.Value?.[0], item['00000902']?.Value?.[0]]) ?? [] }
}

describe('STOW-RS at the hub', () => {
  it('stores a report at the hospital, and says so when it was read back; the same bytes again are the same', async () => {
    const answer = await store([reportNamed('one')])
    expect(answer.status).toBe(200)
    expect(await said(answer)).toEqual({ stored: [uidOf('one')], failed: [] })
    expect((await store([reportNamed('one')])).status).toBe(200)
    expect((await world.ask(`/api/submissions/${uidOf('one')}`, { cookie })).status).toBe(200)
  })
  it('refuses other bytes under a UID it has, an image, what is not DICOM, each by its own reason beside what is good', async () => {
    const [image = new Uint8Array()] = syntheticCt({ patientId: 'A-1' })
    const answer = await store([reportNamed('two'), reportNamed('one', '130000'), image, new Uint8Array(200)])
    expect(answer.status).toBe(202)
    const { stored, failed } = await said(answer)
    expect(stored).toEqual([uidOf('two')])
    expect(failed).toEqual([
      [0x0111, 'another object was submitted under this UID'], [0xc000, 'only reports, segmentations and the like can be written'], [0xc000, expect.stringContaining('not a DICOM file')],
    ])
    expect((await store([image])).status).toBe(409)
  })
  it.each([
    ['no multipart', { type: 'application/dicom' }, 400], ['no boundary', { type: 'multipart/related; type="application/dicom"' }, 400], ['another boundary', { type: 'multipart/related; boundary=other' }, 400],
    ['a study of another data set', { to: `/api/datasets/a/dicom-web/studies/${uidOf('B-1/study')}` }, 404], ['a data set that is not granted', { to: `/api/datasets/b/dicom-web/studies/${uidOf('B-1/study')}` }, 404],
  ])('%s is refused', async (_, change, status) => expect((await store([reportNamed('three')], change)).status).toBe(status))
  it('has no place for more than 64 MB at once, and says so', async () => {
    const answer = await world.ask(path, { method: 'POST', cookie, body: new Uint8Array(64 * 2 ** 20 + 1), headers: { 'content-type': 'multipart/related; boundary=b' } })
    expect(answer.status).toBe(413)
    expect(await answer.text()).toContain('64 MB')
  })
  it('is not for a grant that does not let its holder write', async () => {
    await world.hub.database.sql("update data_grant set annotate = false where dataset = 'a'")
    expect((await store([reportNamed('four')])).status).toBe(403)
    await world.hub.database.sql("update data_grant set annotate = true where dataset = 'a'")
  })
})
