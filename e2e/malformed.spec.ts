import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import type { Locator, Page } from '@playwright/test'
import type { StudyPage } from '../src/contract/index.ts'
import { encodePart10 } from '../src/dicom/file/write.ts'
import { studyHandle } from '../src/features/studies/handle.ts'
import type { ImportReport } from '../src/node/importFolder.ts'
import { signClaims } from '../src/server/signature.ts'
import { jpeg2000Claiming, jpegLsClaiming } from '../src/testing/codestreams.ts'
import { syntheticCt, syntheticCtDatasets } from '../src/testing/dicom.ts'
import { shared } from '../src/testing/shared.ts'
import { startHub, type RunningHub } from '../src/testing/startHub.ts'
import { expect, signIn, test } from './journey.ts'
import { pictureOf } from './pixels.ts'

const dataset = 'own-files-1'
/** A message or a picture stands in the viewport within this (demanded). */
const bound = { timeout: 5_000 }
const [white, black] = [300 + 1024, -300 + 1024]

/** Whether the picture of a square frame is white in some places and black in others, each given as parts of its side. */
const looksLike = async (viewport: Locator, bright: readonly (readonly [number, number])[], dark: readonly (readonly [number, number])[]): Promise<boolean> => {
  const { width, height, gray } = await pictureOf(viewport)
  const at = ([x, y]: readonly [number, number]): number => gray(width / 2 + (x - 0.5) * height, y * height)
  return bright.every((place) => at(place) > 250) && dark.every((place) => at(place) < 5)
}

test.describe('a codestream that claims 30000 x 30000 pixels', () => {
  /** Stored good, HTJ2K, good, JPEG 2000, good, JPEG-LS, good. */
  const bombs = new Map<number, readonly [string, Uint8Array<ArrayBuffer>]>([[1, ['1.2.840.10008.1.2.4.201', jpeg2000Claiming(30000, 30000)]], [3, ['1.2.840.10008.1.2.4.90', jpeg2000Claiming(30000, 30000)]], [5, ['1.2.840.10008.1.2.4.80', jpegLsClaiming(30000, 30000)]]])
  test('says so in its viewport, and the next image of its series is right', async ({ page }) => {
    const folder = mkdtempSync(join(tmpdir(), 'bombs-'))
    // A white band of 8 of 64 rows tells the slices apart.
    const datasets = syntheticCtDatasets({ patientId: 'BOMB', slices: 7, stored: (_, row, slice) => (Math.floor(row / 8) === slice ? white : black) })
    for (const [slice, made] of datasets.entries()) {
      const bomb = bombs.get(slice)
      writeFileSync(join(folder, `${slice}.dcm`), bomb ? encodePart10({ ...made, PixelData: [bomb[1].buffer] }, { transferSyntaxUid: bomb[0] }) : encodePart10(made))
    }
    const hub = await startHub({ cases: 'none', dicom: [folder] })
    try {
      await signIn(page, hub, 'clinician', `/studies?dataset=${dataset}`)
      await page.getByRole('row', { name: /BOMB/ }).click()
      await page.getByRole('button', { name: 'Open', exact: true }).click()
      const viewport = page.locator('[data-viewport="one"]')
      const alert = viewport.getByRole('alert')
      await expect(viewport).toHaveAttribute('data-slice', '3')
      await expect(alert).toContainText('This image claims a size that is not opened here.', bound)
      await page.keyboard.press('Home')
      for (let slice = 0; slice < 7; slice++) {
        await expect(viewport).toHaveAttribute('data-slice', String(slice))
        if (bombs.has(slice)) await expect(alert).toContainText('This image claims a size that is not opened here.', bound)
        else {
          await expect(alert).toHaveCount(0, bound)
          await expect.poll(() => looksLike(viewport, [[0.3, (slice + 0.5) / 8], [0.4, (slice + 0.5) / 8]], [[0.3, (slice + 1.5) / 8], [0.3, slice === 0 ? 0.6 : (slice - 0.5) / 8]]), bound).toBe(true)
        }
        await page.keyboard.press('ArrowDown')
      }
    } finally {
      await hub.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** The port a process listens on at this machine. */
const listeningPort = (pid: number): number => {
  const inodes = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]
    } catch {
      return undefined
    }
  }))
  const row = readFileSync(`/proc/${pid}/net/tcp`, 'latin1').split('\n').map((line) => line.trim().split(/\s+/)).find((fields) => fields[3] === '0A' && inodes.has(fields[9]))
  return Number.parseInt(row?.[1]?.split(':')[1] ?? '', 16)
}
/** What the hospital says of the files it was given, asked as the hub asks. */
const importReport = async (hub: RunningHub): Promise<ImportReport> => {
  const { privateKey } = JSON.parse(readFileSync(join(hub.dataDir, 'hub-key.json'), 'utf8')) as { privateKey: string }
  const path = '/import-report'
  const response = await fetch(`http://127.0.0.1:${listeningPort(hub.nodePids()['own-1'] ?? 0)}${path}`, { headers: { authorization: signClaims({ user: 'test', purpose: 'test', grant: 'test', dataset, method: 'GET', path }, privateKey) } })
  expect(response.status).toBe(200)
  return await response.json() as ImportReport
}

/** Two studies that most of the malformed files belong to, as their bytes say; each file becomes a series of its own there. */
const studies = ['1.3.6.1.4.1.5962.1.2.1.20040119072730.12322', '2.25.424242'] as const
/** The bytes with UIDs of the same length that no other file has: else all but one would be refused as copies. */
const apart = (bytes: Buffer, index: number): Buffer => Buffer.from(bytes.toString('latin1')
  .replaceAll('5962.1.3.1.1.20040119072730', `5962.1.3.1.1.2004011907${1000 + index}`).replaceAll('5962.1.1.1.1.1.20040119072730', `5962.1.1.1.1.1.2004011907${1000 + index}`).replaceAll('2.25.424243', `2.25.5${String(index).padStart(3, '0')}43`), 'latin1')

