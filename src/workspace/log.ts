import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

/** The shape of a record in this version; a log of a newer program is left alone. */
export const logVersion = 1

type StoredRecord = { document: string; sequence: number; version: number; keyVersion: number; nonce: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer; previous: string }
type StoredHead = { document: string; sequence: number; hash: string }
interface LogSchema extends DBSchema {
  records: { key: [string, number]; value: StoredRecord; indexes: { byDocument: string } }
  heads: { key: string; value: StoredHead }
}

export type LogOwner = { readonly user: string; readonly dataset: string; readonly study: string }
/** What was wrong with a log that was opened: where it stops being believable. */
export type LogFault = { readonly kind: 'broken' | 'cut' | 'newer'; readonly sequence: number }

const hex = (buffer: ArrayBuffer): string => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const sha256 = async (text: string | Uint8Array<ArrayBuffer>): Promise<string> => hex(await crypto.subtle.digest('SHA-256', typeof text === 'string' ? new TextEncoder().encode(text) : text))
const hashOf = (record: StoredRecord): Promise<string> => {
  const head = new TextEncoder().encode(JSON.stringify([record.document, record.sequence, record.version, record.keyVersion, record.previous]))
  const all = new Uint8Array(head.length + record.nonce.length + record.sealed.byteLength)
  all.set(head)
  all.set(record.nonce, head.length)
  all.set(new Uint8Array(record.sealed), head.length + record.nonce.length)
  return sha256(all)
}

export const openLogDatabase = (name = 'workbench-drafts'): Promise<IDBPDatabase<LogSchema>> => openDB<LogSchema>(name, 1, {
  upgrade: (database) => {
    database.createObjectStore('records', { keyPath: ['document', 'sequence'] }).createIndex('byDocument', 'document')
    database.createObjectStore('heads', { keyPath: 'document' })
  },
})

/** Imports the hub's 32-byte key so that it cannot be read out again. */
export const importDraftKey = (base64: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0)), 'AES-GCM', false, ['encrypt', 'decrypt'])

/** Writers that meet at the end of a chain take turns; more turns than this in a row are a fault of the program. */
const mostTurns = 100

/**
 * The operation log of one person, data set and study: AES-GCM records in a hash chain, each bound to its place, so that none can
 * be swapped, replayed or taken out unseen. An `append` that resolved is on the disk (`durability: 'strict'`). Several tabs may write:
 * the end of the chain is looked up in the transaction that writes behind it.
 * @param keyOf the key of a version: a record names the one it was written with
 */
