import { draw, expect, openStudy, signIn, test } from './journey.ts'

test('a mark that was changed in two browsers is shown side by side, one is chosen, and the history opens what was before', async ({ browser, hub }) => {
  const pages = await Promise.all([1, 2].map(async () => (await browser.newContext()).newPage()))
  const [here, there] = pages
  if (!here || !there) throw new Error('there are two browsers')
  const open = async (page: typeof here): Promise<void> => {
    await signIn(page, hub, 'clinician-2', '/studies?dataset=thorax-follow-up')
    await openStudy(page, 'PCL-0001')
  }
  const save = async (page: typeof here): Promise<void> => {
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.locator('li[data-mark="M1"]')).toHaveAttribute('data-state', 'verified', { timeout: 30_000 })
  }
  const name = async (page: typeof here, words: string): Promise<void> => {
    await page.getByRole('button', { name: 'Name M1' }).click()
    await page.keyboard.type(words)
    await page.keyboard.press('Enter')
    await expect(page.locator('li[data-mark="M1"]')).toContainText(words)
  }
  await open(here)
  await draw(here, here.locator('[data-viewport="one"]'), 'Length', [0.4, 0.3], [0.6, 0.3])
  await save(here)
  await open(there)
  await name(there, 'Lesion A')
  await save(there)
  await name(here, 'Nodule B')
  await here.evaluate(() => window.dispatchEvent(new Event('focus')))
  const contest = here.locator('[data-contest="M1"]')
  await expect(contest.locator('[data-side="here"]')).toContainText('Nodule B')
  await expect(contest.locator('[data-side="saved"]')).toContainText('Lesion A')
  await expect(here.getByRole('button', { name: 'Save', exact: true })).toBeDisabled()
  await here.getByRole('button', { name: /Keep M1 of You/ }).click()
  await expect(contest).toHaveCount(0)
  await save(here)

  await here.getByRole('button', { name: '3 saved versions' }).click()
  await here.locator('li[data-version="older"] button').first().click()
  await expect(here.locator('li[data-past="M1"]')).toContainText('Lesion A')
  await expect(here.locator('g[data-mark="M1"]')).toContainText('Lesion A')
  await here.getByRole('button', { name: 'Back to now' }).click()
  await expect(here.locator('g[data-mark="M1"]')).toContainText('Nodule B')
  await there.evaluate(() => window.dispatchEvent(new Event('focus')))
  await expect(there.locator('li[data-mark="M1"]')).toContainText('Nodule B')
  for (const page of pages) await page.context().close()
})
