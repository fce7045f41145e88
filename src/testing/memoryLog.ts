import type { openLogDatabase } from '../workspace/index.ts'

type Stored = Readonly<Record<string, unknown>>
const keys: Readonly<Record<string, readonly string[]>> = { records: ['document', 'sequence'], heads: ['document'], studies: ['document'] }

/** The database of drafts as far as a log needs it, in the memory of the page: it forgets. A control: a kill must lose what only it holds. */
export const memoryLogDatabase = async (): Promise<Awaited<ReturnType<typeof openLogDatabase>>> => {
  const stores = new Map(Object.keys(keys).map((name) => [name, new Map<string, Stored>()]))
  const storeOf = (name: string) => {
    const rows = stores.get(name) ?? new Map<string, Stored>()
    const keyOf = (row: Stored): unknown[] => (keys[name] ?? []).map((part) => row[part])
    const text = (key: unknown): string => JSON.stringify([key].flat())
    const put = async (row: Stored): Promise<void> => { rows.set(text(keyOf(row)), row) }
    const within = (range: IDBKeyRange, row: Stored): boolean => {
      const [document, from] = range.lower as [string, number]
      return row['document'] === document && Number(row['sequence']) >= from
    }
    return {
      put, add: put,
      get: async (key: unknown) => rows.get(text(key)),
      delete: async (key: unknown) => { rows.delete(text(key)) },
      getAll: async (range: IDBKeyRange) => [...rows.values()].filter((row) => within(range, row)),
      index: () => ({
        getAll: async (document: string) => [...rows.values()].filter((row) => row['document'] === document),
        getAllKeys: async (document: string) => [...rows.values()].filter((row) => row['document'] === document).map(keyOf),
      }),
    }
  }
  const database = {
    name: `memory ${crypto.randomUUID()}`, close: () => undefined,
    get: (name: string, key: unknown) => storeOf(name).get(key),
    put: (name: string, row: Stored) => storeOf(name).put(row),
    transaction: () => ({ objectStore: storeOf, done: Promise.resolve() }),
  }
  return database as never
}
