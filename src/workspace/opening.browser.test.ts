import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiFailure } from '../api/index.ts'
import { decodeReport } from '../dicom/sr/decode.ts'
import { encodeReport } from '../dicom/sr/encode.ts'
import type { Measurement, Place } from '../domain/measurement/types.ts'
import { createHospital, device, place, plane, source } from '../testing/hospitalInMemory.ts'
import { createWorkspace, type Workspace } from './createWorkspace.ts'
import { isOfMark } from './document.ts'
import { openLogDatabase } from './logDatabase.ts'
import type { Outside } from './port.ts'

let name: string
let database: ReturnType<typeof openLogDatabase>
const others: ReturnType<typeof openLogDatabase>[] = []
beforeEach(() => {
  name = `opening-${crypto.randomUUID()}`
  database = openLogDatabase(name)
})
afterEach(async () => {
  for (const one of [database, ...others.splice(0)]) {
    const open = await one
    open.close()
    await deleteDB(open.name)
  }
})
/** Another browser: a disk of its own. */
const otherBrowser = () => {
  const one = openLogDatabase(`${name}-${others.length}`)
  others.push(one)
  return one
}
const start = (outside: Outside, disk = database): Workspace => createWorkspace({ outside, database: disk, dataset: 'd', study: '1.2.840.1', source, observer: 'Rossi^Anna', device })
const open = async (outside: Outside, disk = database): Promise<Workspace> => {
  const workspace = start(outside, disk)
  await workspace.opened
  return workspace
}
const state = (workspace: Workspace) => workspace.store.getState()
const namesOf = (workspace: Workspace): string[] => Object.values(state(workspace).document.marks).map(({ trackingId }) => trackingId).sort()
const statesOf = (workspace: Workspace): Record<string, string> => Object.fromEntries(Object.values(state(workspace).document.marks).map(({ trackingId, trackingUid }) => [trackingId, state(workspace).states[trackingUid] ?? '']))
const draw = (workspace: Workspace, x = 180.5, uid?: string) => workspace.finish(uid, 'length', { ...place, points: [[100.5, 200.5], [x, 260.5]] } as Place, plane)
/** Until no tab is seen to have the study open. */
const leave = async (workspace: Workspace): Promise<void> => {
  workspace.dispose()
  await expect.poll(async () => (await navigator.locks.query()).held?.filter((lock) => lock.name?.startsWith(name))).toEqual([])
}
const later = () => {
  let release = (): void => undefined
  const gate = new Promise<void>((resolve) => { release = resolve })
  return { gate, release: () => release() }
}
const down = () => { throw new ApiFailure('refused', 'upstream', 'the hospital does not answer', 502) }

describe('a study that is drawn on while it opens', () => {
  it('keeps what was drawn, beside what the hospital holds, each under a name of its own', async () => {
    const hospital = createHospital()
    const before = await open(hospital.outside, otherBrowser())
    await draw(before)
    await before.save()
    const { gate, release } = later()
    const workspace = start({ ...hospital.outside, derivedSeries: async (...asked) => { await gate; return hospital.outside.derivedSeries(...asked) } })
    await draw(workspace, 150.5)
    expect(statesOf(workspace)).toEqual({ M1: 'device' })
    release()
    await workspace.opened
    await expect.poll(() => statesOf(workspace)).toEqual({ M1: 'verified', M2: 'device' })
    const again = await open(hospital.outside)
    expect(statesOf(again)).toEqual({ M1: 'verified', M2: 'device' })
    await again.save()
    expect(statesOf(await open(hospital.outside, otherBrowser()))).toEqual({ M1: 'verified', M2: 'verified' })
  })
})

