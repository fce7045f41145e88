import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ApiFailure } from '../api/index.ts'
import { decodeSegmentation } from '../dicom/seg/decode.ts'
import type { SegmentedFrame } from '../dicom/seg/encode.ts'
import { gridOfFrames, gridPoint } from '../domain/geometry/grid.ts'
import { strokePatch, type Patch } from '../domain/segmentation/brush.ts'
import { createHospital, device, place, plane, source, study } from '../testing/hospitalInMemory.ts'
import { createWorkspace, type Workspace } from './createWorkspace.ts'
import { createDrafts } from './drafts.ts'
import { openLogDatabase } from './logDatabase.ts'
import type { PaintingHead } from './paintings.ts'
import type { Outside } from './port.ts'

let name: string
let database: ReturnType<typeof openLogDatabase>
/** That of another browser. */
let elsewhere: ReturnType<typeof openLogDatabase>
const open: Workspace[] = []
beforeEach(() => {
  name = `painting-${crypto.randomUUID()}`
  database = openLogDatabase(name)
  elsewhere = openLogDatabase(`${name}-elsewhere`)
})
afterEach(async () => {
  for (const one of open.splice(0)) one.dispose()
  for (const one of [await database, await elsewhere]) {
    one.close()
    await deleteDB(one.name)
  }
})
const [columns, rows, slices] = [24, 20, 5]
const frames = Array.from({ length: slices }, (_, index): SegmentedFrame => ({
  ref: { studyInstanceUid: study, seriesInstanceUid: '1.2.840.2', sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: `1.2.840.3.${index + 1}`, frameNumber: 1 }, frameOfReferenceUid: '1.2.840.4',
  plane: { ...plane, rows, columns, origin: [0, 0, index * 3] },
}))
const grid = gridOfFrames(frames.map((frame) => frame.plane))
const start = async (outside: Outside): Promise<Workspace> => {
  const workspace = createWorkspace({ outside, database, dataset: 'd', study, source, observer: 'Rossi^Anna', device })
  open.push(workspace)
  await workspace.opened
  return workspace
}
const begin = (workspace: Workspace): PaintingHead => workspace.newPainting({ seriesInstanceUid: '1.2.840.2', columns, rows, slices })
const paintingOf = (workspace: Workspace, { uid }: PaintingHead) => workspace.store.getState().document.paintings[uid]
const labels = (workspace: Workspace, head: PaintingHead): number[] => {
  const painting = paintingOf(workspace, head)
  return painting ? [...workspace.labelMapOf(painting).data] : []
}
/** A dab at an index of the lattice, as the viewer makes it of the labels that are there. */
const dab = (workspace: Workspace, head: PaintingHead, [i, j, k]: readonly [number, number, number], value = 1): Patch =>
  strokePatch(workspace.labelMapOf(paintingOf(workspace, head) ?? { ...head, strokes: [] }).data, grid, [gridPoint(grid, [i, j, k])], { shape: 'ball', radiusMm: 3, value })
const stateOf = (workspace: Workspace, { uid }: PaintingHead) => workspace.store.getState().states[uid]

