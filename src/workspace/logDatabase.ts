import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { keyFor, seal, sha256, unseal, type Keys, type Sealed } from './seal.ts'

export type StoredRecord = Sealed & { readonly document: string; readonly sequence: number; readonly version: number; readonly previous: string }
export type StoredHead = { readonly document: string; readonly sequence: number; readonly hash: string }
/** What a log is about, sealed: found by its owner without opening the study. */
export type StoredStudy = Sealed & { readonly document: string; readonly owner: string; readonly version: number }
interface LogSchema extends DBSchema {
  records: { key: [string, number]; value: StoredRecord; indexes: { byDocument: string } }
  heads: { key: string; value: StoredHead }
  studies: { key: string; value: StoredStudy; indexes: { byOwner: string } }
}
export type LogDatabase = IDBPDatabase<LogSchema>

/** 1: records and heads. 2: and what each log is about, by its owner. A log of 1 gets that when its study is opened. */
const databaseVersion = 2
/**
 * The drafts of all persons of this browser.
 * @throws Error in words where a tab with another version of the program stands in the way
 */
export const openLogDatabase = async (name = 'workbench-drafts'): Promise<LogDatabase> => {
  let stop: (error: Error) => void = () => undefined
  const blocked = new Promise<never>((_, reject) => { stop = reject })
  const opened = openDB<LogSchema>(name, databaseVersion, {
    upgrade: (database, from) => {
      if (from < 1) {
        database.createObjectStore('records', { keyPath: ['document', 'sequence'] }).createIndex('byDocument', 'document')
        database.createObjectStore('heads', { keyPath: 'document' })
      }
      if (from < 2) database.createObjectStore('studies', { keyPath: 'document' }).createIndex('byOwner', 'owner')
    },
    blocked: () => stop(new Error('another tab of this browser runs an older version of the program: close it, then load this page anew')),
    // A newer version of the program is let in; what is drawn here from then on is said not to be kept.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  })
  return Promise.race([opened, blocked]).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'VersionError') throw new Error('what lies on this device was written by a newer version of the program: load this page anew')
    throw error
  })
}

export type LogOwner = { readonly user: string; readonly dataset: string; readonly study: string }
/** What was wrong with a log that was opened: where it stops being believable. */
export type LogFault = { readonly kind: 'broken' | 'cut' | 'newer'; readonly sequence: number }
/** What a person knows a study by. */
export type AboutStudy = { /** Patient ID (0010,0020). */ readonly subject: string; /** Study Date (0008,0020), YYYYMMDD or empty. */ readonly date: string }
export type StudyEntry = AboutStudy & Omit<LogOwner, 'user'> & { /** ISO 8601. */ readonly changed: string; /** Why these records were set aside from the log they stood in. */ readonly aside?: LogFault }

/** The shape of what is said about a log. */
const studyVersion = 1
/** No name of a person or study stands in the clear: a log is named by a hash, and so is its owner. */
export const documentOf = ({ user, dataset, study }: LogOwner): Promise<string> => sha256(JSON.stringify([user, dataset, study]))
const ownerOf = (user: string): Promise<string> => sha256(JSON.stringify(['owner', user]))
const placeOf = (user: string, document: string, version: number): unknown => ['study', user, document, version]

export const sealStudy = async (keys: Keys, user: string, document: string, entry: StudyEntry): Promise<StoredStudy> =>
  ({ document, owner: await ownerOf(user), version: studyVersion, ...await seal(keys, placeOf(user, document, studyVersion), entry) })

/** A log of a person; `entry` is missing where what it is about cannot be read. */
export type ListedLog = { readonly document: string; readonly records: number; readonly entry?: StudyEntry; readonly unreadable?: 'broken' | 'newer' }
/** All logs of one person on this device, without those of anybody else. @throws what came in place of a key */
export const listLogs = async (database: LogDatabase, keys: Keys, user: string): Promise<ListedLog[]> => {
  const stored = await database.getAllFromIndex('studies', 'byOwner', await ownerOf(user))
  return Promise.all(stored.map(async (one): Promise<ListedLog> => {
    const { document, version } = one
    const records = await database.countFromIndex('records', 'byDocument', document)
    if (version > studyVersion) return { document, records, unreadable: 'newer' }
    const key = await keyFor(keys, one)
    if (!key) return { document, records, unreadable: 'broken' }
    try {
      return { document, records, entry: await unseal(key, placeOf(user, document, version), one) as StudyEntry }
    } catch {
      return { document, records, unreadable: 'broken' }
    }
  }))
}

/** How many logs lie on this device, whoever's they are: all that can be told of them without a key. */
export const countLogs = (database: LogDatabase): Promise<number> => database.count('heads')
