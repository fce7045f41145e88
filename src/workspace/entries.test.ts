import { describe, expect, it } from 'vitest'
import { markOf, onInstance, sourceOf } from '../testing/marks.ts'
import { isOfMark } from './document.ts'
import { outlined, replay, unsynced, type Entry } from './entries.ts'
import type { PaintingHead } from './paintings.ts'
import { countAll, tally, type Draft } from './waits.ts'

const json = await sourceOf()
const mark = (id: string, x = 40) => markOf('length', onInstance(json, [[10.5, 10.5], [x + 0.5, 20.5]]), { id })
const drawn = (id: string, x?: number): Entry => ({ type: 'operation', operation: { trackingUid: mark(id).trackingUid, before: null, after: mark(id, x) } })
const moved = (id: string, from: number, to: number): Entry => ({ type: 'operation', operation: { trackingUid: mark(id).trackingUid, before: mark(id, from), after: mark(id, to) } })
const removed = (id: string): Entry => ({ type: 'operation', operation: { trackingUid: mark(id).trackingUid, before: mark(id), after: null } })
const finalised = (uid: string, ids: readonly string[], upTo?: number): Entry => ({ type: 'finalised', report: { sopInstanceUid: uid, seriesInstanceUid: '1', base64: '', sha256: '', marks: ids.map((id) => mark(id)) }, ...(upTo === undefined ? {} : { upTo }) })
const verified = (sopInstanceUid: string): Entry => ({ type: 'reportVerified', sopInstanceUid })
const segmentation = (uid: string): Entry => ({ type: 'segmentation', name: 'Lung', object: { sopInstanceUid: uid, seriesInstanceUid: '2', base64: '', sha256: '' } })

describe('what a log says is not at the hospital', () => {
  it.each<[string, Entry[], number]>([
    ['nothing', [], 0], ['each mark that was drawn', [drawn('M1'), drawn('M2')], 2], ['a mark once, however often it was moved', [drawn('M1'), moved('M1', 40, 50), moved('M1', 50, 60)], 1],
    ['no mark that was drawn and removed', [drawn('M1'), removed('M1')], 0], ['no mark that is as it was', [moved('M1', 40, 50), moved('M1', 50, 40)], 0], ['a mark that was removed', [removed('M1')], 1],
    ['no mark that a report on its way says', [drawn('M1'), finalised('r', ['M1'], 1)], 0], ['a mark moved since', [drawn('M1'), finalised('r', ['M1'], 1), moved('M1', 40, 50)], 1],
    ['a mark drawn while the report was made', [drawn('M1'), drawn('M2'), finalised('r', ['M1'], 1), verified('r')], 1], ['a mark removed since', [drawn('M1'), finalised('r', ['M1'], 1), verified('r'), removed('M1')], 1],
  ])('counts %s', (_, entries, marks) => expect(unsynced(entries).marks).toBe(marks))
  it('says how far what is finished came, and why not farther', () => {
    const told: Entry[] = [drawn('M1'), finalised('r', ['M1'], 1), segmentation('s'), { type: 'notArrived', sopInstanceUid: 'r', state: 'hub', detail: '' }, { type: 'notArrived', sopInstanceUid: 's', state: 'rejected', detail: 'no space' }]
    expect(unsynced(told)).toEqual({ marks: 0, paintings: 0, report: { sopInstanceUid: 'r', state: 'hub', marks: 1 }, segmentations: [{ name: 'Lung', sopInstanceUid: 's', state: 'rejected', detail: 'no space' }] })
    expect(unsynced([...told, verified('r'), { type: 'segmentationVerified', sopInstanceUid: 's' }])).toEqual({ marks: 0, paintings: 0, segmentations: [] })
    const drafts: Draft[] = [{ document: 'a', records: 5, waits: unsynced(told) }, { document: 'b', records: 1, waits: unsynced([drawn('M1')]) }, { document: 'c', records: 1, fault: { kind: 'broken', sequence: 1 } }]
    expect([tally(drafts), countAll(drafts)]).toEqual([{ marks: 1, sendable: 1, stuck: 1 }, 3])
  })
})

describe('what is painted', () => {
  const head: PaintingHead = { uid: 'p', id: 'S1', name: '', on: { seriesInstanceUid: '1', columns: 4, rows: 4, slices: 2 } }
  const stroke = (id: string, behind: string, done = true): Entry => ({ type: 'operation', operation: { painting: head, stroke: id, behind, patch: '', done } })
  const said = (object: string, upTo: string): Entry => ({ type: 'segmentation', name: 'S1', painting: { uid: 'p', stroke: upTo }, object: { sopInstanceUid: object, seriesInstanceUid: '2', base64: '', sha256: '' } })
  const there = (sopInstanceUid: string): Entry => ({ type: 'segmentationVerified', sopInstanceUid })
  it.each<[string, Entry[], number, boolean]>([
    ['nothing', [], 0, false], ['a painting once, however many strokes it has', [stroke('a', ''), stroke('b', 'a')], 1, true], ['none that was taken back whole, though it can be done again', [stroke('a', ''), stroke('a', '', false)], 0, false],
    ['none that a segmentation on its way says', [stroke('a', ''), said('s', 'a')], 0, true], ['none that arrived', [stroke('a', ''), said('s', 'a'), there('s')], 0, false],
    ['one that was gone on with', [stroke('a', ''), said('s', 'a'), there('s'), stroke('b', 'a')], 1, true], ['none that was gone back to what was said', [stroke('a', ''), said('s', 'a'), there('s'), stroke('b', 'a'), stroke('b', 'a', false)], 0, false],
  ])('counts %s', (_, entries, paintings, waits) => expect([unsynced(entries).paintings, replay(entries).waits]).toEqual([paintings, waits]))
  it('stays told when a report has said the marks, and by each segmentation in turn', () => {
    const entries = [stroke('a', ''), drawn('M1'), finalised('r', ['M1'], 2), verified('r'), said('s', 'a'), there('s'), stroke('b', 'a'), said('t', 'b')]
    expect(replay(entries).operations.map((one) => ('stroke' in one ? one.stroke : one.trackingUid))).toEqual(['a', 'b'])
    expect(outlined(entries).get('p')).toEqual({ painting: 'p', stroke: 'b', sopInstanceUid: 't', seriesInstanceUid: '2', version: 2, arrived: false })
  })
})

it('a report of the time before it noted how far it reaches says all that stands before it', () => {
  const ops = (entries: Entry[]) => replay(entries).operations.filter(isOfMark).map(({ after }) => after?.trackingId)
  expect(ops([drawn('M1'), finalised('r', ['M1']), verified('r'), drawn('M2')])).toEqual(['M2'])
  expect(ops([drawn('M1'), drawn('M2'), finalised('r', ['M1'], 1), verified('r'), drawn('M3')])).toEqual(['M2', 'M3'])
})