describe('a study whose hospital does not answer', () => {
  it('shows what lies on this device, is not saved past what is not known, and loses nothing', async () => {
    const hospital = createHospital()
    const first = await open(hospital.outside)
    await draw(first)
    const workspace = await open({ ...hospital.outside, derivedSeries: async () => down() })
    expect([namesOf(workspace), state(workspace).notOpened, state(workspace).opening]).toEqual([['M1'], 'the hospital does not answer', false])
    await draw(workspace, 150.5)
    await workspace.save()
    expect(state(workspace).save).toEqual({ kind: 'failed', detail: 'the hospital does not answer' })
    expect(hospital.sent).toEqual([])
    expect(statesOf(await open(hospital.outside))).toEqual({ M1: 'device', M2: 'device' })
  })
  it('is not taken for one without reports where a report does not come', async () => {
    const hospital = createHospital()
    const before = await open(hospital.outside, otherBrowser())
    await draw(before)
    await before.save()
    let away = true
    const workspace = await open({ ...hospital.outside, instance: async (...asked) => (away ? down() : hospital.outside.instance(...asked)) })
    expect([namesOf(workspace), state(workspace).notOpened]).toEqual([[], 'the hospital does not answer'])
    away = false
    await workspace.reopen()
    expect([statesOf(workspace), state(workspace).notOpened]).toEqual([{ M1: 'verified' }, undefined])
    await draw(workspace, 150.5)
    await workspace.save()
    const reports = await Promise.all([...hospital.instances.values()].map(({ bytes }) => decodeReport(bytes)))
    expect(reports[1]?.predecessors).toEqual([reports[0]?.sopInstanceUid])
  })
  it('keeps what is drawn once there is a key, in the order it was drawn', async () => {
    const hospital = createHospital()
    let signedOut = true
    const workspace = await open({ ...hospital.outside, draftKey: async () => (signedOut ? (() => { throw new ApiFailure('signedOut', 'signedOut', 'Sign in to go on', 401) })() : hospital.outside.draftKey()) })
    await draw(workspace)
    expect([statesOf(workspace), state(workspace).notKept]).toEqual([{ M1: 'failed' }, 'Sign in to go on'])
    const [mark] = Object.values(state(workspace).document.marks)
    await draw(workspace, 190.5, mark?.trackingUid)
    signedOut = false
    await draw(workspace, 150.5)
    expect([statesOf(workspace), state(workspace).notKept]).toEqual([{ M1: 'device', M2: 'device' }, undefined])
    const again = await open(hospital.outside)
    expect(state(again).document.marks).toEqual(state(workspace).document.marks)
  })
})

it('a log that cannot be read is said to be so and kept aside; what is drawn from then on is kept', async () => {
  const hospital = createHospital()
  const first = await open(hospital.outside)
  await draw(first)
  const renewed: Outside = { ...hospital.outside, draftKey: async () => ({ version: 1, key: btoa('another key of thirty-two bytes!'), user: 'u1' }) }
  const workspace = await open(renewed)
  expect([namesOf(workspace), state(workspace).fault]).toEqual([[], { kind: 'broken', sequence: 1 }])
  await draw(workspace, 150.5)
  const again = await open(renewed)
  expect([statesOf(again), state(again).fault]).toEqual([{ M1: 'device' }, undefined])
  expect(await (await database).count('records')).toBe(2)
})

