import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Place } from '../domain/measurement/types.ts'
import { createHospital, device, place, plane, source, study } from '../testing/hospitalInMemory.ts'
import { createWorkspace, type Workspace } from './createWorkspace.ts'
import { openLogDatabase } from './logDatabase.ts'

let name: string
const disks: ReturnType<typeof openLogDatabase>[] = []
beforeEach(() => { name = `conflict-${crypto.randomUUID()}` })
afterEach(async () => {
  for (const one of disks.splice(0)) {
    const open = await one
    open.close()
    await deleteDB(open.name)
  }
})
/** A person at a device of their own. */
const person = async (hospital: ReturnType<typeof createHospital>, observer: string, disk = openLogDatabase(`${name}-${disks.length}`)) => {
  disks.push(disk)
  const workspace = createWorkspace({ outside: { ...hospital.outside, clock: () => new Date(Date.UTC(2026, 0, 5, 12, hospital.sent.length)) }, database: disk, dataset: 'd', study, source, observer, device })
  await workspace.opened
  return { workspace, disk }
}
const state = (workspace: Workspace) => workspace.store.getState()
const draw = (workspace: Workspace, x: number, uid?: string): Promise<void> => workspace.finish(uid, 'length', { ...place, points: [[100.5, 200.5], [x, 200.5]] } as Place, plane)
const lengths = (workspace: Workspace): Record<string, string | undefined> => Object.fromEntries(Object.values(state(workspace).document.marks).map(({ trackingId, values }) => [trackingId, values[0]?.text]))
const only = (workspace: Workspace): string => Object.keys(state(workspace).document.marks)[0] ?? ''
const asked = (workspace: Workspace) => state(workspace).contests.map(({ trackingId, sides }) => [trackingId, ...sides.map(({ observer, mark }) => `${observer || 'here'} ${mark?.values[0]?.text ?? 'deleted'}`)])

describe('two people on one study', () => {
  it('who changed a mark that a colleague changed and saved meanwhile sees both, saves nothing before choosing, and the choice is what the hospital then says', async () => {
    const hospital = createHospital()
    const { workspace: anna } = await person(hospital, 'Rossi^Anna')
    await draw(anna, 150.5)
    await anna.save()
    const { workspace: ben } = await person(hospital, 'Weber^Ben')
    await draw(ben, 160.5, only(ben))
    await draw(anna, 170.5, only(anna))
    await anna.save()
    await ben.refresh()
    expect(asked(ben)).toEqual([['M1', 'here 36', 'Rossi^Anna 42']])
    const before = hospital.sent.length
    await ben.save()
    expect([hospital.sent.length, state(ben).save]).toEqual([before, { kind: 'idle' }])
    const [contest] = state(ben).contests
    if (!contest) throw new Error('a choice is asked for')
    await ben.choose(contest, contest.sides[1]?.mark ?? null)
    expect([asked(ben), lengths(ben)]).toEqual([[], { M1: '42' }])
    await ben.undo()
    expect(asked(ben)).toEqual([['M1', 'here 36', 'Rossi^Anna 42']])
    await ben.choose(contest, contest.sides[0]?.mark ?? null)
    await ben.save()
    expect(lengths((await person(hospital, 'Third^Reader')).workspace)).toEqual({ M1: '36' })
    await anna.refresh()
    expect([lengths(anna), asked(anna), state(anna).versions.map(({ observer, newest }) => [observer, newest])]).toEqual([{ M1: '36' }, [], [['Weber^Ben', true], ['Rossi^Anna', false], ['Rossi^Anna', false]]])
  })
  it('a choice lies in the log: it stands after the page was closed, and the question does where none was made', async () => {
    const hospital = createHospital()
    const { workspace: anna } = await person(hospital, 'Rossi^Anna')
    await draw(anna, 150.5)
    await anna.save()
    const { workspace: ben, disk } = await person(hospital, 'Weber^Ben')
    await draw(ben, 160.5, only(ben))
    await anna.remove(only(anna))
    await anna.save()
    ben.dispose()
    const { workspace: again } = await person(hospital, 'Weber^Ben', disk)
    expect(asked(again)).toEqual([['M1', 'here 36', 'Rossi^Anna deleted']])
    const [contest] = state(again).contests
    if (!contest) throw new Error('a choice is asked for')
    await again.choose(contest, null)
    again.dispose()
    const { workspace: later } = await person(hospital, 'Weber^Ben', disk)
    expect([asked(later), lengths(later)]).toEqual([[], {}])
  })
  it('two reports that replace the same one are merged: what each changed stands, what both changed is asked, and saving names both', async () => {
    const hospital = createHospital()
    const { workspace: anna } = await person(hospital, 'Rossi^Anna')
    await draw(anna, 150.5)
    await draw(anna, 152.5)
    await anna.save()
    const { workspace: ben } = await person(hospital, 'Weber^Ben')
    const [first = '', second = ''] = Object.keys(state(anna).document.marks)
    await draw(anna, 170.5, first)
    await draw(ben, 160.5, first)
    await draw(ben, 162.5, second)
    // Neither has seen the other's when it saves.
    await anna.save()
    await ben.save()
    const { workspace: third } = await person(hospital, 'Third^Reader')
    expect(lengths(third)['M2']).toBe('37.2')
    expect(asked(third)).toEqual([['M1', 'Rossi^Anna 42', 'Weber^Ben 36']])
    const [contest] = state(third).contests
    if (!contest) throw new Error('a choice is asked for')
    await third.choose(contest, contest.sides[0]?.mark ?? null)
    await third.save()
    const { workspace: last } = await person(hospital, 'Fourth^Reader')
    expect([lengths(last), asked(last), state(last).versions.filter(({ newest }) => newest).length]).toEqual([{ M1: '42', M2: '37.2' }, [], 1])
  })
})
