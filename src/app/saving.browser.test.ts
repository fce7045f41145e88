import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { createApi } from '../api/index.ts'
import type { DicomJson } from '../dicom/file/json.ts'
import { createWadoClient } from '../dicom/web/wadoClient.ts'
import type { Measurement, Place } from '../domain/measurement/types.ts'
import type { Orders } from '../testing/faultyHub.setup.ts'
import type { Fault } from '../testing/faultyProxy.ts'
import { device, plane } from '../testing/hospitalInMemory.ts'
import { createWorkspace, openLogDatabase, type Outside, type Workspace } from '../workspace/index.ts'
import { createOutside } from './outside.ts'

const order = async <Name extends keyof Orders>(name: Name, given: Orders[Name]['given']): Promise<Orders[Name]['answer']> => {
  const answer = await fetch(`${inject('faultyHub')}/${name}`, { method: 'POST', body: JSON.stringify(given) })
  if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`)
  return await answer.json() as Orders[Name]['answer']
}
const disks: { name: string; database: ReturnType<typeof openLogDatabase> }[] = []
const newDisk = () => {
  const name = `saving-${crypto.randomUUID()}`
  const disk = { name, database: openLogDatabase(name) }
  disks.push(disk)
  return disk.database
}
const left: Workspace[] = []
let name = ''
beforeEach(() => { name = `person-${crypto.randomUUID()}` })
afterEach(async () => {
  for (const workspace of left.splice(0)) workspace.dispose()
  for (const disk of disks.splice(0)) {
    (await disk.database).close()
    indexedDB.deleteDatabase(disk.name)
  }
})

/** A person at a browser: the real workspace, log, client and hub, and a way between them that can be made to fail. */
const start = async (who = name) => {
  const { url, dataset, study, source } = await order('person', { name: who })
  const away: typeof fetch = (input, init) => fetch(url + String(input), init)
  const limits = new Set<AbortController>()
  const pauses: number[] = []
  const sent = new Map<string, Set<string>>()
  const told: string[] = []
  let signedOut = 0
  const real = createOutside({
    api: createApi({ fetch: away, uuid: () => crypto.randomUUID(), onSignedOut: () => { signedOut += 1 } }), wado: createWadoClient({ fetch: away }),
    limit: () => {
      const limit = new AbortController()
      limits.add(limit)
      return limit.signal
    },
  })
  const outside: Outside = {
    ...real, random: () => 0.5,
    // Nobody waits by the clock: a pause lasts until the hub has done what is due.
    wait: async (ms, signal) => {
      pauses.push(ms)
      await order('settle', {})
      signal.throwIfAborted()
    },
    submit: (object) => {
      sent.set(object.sopInstanceUid, (sent.get(object.sopInstanceUid) ?? new Set()).add(object.sha256))
      return real.submit(object)
    },
  }
  const json = source as DicomJson
  const text = (tag: string): string => String(json[tag]?.Value?.[0] ?? '')
  const place = (x: number): Place => ({ kind: 'image', points: [[1.5, 2.5], [x, 2.5]], frame: { studyInstanceUid: study, seriesInstanceUid: text('0020000E'), sopClassUid: text('00080016'), sopInstanceUid: text('00080018'), frameNumber: 1 } })
  const opened = async ({ disk = newDisk(), more = {} }: { disk?: ReturnType<typeof openLogDatabase>; more?: Partial<Outside> } = {}) => {
    const workspace = createWorkspace({ outside: { ...outside, ...more }, database: disk, dataset, study, source: json, observer: 'Rossi^Anna', device })
    left.push(workspace)
    workspace.store.subscribe(({ save }) => {
      const said = save.kind === 'idle' ? '' : save.kind === 'saving' ? save.detail ?? '' : `${save.kind}: ${save.detail}`
      if (said && told.at(-1) !== said) told.push(said)
    })
    await workspace.opened
    return workspace
  }
  return {
    open: opened, outside, pauses, sent, told, signedOut: () => signedOut,
    draw: (workspace: Workspace, x = 10.5, uid?: string) => workspace.finish(uid, 'length', place(x), plane),
    fail: (method: string, path: string, fault: Fault, times = 1) => order('fail', { name: who, rules: [{ method, path, times, fault }] }),
    fine: () => order('fail', { name: who, rules: [] }),
    timeIsUp: () => { for (const limit of limits) limit.abort(new DOMException('it took too long', 'TimeoutError')) },
    /** UIDs of this person's reports at the hospital, each with the bytes that were sent. */
    arrived: async () => {
      const there = await order('archive', {})
      return [...sent].filter(([uid, hashes]) => hashes.size === 1 && hashes.has(there[uid] ?? '')).map(([uid]) => uid)
    },
  }
}
const statesOf = (workspace: Workspace): Record<string, string> => {
  const { document, states } = workspace.store.getState()
  return Object.fromEntries(Object.values(document.marks).map(({ trackingId, trackingUid }) => [trackingId, states[trackingUid] ?? '']))
}
const marksOf = (workspace: Workspace): Measurement[] => Object.values(workspace.store.getState().document.marks)
const saveOf = (workspace: Workspace) => workspace.store.getState().save

const submissions = '^/api/submissions/'
const back = '/instances/[0-9.]+$'
const unreachable = ['the hub cannot be reached']
const half = ['the answer of the hub broke off']
const status = (code: number, headers: Record<string, string> = {}, delivered = false): Fault => ({ kind: 'status', status: code, headers, delivered })
describe('a mark that is saved while the way to the hub fails is at the hospital once, with its UID and bytes, and the person hears of it', () => {
  it.each<[string, string, string, Fault, readonly string[] | RegExp]>([
    ['the answer to what is sent is cut off', 'PUT', submissions, { kind: 'truncated' }, half],
    ['the connection is reset while it is sent', 'PUT', submissions, { kind: 'reset', within: 'request' }, unreachable],
    ['the connection is reset in the answer', 'PUT', submissions, { kind: 'reset', within: 'reply' }, /the hub cannot be reached|the answer of the hub broke off/],
    ['the answer says that it is shorter', 'PUT', submissions, { kind: 'wrongLength', by: -9 }, half],
    ['the answer says that it is longer', 'PUT', submissions, { kind: 'wrongLength', by: 9 }, half],
    ['the answer is slow', 'PUT', submissions, { kind: 'slow', pieces: 20 }, []],
    ['it is delivered twice', 'PUT', submissions, { kind: 'deliveredTwice' }, []],
    ['it is answered twice', 'PUT', submissions, { kind: 'answeredTwice' }, []],
    ['the hub answers 429', 'PUT', submissions, status(429, { 'retry-after': '90' }), ['the hub answered 429']],
    ['the hub answers 503', 'PUT', submissions, status(503, { 'retry-after': '90' }), ['the hub answered 503']],
    ['the hub has it and answers 503', 'PUT', submissions, status(503, { 'retry-after': '90' }, true), ['the hub answered 503']],
    ['the hub hangs', 'PUT', submissions, { kind: 'hang' }, unreachable],
    ['the hub has it and hangs', 'PUT', submissions, { kind: 'hang', delivered: true }, unreachable],
    ['what became of it is cut off', 'GET', submissions, { kind: 'truncated' }, half],
    ['what became of it does not come', 'GET', submissions, { kind: 'hang' }, unreachable],
    ['what is read back is cut off', 'GET', back, { kind: 'truncated' }, []],
    ['what is read back breaks off', 'GET', back, { kind: 'reset', within: 'reply' }, /the answer broke off|the hub cannot be reached/],
    ['what is read back says that it is shorter', 'GET', back, { kind: 'wrongLength', by: -40 }, []],
    ['what is read back says that it is longer', 'GET', back, { kind: 'wrongLength', by: 9 }, /the answer broke off|the hub cannot be reached/],
    ['it is read back slowly', 'GET', back, { kind: 'slow', pieces: 50 }, []],
    ['what is read back hangs', 'GET', back, { kind: 'hang' }, unreachable],
    ['it is read back as 503', 'GET', back, status(503, { 'retry-after': '90' }), ['the hub answered 503']],
  ])('%s', async (_, method, path, fault, said) => {
    const person = await start()
    const workspace = await person.open()
    await person.draw(workspace)
    expect(statesOf(workspace)).toEqual({ M1: 'device' })
    await person.fail(method, path, fault)
    const saving = workspace.save()
    if (fault.kind === 'hang') {
      await order('came', { name, fault: 'hang' })
      person.timeIsUp()
    }
    await saving
    await order('came', { name, fault: fault.kind })
    expect([statesOf(workspace), saveOf(workspace)]).toEqual([{ M1: 'verified' }, { kind: 'idle' }])
    expect([[...person.sent.keys()].length, await person.arrived()]).toEqual([1, [...person.sent.keys()]])
    if (Array.isArray(said)) expect(person.told).toEqual(said)
    else expect(person.told.join()).toMatch(said as RegExp)
    // Whoever says when to ask again is not asked before.
    if (fault.kind === 'status') expect(person.pauses).toContain(90_000)
  })

  it.each([[412], [428]])('%d: it stays on this device with the reason, and goes out again with the same UID and bytes', async (code) => {
    const person = await start()
    const workspace = await person.open()
    await person.draw(workspace)
    await person.fail('PUT', submissions, status(code))
    await workspace.save()
    expect([statesOf(workspace), saveOf(workspace)]).toEqual([{ M1: 'device' }, { kind: 'failed', detail: `the hub answered ${code}` }])
    await workspace.save()
    expect([statesOf(workspace), await person.arrived()]).toEqual([{ M1: 'verified' }, [...person.sent.keys()]])
    expect(person.sent.size).toBe(1)
  })
  it.each([['while it is sent', 'PUT', submissions, 'device'], ['while it is asked after', 'GET', submissions, 'hub'], ['while it is read back', 'GET', back, 'hub']])('401 %s: it stays, and is there after sign-in without another click', async (_, method, path, where) => {
    const person = await start()
    const workspace = await person.open()
    await person.draw(workspace)
    await person.fail(method, path, status(401))
    await workspace.save()
    expect([statesOf(workspace), saveOf(workspace).kind]).toEqual([{ M1: where }, 'failed'])
    await order('end', { name, what: 'session' })
    await person.draw(workspace, 12.5)
    expect(statesOf(workspace)).toEqual({ M1: where, M2: 'device' })
    await order('signIn', { name })
    await workspace.resume()
    await expect.poll(() => statesOf(workspace)).toEqual({ M1: 'verified', M2: 'device' })
    expect([person.sent.size, await person.arrived()]).toEqual([1, [...person.sent.keys()]])
  })
  it('409: other bytes lie under its UID, so that it is said, and the next try is another report', async () => {
    const person = await start()
    const first = await person.open()
    await person.draw(first)
    await first.save()
    const [taken = ''] = person.sent.keys()
    let next: string | undefined
    const workspace = await person.open({ more: { newUid: () => {
      const uid = next ?? person.outside.newUid()
      next = undefined
      return uid
    } } })
    await person.draw(workspace, 12.5)
    next = taken
    person.sent.clear()
    await workspace.save()
    expect([statesOf(workspace)['M2'], saveOf(workspace)]).toEqual(['device', { kind: 'failed', detail: 'another object was submitted under this UID' }])
    await workspace.save()
    expect(statesOf(workspace)).toEqual({ M1: 'verified', M2: 'verified' })
    expect((await person.arrived()).includes(taken)).toBe(false)
    expect(await person.arrived()).toHaveLength(1)
  })
  it('404 after the grant was revoked: it is at the hub for its author, stays on this device, and both are said', async () => {
    const person = await start()
    const workspace = await person.open()
    await person.draw(workspace)
    await order('end', { name, what: 'grant' })
    await workspace.save()
    expect(statesOf(workspace)).toEqual({ M1: 'hub' })
    expect(saveOf(workspace)).toEqual({ kind: 'rejected', detail: 'your access to this data set has ended; it is kept at the hub for you, and was not sent to the hospital' })
    expect(await person.arrived()).toEqual([])
    await person.draw(workspace, 12.5)
    expect(statesOf(workspace)).toEqual({ M1: 'hub', M2: 'device' })
  })
})

describe('a full disk', () => {
  const original = IDBDatabase.prototype.transaction
  afterEach(() => { IDBDatabase.prototype.transaction = original })
  /** From now on what is written fails as it does where the disk is full: each request succeeds, and the commit does not. */
  const fill = () => {
    IDBDatabase.prototype.transaction = function (this: IDBDatabase, stores, mode, options) {
      const transaction = original.call(this, stores, mode, options)
      if (mode !== 'readwrite') return transaction
      let full = false
      Object.defineProperty(transaction, 'error', { get: () => new DOMException('the disk is full', 'QuotaExceededError') })
      const store = transaction.objectStore.bind(transaction)
      transaction.objectStore = (named) => {
        const found = store(named)
        for (const write of ['put', 'delete'] as const) {
          const real = found[write].bind(found) as (...given: unknown[]) => IDBRequest
          found[write] = ((...given: unknown[]) => {
            const request = real(...given)
            if (named === 'heads' && !full) request.addEventListener('success', () => transaction.abort())
            full ||= named === 'heads'
            return request
          }) as never
        }
        return found
      }
      return transaction
    }
  }
  it('keeps the mark on the screen and says that it is on no disk; with room again it is kept, and saved once', async () => {
    const person = await start()
    const disk = newDisk()
    const workspace = await person.open({ disk })
    await person.draw(workspace)
    fill()
    await person.draw(workspace, 12.5)
    expect([statesOf(workspace), workspace.store.getState().notKept]).toEqual([{ M1: 'device', M2: 'failed' }, 'the disk is full'])
    await workspace.save()
    expect([saveOf(workspace).kind, person.sent.size]).toEqual(['failed', 0])
    IDBDatabase.prototype.transaction = original
    await workspace.save()
    expect([statesOf(workspace), workspace.store.getState().notKept]).toEqual([{ M1: 'verified', M2: 'verified' }, undefined])
    expect([person.sent.size, await person.arrived()]).toEqual([1, [...person.sent.keys()]])
    expect(statesOf(await person.open({ disk }))).toEqual({ M1: 'verified', M2: 'verified' })
  })
  it('that cannot note what has arrived does not call it lost, and sends no second', async () => {
    const person = await start()
    const disk = newDisk()
    const workspace = await person.open({ disk })
    await person.draw(workspace)
    // The report is on the disk before the hospital has it; what is noted after it fails.
    const more = { instance: (...asked: Parameters<Outside['instance']>) => {
      fill()
      return person.outside.instance(...asked)
    } }
    workspace.dispose()
    const full = await person.open({ disk, more })
    await full.save()
    expect([statesOf(full), saveOf(full)]).toEqual([{ M1: 'verified' }, { kind: 'idle' }])
    IDBDatabase.prototype.transaction = original
    const again = await person.open({ disk })
    await expect.poll(() => [statesOf(again), saveOf(again)]).toEqual([{ M1: 'verified' }, { kind: 'idle' }])
    expect([person.sent.size, await person.arrived()]).toEqual([1, [...person.sent.keys()]])
  })
})

it('two tabs that save at once lose no mark: each report arrives once, both tabs come to show both marks as verified', async () => {
  const person = await start()
  const disk = newDisk()
  const [one, two] = [await person.open({ disk }), await person.open({ disk })]
  await Promise.all([person.draw(one), person.draw(two, 12.5)])
  await Promise.all([one.save(), two.save()])
  const both = { M1: 'verified', M2: 'verified' }
  await expect.poll(() => [statesOf(one), statesOf(two)]).toEqual([both, both])
  const drawn = marksOf(one).map(({ trackingUid }) => trackingUid).sort()
  expect(marksOf(two).map(({ trackingUid }) => trackingUid).sort()).toEqual(drawn)
  const later = await person.open({ disk })
  await expect.poll(() => [saveOf(later).kind, statesOf(later)]).toEqual(['idle', both])
  expect(marksOf(later).map(({ trackingUid }) => trackingUid).sort()).toEqual(drawn)
  expect([person.sent.size, (await person.arrived()).sort()]).toEqual([person.sent.size, [...person.sent.keys()].sort()])
})
it('two people who save on one study at once each have theirs at the hospital, and see no mark of the other', async () => {
  const [one, two] = [await start(), await start(`${name}-2`)]
  const [hers, his] = [await one.open(), await two.open()]
  await Promise.all([one.draw(hers), two.draw(his, 12.5)])
  await Promise.all([hers.save(), his.save()])
  for (const [person, workspace] of [[one, hers], [two, his]] as const) {
    expect([statesOf(workspace), (await person.arrived()).length]).toEqual([{ M1: 'verified' }, 1])
    expect(marksOf(await person.open()).map(({ trackingUid }) => trackingUid)).toEqual(marksOf(workspace).map(({ trackingUid }) => trackingUid))
  }
})
describe('a clock that jumps', () => {
  it('on this device by years, either way, leaves the newest version the newest', async () => {
    const person = await start()
    const at = (year: number) => ({ clock: () => new Date(Date.UTC(year, 0, 5)) })
    let uid: string | undefined
    for (const [year, x] of [[2026, 10.5], [1999, 12.5], [2041, 14.5], [2026, 11.5]] as const) {
      const workspace = await person.open({ more: at(year) })
      await person.draw(workspace, x, uid)
      uid = marksOf(workspace)[0]?.trackingUid
      await workspace.save()
      expect(statesOf(workspace)).toEqual({ M1: 'verified' })
    }
    const [mark] = marksOf(await person.open())
    expect([mark?.place.points[1], (await person.arrived()).length]).toEqual([[11.5, 2.5], 4])
  })
  it('at the hub ends sessions, and after sign-in the mark arrives', async () => {
    const person = await start()
    const workspace = await person.open()
    await person.draw(workspace)
    await order('clock', { ms: 13 * 3_600_000 })
    await workspace.save()
    expect([statesOf(workspace), saveOf(workspace), person.signedOut()]).toEqual([{ M1: 'device' }, { kind: 'failed', detail: 'Sign in to go on' }, 1])
    await order('signIn', { name })
    await workspace.resume()
    await expect.poll(() => statesOf(workspace)).toEqual({ M1: 'verified' })
    // And back: nothing waits for the day that was shown.
    await order('clock', { ms: -13 * 3_600_000 })
    await person.draw(workspace, 12.5)
    await workspace.save()
    expect([statesOf(workspace), (await person.arrived()).length]).toEqual([{ M1: 'verified', M2: 'verified' }, 2])
  })
})
