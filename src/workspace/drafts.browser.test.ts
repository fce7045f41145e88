import { deleteDB, openDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiFailure } from '../api/index.ts'
import type { SegmentationContent } from '../dicom/seg/encode.ts'
import { decodeReport } from '../dicom/sr/decode.ts'
import type { Place } from '../domain/measurement/types.ts'
import { createHospital, device, place, plane, source } from '../testing/hospitalInMemory.ts'
import { createWorkspace, type Workspace } from './createWorkspace.ts'
import { createDrafts, type Drafts } from './drafts.ts'
import { logVersion } from './log.ts'
import { openLogDatabase } from './logDatabase.ts'
import type { Outside } from './port.ts'
import { countAll, type Draft } from './waits.ts'
import versionOne from './fixtures/log-database-1.json' with { type: 'json' }

let name: string
let database: ReturnType<typeof openLogDatabase>
const open: { dispose: () => void }[] = []
beforeEach(() => {
  name = `drafts-${crypto.randomUUID()}`
  database = openLogDatabase(name)
})
afterEach(async () => {
  for (const one of open.splice(0)) one.dispose()
  ;(await database).close()
  await deleteDB(name)
})
const studyOf = async (outside: Outside, study = '1.2.840.1', dataset = 'd'): Promise<Workspace> => {
  const workspace = createWorkspace({ outside, database, dataset, study, source: { ...source, '0020000D': { vr: 'UI', Value: [study] } }, observer: 'Rossi^Anna', device })
  open.push(workspace)
  await workspace.opened
  return workspace
}
const draw = (workspace: Workspace, x = 180.5, uid?: string) => workspace.finish(uid, 'length', { ...place, points: [[100.5, 200.5], [x, 260.5]] } as Place, plane)
const draftsOf = (outside: Outside): Drafts => {
  const drafts = createDrafts({ outside, database })
  open.push(drafts)
  return drafts
}
const listOf = async (drafts: Drafts): Promise<readonly Draft[]> => {
  await expect.poll(() => drafts.store.getState().drafts).toBeDefined()
  return drafts.store.getState().drafts ?? []
}
const as = (outside: Outside, user: string): Outside => ({ ...outside, draftKey: async () => ({ version: 1, key: btoa(user.padEnd(32, '.')), user }) })
const refuses = () => { throw new ApiFailure('refused', 'forbidden', 'the grant has ended', 403) }
const region = (): SegmentationContent & { name: string } => {
  const concept = { value: '39607008', scheme: 'SCT', meaning: 'Lung' }
  return {
    name: 'Lung fields', labelMap: { columns: 4, rows: 4, slices: 1, data: Uint8Array.from({ length: 16 }, (_, at) => at % 2) },
    frames: [{ ref: { studyInstanceUid: '1.2.840.1', seriesInstanceUid: '1.2.840.2', sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '1.2.840.3', frameNumber: 1 }, plane: { ...plane, rows: 4, columns: 4 }, frameOfReferenceUid: '1.2.840.9' }],
    segments: [{ number: 1, label: 'Lung', category: concept, type: concept, colour: [92, 178, 201], trackingId: 'Lung', trackingUid: '2.25.7' }], algorithm: { type: 'AUTOMATIC', name: 'Lung fields', version: '1', modelSha256: ''.padStart(64, '0') },
  }
}

