import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHub } from '../src/testing/startHub.ts'
import { draw, expect, signIn, test } from './journey.ts'

/** How many files of all hospitals have these bytes. */
const copiesOf = (dataDir: string, sha256: string): number => {
  const files = readdirSync(join(dataDir, 'nodes'), { recursive: true, encoding: 'utf8' }).filter((name) => /objects\/[0-9a-f]{64}$/.test(name))
  return files.filter((name) => createHash('sha256').update(readFileSync(join(dataDir, 'nodes', name))).digest('hex') === sha256).length
}

test('a hub that is killed between taking a report and delivering it delivers it once when it is started again, and the page says what it waits for', async ({ browser }) => {
  test.setTimeout(300_000)
  const dataDir = mkdtempSync(join(tmpdir(), 'ciw-hub-kill-'))
  const first = await startHub({ dataDir })
  const context = await browser.newContext()
  const page = await context.newPage()
  await signIn(page, first, 'clinician-3', '/studies?dataset=thorax-follow-up')
  await page.getByRole('row', { name: /PCL-0001/ }).click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  const viewport = page.locator('[data-viewport="one"]')
  await expect(viewport).toHaveAttribute('data-waiting', 'false')
  await page.getByText('Opening what was kept').waitFor({ state: 'hidden' })
  const mark = page.locator('li[data-mark="M1"]')
  await draw(page, viewport, 'Length', [0.4, 0.4], [0.5, 0.4])
  await expect(mark).toHaveAttribute('data-state', 'device')
  // The hospitals stand still, so that what the hub has taken stays with it.
  const hospitals = Object.values(first.nodePids())
  for (const pid of hospitals) process.kill(pid, 'SIGSTOP')
  const taken = page.waitForResponse((response) => response.request().method() === 'PUT' && response.url().includes('/api/submissions/'))
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const answer = await taken
  const sha256 = answer.request().headers()['x-content-sha256'] ?? ''
  expect([answer.status(), copiesOf(dataDir, sha256)]).toEqual([201, 0])
  await expect(mark).toHaveAttribute('data-state', 'hub')
  for (const pid of hospitals) process.kill(pid, 'SIGKILL')
  await first.kill()
  await expect(page.getByRole('status').filter({ hasText: 'Not at the hospital yet: the hub cannot be reached' })).toBeVisible()
  await draw(page, viewport, 'Length', [0.4, 0.6], [0.5, 0.6])
  await expect(page.locator('li[data-mark="M2"]')).toHaveAttribute('data-state', 'device')

  const again = await startHub({ dataDir, port: Number(new URL(first.address).port) })
  await expect(mark).toHaveAttribute('data-state', 'verified', { timeout: 150_000 })
  expect(copiesOf(dataDir, sha256)).toBe(1)
  await page.reload()
  await expect(mark).toHaveAttribute('data-state', 'verified')
  await expect(page.locator('li[data-mark="M2"]')).toHaveAttribute('data-state', 'device')
  await context.close()
  await again.stop()
  rmSync(dataDir, { recursive: true, force: true })
})
