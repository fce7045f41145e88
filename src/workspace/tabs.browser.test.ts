import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiFailure } from '../api/index.ts'
import { decodeReport } from '../dicom/sr/decode.ts'
import type { Place } from '../domain/measurement/types.ts'
import { createHospital, device, place, plane, source } from '../testing/hospitalInMemory.ts'
import { createWorkspace, type Workspace } from './createWorkspace.ts'
import { openLogDatabase } from './logDatabase.ts'
import type { Outside } from './port.ts'

let name: string
let database: ReturnType<typeof openLogDatabase>
const tabs: Workspace[] = []
beforeEach(() => {
  name = `tabs-${crypto.randomUUID()}`
  database = openLogDatabase(name)
})
afterEach(async () => {
  for (const one of tabs.splice(0)) one.dispose()
  ;(await database).close()
  await deleteDB(name)
})
/** A tab of the browser: two of them are two workspaces over one database. */
const tabOn = async (outside: Outside, observer = 'Rossi^Anna', disk = database): Promise<Workspace> => {
  const workspace = createWorkspace({ outside, database: disk, dataset: 'd', study: '1.2.840.1', source, observer, device })
  tabs.push(workspace)
  await workspace.opened
  return workspace
}
const state = (workspace: Workspace) => workspace.store.getState()
const draw = (workspace: Workspace, x = 180.5, uid?: string) => workspace.finish(uid, 'length', { ...place, points: [[100.5, 200.5], [x, 260.5]] } as Place, plane)
const shown = (workspace: Workspace): Record<string, string> => Object.fromEntries(Object.values(state(workspace).document.marks).map(({ trackingUid, trackingId, place: { points } }) => [`${trackingId} ${points[1]?.[0]}`, state(workspace).states[trackingUid] ?? '']))
const uidOf = (workspace: Workspace, trackingId: string): string => Object.values(state(workspace).document.marks).find((mark) => mark.trackingId === trackingId)?.trackingUid ?? ''

