import { draw, expect, openStudy, signIn, test } from './journey.ts'

test('an open study is read and marked without a connection and sent when it is back; reloaded, the page starts and says what waits', async ({ browser, hub }) => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await signIn(page, hub, 'clinician', '/studies?dataset=lung-screening')
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await openStudy(page, 'LIN-0001')
  const viewport = page.locator('[data-viewport="one"]')
  await expect(viewport).toHaveAttribute('data-loaded', '60')
  // Other journeys may have left marks of the same person here.
  const before = await page.locator('li[data-mark]').count()
  const mark = (number: number) => page.locator('li[data-mark]').nth(before + number)
  await draw(page, viewport, 'Length', [0.3, 0.8], [0.4, 0.8])
  await expect(mark(0)).toHaveAttribute('data-state', 'device')

  await context.setOffline(true)
  await page.keyboard.press('Escape')
  await page.keyboard.press('PageDown')
  await expect(viewport).toHaveAttribute('data-waiting', 'false')
  await draw(page, viewport, 'Length', [0.3, 0.86], [0.4, 0.86])
  await expect(mark(1)).toHaveAttribute('data-state', 'device')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Not at the hospital yet')).toBeVisible()

  await page.reload()
  await expect(page.getByRole('heading', { name: 'The hub cannot be reached' })).toBeVisible()
  await expect(page.locator('[data-waits="1"]')).toBeVisible()
  // Of the shell alone: no answer of the hub, no picture.
  const kept = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat())
  expect(kept).toContain('/')
  expect(kept.filter((path) => path !== '/' && path !== '/icon.svg' && !/^\/assets\/[\w.-]+\.(?:js|mjs|css|wasm)$/.test(path))).toEqual([])

  await context.setOffline(false)
  await page.locator('[data-viewport="one"][data-waiting="false"]').waitFor()
  await expect(mark(0)).toHaveAttribute('data-state', 'verified', { timeout: 30_000 })
  await expect(mark(1)).toHaveAttribute('data-state', 'verified', { timeout: 30_000 })
  await context.close()
})
