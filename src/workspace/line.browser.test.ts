import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiFailure } from '../api/index.ts'
import { decodeReport } from '../dicom/sr/decode.ts'
import { encodeReport } from '../dicom/sr/encode.ts'
import type { Measurement, Place } from '../domain/measurement/types.ts'
import { createWorkspace } from './createWorkspace.ts'
import { openLogDatabase } from './logDatabase.ts'
import { createHospital, device, place, plane, source, study } from '../testing/hospitalInMemory.ts'
import type { Outside } from './port.ts'

let name: string
let database: ReturnType<typeof openLogDatabase>
beforeEach(() => {
  name = `line-${crypto.randomUUID()}`
  database = openLogDatabase(name)
})
afterEach(async () => {
  (await database).close()
  await deleteDB(name)
})
const open = async (outside: Outside, more: { database?: ReturnType<typeof openLogDatabase> } = {}) => {
  const workspace = createWorkspace({ outside, database, dataset: 'd', study, source, observer: 'Rossi^Anna', device, ...more })
  await workspace.opened
  return workspace
}
const marksOf = (workspace: Awaited<ReturnType<typeof open>>): Measurement[] => Object.values(workspace.store.getState().document.marks)
const statesOf = (workspace: Awaited<ReturnType<typeof open>>): string[] => Object.values(workspace.store.getState().states)
const shifted = (bytes: Uint8Array<ArrayBuffer>) => decodeReport(bytes).then((report) => encodeReport({
  ...report, seriesNumber: 9000, instanceNumber: 1, source, device, predecessors: [],
  measurements: report.measurements.map((mark): Measurement => mark.place.kind === 'image'
    ? { ...mark, place: { ...mark.place, points: mark.place.points.map(([x, y], index) => [index === 0 ? Math.fround(x + 0.1 / 0.6) : x, y] as const) } } : mark),
}))

describe('the line from a mark to the hospital and back', () => {
  it('device, hub, verified; a new browser shows the same mark', async () => {
    const hospital = createHospital()
    const workspace = await open(hospital.outside)
    await workspace.finish(undefined, 'length', place, plane)
    expect(statesOf(workspace)).toEqual(['device'])
    const seen = new Set<string>()
    workspace.store.subscribe(({ states }) => Object.values(states).forEach((state) => seen.add(state)))
    await workspace.save()
    expect([...seen]).toEqual(['device', 'hub', 'verified'])
    expect(workspace.store.getState().save).toEqual({ kind: 'idle' })

    const elsewhere = openLogDatabase(`${name}-other`)
    const later = await open(hospital.outside, { database: elsewhere })
    expect(marksOf(later)).toEqual(marksOf(workspace))
    expect(marksOf(later)[0]?.values[0]?.text).toBe('72.2495674727538')
    expect(statesOf(later)).toEqual(['verified'])
    ;(await elsewhere).close()
    await deleteDB(`${name}-other`)
  })

  it('an archive that shifts one coordinate by 0.1 mm ends in "differs", never in "verified"', async () => {
    const workspace = await open(createHospital({ alter: shifted }).outside)
    await workspace.finish(undefined, 'length', place, plane)
    await workspace.save()
    expect(workspace.store.getState().save).toEqual({ kind: 'differs', detail: 'M1' })
    expect(statesOf(workspace)).toEqual(['hub'])
  })

  it('tries again with the same UID and bytes, after random pauses whose bound doubles', async () => {
    const hospital = createHospital({ random: 1, before: (attempt) => { if (attempt < 4) throw new ApiFailure('network', 'network', 'the hub cannot be reached', 0) } })
    const workspace = await open(hospital.outside)
    await workspace.finish(undefined, 'length', place, plane)
    await workspace.save()
    expect(statesOf(workspace)).toEqual(['verified'])
    expect(hospital.sent).toHaveLength(4)
    expect(new Set(hospital.sent.map(({ sopInstanceUid, sha256 }) => `${sopInstanceUid} ${sha256}`)).size).toBe(1)
    expect(hospital.pauses.slice(0, 3)).toEqual([500, 1000, 2000])
  })

  it('a session that ended in the middle keeps the mark, and saving again sends the same report', async () => {
    const hospital = createHospital({ before: (attempt) => { if (attempt === 1) throw new ApiFailure('signedOut', 'signedOut', 'Sign in to go on', 401) } })
    const workspace = await open(hospital.outside)
    await workspace.finish(undefined, 'length', place, plane)
    await workspace.save()
    expect(workspace.store.getState().save).toEqual({ kind: 'failed', detail: 'Sign in to go on' })
    expect(statesOf(workspace)).toEqual(['device'])
    await workspace.finish(undefined, 'arrow', place, plane)
    await workspace.undo()
    await workspace.save()
    expect(statesOf(workspace)).toContain('verified')
    expect(new Set(hospital.sent.map(({ sopInstanceUid }) => sopInstanceUid)).size).toBe(1)
  })

  it('closed between finalising and the hub, the same report goes out when it is opened again', async () => {
    const hospital = createHospital({ before: (attempt) => { if (attempt === 1) throw new ApiFailure('signedOut', 'signedOut', 'Sign in to go on', 401) } })
    const workspace = await open(hospital.outside)
    await workspace.finish(undefined, 'length', place, plane)
    await workspace.save()
    workspace.dispose()
    const again = await open(hospital.outside)
    await expect.poll(() => statesOf(again)).toEqual(['verified'])
    expect(hospital.sent.map(({ sha256 }) => sha256)).toEqual([hospital.sent[0]?.sha256, hospital.sent[0]?.sha256])
    expect(marksOf(again)).toEqual(marksOf(workspace))
  })

  it('a changed mark is a new version that names the one before; deleting the last is saved too', async () => {
    const hospital = createHospital()
    const workspace = await open(hospital.outside)
    await workspace.finish(undefined, 'length', place, plane)
    await workspace.save()
    const [mark] = marksOf(workspace)
    await workspace.finish(mark?.trackingUid, 'length', { ...place, points: [[100.5, 200.5], [190.5, 260.5]] } as Place, plane)
    await workspace.save()
    await workspace.remove(mark?.trackingUid ?? '')
    await workspace.save()
    expect(workspace.store.getState().save).toEqual({ kind: 'idle' })
    const reports = await Promise.all([...hospital.instances.values()].map(({ bytes }) => decodeReport(bytes)))
    expect(reports.map(({ measurements }) => measurements.length)).toEqual([1, 1, 0])
    expect(reports.map(({ predecessors }) => predecessors)).toEqual([[], [reports[0]?.sopInstanceUid], [reports[1]?.sopInstanceUid]])
    const later = await open(hospital.outside)
    expect(marksOf(later)).toEqual([])
  })
})
