import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startDatabase } from '../testing/database.ts'
import { createIndexSync } from './indexSync.ts'
import type { Database } from './sql/database.ts'

let database: Database
let stop: () => Promise<void>
beforeAll(async () => ({ database, stop } = await startDatabase()))
afterAll(() => stop())
beforeEach(async () => { for (const table of ['node_sync', 'series', 'study']) await database.sql(`delete from ${table}`) })

const series = (uid: string, more: object = {}) => ({ seriesInstanceUid: uid, number: 1, modality: 'CT', description: 'd', instances: 3, derived: false, ...more })
const study = (uid: string, more: object = {}) => ({ studyInstanceUid: uid, subject: 'P', patientName: 'N', date: '20260105', description: 'd', accession: '', modalities: ['CT'], series: [series(`${uid}.1`)], ...more })
const config = { nodes: [{ id: 'n' }], datasets: [{ id: 'a', node: 'n' }] }
const over = (answer: () => Promise<unknown>) => {
  const skipped: number[] = []
  const sync = createIndexSync({ config, database, nodes: { askJson: answer }, clock: () => new Date(), onSkipped: (_, count) => skipped.push(count) })
  return { sync, skipped }
}
const studies = async () => (await database.sql<{ study_uid: string }>('select study_uid from study order by 1')).map((row) => row.study_uid)

describe('the answer of a node', () => {
  it.each([
    ['a UID that is none', study('1.2.x')], ['no subject', { ...study('1.2.9'), subject: undefined }], ['a UID that was there', study('1.2.3')], ['nothing', null], ['a text', 'study'], ['a date that is a number', study('1.2.9', { date: 20260105 })],
  ])('with a study of %s loses that study alone, and counts it', async (_, bad) => {
    const { sync, skipped } = over(() => Promise.resolve({ revision: '1', studies: [study('1.2.3'), bad, study('1.2.4')] }))
    await sync.refresh()
    expect(await studies()).toEqual(['1.2.3', '1.2.4'])
    expect([sync.health('n').state, skipped]).toEqual(['up', [1]])
  })
  it.each([
    ['a UID that is none', series('x')], ['a UID that was there', series('1.2.3.1')], ['fewer instances than none', series('1.2.9', { instances: -1 })], ['half an instance', series('1.2.9', { instances: 0.5 })], ['more instances than are counted', series('1.2.9', { instances: 1e20 })],
  ])('with a series of %s loses that series alone, and counts it', async (_, bad) => {
    const { sync, skipped } = over(() => Promise.resolve({ revision: '1', studies: [study('1.2.3', { series: [series('1.2.3.1'), bad] })] }))
    await sync.refresh()
    expect(await database.sql('select series_uid from series')).toEqual([{ series_uid: '1.2.3.1' }])
    expect(skipped).toEqual([1])
  })
  it('is cleaned of what cannot be stored, and cut to what a row may say', async () => {
    const { sync, skipped } = over(() => Promise.resolve({ revision: 'r\0', studies: [study('1.2.3', { description: `a\0b\ud800c${'x'.repeat(500)}`, patientName: `${'x'.repeat(199)}\u{1F600}`, modalities: ['C\0T'.padEnd(40, 'x')], series: [series('1.2.3.1', { number: 1e20 })] })] }))
    await sync.refresh()
    const [row] = await database.sql<{ description: string; patient_name: string; modalities: string[] }>('select description, patient_name, modalities from study')
    expect([row?.description, row?.patient_name, row?.modalities]).toEqual([`abc${'x'.repeat(197)}`, 'x'.repeat(199), [`CT${'x'.repeat(14)}`]])
    expect(await database.sql('select number from series')).toEqual([{ number: null }])
    expect([sync.health('n').state, skipped]).toEqual(['up', []])
  })
  it.each([['no index', { studies: 'all' }], ['a list', []], ['nothing', null]])('that is %s changes nothing, and the node is away', async (_, answer) => {
    let said: unknown = { revision: '1', studies: [study('1.2.3')] }
    const { sync } = over(() => Promise.resolve(said))
    await sync.refresh()
    said = answer
    await sync.refresh()
    expect([await studies(), sync.health('n').state]).toEqual([['1.2.3'], 'away'])
  })
})

describe('asking', () => {
  it('does not overlap; what is asked for by name while it is under way is asked once more', async () => {
    const open: (() => void)[] = []
    let asked = 0
    const answered = (): Promise<unknown> => {
      asked += 1
      return new Promise((resolve) => { open.push(() => resolve({ revision: String(asked), studies: [study(`1.2.${asked}`)] })) })
    }
    const { sync } = over(answered)
    const reached = async (count: number) => { while (asked < count) await new Promise((resolve) => { setImmediate(resolve) }) }
    const first = [sync.refresh(), sync.refresh()]
    await reached(1)
    const named = [sync.refreshDataset('a'), sync.refreshDataset('a')]
    open[0]?.()
    await Promise.all(first)
    await reached(2)
    expect(await studies()).toEqual(['1.2.1'])
    open[1]?.()
    await Promise.all(named)
    expect([asked, await studies()]).toEqual([2, ['1.2.2']])
  })
})