describe('two tabs of one person on one study', () => {
  it('show one another\'s marks as they are drawn, changed and removed', async () => {
    const { outside } = createHospital()
    const [one, two] = [await tabOn(outside), await tabOn(outside)]
    await draw(one)
    await expect.poll(() => shown(two)).toEqual({ 'M1 180.5': 'device' })
    await draw(two, 150.5)
    await draw(two, 190.5, uidOf(two, 'M1'))
    await expect.poll(() => shown(one)).toEqual({ 'M1 190.5': 'device', 'M2 150.5': 'device' })
    await one.remove(uidOf(one, 'M2'))
    await expect.poll(() => shown(two)).toEqual({ 'M1 190.5': 'device' })
    expect(shown(await tabOn(outside))).toEqual(shown(two))
  })
  it('end with the same picture when both draw at once, and so does a tab that is opened afterwards', async () => {
    const { outside } = createHospital()
    const [one, two] = [await tabOn(outside), await tabOn(outside)]
    await draw(one)
    await expect.poll(() => Object.keys(shown(two))).toHaveLength(1)
    const uid = uidOf(one, 'M1')
    await Promise.all([draw(one, 120.5, uid), draw(two, 121.5, uid), draw(one, 122.5, uid), draw(two, 123.5, uid), draw(one, 130.5), draw(two, 131.5)])
    const later = shown(await tabOn(outside))
    await expect.poll(() => [shown(one), shown(two)]).toEqual([later, later])
    expect(Object.keys(later)).toHaveLength(3)
  })
  it('undo their own steps only, also one that was opened later', async () => {
    const { outside } = createHospital()
    const one = await tabOn(outside)
    await draw(one)
    const two = await tabOn(outside)
    await two.undo()
    expect([Object.keys(shown(two)), state(two).document.undo]).toEqual([['M1 180.5'], []])
    await draw(two, 150.5)
    await expect.poll(() => Object.keys(shown(one))).toHaveLength(2)
    await one.undo()
    await expect.poll(() => Object.keys(shown(two))).toEqual(['M2 150.5'])
    // Once no tab has it, whoever opens the study next may undo it.
    for (const tab of [one, two]) tab.dispose()
    const third = await tabOn(outside)
    expect(state(third).document.undo).toHaveLength(3)
    await third.undo()
    expect(shown(third)).toEqual({ 'M1 180.5': 'device', 'M2 150.5': 'device' })
  })
  it('do not bring back by undoing what the other removed or changed, and say so', async () => {
    const { outside } = createHospital()
    const [one, two] = [await tabOn(outside), await tabOn(outside)]
    await draw(one)
    await draw(one, 150.5, uidOf(one, 'M1'))
    await draw(one, 130.5)
    await expect.poll(() => Object.keys(shown(two))).toHaveLength(2)
    await two.remove(uidOf(two, 'M1'))
    await draw(two, 140.5, uidOf(two, 'M2'))
    await expect.poll(() => shown(one)).toEqual({ 'M2 140.5': 'device' })
    await one.undo()
    expect([shown(one), state(one).left]).toEqual([{ 'M2 140.5': 'device' }, { trackingId: 'M2', gone: false }])
    await one.undo()
    expect([shown(one), state(one).left]).toEqual([{ 'M2 140.5': 'device' }, { trackingId: 'M1', gone: true }])
    one.dismiss()
    expect(state(one).left).toBeUndefined()
  })
  it('save one after the other: one report with the marks of both, the next names it; both show them verified', async () => {
    const hospital = createHospital()
    const [one, two] = [await tabOn(hospital.outside), await tabOn(hospital.outside)]
    await draw(one)
    await draw(two, 150.5)
    // Both may have called theirs M1: the later one gives way.
    await expect.poll(() => [shown(one), shown(two)].map((marks) => Object.keys(marks).map((mark) => mark.split(' ')[0]).sort())).toEqual([['M1', 'M2'], ['M1', 'M2']])
    await one.save()
    await expect.poll(() => Object.values(shown(two))).toEqual(['verified', 'verified'])
    await draw(two, 140.5)
    await Promise.all([two.save(), one.save()])
    await expect.poll(() => [Object.values(shown(one)), Object.values(shown(two))]).toEqual([['verified', 'verified', 'verified'], ['verified', 'verified', 'verified']])
    const reports = await Promise.all([...hospital.instances.values()].map(({ bytes }) => decodeReport(bytes)))
    expect(reports.map(({ predecessors }, at) => predecessors.length === 0 ? at === 0 : predecessors[0] === reports[at - 1]?.sopInstanceUid)).toEqual(reports.map(() => true))
  })
  it('lose nothing that one draws while the other\'s report is made and sent', async () => {
    const hospital = createHospital()
    const [one, two] = [await tabOn(hospital.outside), await tabOn(hospital.outside)]
    await draw(one)
    await Promise.all([one.save(), draw(two, 150.5), draw(one, 140.5)])
    for (const tab of [one, two]) tab.dispose()
    expect(Object.keys(shown(await tabOn(hospital.outside)))).toHaveLength(3)
  })
  it.each(['before it was opened', 'after it was opened'])('show what the other saved also where the hospital stopped answering %s', async (when) => {
    const hospital = createHospital()
    let away = when === 'before it was opened'
    const [one, two] = [await tabOn(hospital.outside), await tabOn({ ...hospital.outside, derivedSeries: async (...asked) => {
      if (away) throw new ApiFailure('refused', 'upstream', 'the hospital does not answer', 502)
      return hospital.outside.derivedSeries(...asked)
    } })]
    await draw(one)
    await expect.poll(() => Object.keys(shown(two))).toHaveLength(1)
    away = true
    await one.save()
    await draw(one, 150.5)
    await expect.poll(() => Object.keys(shown(two))).toEqual(['M1 180.5', 'M2 150.5'])
    away = false
    await (when === 'before it was opened' ? two.resume() : two.refresh())
    await expect.poll(() => shown(two)).toEqual({ 'M1 180.5': 'verified', 'M2 150.5': 'device' })
  })
  it('send a report once, though both have it open', async () => {
    const hospital = createHospital({ before: (attempt) => { if (attempt === 1) throw new ApiFailure('signedOut', 'signedOut', 'Sign in to go on', 401) } })
    const first = await tabOn(hospital.outside)
    await draw(first)
    await first.save()
    first.dispose()
    const [one, two] = await Promise.all([tabOn(hospital.outside), tabOn(hospital.outside)])
    await expect.poll(() => [Object.values(shown(one)), Object.values(shown(two)), state(one).save.kind, state(two).save.kind]).toEqual([['verified'], ['verified'], 'idle', 'idle'])
    expect(hospital.sent).toHaveLength(2)
  })
})

it('a colleague who saved is named, and the marks are shown beside the own ones', async () => {
  const hospital = createHospital()
  const elsewhere = openLogDatabase(`${name}-colleague`)
  const others = new Set<string>()
  const mine = await tabOn({ ...hospital.outside, fate: async (uid) => (others.has(uid) ? undefined : hospital.outside.fate(uid)) })
  await draw(mine)
  const colleague = await tabOn(hospital.outside, 'Lindqvist^Eva', elsewhere)
  await draw(colleague, 150.5)
  await draw(colleague, 140.5)
  await colleague.save()
  for (const uid of hospital.instances.keys()) others.add(uid)
  await mine.refresh()
  expect(state(mine).colleagues).toEqual(['Lindqvist^Eva'])
  await expect.poll(() => Object.values(shown(mine)).sort()).toEqual(['device', 'verified', 'verified'])
  expect(new Set(Object.keys(shown(mine)).map((one) => one.split(' ')[0])).size).toBe(3)
  ;(await elsewhere).close()
  await deleteDB(`${name}-colleague`)
})
