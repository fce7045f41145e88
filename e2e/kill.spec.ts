import { chromium, type BrowserContext, type Page } from '@playwright/test'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromiumFlags, findChromium } from '../src/testing/chromium.mjs'
import { expect, signIn, test } from './journey.ts'
import type { RunningHub } from '../src/testing/startHub.ts'

/** Numbers in [0, 1) from a seed. */
const seeded = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}
const openBrowser = (profile: string): Promise<BrowserContext> => {
  const executablePath = findChromium()
  return chromium.launchPersistentContext(profile, { ...(executablePath ? { executablePath } : {}), args: chromiumFlags(), viewport: { width: 1280, height: 720 } })
}
/** Every process of the browser with this profile, at once and without warning. */
const killBrowser = (profile: string): void => {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(profile)
    } catch {
      return false
    }
  })
  execFileSync('kill', ['-9', ...pids])
}
const openStudy = async (page: Page, hub: RunningHub): Promise<void> => {
  await signIn(page, hub, 'clinician-2', '/studies?dataset=lung-screening')
  await page.getByRole('row', { name: /LIN-0001/ }).click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.locator('[data-viewport="one"][data-waiting="false"]').waitFor()
  await page.getByText('Opening what was kept').waitFor({ state: 'hidden' })
}
const marksOf = (page: Page): Promise<Record<string, string>> => page.locator('li[data-mark]').evaluateAll((rows) =>
  Object.fromEntries(rows.map((row) => [row.getAttribute('data-mark') ?? '', /[\d.]+ mm/.exec(row.textContent ?? '')?.[0] ?? ''])))

test('ten kills of the browser between drawing and verified lose no mark that was shown as on this device', async ({ hub }) => {
  test.setTimeout(240_000)
  const random = seeded(20260105)
  const profile = mkdtempSync(join(tmpdir(), 'ciw-profile-'))
  /** What the page showed as kept, by name, as the person last saw it. */
  const acknowledged = new Map<string, string>()
  const phases: Record<string, number> = {}
  for (let round = 0; round < 10; round++) {
    const context = await openBrowser(profile)
    const page = context.pages()[0] ?? await context.newPage()
    await openStudy(page, hub)
    const found = await marksOf(page)
    for (const [mark, value] of acknowledged) expect([mark, found[mark]]).toEqual([mark, value])
    await page.getByRole('button', { name: 'Length' }).click()
    const box = await page.locator('[data-viewport="one"]').boundingBox()
    if (!box) throw new Error('the viewport has no box')
    const at = () => [box.x + box.width * (0.3 + 0.4 * random()), box.y + box.height * (0.3 + 0.4 * random())] as const
    const before = await page.locator('li[data-mark]').count()
    const [x, y] = at()
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 40, y + 25)
    const phase = ['mid-drag', 'drawn', 'saving', 'submitted'][round % 4] ?? 'drawn'
    phases[phase] = (phases[phase] ?? 0) + 1
    if (phase !== 'mid-drag') {
      await page.mouse.move(x + 60 + 60 * random(), y + 30)
      await page.mouse.up()
      await expect(page.locator('li[data-mark]')).toHaveCount(before + 1)
      await expect(page.locator('li[data-state="drawing"]')).toHaveCount(0)
      for (const [mark, value] of Object.entries(await marksOf(page))) acknowledged.set(mark, value)
      if (phase !== 'drawn') {
        const reached = phase === 'submitted' ? page.waitForResponse((response) => response.url().includes('/api/submissions/')) : page.waitForRequest((request) => request.url().includes('/api/submissions/'))
        await page.getByRole('button', { name: /^(Save|Try again)$/ }).click()
        await reached
      }
    }
    killBrowser(profile)
    await context.close().catch(() => undefined)
  }
  const last = await openBrowser(profile)
  const page = last.pages()[0] ?? await last.newPage()
  await openStudy(page, hub)
  const found = await marksOf(page)
  expect(Object.fromEntries(acknowledged)).toEqual(Object.fromEntries([...acknowledged.keys()].map((mark) => [mark, found[mark]])))
  console.log(`10 kills (${Object.entries(phases).map(([phase, count]) => `${phase} ${count}`).join(', ')}): ${acknowledged.size} marks acknowledged, ${Object.keys(found).length} there, 0 lost`)
  await last.close()
  rmSync(profile, { recursive: true, force: true })
})
