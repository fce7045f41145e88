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

/**
 * The operation log of one person, data set and study: AES-GCM records in a hash chain, each bound to its place, so that none can
 * be swapped, replayed or taken out unseen. An `append` that resolved is on the disk (`durability: 'strict'`).
 */
export const openLog = async ({ database, key, keyVersion, owner }: { database: IDBPDatabase<LogSchema>; key: CryptoKey; keyVersion: number; owner: LogOwner }) => {
  // No UID stands in the clear: the document is named by a hash.
  const document = await sha256(JSON.stringify([owner.user, owner.dataset, owner.study]))
  const additional = (sequence: number, version: number, previous: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify([owner.user, owner.dataset, owner.study, sequence, version, previous]))
  let head = await database.get('heads', document)
  let chain: Promise<unknown> = Promise.resolve()

  const appendNow = async (entry: unknown): Promise<number> => {
    const sequence = (head?.sequence ?? 0) + 1
    const previous = head?.hash ?? ''
    const nonce = crypto.getRandomValues(new Uint8Array(12))
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: additional(sequence, logVersion, previous) }, key, new TextEncoder().encode(JSON.stringify(entry)))
    const record: StoredRecord = { document, sequence, version: logVersion, keyVersion, nonce, sealed, previous }
    const next: StoredHead = { document, sequence, hash: await hashOf(record) }
    const transaction = database.transaction(['records', 'heads'], 'readwrite', { durability: 'strict' })
    await Promise.all([transaction.objectStore('records').add(record), transaction.objectStore('heads').put(next), transaction.done])
    head = next
    return sequence
  }

  const read = async (): Promise<{ entries: unknown[]; fault?: LogFault }> => {
    const records = (await database.getAllFromIndex('records', 'byDocument', document)).sort((a, b) => a.sequence - b.sequence)
    const entries: unknown[] = []
    let previous = ''
    for (const [index, record] of records.entries()) {
      if (record.version > logVersion) return { entries, fault: { kind: 'newer', sequence: record.sequence } }
      if (record.sequence !== index + 1 || record.previous !== previous) return { entries, fault: { kind: 'broken', sequence: index + 1 } }
      try {
        const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: record.nonce, additionalData: additional(record.sequence, record.version, previous) }, key, record.sealed)
        entries.push(JSON.parse(new TextDecoder().decode(plain)))
      } catch {
        return { entries, fault: { kind: 'broken', sequence: record.sequence } }
      }
      previous = await hashOf(record)
    }
    if ((head?.sequence ?? 0) !== records.length || (head?.hash ?? '') !== previous) return { entries, fault: { kind: 'cut', sequence: records.length + 1 } }
    return { entries }
  }

  return {
    /** One after another, whoever calls: the chain has one end. */
    append: (entry: unknown): Promise<number> => {
      const next = chain.then(() => appendNow(entry))
      chain = next.catch(() => undefined)
      return next
    },
    read,
    /** The number of the newest record that an `append` has resolved with; 0 where there is none. */
    newest: (): number => head?.sequence ?? 0,
    /**
     * After verified sync: everything up to `sequence` lies at the hospital. Where something was appended since, or is about to be,
     * nothing is wiped: a chain cannot lose its beginning and stay believable.
     */
    wipe: (sequence: number): Promise<boolean> => {
      const next = chain.then(async () => {
        if ((head?.sequence ?? 0) !== sequence) return false
        const transaction = database.transaction(['records', 'heads'], 'readwrite', { durability: 'strict' })
        const keys = await transaction.objectStore('records').index('byDocument').getAllKeys(document)
        await Promise.all([...keys.map((one) => transaction.objectStore('records').delete(one)), transaction.objectStore('heads').delete(document), transaction.done])
        head = undefined
        return true
      })
      chain = next.catch(() => undefined)
      return next
    },
  }
}
export type Log = Awaited<ReturnType<typeof openLog>>
