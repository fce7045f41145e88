import { readFileSync, readdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { chestImages } from '../phantom/chest/images.ts'
import { singleStudy } from '../phantom/chest/courses.ts'
import { encodeImage } from '../phantom/image.ts'
import { planStudies } from '../phantom/plan.ts'
import { unpacked } from './packed.ts'

/** 32 samples of 11 bits as stored, little endian: 64 bytes that stand nowhere else. */
const samples = Int16Array.from({ length: 32 }, (_, index) => Math.imul(index + 1, 0x9e3779b1) >>> 21)
/** What one patient has that nothing else has: found anywhere, it came from there. The name is sought by its family name, the birth date also in ISO 8601. */
export const canary = {
  family: 'Zitronenzeisig', id: 'KNR-7Q04X1', birthDate: '19310929', birthDateIso: '1931-09-29', accession: 'ACX-5518-QZ7', comment: 'Birkenzeisig im Kommentar 8841',
  /** Written by the person who reads the case, beside a mark and as a segment's name. */
  written: 'Girlitz 6620 notiert', pixels: new Uint8Array(samples.buffer),
} as const

/**
 * A folder with the canary's case, a CT of the chest that a tool runs on, and two files of it that are not taken: one broken off, one that
 * says otherwise under the same SOP Instance UID. Remove it after use.
 */
export const canaryFolder = (): string => {
  const plan = singleStudy({
    patient: { id: canary.id, name: `${canary.family}^Quirina`, sex: 'F', birthYear: 1931 }, date: '20240105', description: 'CT chest', contrast: false, localiser: false, nodules: [{ type: 'solid', diameterMm: 22 }],
    scanner: { institution: 'Generated', manufacturer: 'Generated', model: 'Canary', kernel: { name: 'STANDARD', softness: 0.7, fineness: 0.7 }, noiseHu: 12 },
    series: [{ rows: 160, columns: 200, pixelSpacing: [1.8, 1.8], lowestMm: -80, number: 2, description: 'Axial 6 mm', slices: 18, spacingMm: 6, thicknessMm: 6 }],
  })
  const folder = mkdtempSync(join(tmpdir(), 'case-'))
  const files = [...chestImages(plan)].map(({ dataset, frames }) => {
    for (const frame of frames) new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength).set(canary.pixels, 2 * 40 * 200)
    const known = { ...dataset, PatientBirthDate: canary.birthDate, AccessionNumber: canary.accession, PatientComments: canary.comment, ImageComments: canary.comment }
    return { as: encodeImage({ dataset: known, frames }), otherwise: encodeImage({ dataset: { ...known, ImageComments: `${canary.comment}, changed` }, frames }) }
  })
  for (const [index, { as }] of files.entries()) writeFileSync(join(folder, `${String(index + 1).padStart(4, '0')}.dcm`), as)
  writeFileSync(join(folder, '0101.dcm'), files[0]?.otherwise ?? '')
  writeFileSync(join(folder, '0102.dcm'), files[1]?.as.subarray(0, 900) ?? '')
  return folder
}

/** Names and patient IDs of the generated patients of a small start. */
export const generatedPeople = (): Record<string, string> => Object.fromEntries(Object.values(planStudies('one')).flat().flatMap(({ study: { patient: { id, name } } }) => [[id, id], [`name of ${id}`, name]]))

/** Named texts or bytes that must not be found. */
type Secrets = Readonly<Record<string, string | Uint8Array>>
type Needle = { readonly what: string; readonly encoding: string; readonly bytes: Buffer }

/** Base64 of bytes wherever they stand in what was encoded: the signs that do not depend on what stands around them. */
const base64Of = (bytes: Buffer): string[] => [0, 1, 2].map((before) => {
  const all = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
  return all.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3))
})
/** A secret plain, in UTF-16 of both byte orders, and in base64 and base64url of the plain bytes and of UTF-16LE, at each of three places in a group. */
export const needlesOf = (secrets: Secrets): Needle[] => Object.entries(secrets).flatMap(([what, secret]) => {
  const plain = Buffer.from(secret)
  const wide = typeof secret === 'string' ? Buffer.from(secret, 'utf16le') : undefined
  const base64 = [...base64Of(plain), ...(wide ? base64Of(wide) : [])]
  return [
    { what, encoding: 'plain', bytes: plain },
    ...(wide ? [{ what, encoding: 'UTF-16LE', bytes: wide }, { what, encoding: 'UTF-16BE', bytes: Buffer.from(wide).swap16() }] : []),
    ...[...new Set([...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))])].map((text) => ({ what, encoding: 'base64', bytes: Buffer.from(text) })),
  ]
})

/** What was found of the needles, each once: `what (encoding)`. */
export const findIn = (said: string | Buffer, needles: readonly Needle[]): string[] => {
  const bytes = Buffer.from(said)
  return [...new Set(needles.filter((needle) => bytes.includes(needle.bytes)).map(({ what, encoding }) => `${what} (${encoding})`))]
}

/**
 * Searches every file below a folder, its name, its bytes as they lie there, and what `unpacked` finds in them.
 *
 * It sees text and bytes plain, UTF-16 and base64, in IndexedDB (LevelDB, its logs and its blobs), the HTTP cache (plain and gzip, which is
 * all that the hub sends), Cache Storage, local and session storage, history, preferences and session files. It does not see what Chromium
 * itself seals (cookies on disk), brotli and zstd, compressed pictures of the page, and a text that is parted by the border of an SQLite
 * overflow page (texts above about a kilobyte).
 * @param except files that are not looked at, by their path below the folder
 * @returns `path: what (encoding)` for each find, and how many files and bytes were looked at
 */
export const searchFolder = (folder: string, needles: readonly Needle[], except: (path: string) => boolean = () => false): { found: string[]; files: number; bytes: number } => {
  const found: string[] = []
  let [files, bytes] = [0, 0]
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name))
    if (except(path)) continue
    for (const hit of findIn(entry.name, needles)) found.push(`${path}: ${hit} in its name`)
    if (!entry.isFile()) continue
    const file = readFileSync(join(folder, path))
    files += 1
    bytes += file.length
    const hits = new Set(findIn(file, needles))
    for (const view of unpacked(file)) for (const hit of findIn(view, needles)) hits.add(hit)
    found.push(...[...hits].map((hit) => `${path}: ${hit}`))
  }
  return { found, files, bytes }
}
