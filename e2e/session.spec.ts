import { draw, expect, signIn, test } from './journey.ts'

test('a session that ends in the middle of the work loses nothing: drawing goes on, and after sign-in the report arrives', async ({ browser, hub }) => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await signIn(page, hub, 'clinician-3', '/studies?dataset=thorax-follow-up')
  await page.getByRole('row', { name: /PCL-0001/ }).click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  const viewport = page.locator('[data-viewport="one"]')
  await expect(viewport).toHaveAttribute('data-waiting', 'false')
  await page.getByText('Opening what was kept').waitFor({ state: 'hidden' })
  const state = (mark: string) => page.locator(`li[data-mark="${mark}"]`)
  await draw(page, viewport, 'Length', [0.4, 0.4], [0.5, 0.4])
  await expect(state('M1')).toHaveAttribute('data-state', 'device')

  // The same person signs out in another window of the browser.
  const other = await context.newPage()
  await other.goto(`${hub.address}/api/session/sign-out`)
  await other.close()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'Your session has ended' })).toBeVisible()
  await expect(state('M1')).toHaveAttribute('data-state', 'device')
  await draw(page, viewport, 'Length', [0.4, 0.6], [0.5, 0.6])
  await expect(state('M2')).toHaveAttribute('data-state', 'device')
  // What is loaded stays to be read.
  await page.keyboard.press('PageDown')
  await expect(viewport).toHaveAttribute('data-waiting', 'false')

  await page.getByRole('alert').getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Account').fill('clinician-3')
  await page.getByLabel('Password').fill(hub.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/view/**')
  await expect(state('M1')).toHaveAttribute('data-state', 'verified', { timeout: 30_000 })
  await expect(state('M2')).toHaveAttribute('data-state', 'device')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(state('M2')).toHaveAttribute('data-state', 'verified', { timeout: 30_000 })

  // Deleted, undone, done again, undone: the report says what it said, so it is verified as before.
  await page.getByRole('button', { name: 'Go to M2' }).click()
  await page.keyboard.press('Delete')
  await expect(page.locator('li[data-mark]')).toHaveCount(1)
  await page.keyboard.press('Control+z')
  await expect(page.locator('li[data-mark]')).toHaveCount(2)
  await page.keyboard.press('Control+Shift+z')
  await expect(page.locator('li[data-mark]')).toHaveCount(1)
  await page.keyboard.press('Control+z')
  await expect(state('M2')).toHaveAttribute('data-state', 'verified')
  // An end that is moved makes another version of the mark.
  const before = await state('M2').innerText()
  const end = await viewport.locator('g[data-mark="M2"] [data-end="1"]').boundingBox()
  if (!end) throw new Error('the mark has no end to take')
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2)
  await page.mouse.down()
  await page.mouse.move(end.x + 30, end.y - 20, { steps: 3 })
  await page.mouse.up()
  await expect(state('M2')).toContainText('Changed since saved')
  const after = /[\d.]+ mm/.exec(await state('M2').innerText())?.[0]
  expect(before).not.toContain(after)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(state('M2')).toContainText('Verified at the hospital', { timeout: 30_000 })
  await page.reload()
  await expect(state('M2')).toContainText('Verified at the hospital', { timeout: 30_000 })
  await expect(state('M2')).toContainText(after ?? 'nothing')
  await context.close()
})

test('an address that leads nowhere, and a study that is not granted, say so and lead on', async ({ page, hub }) => {
  await signIn(page, hub, 'clinician')
  for (const path of ['/nowhere', '/catalogue/none', '/view/lung-screening/none']) {
    await page.goto(hub.address + path)
    await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
    await page.getByRole('link', { name: 'Go to the catalogue' }).click()
    await expect(page.getByRole('link', { name: /Lung screening/ })).toBeVisible()
  }
})