export const openLog = async ({ database, keyOf, keyVersion, owner }: { database: IDBPDatabase<LogSchema>; keyOf: (version: number) => Promise<CryptoKey>; keyVersion: number; owner: LogOwner }) => {
  // No UID stands in the clear: the document is named by a hash.
  const document = await sha256(JSON.stringify([owner.user, owner.dataset, owner.study]))
  const additional = (sequence: number, version: number, previous: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify([owner.user, owner.dataset, owner.study, sequence, version, previous]))
  /** The end of the chain up to which every record was read or written here; another's records behind it make it the end no more. */
  let known: { readonly sequence: number; readonly hash: string } = { sequence: 0, hash: '' }
  let newer = false
  let chain: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = chain.then(work)
    chain = next.catch(() => undefined)
    return next
  }

  const sealed = async (sequence: number, previous: string, entry: unknown): Promise<{ record: StoredRecord; head: StoredHead }> => {
    const nonce = crypto.getRandomValues(new Uint8Array(12))
    const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: additional(sequence, logVersion, previous) }, await keyOf(keyVersion), new TextEncoder().encode(JSON.stringify(entry)))
    const record: StoredRecord = { document, sequence, version: logVersion, keyVersion, nonce, sealed: bytes, previous }
    return { record, head: { document, sequence, hash: await hashOf(record) } }
  }

  /** @returns the number of the record; undefined where another wrote first */
  const appendBehind = async (end: StoredHead | undefined, entry: unknown): Promise<number | undefined> => {
    const { record, head } = await sealed((end?.sequence ?? 0) + 1, end?.hash ?? '', entry)
    const transaction = database.transaction(['records', 'heads'], 'readwrite', { durability: 'strict' })
    const now = await transaction.objectStore('heads').get(document)
    if (now?.hash !== end?.hash) {
      await transaction.done
      return undefined
    }
    await Promise.all([transaction.objectStore('records').add(record), transaction.objectStore('heads').put(head), transaction.done])
    if ((end?.hash ?? '') === known.hash) known = head
    return head.sequence
  }
  const append = async (entry: unknown): Promise<number> => {
    if (newer) throw new Error('what lies on this device was written by a newer version of the program: load this page anew')
    for (let turn = 0; turn < mostTurns; turn++) {
      const sequence = await appendBehind(await database.get('heads', document), entry)
      if (sequence !== undefined) return sequence
    }
    throw new Error('the log of this study is written to without end by another tab')
  }

  const read = async (): Promise<{ entries: unknown[]; fault?: LogFault }> => {
    const reading = database.transaction(['records', 'heads'])
    const [unsorted, head] = await Promise.all([reading.objectStore('records').index('byDocument').getAll(document), reading.objectStore('heads').get(document)])
    const records = unsorted.sort((a, b) => a.sequence - b.sequence)
    const entries: unknown[] = []
    let previous = ''
    for (const [index, record] of records.entries()) {
      if (record.version > logVersion) {
        newer = true
        return { entries, fault: { kind: 'newer', sequence: record.sequence } }
      }
      if (record.sequence !== index + 1 || record.previous !== previous) return { entries, fault: { kind: 'broken', sequence: index + 1 } }
      try {
        const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: record.nonce, additionalData: additional(record.sequence, record.version, previous) }, await keyOf(record.keyVersion), record.sealed)
        entries.push(JSON.parse(new TextDecoder().decode(plain)))
      } catch {
        return { entries, fault: { kind: 'broken', sequence: record.sequence } }
      }
      previous = await hashOf(record)
    }
    if ((head?.sequence ?? 0) !== records.length || (head?.hash ?? '') !== previous) return { entries, fault: { kind: 'cut', sequence: records.length + 1 } }
    known = { sequence: records.length, hash: previous }
    return { entries }
  }

  return {
    /** One after another, whoever calls: the chain has one end. @throws Error where the log is of a newer program, or the disk is full */
    append: (entry: unknown): Promise<number> => inTurn(() => append(entry)),
    /** All entries up to the first that cannot be believed, and what is wrong with that one. */
    read,
    /** The number of the newest record up to which all were read or written here; 0 where there is none. */
    newest: (): number => known.sequence,
    /**
     * After verified sync: everything up to `sequence` lies at the hospital. Where something was appended since, here or in another
     * tab, nothing is wiped: a chain cannot lose its beginning and stay believable.
     */
    wipe: (sequence: number): Promise<boolean> => inTurn(async () => {
      const transaction = database.transaction(['records', 'heads'], 'readwrite', { durability: 'strict' })
      const [head, keys] = await Promise.all([transaction.objectStore('heads').get(document), transaction.objectStore('records').index('byDocument').getAllKeys(document)])
      if (known.sequence !== sequence || (head?.hash ?? '') !== known.hash) {
        await transaction.done
        return false
      }
      await Promise.all([...keys.map((one) => transaction.objectStore('records').delete(one)), transaction.objectStore('heads').delete(document), transaction.done])
      known = { sequence: 0, hash: '' }
      return true
    }),
    /**
     * Begins the chain anew with the entries that could be read. The records of the old one are kept under another name: what cannot
     * be read here and now is not thrown away.
     */
    setAside: (entries: readonly unknown[]): Promise<void> => inTurn(async () => {
      const fresh: StoredRecord[] = []
      let end: StoredHead | undefined
      for (const entry of entries) {
        const { record, head } = await sealed((end?.sequence ?? 0) + 1, end?.hash ?? '', entry)
        fresh.push(record)
        end = head
      }
      const transaction = database.transaction(['records', 'heads'], 'readwrite', { durability: 'strict' })
      const [records, heads] = [transaction.objectStore('records'), transaction.objectStore('heads')]
      const aside = `${document}/${crypto.randomUUID()}`
      const old = await records.index('byDocument').getAll(document)
      await Promise.all([
        ...old.flatMap((record) => [records.delete([document, record.sequence]), records.add({ ...record, document: aside })]),
        ...fresh.map((record) => records.put(record)), end ? heads.put(end) : heads.delete(document), transaction.done,
      ])
      known = end ?? { sequence: 0, hash: '' }
    }),
  }
}
export type Log = Awaited<ReturnType<typeof openLog>>
