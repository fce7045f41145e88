import { chromium, type BrowserContext, type Page, type Request } from '@playwright/test'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../src/phantom/random.ts'
import { chromiumFlags, findChromium } from '../src/testing/chromium.mjs'
import { killBrowserOf } from '../src/testing/kill/browser.ts'
import { installHolds, type Hold } from '../src/testing/kill/holds.ts'
import { phases, type Phase } from '../src/testing/kill/phases.ts'
import { expect, signIn, test } from './journey.ts'
import type { RunningHub } from '../src/testing/startHub.ts'

const openBrowser = (profile: string): Promise<BrowserContext> => {
  const executablePath = findChromium()
  return chromium.launchPersistentContext(profile, { ...(executablePath ? { executablePath } : {}), args: chromiumFlags(), viewport: { width: 1280, height: 720 } })
}
const openStudy = async (page: Page, hub: RunningHub): Promise<void> => {
  await signIn(page, hub, 'clinician-2', '/studies?dataset=lung-screening')
  await page.getByRole('row', { name: /LIN-0001/ }).click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.locator('[data-viewport="one"][data-waiting="false"]').waitFor()
  await page.getByText('Opening what was kept').waitFor({ state: 'hidden' })
}
/** Marks by name: words and numbers of the list, and the outline over the picture, CSS pixels. */
type Seen = Readonly<Record<string, readonly string[]>>
const look = (page: Page): Promise<Seen> => page.evaluate(() => Object.fromEntries([...document.querySelectorAll('li[data-mark]')].map((row) => {
  const name = row.getAttribute('data-mark') ?? ''
  // The last line says where it is kept.
  const said = [...row.querySelector('button')?.children ?? []].slice(0, -1).map((line) => line.textContent ?? '')
  return [name, [...said, document.querySelector(`[data-marks="one"] g[data-mark="${name}"] path`)?.getAttribute('d') ?? 'not in the picture']]
})))
const kept = (page: Page) => expect(page.locator('li[data-state="drawing"]')).toHaveCount(0)
const settled = async (page: Page): Promise<void> => { await expect(page.getByRole('button', { name: 'Saving' })).toHaveCount(0, { timeout: 60_000 }) }

const objects = /\/api\/submissions\//
const standsAt: Partial<Record<Phase, (request: Request) => boolean>> = {
  'before the PUT': (request) => request.method() === 'PUT' && objects.test(request.url()),
  'during the PUT': (request) => request.method() === 'PUT' && objects.test(request.url()),
  'after the PUT': (request) => request.method() === 'GET' && objects.test(request.url()),
  'before the read-back': (request) => request.method() === 'GET' && /\/instances\/[0-9.]+$/.test(request.url()),
}
const holdOf: Partial<Record<Phase, Hold>> = { 'drawn, not committed': 'drawn', 'committed, not marked': 'committed', 'during the wipe': 'wiping' }
/** All eight, and at the end two more with operations that no report says. */
const rounds: readonly Phase[] = [...phases.slice(1), 'mid-drag', 'committed, not marked', 'mid-drag']

