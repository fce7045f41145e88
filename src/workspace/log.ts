import { documentOf, sealStudy, type AboutStudy, type LogDatabase, type LogFault, type LogOwner, type StoredHead, type StoredRecord, type StoredStudy } from './logDatabase.ts'
import { keyFor, seal, sha256, unseal, type Keys } from './seal.ts'

/** The shape of a record in this version; a log of a newer program is left alone. 2: strokes of the brush beside operations on marks. */
export const logVersion = 2

const hashOf = (record: StoredRecord): Promise<string> => {
  const head = new TextEncoder().encode(JSON.stringify([record.document, record.sequence, record.version, record.keyVersion, record.previous]))
  const all = new Uint8Array(head.length + record.nonce.length + record.sealed.byteLength)
  all.set(head)
  all.set(record.nonce, head.length)
  all.set(new Uint8Array(record.sealed), head.length + record.nonce.length)
  return sha256(all)
}

/** Writers that meet at the end of a chain take turns; more turns than this in a row are a fault of the program. */
const mostTurns = 100
const stores = ['records', 'heads', 'studies'] as const
/** Whether a write is on the disk when it is done, or with the next one that is (IndexedDB 3.0, transaction durability hint). */
export type Durability = 'strict' | 'relaxed'
type End = { readonly sequence: number; readonly hash: string }
const start: End = { sequence: 0, hash: '' }

/** Waits for the disk. A request that was cut off says only that: why is what the transaction ended with, such as a full disk. */
const committed = async (done: Promise<void>, writes: readonly Promise<unknown>[]): Promise<void> => {
  const [end] = await Promise.allSettled([done, ...writes])
  if (end?.status === 'rejected') throw end.reason
}

/**
 * The operation log of one person, data set and study: AES-GCM records in a hash chain, each bound to its place, so that none can
 * be swapped, replayed or taken out unseen. An `append` that resolved is on the disk (`durability: 'strict'`). Several tabs may write:
 * the end of the chain is looked up in the transaction that writes behind it. What the log is about is written in the same transaction.
 * @param onWritten called after each change of the log, for other tabs to hear of it
 */
