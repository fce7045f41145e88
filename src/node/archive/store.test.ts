import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodePart10 } from '../../dicom/file/write.ts'
import { syntheticCt, syntheticCtDatasets } from '../../testing/dicom.ts'
import { openStore } from './store.ts'

let folder: string
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'store-')) })
afterEach(() => rm(folder, { recursive: true }))

describe('the store', () => {
  it('keeps what it acknowledged and finds it again', async () => {
    const files = syntheticCt()
    const store = await openStore(folder)
    for (const file of files) expect((await store.put(file)).kind).toBe('stored')
    const again = await openStore(folder)
    expect(again.studies().size).toBe(1)
    const [instance] = [...(await again.study([...again.studies().keys()][0] ?? '') ?? []).values()][0]?.values() ?? []
    expect(instance && new Uint8Array(await again.read(instance))).toEqual(files[0])
  })

  it('takes the same bytes twice and refuses others under the same UID', async () => {
    const [dataset = {}] = syntheticCtDatasets()
    const store = await openStore(folder)
    await store.put(encodePart10(dataset))
    expect((await store.put(encodePart10(dataset))).kind).toBe('same')
    expect((await store.put(encodePart10({ ...dataset, StudyDescription: 'other' }))).kind).toBe('conflict')
    expect(store.revision()).toBe(1)
  })

  it('stores one of many concurrent writers of one UID', async () => {
    const [dataset = {}] = syntheticCtDatasets()
    const store = await openStore(folder)
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, n) => store.put(encodePart10({ ...dataset, StudyDescription: String(n) }))))
    expect(outcomes.filter(({ kind }) => kind === 'stored')).toHaveLength(1)
    expect(outcomes.filter(({ kind }) => kind === 'conflict')).toHaveLength(7)
  })

  it.each(['../../escape', '/etc/passwd', '1.2.3/../4', '1..2', '', 'a'.repeat(64)])('never makes a path of the UID %j', async (uid) => {
    const [dataset = {}] = syntheticCtDatasets()
    const store = await openStore(folder)
    const outcome = await store.put(encodePart10({ ...dataset, SOPInstanceUID: uid || ' ' }))
    expect(outcome.kind).toBe('refused')
    expect(await readdir(folder)).toEqual(['incoming', 'objects'])
    expect(await readdir(join(folder, 'objects'))).toEqual([])
  })

  it('forgets what was under way and lists a damaged file by name', async () => {
    await openStore(folder)
    await writeFile(join(folder, 'incoming', '7'), 'half')
    await writeFile(join(folder, 'objects', 'broken'), 'not DICOM')
    const store = await openStore(folder)
    expect(await readdir(join(folder, 'incoming'))).toEqual([])
    expect(store.damaged()).toEqual([{ file: 'broken', reason: 'not a DICOM file: the letters DICM are missing after the preamble' }])
  })
})