test('malformed files, one series each: refused at import, or a picture or a message in the viewport, and the next image is right (needs the shared material)', async ({ page }) => {
  const material = shared('data/malformed')
  test.skip(!material, 'the shared material is not here')
  test.setTimeout(300_000)
  const folder = mkdtempSync(join(tmpdir(), 'malformed-'))
  const files = new Map(readdirSync(material ?? '', { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.name !== 'expected.json')
    .map((entry, index) => [entry.name, apart(readFileSync(join(entry.parentPath, entry.name)), index)] as const))
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes)
  mkdirSync(join(folder, 'good'))
  for (const [index, study] of studies.entries()) {
    const good = syntheticCt({ patientId: 'GOOD', series: `good ${index}`, slices: 1, stored: (column) => (column < 32 ? white : black), more: { StudyInstanceUID: study, SeriesNumber: 0, SeriesDescription: 'Good' } })
    writeFileSync(join(folder, 'good', `${index}.dcm`), good[0] ?? '')
  }
  const hub = await startHub({ cases: 'none', dicom: [folder] })
  try {
    const { taken, refused } = await importReport(hub)
    expect(files.size).toBeGreaterThan(20)
    expect(taken + refused.length).toBe(files.size + studies.length)
    for (const { reason } of refused) expect(reason).toMatch(/^[^\n]{10,300}$/)
    const outcomes = new Map<string, string>(refused.map(({ file, reason }) => [file, `refused: ${reason}`]))

    await signIn(page, hub, 'clinician', `/studies?dataset=${dataset}`)
    const search = await page.request.post(`${hub.address}/api/studies/search`, { headers: { 'X-CIW': '1', origin: hub.address }, data: { dataset, limit: 100 } })
    const { items } = await search.json() as StudyPage
    await clickThrough(page, hub, items.map(({ studyInstanceUid }) => studyInstanceUid), files, outcomes)
    const count = (word: string): number => [...outcomes.values()].filter((outcome) => outcome.startsWith(word)).length
    console.log(`${files.size} malformed files: ${count('refused')} refused at import, ${count('picture')} shown, ${count('message')} answered with a message in the viewport`)
    expect([...files.keys()].filter((file) => !outcomes.has(file))).toEqual([])
  } finally {
    await hub.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

type Json = Readonly<Record<string, { readonly Value?: readonly unknown[] }>>
/** UIDs of a study's series in the order of the strip: by number, those without at the end. */
const seriesOf = async (page: Page, hub: RunningHub, study: string): Promise<string[]> => {
  const response = await page.request.get(`${hub.address}/api/datasets/${dataset}/dicom-web/studies/${study}/series`, { headers: { 'X-CIW': '1' } })
  const rows = await response.json() as Json[]
  const numberOf = (row: Json): number => { const [number] = row['00200011']?.Value ?? []; return typeof number === 'number' ? number : 1e9 }
  return rows.sort((a, b) => numberOf(a) - numberOf(b)).map((row) => String(row['0020000E']?.Value?.[0]))
}
/** What a deflated data set inflates to (PS3.5 A.5), so that its UIDs can be found; other files as they are. */
const plain = (bytes: Buffer): Buffer => {
  if (!bytes.includes('1.2.840.10008.1.2.1.99')) return bytes
  try {
    return inflateRawSync(bytes.subarray(144 + bytes.readUInt32LE(140)))
  } catch {
    return bytes
  }
}
const isGood = (viewport: Locator): Promise<boolean> => looksLike(viewport, [[0.25, 0.3], [0.4, 0.6]], [[0.6, 0.4], [0.75, 0.7]])

/** Opens each series of the studies in turn, and after each the good one of its study, in the same page with the same decoder. */
const clickThrough = async (page: Page, hub: RunningHub, uids: readonly string[], files: ReadonlyMap<string, Buffer>, outcomes: Map<string, string>): Promise<void> => {
  const viewport = page.locator('[data-viewport="one"]')
  const strip = page.getByRole('navigation', { name: 'Series' }).getByRole('button')
  for (const study of uids) {
    const series = await seriesOf(page, hub, study)
    const withGood = (studies as readonly string[]).includes(study)
    await page.goto(`${hub.address}/view/${dataset}/${await studyHandle(dataset, study)}`)
    if (withGood) await expect.poll(() => isGood(viewport)).toBe(true)
    for (const [index, uid] of series.entries()) {
      const file = [...files].find(([, bytes]) => plain(bytes).includes(uid, 0, 'latin1'))?.[0]
      if (!file) continue
      if (withGood) await strip.nth(index).click()
      let outcome = ''
      await expect.poll(async () => {
        if (withGood && await strip.nth(index).getAttribute('aria-pressed', bound) !== 'true') return ''
        if (await viewport.getByRole('alert').count() > 0) outcome = 'message'
        else if (await viewport.getAttribute('data-waiting') === 'false' && !await isGood(viewport)) outcome = 'picture'
        return outcome
      }, { ...bound, message: `${file} shows a picture or a message` }).not.toBe('')
      outcomes.set(file, outcome)
      if (!withGood) continue
      await strip.first().click()
      await expect(strip.first()).toHaveAttribute('aria-pressed', 'true', bound)
      await expect.poll(() => isGood(viewport), { ...bound, message: `the next image after ${file} is right` }).toBe(true)
    }
  }
}