export const openLog = async ({ database, keys, owner, about, clock, onWritten = () => undefined }: { database: LogDatabase; keys: Keys; owner: LogOwner; about: AboutStudy; clock: () => Date; onWritten?: () => void }) => {
  const document = await documentOf(owner)
  const placeOf = (sequence: number, version: number, previous: string): unknown => [owner.user, owner.dataset, owner.study, sequence, version, previous]
  /** The end of the chain up to which every record was read or written here; another's records behind it make it the end no more. */
  let known: End = start
  /** What is said up to there. */
  let entries: unknown[] = []
  /** What was written here, by the hash of its record: read again, it is the same object. */
  const own = new Map<string, unknown>()
  let newer = false
  let chain: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = chain.then(work)
    chain = next.catch(() => undefined)
    return next
  }
  const writing = (durability: Durability = 'strict') => database.transaction(stores, 'readwrite', { durability })
  const study = (aside?: { readonly document: string; readonly fault: LogFault }): Promise<StoredStudy> =>
    sealStudy(keys, owner.user, aside?.document ?? document, { dataset: owner.dataset, study: owner.study, ...about, changed: clock().toISOString(), ...(aside ? { aside: aside.fault } : {}) })

  const sealed = async (sequence: number, previous: string, entry: unknown): Promise<{ record: StoredRecord; head: StoredHead }> => {
    const record: StoredRecord = { document, sequence, version: logVersion, previous, ...await seal(keys, placeOf(sequence, logVersion, previous), entry) }
    return { record, head: { document, sequence, hash: await hashOf(record) } }
  }

  /** @returns the number of the record; undefined where another wrote first */
  const appendBehind = async (end: StoredHead | undefined, entry: unknown, durability: Durability): Promise<number | undefined> => {
    const [{ record, head }, about] = await Promise.all([sealed((end?.sequence ?? 0) + 1, end?.hash ?? '', entry), study()])
    const transaction = writing(durability)
    const now = await transaction.objectStore('heads').get(document)
    if (now?.hash !== end?.hash) {
      await transaction.done
      return undefined
    }
    await committed(transaction.done, [transaction.objectStore('records').add(record), transaction.objectStore('heads').put(head), transaction.objectStore('studies').put(about)])
    own.set(head.hash, entry)
    if ((end?.hash ?? '') === known.hash) {
      known = head
      entries = [...entries, entry]
    }
    onWritten()
    return head.sequence
  }
  const append = async (entry: unknown, durability: Durability): Promise<number> => {
    if (newer) throw new Error('what lies on this device was written by a newer version of the program: load this page anew')
    for (let turn = 0; turn < mostTurns; turn++) {
      const sequence = await appendBehind(await database.get('heads', document), entry, durability)
      if (sequence !== undefined) return sequence
    }
    throw new Error('the log of this study is written to without end by another tab')
  }

  /** Goes on from what is known with the records behind it. @throws what came in place of a key */
  const believe = async (records: readonly StoredRecord[], head: StoredHead | undefined): Promise<LogFault | undefined> => {
    for (const record of records) {
      const sequence = known.sequence + 1
      if (record.version > logVersion) {
        newer = true
        return { kind: 'newer', sequence: record.sequence }
      }
      if (record.sequence !== sequence || record.previous !== known.hash) return { kind: 'broken', sequence }
      const [key, hash] = await Promise.all([keyFor(keys, record), hashOf(record)])
      try {
        if (!key) return { kind: 'broken', sequence }
        const entry = own.get(hash) ?? await unseal(key, placeOf(sequence, record.version, known.hash), record)
        entries = [...entries, entry]
      } catch {
        return { kind: 'broken', sequence }
      }
      known = { sequence, hash }
    }
    return (head?.sequence ?? 0) === known.sequence && (head?.hash ?? '') === known.hash ? undefined : { kind: 'cut', sequence: known.sequence + 1 }
  }
  const recordsFrom = async (sequence: number): Promise<{ records: StoredRecord[]; head: StoredHead | undefined; said: StoredStudy | undefined }> => {
    const reading = database.transaction(stores)
    const [records, head, said] = await Promise.all([
      reading.objectStore('records').getAll(IDBKeyRange.bound([document, sequence], [document, Infinity])), reading.objectStore('heads').get(document), reading.objectStore('studies').get(document),
    ])
    return { records, head, said }
  }
  const read = async (): Promise<{ entries: unknown[]; fault?: LogFault }> => {
    const { records, head, said } = await recordsFrom(0)
    known = start
    entries = []
    const fault = await believe(records, head)
    // A log of the time before it was said what a log is about.
    if (records.length > 0 && !said) await database.put('studies', await study())
    return fault ? { entries, fault } : { entries }
  }
  const follow = async (): Promise<{ anew: boolean; fault?: LogFault }> => {
    const { records: [last, ...behind], head } = await recordsFrom(known.sequence)
    const anew = known.sequence > 0 && (!last || await hashOf(last) !== known.hash)
    const fault = anew ? (await read()).fault : await believe(known.sequence === 0 && last ? [last, ...behind] : behind, head)
    return { anew, ...(fault ? { fault } : {}) }
  }

  return {
    document,
    /** One after another, whoever calls: the chain has one end. @throws Error where the log is of a newer program, or the disk is full */
    append: (entry: unknown, durability: Durability = 'strict'): Promise<number> => inTurn(() => append(entry, durability)),
    /** What was written before with relaxed durability is on the disk when this resolves: a strict commit behind it. */
    settle: (): Promise<void> => inTurn(async () => {
      const said = await study()
      const transaction = writing()
      if (await transaction.objectStore('heads').get(document)) await committed(transaction.done, [transaction.objectStore('studies').put(said)])
      else await transaction.done
    }),
    /** All entries up to the first that cannot be believed, and what is wrong with that one. @throws what came in place of a key */
    read: () => inTurn(read),
    /** Reads on behind what is known; `anew` where the chain that was known is there no more, and what is there was read from its start. */
    follow: () => inTurn(follow),
    /** What is said up to `newest`, in the order of the chain. */
    entries: (): readonly unknown[] => entries,
    /** The number of the newest record up to which all were read or written here; 0 where there is none. */
    newest: (): number => known.sequence,
    /**
     * After verified sync: everything up to `sequence` lies at the hospital. Where something was appended since, here or in another
     * tab, nothing is wiped: a chain cannot lose its beginning and stay believable.
     */
    wipe: (sequence: number): Promise<boolean> => inTurn(async () => {
      const transaction = writing()
      const [head, keysOfRecords] = await Promise.all([transaction.objectStore('heads').get(document), transaction.objectStore('records').index('byDocument').getAllKeys(document)])
      if (known.sequence !== sequence || (head?.hash ?? '') !== known.hash) {
        await transaction.done
        return false
      }
      await committed(transaction.done, [...keysOfRecords.map((one) => transaction.objectStore('records').delete(one)), transaction.objectStore('heads').delete(document), transaction.objectStore('studies').delete(document)])
      known = start
      entries = []
      onWritten()
      return true
    }),
    /**
     * Begins the chain anew with the entries that could be read. The records of the old one are kept under another name: what cannot
     * be read here and now is not thrown away.
     */
    setAside: (readable: readonly unknown[], fault: LogFault): Promise<void> => inTurn(async () => {
      const fresh: StoredRecord[] = []
      let end: StoredHead | undefined
      for (const entry of readable) {
        const { record, head } = await sealed((end?.sequence ?? 0) + 1, end?.hash ?? '', entry)
        fresh.push(record)
        end = head
        own.set(head.hash, entry)
      }
      const aside = `${document}/${crypto.randomUUID()}`
      const [here, there] = await Promise.all([study(), study({ document: aside, fault })])
      const transaction = writing()
      const [records, heads, studies] = [transaction.objectStore('records'), transaction.objectStore('heads'), transaction.objectStore('studies')]
      const old = await records.index('byDocument').getAll(document)
      await committed(transaction.done, [
        ...old.flatMap((record) => [records.delete([document, record.sequence]), records.add({ ...record, document: aside })]),
        ...fresh.map((record) => records.put(record)), end ? heads.put(end) : heads.delete(document), end ? studies.put(here) : studies.delete(document), studies.put(there),
      ])
      known = end ?? start
      entries = [...readable]
      onWritten()
    }),
  }
}
export type Log = Awaited<ReturnType<typeof openLog>>