describe('the list of what is not at its hospital', () => {
  it('names each study, counts what waits in it, and follows while it is drawn on', async () => {
    const { outside } = createHospital()
    const drafts = draftsOf(outside)
    expect(await listOf(drafts)).toEqual([])
    const [one, two] = [await studyOf(outside), await studyOf(outside, '1.2.840.7', 'e')]
    await draw(one)
    await draw(one, 150.5)
    await draw(two)
    await expect.poll(() => countAll(drafts.store.getState().drafts ?? [])).toBe(3)
    expect((await listOf(drafts)).map(({ about, waits }) => [about?.dataset, about?.study, about?.subject, about?.date, waits?.marks]).sort()).toEqual([['d', '1.2.840.1', 'TEST-1', '20260105', 2], ['e', '1.2.840.7', 'TEST-1', '20260105', 1]])
    const [first] = Object.values(one.store.getState().document.marks)
    await one.remove(first?.trackingUid ?? '')
    await expect.poll(() => countAll(drafts.store.getState().drafts ?? [])).toBe(2)
    await two.save()
    await expect.poll(() => drafts.store.getState().drafts?.map(({ about, waits }) => [about?.dataset, waits?.marks])).toEqual([['d', 1]])
  })
  it('says how far a report came and why not farther, also to a page that is opened later', async () => {
    const hospital = createHospital({ before: refuses })
    const workspace = await studyOf(hospital.outside)
    await draw(workspace)
    await workspace.save()
    const [draft] = await listOf(draftsOf(hospital.outside))
    expect(draft?.waits).toEqual({ marks: 0, paintings: 0, report: { sopInstanceUid: hospital.sent[0]?.sopInstanceUid, state: 'failed', detail: 'the grant has ended', marks: 1 }, segmentations: [] })
  })
  it('holds nothing of another person of the same browser, and leaves it where it is', async () => {
    const { outside } = createHospital()
    await draw(await studyOf(as(outside, 'other')))
    const drafts = draftsOf(as(outside, 'me'))
    expect(await listOf(drafts)).toEqual([])
    await drafts.sync()
    const raw = await openDB(name)
    expect([await raw.count('records'), await raw.count('studies')]).toEqual([1, 1])
    raw.close()
    expect((await listOf(draftsOf(as(outside, 'other')))).map(({ waits }) => waits?.marks)).toEqual([1])
  })
  it('says nothing of person or study in the clear', async () => {
    await draw(await studyOf(as(createHospital().outside, 'person-1')))
    const raw = await openDB(name)
    const said = JSON.stringify((await raw.getAll('studies')).map((one) => ({ ...one, nonce: [], sealed: new TextDecoder('latin1').decode(one.sealed) })))
    raw.close()
    for (const word of ['TEST-1', '1.2.840.1', 'person-1', '20260105']) expect(said).not.toContain(word)
  })
  it('names a log that is broken or of a newer program, with what can be read of it', async () => {
    const { outside } = createHospital()
    for (const study of ['1.1', '1.2', '1.3']) await draw(await studyOf(outside, study))
    const raw = await openDB(name)
    const [first, second] = await raw.getAll('records')
    await raw.put('records', { ...first, sealed: second.sealed })
    await raw.put('records', { ...second, version: logVersion + 1 })
    const third = (await raw.getAll('studies')).find(({ document }) => ![first.document, second.document].includes(document))
    await raw.put('studies', { ...third, version: 9 })
    raw.close()
    const list = await listOf(draftsOf(outside))
    expect(new Set(list.map(({ fault, about, waits }) => `${fault?.kind} ${about ? 'named' : ''} ${waits?.marks}`))).toEqual(new Set(['broken named 0', 'newer named 0', 'newer  undefined']))
    // Opened, the broken one is set aside, and still named.
    for (const study of ['1.1', '1.2', '1.3']) (await studyOf(outside, study)).dispose()
    expect((await listOf(draftsOf(outside))).filter(({ about }) => about?.aside?.kind === 'broken')).toHaveLength(1)
  })
  it('is written with the records themselves: no log without its entry, no entry without its log', async () => {
    const hospital = createHospital()
    const workspace = await studyOf(hospital.outside)
    const original = IDBDatabase.prototype.transaction
    const asked: string[] = []
    IDBDatabase.prototype.transaction = function (this: IDBDatabase, stores, mode, options) {
      if (mode === 'readwrite') asked.push(`${[...stores].join(' ')} ${options?.durability}`)
      return original.call(this, stores, mode, options)
    }
    await draw(workspace)
    IDBDatabase.prototype.transaction = original
    expect(asked).toEqual(['records heads studies strict'])
    await workspace.save()
    const raw = await openDB(name)
    expect([await raw.count('records'), await raw.count('heads'), await raw.count('studies')]).toEqual([0, 0, 0])
    raw.close()
  })
})

describe('a log database of version 1', () => {
  const bytes = (text: string) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))
  it('opens with all its marks, and is listed from then on', async () => {
    const old = await openDB(`${name}-old`, 1, { upgrade: (made) => {
      made.createObjectStore('records', { keyPath: ['document', 'sequence'] }).createIndex('byDocument', 'document')
      made.createObjectStore('heads', { keyPath: 'document' })
    } })
    for (const record of versionOne.records) await old.put('records', { ...record, nonce: bytes(record.nonce), sealed: bytes(record.sealed).buffer })
    for (const head of versionOne.heads) await old.put('heads', head)
    old.close()
    ;(await database).close()
    await deleteDB(name)
    name = `${name}-old`
    database = openLogDatabase(name)
    const outside: Outside = { ...createHospital().outside, newUid: () => '2.25.77', draftKey: async () => ({ version: versionOne.keyVersion, key: versionOne.key, user: versionOne.owner.user }) }
    const drafts = draftsOf(outside)
    expect(await listOf(drafts)).toEqual([])
    const workspace = await studyOf(outside, versionOne.owner.study, versionOne.owner.dataset)
    expect([workspace.store.getState().fault, Object.values(workspace.store.getState().document.marks).map(({ trackingId, kind, label }) => [trackingId, kind, label])]).toEqual([undefined, [['M1', 'length', ''], ['M2', 'arrow', 'here']]])
    await drafts.retry()
    expect(drafts.store.getState().drafts?.map(({ about, waits }) => [about?.subject, waits?.marks])).toEqual([['TEST-1', 2]])
    await draw(workspace)
    await expect.poll(() => countAll(drafts.store.getState().drafts ?? [])).toBe(3)
  })
  it('of a newer program is left alone, with a word', async () => {
    ;(await database).close()
    ;(await openDB(name, 99)).close()
    await expect(openLogDatabase(name)).rejects.toThrow('newer version')
    await deleteDB(name)
    database = openLogDatabase(name)
  })
})

