import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseMultipart } from '../dicom/web/multipart.ts'
import { syntheticCt } from '../testing/dicom.ts'
import { startDatabase } from '../testing/database.ts'
import { Refusal } from './problem.ts'
import { createSender } from './sender.ts'
import type { Database } from './sql/database.ts'
import type { NodeClient } from './upstreamNode.ts'

let database: Database
let stop: () => Promise<void>
beforeAll(async () => ({ database, stop } = await startDatabase()))
afterAll(() => stop())

const [object = new Uint8Array(), altered = new Uint8Array()] = [...syntheticCt({ slices: 1 }), ...syntheticCt({ slices: 1, stored: () => 7 })]
const day = 86_400_000
let now = 0
const clock = () => new Date(now)

beforeEach(async () => {
  now = Date.UTC(2026, 0, 5)
  for (const table of ['submission', 'study', 'person']) await database.sql(`delete from ${table}`)
  await database.sql("insert into person (id, iss, sub, name) values ('p', 'i', 's', 'P')")
  for (const node of ['one', 'two']) await database.sql("insert into study values ($1, '1.2', $1, 'P', '', null, '', '', '{}')", [node])
})
const queue = (instance: string, node = 'one') => database.sql(`insert into submission (instance, dataset, study, series, sop_class, author, sha256, bytes, size, state, next_at, received, updated)
  values ($1, $2, '1.2', '1.2.3', '1.2', 'p', 'x', $3, 1, 'queued', $4, $4, $4)`, [instance, node, object, clock()])
const row = async (instance: string) => {
  const [found] = await database.sql<{ state: string; reason: string | null; attempts: number; bytes: Uint8Array | null }>('select state, reason, attempts, bytes from submission where instance = $1', [instance])
  return found
}

type Say = { status: number; body?: Uint8Array | string }
/** Hospitals of one's own making: what they answer to a store and to the reading back. */
const hospitals = (answer: (node: string, method: string) => Say | Promise<Say>) => {
  const asked: string[] = []
  const nodes: Pick<NodeClient, 'ask' | 'nodes' | 'admits'> = {
    admits: () => true,
    nodes: ['one', 'two'].map((id) => ({ id, name: id, country: 'ES', city: '', tier: '3', url: '' })),
    ask: async (node, _path, { method = 'GET', body, headers = {} }) => {
      asked.push(`${node} ${method}`)
      if (body) expect(parseMultipart(body, headers['content-type'] ?? '').map((part) => Buffer.from(part.body).equals(object))).toEqual([true])
      const { status, body: said = '' } = await answer(node, method)
      return { status, headers: {}, body: Readable.from([Buffer.from(said)]) as Awaited<ReturnType<NodeClient['ask']>>['body'] }
    },
  }
  return { nodes, asked }
}
const good = (_: string, method: string): Say => (method === 'POST' ? { status: 200, body: '{}' } : { status: 200, body: object })
const senderOver = (answer: Parameters<typeof hospitals>[0], onStored: (dataset: string) => Promise<void> = () => Promise.resolve()) => {
  const { nodes, asked } = hospitals(answer)
  return { asked, sender: createSender({ database, nodes, clock, random: () => 1, onStored, onError: (error) => { throw error } }) }
}

