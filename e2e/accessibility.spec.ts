import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, signIn, test } from './journey.ts'

/** Every screen, and what stands on it when it has come. */
const screens: readonly { readonly path: string; readonly ready: (page: Page) => Promise<void> }[] = [
  { path: '/catalogue', ready: (page) => page.getByRole('link', { name: /Lung screening/ }).waitFor() },
  { path: '/catalogue/lung-screening', ready: (page) => page.getByRole('heading', { level: 1, name: /Lung screening/ }).waitFor() },
  { path: '/my-data', ready: (page) => page.getByRole('heading', { level: 2 }).first().waitFor() },
  { path: '/studies', ready: (page) => page.getByText('3 studies').waitFor() },
  { path: '/requests', ready: (page) => page.getByText('No request yet').waitFor() },
  { path: '/requests/new?dataset=lung-archive', ready: (page) => page.getByLabel('Organisation').waitFor() },
  { path: '/tools', ready: (page) => page.getByRole('heading', { level: 1, name: '1 tool' }).waitFor() },
  { path: '/tools/lung-fields', ready: (page) => page.getByText('You have not run it yet.').waitFor() },
]

for (const scheme of ['light', 'dark'] as const) {
  test(`every screen is without a violation that axe finds, ${scheme}`, async ({ browser, hub }) => {
    const context = await browser.newContext({ colorScheme: scheme })
    const page = await context.newPage()
    const found: string[] = []
    const check = async (name: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze()
      for (const { id, nodes } of violations) found.push(`${name}: ${id}: ${nodes[0]?.html.slice(0, 160)}`)
    }
    await page.goto(`${hub.address}/studies`)
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).waitFor()
    await check('signed out')
    await page.goto(`${hub.address}/api/session/sign-in`)
    await page.getByLabel('Account').waitFor()
    await check('sign-in')
    await signIn(page, hub, 'clinician')
    for (const { path, ready } of screens) {
      await page.goto(hub.address + path)
      await ready(page)
      await check(path)
    }
    await page.goto(`${hub.address}/studies`)
    await page.getByRole('row', { name: /LIN-0001/ }).click()
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    await page.locator('[data-viewport="one"][data-waiting="false"]').waitFor()
    await check('viewer')
    await page.getByText('Tools', { exact: true }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('region', { name: 'Result' }).waitFor({ timeout: 60_000 })
    await check('a tool\'s result')
    expect(found).toEqual([])
    await context.close()
  })
}