describe('studies that are not open', () => {
  it('are sent after sign-in as they were finished; what was never saved stays a draft', async () => {
    const hospital = createHospital({ before: (attempt) => { if (attempt <= 2) refuses() } })
    const [one, two] = [await studyOf(hospital.outside), await studyOf(hospital.outside, '1.2.840.7', 'e')]
    await draw(one)
    await one.save()
    await one.saveSegmentation(region())
    await expect.poll(() => one.store.getState().segmentations[0]?.state).toBe('failed')
    const sent = [...hospital.sent]
    await draw(two)
    for (const workspace of [one, two]) workspace.dispose()
    const drafts = draftsOf(hospital.outside)
    await expect.poll(() => drafts.store.getState().drafts?.map(({ about, waits }) => [about?.dataset, waits?.marks])).toEqual([['e', 1]])
    expect(new Set(hospital.sent.map(({ sha256 }) => sha256))).toEqual(new Set(sent.map(({ sha256 }) => sha256)))
    const [report] = await Promise.all([...hospital.instances.values()].map(({ bytes }) => decodeReport(bytes).catch(() => undefined)).filter(Boolean))
    expect([hospital.instances.size, report?.measurements.length ?? 1]).toEqual([2, 1])
  })
  it('are left to the tab that has them open, and taken over when it closes', async () => {
    const hospital = createHospital({ before: (attempt) => { if (attempt === 1) refuses() } })
    const workspace = await studyOf(hospital.outside)
    await draw(workspace)
    await workspace.save()
    const drafts = draftsOf(hospital.outside)
    await listOf(drafts)
    expect([hospital.sent.length, drafts.store.getState().drafts?.[0]?.waits?.report?.state]).toEqual([1, 'failed'])
    workspace.dispose()
    await expect.poll(() => drafts.store.getState().drafts).toEqual([])
    expect(hospital.sent.length).toBe(2)
  })
  it('are waited for by whoever signs out, with what is left, or why it cannot be', async () => {
    let away = true
    const hospital = createHospital({ before: () => { if (away) refuses() } })
    for (const study of ['1.1', '1.2']) {
      const workspace = await studyOf(hospital.outside, study)
      await draw(workspace)
      await workspace.save()
      workspace.dispose()
    }
    // Open in another tab, this one is sent from there.
    const open = await studyOf(hospital.outside, '1.3')
    await draw(open)
    await open.save()
    const drafts = draftsOf(hospital.outside)
    await listOf(drafts)
    const never = new AbortController().signal
    expect(await drafts.syncAndWait(never, () => undefined)).toEqual({ kind: 'failed', detail: 'the grant has ended' })
    away = false
    const left: string[] = []
    expect(await drafts.syncAndWait(never, (now, all) => left.push(`${now} of ${all}`))).toEqual({ kind: 'arrived' })
    expect([left[0], left.at(-1)]).toEqual(['3 of 3', '0 of 3'])
  })
  it('are sent by one tab, and by the next when that one closes', async () => {
    const hospital = createHospital({ before: (attempt) => { if (attempt === 1) refuses() } })
    const workspace = await studyOf(hospital.outside)
    await draw(workspace)
    await workspace.save()
    workspace.dispose()
    let began = 0
    const slow: Outside = { ...hospital.outside, submit: () => { began += 1; return new Promise(() => undefined) } }
    const first = draftsOf(slow)
    await expect.poll(() => began).toBe(1)
    const second = draftsOf(hospital.outside)
    await listOf(second)
    await second.sync()
    expect([began, hospital.sent.length]).toEqual([1, 1])
    first.dispose()
    await expect.poll(() => second.store.getState().drafts).toEqual([])
    expect([began, hospital.sent.length]).toEqual([1, 2])
  })
})