describe('the sender', () => {
  it('calls an object verified when the hospital gave it back and its data set is in the index', async () => {
    await queue('1.1')
    const told: (string | undefined)[] = []
    const { sender, asked } = senderOver(good, async (dataset) => { told.push(dataset, (await row('1.1'))?.state) })
    await sender.wake()
    expect(await row('1.1')).toMatchObject({ state: 'verified', attempts: 1 })
    expect([told, asked]).toEqual([['one', 'stored'], ['one POST', 'one GET']])
  })
  it('waits for no hospital because of another', async () => {
    await queue('1.1', 'one')
    await queue('1.2', 'two')
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => { release = resolve })
    const told: string[] = []
    let reached = (): void => undefined
    const other = new Promise<void>((resolve) => { reached = resolve })
    const { sender } = senderOver(async (node, method) => {
      if (node === 'one') await held
      return good(node, method)
    }, (dataset) => {
      told.push(dataset)
      reached()
      return Promise.resolve()
    })
    const all = sender.wake()
    await other
    expect(told).toEqual(['two'])
    release()
    await all
    expect([(await row('1.1'))?.state, (await row('1.2'))?.state]).toEqual(['verified', 'verified'])
  })
  it.each([[503, 'the hospital answered 503'], [429, 'the hospital answered 429'], [0, 'it is away']])('asks again where the hospital answered %d, after a pause', async (status, reason) => {
    await queue('1.1')
    let away = true
    const { sender, asked } = senderOver((node, method) => {
      if (away && status === 0) throw new Refusal('upstream', 'it is away')
      return away ? { status } : good(node, method)
    })
    await sender.wake()
    expect(await row('1.1')).toMatchObject({ state: 'queued', reason })
    away = false
    await sender.wake()
    expect(asked).toHaveLength(1)
    now += 2_000
    await sender.wake()
    expect(await row('1.1')).toMatchObject({ state: 'verified', reason: null, attempts: 2 })
  })
  it('asks again where the hospital has no room, which says nothing of the object', async () => {
    await queue('1.1')
    let full = true
    const said = JSON.stringify({ '00081198': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [0xa700] }, '00000902': { vr: 'LO', Value: ['the disk is full'] } }] } })
    const { sender } = senderOver((node, method) => (full ? { status: 409, body: said } : good(node, method)))
    await sender.wake()
    expect(await row('1.1')).toMatchObject({ state: 'queued', reason: 'the disk is full' })
    full = false
    now += 2_000
    await sender.wake()
    expect((await row('1.1'))?.state).toBe('verified')
  })
  it('does not wait for the day to which a clock had jumped when it was set right', async () => {
    await queue('1.1')
    let away = true
    const { sender } = senderOver((node, method) => (away ? { status: 503 } : good(node, method)))
    now += 6 * day
    await sender.wake()
    expect((await row('1.1'))?.state).toBe('queued')
    away = false
    now -= 6 * day
    await sender.wake()
    expect((await row('1.1'))?.state).toBe('verified')
  })
  it('believes other values only when two requests brought the same', async () => {
    await queue('1.1')
    const readings = [altered, object, altered, altered]
    const { sender } = senderOver((node, method) => (method === 'POST' ? good(node, method) : { status: 200, body: readings.shift() ?? object }))
    await sender.wake()
    expect(await row('1.1')).toMatchObject({ state: 'queued', reason: 'two readings of it brought different bytes' })
    now += 2_000
    await sender.wake()
    expect([(await row('1.1'))?.state, readings.length]).toEqual(['differs', 0])
  })
  it('says that the hospital holds other values, and keeps the bytes', async () => {
    await queue('1.1')
    await senderOver((node, method) => (method === 'POST' ? good(node, method) : { status: 200, body: altered })).sender.wake()
    const found = await row('1.1')
    expect([found?.state, found?.reason, found?.bytes?.byteLength]).toEqual(['differs', 'the hospital holds other values in 7FE00010', object.byteLength])
  })
  it('waits seven days for a hospital that is away, and keeps the bytes for their author', async () => {
    await queue('1.1')
    const { sender } = senderOver(() => { throw new Refusal('upstream', 'it is away') })
    now += 7 * day
    await sender.wake()
    expect((await row('1.1'))?.state).toBe('queued')
    now += 400_000
    await sender.wake()
    now += 30 * day
    await sender.forget()
    const found = await row('1.1')
    expect([found?.state, found?.reason, found?.bytes?.byteLength]).toEqual(['rejected', 'the hospital was away for seven days', object.byteLength])
  })
  it('does again what was cut short between stored and verified', async () => {
    await queue('1.1')
    let cut = (): void => undefined
    const reading = new Promise<void>((resolve) => { cut = resolve })
    // The first sender is never heard of again after the hospital had the object.
    void senderOver((node, method) => {
      if (method === 'POST') return good(node, method)
      cut()
      return new Promise<Say>(() => undefined)
    }).sender.wake()
    await reading
    expect((await row('1.1'))?.state).toBe('stored')
    const next = senderOver(good)
    await next.sender.wake()
    expect(next.asked).toEqual([])
    now += 61_000
    await next.sender.wake()
    expect([(await row('1.1'))?.state, next.asked]).toEqual(['verified', ['one POST', 'one GET']])
  })
  it('forgets bytes a day after they were verified', async () => {
    await queue('1.1')
    const { sender } = senderOver(good)
    await sender.wake()
    now += day - 1
    await sender.forget()
    expect((await row('1.1'))?.bytes?.byteLength).toBe(object.byteLength)
    now += 2
    await sender.forget()
    expect((await row('1.1'))?.bytes).toBeNull()
  })
  it('says what went wrong in the database, and goes on at the next call', async () => {
    await queue('1.1')
    const said: unknown[] = []
    let broken = true
    const { nodes } = hospitals(good)
    const sender = createSender({ database: { ...database, transaction: (work) => (broken ? Promise.reject(new Error('the database went away')) : database.transaction(work)) }, nodes, clock, random: () => 1, onStored: () => Promise.resolve(), onError: (error) => said.push(error) })
    await sender.wake()
    expect(said.map(String)).toEqual(['Error: the database went away', 'Error: the database went away'])
    broken = false
    await sender.wake()
    expect((await row('1.1'))?.state).toBe('verified')
  })
})