describe('a study that two browsers wrote on', () => {
  it('shows the marks of both, and the next report names both it replaces', async () => {
    const hospital = createHospital()
    const [one, two] = [await open(hospital.outside), await open(hospital.outside, otherBrowser())]
    await draw(one)
    await one.save()
    await draw(two, 150.5)
    await draw(two, 140.5)
    await two.save()
    const third = await open(hospital.outside, otherBrowser())
    expect(Object.keys(state(third).document.marks)).toHaveLength(3)
    await draw(third, 130.5)
    await third.save()
    const reports = await Promise.all([...hospital.instances.values()].map(({ bytes }) => decodeReport(bytes)))
    expect(reports.map(({ predecessors }) => predecessors.length)).toEqual([0, 0, 2])
    const last = await open(hospital.outside, otherBrowser())
    expect(Object.values(statesOf(last))).toEqual(['verified', 'verified', 'verified', 'verified'])
  })
  it('does not go back to an old version because the first browser still has its log', async () => {
    const hospital = createHospital()
    const one = await open(hospital.outside)
    await draw(one)
    const [mark] = Object.values(state(one).document.marks)
    const saving = one.save()
    await draw(one, 170.5)
    await saving
    // The log was not wiped: it says more than the report does.
    const two = await open(hospital.outside, otherBrowser())
    await draw(two, 190.5, mark?.trackingUid)
    await two.save()
    const again = await open(hospital.outside)
    expect(state(again).document.marks[mark?.trackingUid ?? '']?.place.points[1]).toEqual([190.5, 260.5])
    expect(Object.keys(state(again).document.marks)).toHaveLength(2)
    await again.save()
    const reports = await Promise.all([...hospital.instances.values()].map(({ bytes }) => decodeReport(bytes)))
    expect(reports.map(({ predecessors }) => predecessors)).toEqual([[], [reports[0]?.sopInstanceUid], [reports[1]?.sopInstanceUid]])
  })
  it('begins a series of its own after a report that came to the hospital by another way', async () => {
    const hospital = createHospital()
    const first = await open(hospital.outside, otherBrowser())
    await draw(first)
    await first.save()
    const workspace = await open({ ...hospital.outside, fate: async () => undefined })
    await draw(workspace, 150.5)
    await workspace.save()
    await draw(workspace, 140.5)
    await workspace.save()
    const reports = await Promise.all([...hospital.instances.values()].map(({ bytes }) => decodeReport(bytes)))
    expect(reports.map(({ predecessors }) => predecessors)).toEqual([[], [reports[0]?.sopInstanceUid], [reports[1]?.sopInstanceUid]])
    const series = reports.map(({ seriesInstanceUid }) => seriesInstanceUid)
    expect([series[1] === series[0], series[2] === series[1]]).toEqual([false, true])
  })
  it('leaves reports of other programs out of its own chain', async () => {
    const hospital = createHospital()
    const workspace = await open(hospital.outside)
    await draw(workspace)
    await workspace.save()
    const [own] = [...hospital.instances.values()]
    const report = await decodeReport(own?.bytes ?? new Uint8Array())
    const foreign = encodeReport({ ...report, sopInstanceUid: '1.9.1', seriesInstanceUid: '1.9', time: '235959', seriesNumber: 1, instanceNumber: 1, source, device: { ...device, uid: '1.9.9' }, predecessors: [] })
    hospital.instances.set('1.9.1', { series: '1.9', bytes: foreign, asked: 0 })
    const later = await open(hospital.outside, otherBrowser())
    expect(statesOf(later)).toEqual({ M1: 'verified' })
    await draw(later, 150.5)
    await later.save()
    const newest = await decodeReport([...hospital.instances.values()].at(-1)?.bytes ?? new Uint8Array())
    expect([newest.predecessors, newest.seriesInstanceUid]).toEqual([[report.sopInstanceUid], report.seriesInstanceUid])
  })
})

