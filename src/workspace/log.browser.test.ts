import { deleteDB, openDB, type IDBPDatabase } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { logVersion, openLog } from './log.ts'
import { openLogDatabase } from './logDatabase.ts'
import { importDraftKey } from './seal.ts'

const owner = { user: 'u1', dataset: 'd1', study: '1.2.3' }
const keyOf = (fill: number) => importDraftKey(btoa(String.fromCharCode(...Array.from({ length: 32 }, () => fill))))
let database: Awaited<ReturnType<typeof openLogDatabase>>
let untyped: IDBPDatabase
let name: string
const clock = () => new Date('2026-01-05T12:00:00Z')
const about = { subject: 'TEST-1', date: '20260105' }
const keysOf = (fill = 7) => ({ newest: 1, keyOf: () => keyOf(fill) })
const open = (more: Partial<typeof owner> = {}, fill = 7) => openLog({ database, keys: keysOf(fill), owner: { ...owner, ...more }, about, clock })

beforeEach(async () => {
  name = `log-${crypto.randomUUID()}`
  database = await openLogDatabase(name)
  untyped = await openDB(name)
})
afterEach(async () => {
  database.close()
  untyped.close()
  await deleteDB(name)
})

/** All records as they lie in the store, to be tampered with. */
const raw = () => untyped

describe('the operation log', () => {
  it('gives back what was appended, in order, also to a page that opens it anew', async () => {
    const log = await open()
    await Promise.all([log.append({ n: 1 }), log.append({ n: 2 }), log.append({ n: 3 })])
    expect(await (await open()).read()).toEqual({ entries: [{ n: 1 }, { n: 2 }, { n: 3 }] })
  })
  it('keeps people, data sets and studies apart', async () => {
    await (await open()).append({ n: 1 })
    for (const other of [{ user: 'u2' }, { dataset: 'd2' }, { study: '1.2.4' }]) expect((await (await open(other)).read()).entries).toEqual([])
  })
  it('says nothing in the clear', async () => {
    await (await open()).append({ secret: 'Canary^Name' })
    const [record] = await raw().getAll('records') as { sealed: ArrayBuffer; document: string }[]
    expect(new TextDecoder('latin1').decode(record?.sealed)).not.toContain('Canary')
    expect(JSON.stringify(record)).not.toContain('1.2.3')
  })
  it('is closed to another key', async () => {
    await (await open()).append({ n: 1 })
    expect(await (await open({}, 8)).read()).toEqual({ entries: [], fault: { kind: 'broken', sequence: 1 } })
  })
  it('asks for the disk, not for a promise of it', async () => {
    const log = await open()
    await log.read()
    const asked: (string | undefined)[] = []
    const original = IDBDatabase.prototype.transaction
    IDBDatabase.prototype.transaction = function (this: IDBDatabase, stores, mode, options) {
      asked.push(options?.durability)
      return original.call(this, stores, mode, options)
    }
    await log.wipe(await log.append({ n: 1 }))
    IDBDatabase.prototype.transaction = original
    expect(asked.filter((durability) => durability !== undefined)).toEqual(['strict', 'strict'])
  })
  it.each([
    ['swapped', async () => {
      const [first, second] = await raw().getAll('records')
      await raw().put('records', { ...first, sealed: second.sealed, nonce: second.nonce })
    }, 1],
    ['replayed', async () => {
      const [first, second] = await raw().getAll('records')
      await raw().put('records', { ...second, sealed: first.sealed, nonce: first.nonce, previous: first.previous })
    }, 2],
    ['taken out of the middle', async () => {
      const records = await raw().getAll('records')
      await raw().delete('records', [records[1].document, 2])
    }, 2],
    ['cut off at the end', async () => {
      const records = await raw().getAll('records')
      await raw().delete('records', [records[2].document, 3])
    }, 3],
  ])('notices a record that was %s, and where', async (_, tamper, sequence) => {
    const log = await open()
    for (const n of [1, 2, 3]) await log.append({ n })
    await tamper()
    const { entries, fault } = await (await open()).read()
    expect(fault?.sequence).toBe(sequence)
    expect(entries).toHaveLength(sequence - 1)
  })
  it('takes the records of two tabs in turn, and is not wiped by one that has not read the other\'s', async () => {
    const [one, two] = [await open(), await open()]
    await Promise.all([one.read(), two.read()])
    await Promise.all([one, two, one, two].map((log, n) => log.append({ n })))
    const { entries, fault } = await (await open()).read()
    expect([entries.length, new Set(entries.map((entry) => (entry as { n: number }).n)).size, fault]).toEqual([4, 4, undefined])
    for (const log of [one, two]) expect(await log.wipe(log.newest())).toBe(false)
    const three = await open()
    await three.read()
    expect(await three.wipe(three.newest())).toBe(true)
    await one.append({ n: 4 })
    expect(await (await open()).read()).toEqual({ entries: [{ n: 4 }] })
  })
  it('opens records of an older key with that key', async () => {
    const keys = [keyOf(7), keyOf(9)]
    const at = (keyVersion: number) => openLog({ database, keys: { newest: keyVersion, keyOf: (version) => keys[version - 1] ?? keyOf(0) }, owner, about, clock })
    await (await at(1)).append({ n: 1 })
    await (await at(2)).append({ n: 2 })
    expect(await (await at(2)).read()).toEqual({ entries: [{ n: 1 }, { n: 2 }] })
  })
  it('begins anew with what could be read, and throws nothing away', async () => {
    const log = await open()
    for (const n of [1, 2, 3]) await log.append({ n })
    const records = await raw().getAll('records')
    await raw().put('records', { ...records[1], sealed: records[0].sealed })
    const again = await open()
    const { entries } = await again.read()
    await again.setAside(entries, { kind: 'broken', sequence: 2 })
    await again.append({ n: 4 })
    expect(await (await open()).read()).toEqual({ entries: [{ n: 1 }, { n: 4 }] })
    const all = await raw().getAll('records') as { document: string }[]
    expect(all.filter(({ document }) => document.includes('/'))).toHaveLength(3)
  })
  it('leaves a log of a newer program alone', async () => {
    await (await open()).append({ n: 1 })
    const [record] = await raw().getAll('records')
    await raw().put('records', { ...record, version: logVersion + 1 })
    const log = await open()
    expect(await log.read()).toEqual({ entries: [], fault: { kind: 'newer', sequence: 1 } })
    await expect(log.append({ n: 2 })).rejects.toThrow('newer version')
    expect(await raw().count('records')).toBe(1)
  })
  it('is empty after it was wiped and can be written again', async () => {
    const log = await open()
    expect(await log.wipe(await log.append({ n: 1 }))).toBe(true)
    expect(log.newest()).toBe(0)
    await log.append({ n: 2 })
    expect(await (await open()).read()).toEqual({ entries: [{ n: 2 }] })
  })
  it('keeps what is drawn while it is wiped, whichever comes first', async () => {
    const log = await open()
    const first = await log.append({ n: 1 })
    const [wiped] = await Promise.all([log.wipe(first), log.append({ n: 2 })])
    expect([wiped, await (await open()).read()]).toEqual([true, { entries: [{ n: 2 }] }])
    const newest = log.newest()
    const [, refused] = await Promise.all([log.append({ n: 3 }), log.wipe(newest)])
    expect([refused, await (await open()).read()]).toEqual([false, { entries: [{ n: 2 }, { n: 3 }] }])
  })
})
