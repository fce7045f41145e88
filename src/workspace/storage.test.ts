import { describe, expect, it } from 'vitest'
import { createDisk, isLow } from './storage.ts'

const megabyte = 1024 * 1024
describe('the room that is left on this device', () => {
  it.each([
    [{ leftBytes: 101 * megabyte, quotaBytes: 1000 * megabyte }, false], [{ leftBytes: 99 * megabyte, quotaBytes: 1000 * megabyte }, true],
    [{ leftBytes: 49 * megabyte, quotaBytes: 100 * megabyte }, true], [{ leftBytes: 51 * megabyte, quotaBytes: 100 * megabyte }, false],
  ])('is said to be low under a tenth or 50 MB', (room, low) => expect(isLow(room)).toBe(low))
  it('is asked to be kept once, and not where it is kept already', async () => {
    const asked: string[] = []
    const storage = (persisted: boolean) => ({ persisted: async () => persisted, persist: async () => { asked.push('persist'); return true }, estimate: async () => ({ usage: 60, quota: 100 }) })
    const disk = createDisk(storage(false))
    await Promise.all([disk.persist(), disk.persist()])
    await createDisk(storage(true)).persist()
    expect([asked, await disk.room()]).toEqual([['persist'], { leftBytes: 40, quotaBytes: 100 }])
  })
  it('is unknown where the browser says nothing', async () => {
    expect([await createDisk(undefined).room(), await createDisk(undefined).persist()]).toEqual([undefined, false])
    const refusing = { persisted: () => Promise.reject(new Error('no')), persist: () => Promise.reject(new Error('no')), estimate: () => Promise.reject(new Error('no')) }
    expect([await createDisk(refusing).room(), await createDisk(refusing).persist()]).toEqual([undefined, false])
  })
})
