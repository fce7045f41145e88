import { expect, test } from './journey.ts'

test('by keyboard alone: sign in, find a study, open it, walk through its slices, change the window tool, go back', async ({ page, hub }) => {
  const press = (key: string) => page.keyboard.press(key)
  /** Tab until the element that has the focus is named so. */
  const tabTo = async (name: RegExp, role: 'link' | 'button' | 'grid') => {
    const target = page.getByRole(role, { name }).first()
    for (let step = 0; step < 60; step++) {
      if (await target.evaluate((element) => element === document.activeElement).catch(() => false)) return target
      await press('Tab')
    }
    throw new Error(`${name} is not reached by the Tab key`)
  }
  await page.goto(`${hub.address}/catalogue`)
  await page.getByRole('link', { name: /Lung screening/ }).waitFor()
  await tabTo(/^Sign in$/, 'link')
  await press('Enter')
  await page.getByLabel('Account').waitFor()
  await page.keyboard.type('clinician')
  await press('Tab')
  await page.keyboard.type(hub.password)
  await press('Enter')
  await page.waitForURL('**/catalogue')
  await page.getByRole('link', { name: /Lung screening/ }).waitFor()
  await tabTo(/^Studies$/, 'link')
  await press('Enter')
  await page.getByText('3 studies').waitFor()
  const grid = await tabTo(/^Studies$/, 'grid')
  await press('End')
  await expect(grid).toHaveAttribute('aria-activedescendant', 'study-2')
  await press('ArrowUp')
  await press('Enter')
  const viewport = page.locator('[data-viewport="one"]')
  await expect(viewport).toHaveAttribute('data-waiting', 'false')
  await press('Home')
  await expect(viewport).toHaveAttribute('data-slice', '0')
  await press('ArrowDown')
  await press('ArrowDown')
  await expect(viewport).toHaveAttribute('data-slice', '2')
  await press('End')
  await expect(viewport).toHaveAttribute('data-slice', '59')
  await press('l')
  await expect(page.getByRole('button', { name: 'Length' })).toHaveAttribute('aria-pressed', 'true')
  await press('w')
  await expect(page.getByRole('button', { name: 'Window', exact: true })).toHaveAttribute('aria-pressed', 'true')
  await tabTo(/^Studies$/, 'link')
  await press('Enter')
  await page.getByRole('grid', { name: 'Studies' }).waitFor()
})
