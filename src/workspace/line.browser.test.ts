import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiFailure } from '../api/index.ts'
import type { Submission } from '../contract/index.ts'
import type { DicomJson } from '../dicom/file/json.ts'
import { decodeReport } from '../dicom/sr/decode.ts'
import { encodeReport } from '../dicom/sr/encode.ts'
import type { Measurement, Place } from '../domain/measurement/types.ts'
import { createWorkspace } from './createWorkspace.ts'
import { openLogDatabase } from './log.ts'
import type { Outside } from './port.ts'

const study = '1.2.840.1'
const source: DicomJson = {
  '00080020': { vr: 'DA', Value: ['20260105'] }, '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jörg' }] }, '00100020': { vr: 'LO', Value: ['TEST-1'] }, '0020000D': { vr: 'UI', Value: [study] },
}
const plane = { origin: [0, 0, 0], rowDirection: [1, 0, 0], columnDirection: [0, 1, 0], rowSpacingMm: 0.9, columnSpacingMm: 0.6, rows: 512, columns: 512 } as const
const place: Place = { kind: 'image', frame: { studyInstanceUid: study, seriesInstanceUid: '1.2.840.2', sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '1.2.840.3', frameNumber: 1 }, points: [[100.5, 200.5], [180.5, 260.5]] }
const device = { uid: '1.2.3', name: 'Imaging Workbench', version: '0.1.0' }

/** A hub and a hospital in memory; `alter` is what the hospital does to what it is given, `before` may refuse a submission. */
const createHospital = ({ alter = async (bytes) => bytes, before = () => undefined, random = 0.5 }: { alter?: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>; before?: (attempt: number) => void; random?: number } = {}) => {
  const instances = new Map<string, { series: string; bytes: Uint8Array<ArrayBuffer>; asked: number }>()
  const sent: { sopInstanceUid: string; sha256: string }[] = []
  const pauses: number[] = []
  let uids = 0
  const describeIt = (sopInstanceUid: string, state: Submission['state']): Submission => ({ sopInstanceUid, dataset: 'd', study, series: '1.2', sopClassUid: '1.2', sha256: ''.padStart(64, '0'), bytes: 1, state, attempts: 1, received: '', updated: '' })
  const outside: Outside = {
    draftKey: async () => ({ version: 1, key: btoa('0123456789abcdef0123456789abcdef'), user: 'u1' }),
    submit: async ({ sopInstanceUid, bytes, sha256 }) => {
      sent.push({ sopInstanceUid, sha256 })
      before(sent.length)
      instances.set(sopInstanceUid, { series: (await decodeReport(bytes)).seriesInstanceUid, bytes: await alter(bytes), asked: 0 })
      return describeIt(sopInstanceUid, 'queued')
    },
    submission: async (uid) => {
      const found = instances.get(uid)
      if (!found) throw new Error('unknown submission')
      found.asked += 1
      return describeIt(uid, found.asked === 1 ? 'queued' : found.asked === 2 ? 'stored' : 'verified')
    },
    derivedSeries: async (_, __, modality) => (modality === 'SR' ? [...new Set([...instances.values()].map(({ series }) => series))].map((uid) => ({ uid, description: '' })) : []),
    instances: async (_dataset, _study, series) => [...instances].filter(([, found]) => found.series === series).map(([uid]) => uid),
    instance: async (_dataset, _study, _series, uid) => instances.get(uid)?.bytes ?? new Uint8Array(),
    clock: () => new Date('2026-01-05T12:00:00Z'),
    newUid: () => `2.25.${1000 + (uids += 1)}`,
    wait: async (ms) => { pauses.push(ms) },
    random: () => random,
  }
  return { outside, instances, sent, pauses }
}

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
  ...report, seriesNumber: 9000, instanceNumber: 1, source, device,
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
