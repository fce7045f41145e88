/** What is left for this site on the disk of the device, in bytes. */
export type Room = { readonly leftBytes: number; readonly quotaBytes: number }

const leastBytes = 50 * 1024 * 1024
const leastShare = 0.1
/** Whether it is time to say so: less than a tenth of what the browser gives this site, or less than 50 MB. */
export const isLow = ({ leftBytes, quotaBytes }: Room): boolean => leftBytes < leastBytes || leftBytes < quotaBytes * leastShare

/** The browser's storage as far as it is needed here. */
export type DiskOf = Pick<StorageManager, 'persist' | 'persisted' | 'estimate'>

/** Asks the browser once not to clear what is kept, and measures what room is left. Where it says nothing, nothing is known: undefined. */
export const createDisk = (storage: DiskOf | undefined) => {
  let asked: Promise<boolean> | undefined
  return {
    /** Asked for at the first mark, and not again: some browsers ask the person. */
    persist: (): Promise<boolean> => {
      asked ??= (async () => storage !== undefined && (await storage.persisted() || await storage.persist()))().catch(() => false)
      return asked
    },
    room: async (): Promise<Room | undefined> => {
      const { usage, quota } = await storage?.estimate().catch(() => ({ usage: undefined, quota: undefined })) ?? {}
      return usage === undefined || quota === undefined ? undefined : { leftBytes: Math.max(0, quota - usage), quotaBytes: quota }
    },
  }
}
export type Disk = ReturnType<typeof createDisk>