describe('what was read back', () => {
  const onPlane: Place = { kind: 'plane', studyInstanceUid: '1.2.840.1', seriesInstanceUid: '1.2.840.2', frameOfReferenceUid: '1.2.840.9', normal: [0, -1, 0], points: [[10.5, -20.25, 30], [40.5, -20.25, 60.125]] }
  const altered = (change: (mark: Measurement) => Measurement) => async (bytes: Uint8Array<ArrayBuffer>) => {
    const report = await decodeReport(bytes)
    return encodeReport({ ...report, seriesNumber: 9000, instanceNumber: 1, source, device, predecessors: [], measurements: report.measurements.map(change) })
  }
  const plane3d = (mark: Measurement, change: Partial<Place & { kind: 'plane' }>): Measurement => (mark.place.kind === 'plane' ? { ...mark, place: { ...mark.place, ...change } } : mark)
  it.each<[string, (mark: Measurement) => Measurement]>([
    ['a point moved by 0.1 mm', (mark) => plane3d(mark, { points: [[10.5, -20.25, 30], [40.5, -20.25, Math.fround(60.225)]] })],
    ['another frame of reference', (mark) => plane3d(mark, { frameOfReferenceUid: '1.2.840.10' })],
    ['another normal', (mark) => plane3d(mark, { normal: [0, 1, 0] })],
    ['other words', (mark) => ({ ...mark, label: 'other' })],
    ['another number', (mark) => ({ ...mark, values: mark.values.map((value) => ({ ...value, number: value.number + 0.1, text: String(value.number + 0.1) })) })],
  ])('with %s ends in "differs", and never in "verified", also when it is opened again', async (_, change) => {
    const hospital = createHospital({ alter: altered(change) })
    const workspace = await open(hospital.outside)
    await workspace.finish(undefined, 'length', onPlane, undefined)
    await workspace.save()
    expect(state(workspace).save).toEqual({ kind: 'differs', detail: 'M1' })
    expect(statesOf(workspace)).toEqual({ M1: 'hub' })
    // The hub compares too, and remembers.
    for (const uid of hospital.instances.keys()) hospital.fates.set(uid, 'differs')
    for (const disk of [database, otherBrowser()]) expect(Object.values(statesOf(await open(hospital.outside, disk)))).not.toContain('verified')
  })
  it('unaltered is verified', async () => {
    const workspace = await open(createHospital({ alter: altered((mark) => mark) }).outside)
    await workspace.finish(undefined, 'length', onPlane, undefined)
    await workspace.save()
    expect(statesOf(workspace)).toEqual({ M1: 'verified' })
  })
})

describe('a region', () => {
  const ellipse: Place = { ...place, points: [[100.5, 200.5], [110.5, 200.5], [105.5, 198.5], [105.5, 202.5]] } as Place
  it('is on the disk before its pixels have come, and is one step to undo when they have', async () => {
    const hospital = createHospital()
    const workspace = await open(hospital.outside)
    const { gate, release } = later()
    const finished = workspace.finish(undefined, 'ellipse', ellipse, plane, { pixels: async () => { await gate; throw new Error('the frame did not come') } })
    await expect.poll(() => statesOf(workspace)).toEqual({ M1: 'device' })
    expect(statesOf(await open(hospital.outside))).toEqual({ M1: 'device' })
    release()
    await finished
    expect(Object.values(state(workspace).document.marks)[0]?.values.map(({ quantity }) => quantity)).toEqual(['area'])
  })
  it('has the numbers of its pixels when they come, in the report that waited for them, and is one step to undo', async () => {
    const hospital = createHospital()
    const workspace = await open(hospital.outside)
    const { gate, release } = later()
    const finished = workspace.finish(undefined, 'ellipse', ellipse, plane, { pixels: async () => { await gate; return { kind: 'frame', rows: 512, columns: 512, values: new Float32Array(512 * 512).fill(40), unit: "[hnsf'U]" } } })
    const saving = workspace.save()
    release()
    await Promise.all([finished, saving])
    expect(statesOf(workspace)).toEqual({ M1: 'verified' })
    const [report] = await Promise.all([...hospital.instances.values()].map(({ bytes }) => decodeReport(bytes)))
    expect(report?.measurements[0]?.values.find(({ quantity }) => quantity === 'mean')?.text).toBe('40')
    await workspace.undo()
    expect(namesOf(workspace)).toEqual([])
  })
  it('with the numbers of its pixels is one step to undo, and to do again, in the next session too', async () => {
    const hospital = createHospital()
    const first = await open(hospital.outside)
    await draw(first)
    await first.finish(undefined, 'ellipse', ellipse, plane, { pixels: async () => ({ kind: 'frame', rows: 512, columns: 512, values: new Float32Array(512 * 512).fill(40), unit: "[hnsf'U]" }) })
    await leave(first)
    const again = await open(hospital.outside)
    expect(state(again).document).toEqual(state(first).document)
    expect(state(again).document.undo.filter(isOfMark).map(({ after }) => after?.values.length)).toEqual([1, 6])
    const drawn = state(again).document.marks
    await again.undo()
    expect(namesOf(again)).toEqual(['M1'])
    await again.redo()
    expect(state(again).document.marks).toEqual(drawn)
  })
  it('that was deleted meanwhile does not come back', async () => {
    const workspace = await open(createHospital().outside)
    await draw(workspace)
    const [mark] = Object.values(state(workspace).document.marks)
    await workspace.remove(mark?.trackingUid ?? '')
    await draw(workspace, 190.5, mark?.trackingUid)
    expect(namesOf(workspace)).toEqual([])
  })
})

