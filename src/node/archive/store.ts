import { createHash } from 'node:crypto'
import { link, mkdir, open, readFile, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { toDicomJson, type DicomJson } from '../../dicom/file/json.ts'
import { numberOfFrames } from '../../dicom/file/frames.ts'
import { readPart10, UnreadableFile, type Part10File } from '../../dicom/file/read.ts'
import { isUid } from '../../dicom/web/uid.ts'

/** What the index holds of an instance; the file is the truth and the index is made from it. */
export type IndexedInstance = {
  readonly sopInstanceUid: string
  readonly sopClassUid: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly transferSyntaxUid: string
  readonly frames: number
  readonly bytes: number
  readonly file: string
  /** Attributes that QIDO-RS answers with (PS3.18 10.6.3.3), in the JSON model. */
  readonly attributes: DicomJson
}

export type PutOutcome =
  | { readonly kind: 'stored' | 'same'; readonly instance: IndexedInstance }
  | { readonly kind: 'conflict'; readonly sopInstanceUid: string; readonly sopClassUid: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly sopInstanceUid?: string; readonly sopClassUid?: string }

/** Attributes kept in memory for searches. */
const indexed = [
  '00080016', '00080018', '00080020', '00080030', '00080050', '00080060', '00080090', '0008103E', '00081030', '00100010', '00100020',
  '00100030', '00100040', '0020000D', '0020000E', '00200010', '00200011', '00200013', '00280008', '00280010', '00280011', '00280100', '00080005',
]

/** No name from outside becomes a path: a file is named by the hash of its UID. */
const nameOf = (sopInstanceUid: string): string => createHash('sha256').update(sopInstanceUid).digest('hex')

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const indexFile = (file: Part10File, path: string, bytes: number): IndexedInstance | string => {
  const text = (tag: string) => file.dataSet.string(tag)
  const [sopClassUid, sopInstanceUid, studyInstanceUid, seriesInstanceUid] = [text('x00080016'), text('x00080018'), text('x0020000d'), text('x0020000e')]
  if (!isUid(sopInstanceUid)) return 'SOP Instance UID is missing or is not a UID'
  if (!isUid(sopClassUid)) return 'SOP Class UID is missing or is not a UID'
  if (!isUid(studyInstanceUid)) return 'Study Instance UID is missing or is not a UID'
  if (!isUid(seriesInstanceUid)) return 'Series Instance UID is missing or is not a UID'
  if (!isUid(file.transferSyntaxUid)) return 'Transfer Syntax UID is not a UID'
  const frames = numberOfFrames(file)
  // Whoever believes such a number sets up that many frames: no frame takes less than a byte.
  if (frames > file.dataSet.byteArray.length) return `the image claims ${frames} frames, which its ${file.dataSet.byteArray.length} bytes cannot hold`
  const json = toDicomJson(file)
  const attributes = Object.fromEntries(indexed.flatMap((tag) => (json[tag] ? [[tag, json[tag]] as const] : [])))
  return { sopInstanceUid, sopClassUid, studyInstanceUid, seriesInstanceUid, transferSyntaxUid: file.transferSyntaxUid, frames, bytes, file: path, attributes }
}

/**
 * A store of DICOM instances in a folder. Acknowledged means on disk: temporary file, fsync, link (which fails where the name
 * exists), fsync of the folder. Files are the truth; the index is read from their headers when it opens.
 * @param caps.bytes an instance with more is refused
 */
export const openStore = async (folder: string, caps: { bytes: number } = { bytes: 2 ** 30 }) => {
  const objects = join(folder, 'objects')
  const incoming = join(folder, 'incoming')
  await mkdir(objects, { recursive: true, mode: 0o700 })
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  // What was under way when the process ended was never acknowledged.
  for (const name of await readdir(incoming)) await unlink(join(incoming, name))

  const instances = new Map<string, IndexedInstance>()
  const studies = new Map<string, Map<string, Map<string, IndexedInstance>>>()
  const damaged: { file: string; reason: string }[] = []
  let revision = 0
  let sequence = 0

  const add = (instance: IndexedInstance): void => {
    instances.set(instance.sopInstanceUid, instance)
    const series = studies.get(instance.studyInstanceUid) ?? new Map<string, Map<string, IndexedInstance>>()
    studies.set(instance.studyInstanceUid, series)
    const members = series.get(instance.seriesInstanceUid) ?? new Map<string, IndexedInstance>()
    series.set(instance.seriesInstanceUid, members)
    members.set(instance.sopInstanceUid, instance)
    revision += 1
  }

  for (const name of (await readdir(objects)).sort()) {
    const path = join(objects, name)
    try {
      const bytes = await readFile(path)
      const entry = indexFile(await readPart10(bytes), path, bytes.byteLength)
      if (typeof entry === 'string') damaged.push({ file: name, reason: entry })
      else add(entry)
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error
      damaged.push({ file: name, reason: error.message })
    }
  }

  const put = async (bytes: Uint8Array): Promise<PutOutcome> => {
    if (bytes.byteLength > caps.bytes) return { kind: 'refused', reason: `the instance has ${bytes.byteLength} bytes; at most ${caps.bytes} are taken` }
    let file: Part10File
    try {
      file = await readPart10(bytes)
    } catch (error) {
      if (error instanceof UnreadableFile) return { kind: 'refused', reason: error.message }
      throw error
    }
    const uid = file.dataSet.string('x00080018')
    const path = join(objects, nameOf(uid ?? ''))
    const entry = indexFile(file, path, bytes.byteLength)
    const sopClassUid = file.dataSet.string('x00080016')
    if (typeof entry === 'string') {
      return { kind: 'refused', reason: entry, ...(isUid(uid) ? { sopInstanceUid: uid } : {}), ...(isUid(sopClassUid) ? { sopClassUid } : {}) }
    }
    const temporary = join(incoming, String(sequence++))
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    try {
      await link(temporary, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const stored = await readFile(path)
      // Whoever linked first may not have synced the folder yet: this answer must not be earlier.
      await syncFolder(objects)
      if (!stored.equals(bytes)) return { kind: 'conflict', sopInstanceUid: entry.sopInstanceUid, sopClassUid: entry.sopClassUid }
      return { kind: 'same', instance: entry }
    } finally {
      await unlink(temporary)
    }
    await syncFolder(objects)
    add(entry)
    return { kind: 'stored', instance: entry }
  }

  return {
    put, caps,
    revision: () => revision,
    damaged: () => damaged as readonly { file: string; reason: string }[],
    instance: (uid: string): IndexedInstance | undefined => instances.get(uid),
    study: (uid: string) => studies.get(uid) as ReadonlyMap<string, ReadonlyMap<string, IndexedInstance>> | undefined,
    studies: () => studies as ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, IndexedInstance>>>,
    read: (instance: IndexedInstance): Promise<Buffer> => readFile(instance.file),
    dispose: () => undefined,
  }
}

export type Store = Awaited<ReturnType<typeof openStore>>
