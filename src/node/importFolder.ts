import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Store } from './archive/store.ts'

/** Files that a folder brought, and why some were not taken: each by its name, or its path where a folder could not be looked into. */
export type ImportReport = { readonly taken: number; readonly refused: readonly { readonly file: string; readonly reason: string }[] }

/** Words for why a file or folder cannot be read; never what is in it. */
const whyNot = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : 'no reason given')
  return code === 'ENOENT' ? 'it is not there' : code === 'EACCES' || code === 'EPERM' ? 'it may not be read' : `it cannot be read (${code})`
}
const diskIsFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')

/**
 * Stores every file of a folder and of those in it. What cannot be taken is named and left; links are not followed, since they lead out
 * of the folder or round in it.
 * @throws Error where the store's own disk is full
 */
export const importFolder = async (store: Pick<Store, 'put' | 'caps'>, folder: string): Promise<ImportReport> => {
  const refused: { file: string; reason: string }[] = []
  let taken = 0
  const refuse = (file: string, reason: string): void => { refused.push({ file, reason }) }

  const take = async (path: string, file: string): Promise<void> => {
    try {
      const { size } = await stat(path)
      if (size > store.caps.bytes) return refuse(file, `the file has ${size} bytes; at most ${store.caps.bytes} are taken`)
      const outcome = await store.put(await readFile(path))
      if (outcome.kind === 'refused') refuse(file, outcome.reason)
      else if (outcome.kind === 'conflict') refuse(file, 'another file has the same SOP Instance UID')
      else taken += 1
    } catch (error) {
      if (diskIsFull(error)) throw error
      refuse(file, whyNot(error))
    }
  }
  const walk = async (at: string): Promise<void> => {
    let entries: Dirent[]
    try {
      entries = await readdir(at, { withFileTypes: true })
    } catch (error) {
      return refuse(relative(folder, at) || '.', whyNot(error))
    }
    for (const entry of entries) {
      const path = join(at, entry.name)
      if (entry.isDirectory()) await walk(path)
      else if (entry.isFile()) await take(path, entry.name)
      else refuse(entry.name, entry.isSymbolicLink() ? 'a link is not followed' : 'not a file')
    }
  }
  await walk(folder)
  return { taken, refused }
}