it('a mark drawn after another was deleted keeps the name it was shown by, though the hospital still has the other under it', async () => {
  const hospital = createHospital()
  const first = await open(hospital.outside)
  await draw(first)
  await draw(first, 150.5)
  await first.save()
  const deleted = Object.keys(state(first).document.marks)[0] ?? ''
  await first.remove(deleted)
  await draw(first, 140.5)
  expect(statesOf(first)).toEqual({ M2: 'verified', M1: 'device' })
  await leave(first)
  const again = await open(hospital.outside)
  expect(state(again).document.marks).toEqual(state(first).document.marks)
  expect(state(again).document.undo).toEqual(state(first).document.undo.slice(2))
  await again.save()
  expect(statesOf(await open(hospital.outside, otherBrowser()))).toEqual({ M1: 'verified', M2: 'verified' })
})

it('what was done and taken back while a report was under way can still be undone in the next session, and stands where it stood in the list', async () => {
  const hospital = createHospital()
  const { gate, release } = later()
  const first = await open({ ...hospital.outside, submission: async (uid) => { await gate; return hospital.outside.submission(uid) } })
  await draw(first)
  await draw(first, 150.5)
  const saving = first.save()
  await expect.poll(() => hospital.sent.length).toBe(1)
  await first.relabel(Object.keys(state(first).document.marks)[0] ?? '', 'words')
  await first.undo()
  release()
  await saving
  expect(Object.values(statesOf(first))).toEqual(['verified', 'verified'])
  await leave(first)
  const again = await open(hospital.outside)
  expect(Object.values(state(again).document.marks)).toEqual(Object.values(state(first).document.marks))
  expect(state(again).document.undo.filter(isOfMark).map(({ after }) => after?.label)).toEqual(['words', ''])
})

it('a study that was left while its report was under way sends and wipes nothing any more', async () => {
  const hospital = createHospital()
  const { gate, release } = later()
  const workspace = await open({ ...hospital.outside, submission: async (uid) => { await gate; return hospital.outside.submission(uid) } })
  await draw(workspace)
  const saving = workspace.save()
  await expect.poll(() => hospital.sent.length).toBe(1)
  workspace.dispose()
  release()
  await saving
  const again = await open(hospital.outside)
  expect(namesOf(again)).toEqual(['M1'])
  expect(hospital.sent.length).toBeGreaterThan(0)
})

it('asks for the disk at the first mark, and says while there is room that little is left', async () => {
  const { outside } = createHospital()
  const asked: string[] = []
  let leftBytes = 900
  const workspace = await open({ ...outside, disk: { persist: async () => { asked.push('persist'); return true }, room: async () => ({ leftBytes: leftBytes * 1024 * 1024, quotaBytes: 1000 * 1024 * 1024 }) } })
  expect([asked, state(workspace).low]).toEqual([[], undefined])
  leftBytes = 60
  await draw(workspace)
  await expect.poll(() => state(workspace).low?.leftBytes).toBe(60 * 1024 * 1024)
  expect(asked).toEqual(['persist'])
  leftBytes = 900
  await draw(workspace, 150.5)
  await expect.poll(() => state(workspace).low).toBeUndefined()
})