describe('what is painted', () => {
  it('is on the disk a moment after the stroke, and there again when the study is opened anew, with what undoes it', async () => {
    const { outside } = createHospital()
    const workspace = await start(outside)
    const head = begin(workspace)
    await workspace.stroke(head, dab(workspace, head, [8, 8, 2]))
    await workspace.stroke(head, dab(workspace, head, [12, 8, 2]))
    await workspace.stroke(head, dab(workspace, head, [12, 8, 2], 0))
    await expect.poll(() => stateOf(workspace, head)).toBe('device')
    const before = labels(workspace, head)
    expect(before.some((label) => label === 1)).toBe(true)
    workspace.dispose()
    const again = await start(outside)
    expect([labels(again, head), stateOf(again, head), again.voxelsOf(paintingOf(again, head) ?? { ...head, strokes: [] })]).toEqual([before, 'device', before.filter(Boolean).length])
    for (let step = 0; step < 3; step++) await again.undo()
    expect(labels(again, head).every((label) => label === 0)).toBe(true)
    for (let step = 0; step < 3; step++) await again.redo()
    expect(labels(again, head)).toEqual(before)
  })
  it('asks for a strict commit after strokes that were written in passing', async () => {
    const asked: (string | undefined)[] = []
    const original = IDBDatabase.prototype.transaction
    const workspace = await start(createHospital().outside)
    const head = begin(workspace)
    IDBDatabase.prototype.transaction = function (this: IDBDatabase, stores, mode, options) {
      if (mode === 'readwrite') asked.push(options?.durability)
      return original.call(this, stores, mode, options)
    }
    try {
      await workspace.stroke(head, dab(workspace, head, [8, 8, 2]))
      await expect.poll(() => stateOf(workspace, head)).toBe('device')
    } finally {
      IDBDatabase.prototype.transaction = original
    }
    expect(asked).toEqual(['relaxed', 'strict'])
  })
  it('is not called kept before its strict commit, whatever another tab writes meanwhile', async () => {
    const { outside } = createHospital()
    let commit = (): void => undefined
    const moment = new Promise<void>((resolve) => { commit = resolve })
    const workspace = await start({ ...outside, wait: (ms, signal) => (ms === 500 ? moment : outside.wait(ms, signal)) })
    const head = begin(workspace)
    await workspace.stroke(head, dab(workspace, head, [8, 8, 2]))
    const other = await start(outside)
    await other.finish(undefined, 'length', place, plane)
    await expect.poll(() => Object.keys(workspace.store.getState().document.marks).length).toBe(1)
    expect(stateOf(workspace, head)).toBe('drawing')
    commit()
    await expect.poll(() => stateOf(workspace, head)).toBe('device')
  })
  it('is committed when somebody tries again, where its strict commit failed', async () => {
    const original = IDBDatabase.prototype.transaction
    const workspace = await start(createHospital().outside)
    const head = begin(workspace)
    IDBDatabase.prototype.transaction = function (this: IDBDatabase, stores, mode, options) {
      if (options?.durability === 'strict') throw new DOMException('the disk is full', 'QuotaExceededError')
      return original.call(this, stores, mode, options)
    }
    try {
      await workspace.stroke(head, dab(workspace, head, [8, 8, 2]))
      await expect.poll(() => workspace.store.getState().notKept).toContain('the disk is full')
      expect(stateOf(workspace, head)).toBe('drawing')
    } finally {
      IDBDatabase.prototype.transaction = original
    }
    await workspace.resume()
    expect([stateOf(workspace, head), workspace.store.getState().notKept]).toEqual(['device', undefined])
  })
  it('is undone in the order in which it was done, whatever the tool', async () => {
    const workspace = await start(createHospital().outside)
    const head = begin(workspace)
    await workspace.stroke(head, dab(workspace, head, [8, 8, 2]))
    const one = labels(workspace, head)
    await workspace.finish(undefined, 'length', place, plane)
    await workspace.stroke(head, dab(workspace, head, [16, 8, 2]))
    await workspace.undo()
    expect([labels(workspace, head), Object.keys(workspace.store.getState().document.marks).length]).toEqual([one, 1])
    await workspace.undo()
    expect([labels(workspace, head), Object.keys(workspace.store.getState().document.marks).length]).toEqual([one, 0])
    await workspace.undo()
    expect(labels(workspace, head).every((label) => label === 0)).toBe(true)
  })
  it('is saved as a segmentation made by hand, and a later one of the same takes its place: same segment, same series, next number', async () => {
    const hospital = createHospital()
    const workspace = await start(hospital.outside)
    const head = begin(workspace)
    await workspace.stroke(head, dab(workspace, head, [8, 8, 2]))
    await workspace.namePainting(head.uid, 'Nodule')
    const saved: { voxels: number; painted: number }[] = []
    for (const at of [undefined, [14, 8, 2]] as const) {
      if (at) await workspace.stroke(head, dab(workspace, head, at))
      await workspace.savePainting(head.uid, frames)
      await expect.poll(() => workspace.store.getState().segmentations.filter(({ state }) => state === 'verified').length).toBe(saved.length + 1)
      const object = [...hospital.instances.values()].at(-1)?.bytes ?? new Uint8Array()
      const { frames: found, segments, algorithms } = await decodeSegmentation(object)
      expect([segments[0]?.label, segments[0]?.trackingUid, segments[0]?.trackingId, algorithms[0]?.type]).toEqual(['Nodule', head.uid, 'S1', 'MANUAL'])
      saved.push({ voxels: found.reduce((sum, frame) => sum + frame.values().reduce((all: number, value) => all + value, 0), 0), painted: labels(workspace, head).filter(Boolean).length })
    }
    for (const { voxels, painted } of saved) expect(voxels).toBe(painted)
    expect(saved[1]?.voxels).toBeGreaterThan(saved[0]?.voxels ?? 0)
    expect(new Set([...hospital.instances.values()].map(({ series }) => series)).size).toBe(1)
    expect(workspace.store.getState().outlined.get(head.uid)).toMatchObject({ version: 2 })
  })
  it('by a colleague since is listed with the next look, also where the list did not come before', async () => {
    const { outside } = createHospital()
    let away = true
    const down = (): never => { throw new ApiFailure('refused', 'upstream', 'the hospital does not answer', 502) }
    const colleague = await start(outside)
    const workspace = createWorkspace({ outside: { ...outside, derivedSeries: async (dataset, of, modality) => (away && modality === 'SEG' ? down() : outside.derivedSeries(dataset, of, modality)) }, database: elsewhere, dataset: 'd', study, source, observer: 'Weber^Max', device: { ...device, uid: '2.25.99' } })
    open.push(workspace)
    await workspace.opened
    expect(workspace.store.getState().notListed).toBe('the hospital does not answer')
    const head = begin(colleague)
    await colleague.stroke(head, dab(colleague, head, [8, 8, 2]))
    await colleague.savePainting(head.uid, frames)
    await expect.poll(() => colleague.store.getState().segmentations.map(({ state }) => state)).toEqual(['verified'])
    away = false
    await workspace.refresh()
    expect([workspace.store.getState().notListed, workspace.store.getState().segmentations.map(({ state }) => state)]).toEqual([undefined, ['verified']])
  })
  it('outlives the report of the marks, can be undone after it was saved, and leaves the log once all of it has arrived and nobody has it open', async () => {
    const { outside } = createHospital()
    const workspace = await start(outside)
    const head = begin(workspace)
    await workspace.finish(undefined, 'length', place, plane)
    await workspace.stroke(head, dab(workspace, head, [8, 8, 2]))
    await workspace.save()
    const drafts = createDrafts({ outside, database })
    try {
      await expect.poll(() => drafts.store.getState().drafts?.map(({ waits }) => [waits?.marks, waits?.paintings])).toEqual([[0, 1]])
      await workspace.savePainting(head.uid, frames)
      await expect.poll(() => workspace.store.getState().segmentations.map(({ state }) => state)).toEqual(['verified'])
      await expect.poll(() => drafts.store.getState().drafts).toEqual([])
      expect(await (await database).count('records')).toBeGreaterThan(0)
      await workspace.undo()
      expect(labels(workspace, head).every((label) => label === 0)).toBe(true)
      await workspace.redo()
      workspace.dispose()
      await expect.poll(async () => (await database).count('records')).toBe(0)
    } finally {
      drafts.dispose()
    }
  })
})