test('ten kills of the browser in every phase of drawing and saving lose no mark that was shown as on this device', async ({ hub }) => {
  test.setTimeout(420_000)
  const random = createRandom(20260105)
  const profile = mkdtempSync(join(tmpdir(), 'ciw-profile-'))
  /** As the person last saw it, and before each step since the last save. */
  let [seen, past]: [Seen, Seen[]] = [{}, []]
  let flight: 'none' | 'may' | 'must' = 'none'
  let acknowledged = 0
  const sent = new Map<string, string>()
  const killed: Record<string, number> = {}

  const open = async () => {
    const context = await openBrowser(profile)
    const page = context.pages()[0] ?? await context.newPage()
    page.on('request', (request) => {
      const uid = /\/api\/submissions\/([0-9.]+)/.exec(request.url())?.[1]
      if (request.method() !== 'PUT' || !uid) return
      const hash = request.headers()['x-content-sha256'] ?? ''
      expect([uid, sent.get(uid) ?? hash]).toEqual([uid, hash])
      sent.set(uid, hash)
    })
    await page.addInitScript(installHolds, '/held')
    await openStudy(page, hub)
    await expect.poll(async () => Object.values(await look(page)).filter((lines) => lines.includes('not in the picture'))).toEqual([])
    const found = await look(page)
    const more = Object.keys(found).filter((name) => !(name in seen))
    expect(Object.fromEntries(Object.keys(seen).map((name) => [name, found[name]]))).toEqual(seen)
    expect(flight === 'must' ? [1] : flight === 'may' ? [0, 1] : [0]).toContain(more.length)
    if (more.length > 0) past.push(seen)
    seen = found
    flight = 'none'
    return { context, page }
  }
  const press = async (page: Page) => {
    await page.getByRole('button', { name: 'Length' }).click()
    const box = await page.locator('[data-viewport="one"]').boundingBox()
    if (!box) throw new Error('the viewport has no box')
    const [x, y] = [box.x + box.width * (0.3 + 0.4 * random()), box.y + box.height * (0.3 + 0.4 * random())]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 40, y + 25)
    await page.mouse.move(x + 60 + 60 * random(), y + 30)
  }
  const tell = async (page: Page): Promise<void> => {
    await kept(page)
    past.push(seen)
    seen = await look(page)
    acknowledged += 1
  }
  const drawOne = async (page: Page): Promise<void> => {
    await press(page)
    await page.mouse.up()
    await expect(page.locator('li[data-mark]')).toHaveCount(Object.keys(seen).length + 1)
    await tell(page)
  }
  /** Takes the end of the mark drawn last, and lets it go elsewhere. */
  const moveOne = async (page: Page): Promise<void> => {
    const name = await page.locator('li[data-mark]').last().getAttribute('data-mark') ?? ''
    const end = await page.locator(`[data-marks="one"] g[data-mark="${name}"] circle[data-end="1"]`).boundingBox()
    if (!end) throw new Error(`${name} has no end`)
    await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2)
    await page.mouse.down()
    await page.mouse.move(end.x + 20, end.y + 30, { steps: 2 })
    await page.mouse.up()
    await expect.poll(async () => (await look(page))[name]).not.toEqual(seen[name])
    await tell(page)
  }

  for (const phase of rounds) {
    const { context, page } = await open()
    const stopped = new Promise<void>((resolve) => { void page.route('**/held', () => resolve()) })
    const arm = (hold: Hold) => page.evaluate((where) => window.holds?.arm(where), hold)
    await settled(page)
    await drawOne(page)
    if (random() < 0.5) await moveOne(page)
    const hold = holdOf[phase]
    const stands = standsAt[phase]
    if (phase === 'mid-drag') await press(page)
    else if (hold && phase !== 'during the wipe') {
      await press(page)
      await arm(hold)
      // The page stops dead before it can answer.
      page.mouse.up().catch(() => undefined)
      await stopped
      flight = phase === 'committed, not marked' ? 'must' : 'may'
    } else {
      const reached = stands ? new Promise<void>((resolve) => {
        void page.route((url) => /\/api\//.test(url.pathname), async (route) => {
          if (!stands(route.request())) return route.fallback()
          if (phase === 'during the PUT') await route.fetch()
          return resolve()
        })
      }) : stopped
      if (hold) await arm(hold)
      await page.getByRole('button', { name: /^(Save|Try again)$/ }).click()
      past = []
      await reached
    }
    await killBrowserOf(profile)
    await context.close().catch(() => undefined)
    killed[phase] = (killed[phase] ?? 0) + 1
  }

  // Once more, with everything at the hospital that was finished: what was not is what can be undone, step by step.
  const { context, page } = await open()
  await settled(page)
  const undo = page.getByRole('button', { name: 'Undo' })
  expect(past.length).toBeGreaterThan(2)
  for (const before of past.toReversed()) {
    await undo.click()
    await expect.poll(() => look(page)).toEqual(before)
  }
  await expect(undo).toBeDisabled()
  const files = new Map(readdirSync(join(hub.dataDir, 'nodes'), { recursive: true, encoding: 'utf8' }).filter((name) => /objects\/[0-9a-f]{64}$/.test(name)).map((name) => [name, createHash('sha256').update(readFileSync(join(hub.dataDir, 'nodes', name))).digest('hex')]))
  const named = (uid: string): string => createHash('sha256').update(uid).digest('hex')
  for (const [uid, hash] of sent) expect([uid, [...files].filter(([name, bytes]) => name.endsWith(named(uid)) || bytes === hash).map(([name, bytes]) => [name.slice(-64), bytes])]).toEqual([uid, [[named(uid), hash]]])
  expect(Object.keys(killed).sort()).toEqual([...phases].sort())
  console.log(`${rounds.length} kills in the viewer (${Object.entries(killed).map(([phase, count]) => `${phase} ${count}`).join(', ')}): ${acknowledged} operations acknowledged, 0 lost; ${sent.size} reports, each once at the hospital`)
  await context.close()
  rmSync(profile, { recursive: true, force: true })
})
