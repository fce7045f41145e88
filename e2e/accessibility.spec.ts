import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { draw, expect, signIn, test } from './journey.ts'

/** Every screen, and what stands on it when it has come. */
const screens: readonly { readonly path: string; readonly ready: (page: Page) => Promise<void> }[] = [
  { path: '/catalogue', ready: (page) => page.getByRole('link', { name: /Lung screening/ }).waitFor() },
  { path: '/catalogue/lung-screening', ready: (page) => page.getByRole('heading', { level: 1, name: /Lung screening/ }).waitFor() },
  { path: '/my-data', ready: (page) => page.getByRole('heading', { level: 2 }).first().waitFor() },
  { path: '/studies', ready: (page) => page.getByText(/^[23] studies$/).waitFor() },
  { path: '/requests', ready: (page) => page.getByText('No request yet').waitFor() },
  { path: '/unsynced', ready: (page) => page.getByRole('heading', { name: 'Everything is at the hospital' }).waitFor() },
  { path: '/tools', ready: (page) => page.getByRole('heading', { level: 1, name: '2 tools' }).waitFor() },
  { path: '/tools/lung-fields', ready: (page) => page.getByText('You have not run it yet.').waitFor() },
]

// Each scheme has a person of its own, who has asked for nothing yet.
for (const [scheme, account] of [['light', 'clinician'], ['dark', 'clinician-2']] as const) {
  test(`every screen is without a violation that axe finds, ${scheme}`, async ({ browser, hub }) => {
    const context = await browser.newContext({ colorScheme: scheme })
    const page = await context.newPage()
    const found: string[] = []
    const check = async (name: string, on = page) => {
      const { violations } = await new AxeBuilder({ page: on }).analyze()
      for (const { id, nodes } of violations) found.push(`${name}: ${id}: ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary?.slice(0, 300)}`)
    }
    await page.goto(`${hub.address}/studies`)
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).waitFor()
    await check('signed out')
    await page.goto(`${hub.address}/?sign-in=failed`)
    await page.getByText('Puerto Claro, Spain').waitFor()
    await page.getByRole('alert').waitFor()
    await check('the way in')
    await page.goto(`${hub.address}/api/session/sign-in`)
    await page.getByLabel('Account').waitFor()
    await check('sign-in')
    await signIn(page, hub, account)
    for (const { path, ready } of screens) {
      await page.goto(hub.address + path)
      await ready(page)
      await check(path)
    }
    // A form with an error, then the request as its applicant and as the committee see it.
    await page.goto(`${hub.address}/requests/new?dataset=lung-archive`)
    await page.getByRole('button', { name: 'Send the request' }).click()
    await page.getByText('Write at least 10 characters.').waitFor()
    await check('a request with an error')
    await page.getByLabel('What the data will be used for').fill('Growth of nodules in routine chest CT')
    await page.getByLabel('Organisation').fill('Institute of Examples')
    await page.getByRole('button', { name: 'Send the request' }).click()
    const card = page.getByRole('article', { name: /Lung CT archive/ }).first()
    await card.getByText('Waiting for a decision').waitFor()
    await check('a request, to its applicant')
    const committee = await (await browser.newContext({ colorScheme: scheme })).newPage()
    await signIn(committee, hub, 'committee', '/requests')
    await committee.getByRole('article', { name: /Lung CT archive/ }).filter({ hasText: 'Waiting for a decision' }).getByRole('button', { name: 'Refuse' }).click()
    await committee.getByText('Say why.').waitFor()
    await check('a request, to the committee', committee)
    await committee.context().close()
    await card.getByRole('button', { name: 'Withdraw' }).click()
    await card.getByText('Withdrawn', { exact: true }).waitFor()
    await page.goto(`${hub.address}/catalogue/no-such-dataset`)
    await page.getByRole('heading', { level: 1 }).filter({ hasNotText: 'Catalogue' }).waitFor()
    await check('a dataset that is not there')

    await page.goto(`${hub.address}/studies`)
    await page.getByRole('row', { name: /LIN-0001/ }).click()
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    const viewport = page.locator('[data-viewport="one"]')
    await expect(viewport).toHaveAttribute('data-waiting', 'false')
    await check('viewer')
    await draw(page, viewport, 'Arrow', [0.4, 0.4], [0.5, 0.5])
    await page.getByRole('textbox', { name: 'Label' }).fill('here')
    await check('the label of an arrow')
    await page.keyboard.press('Enter')
    await expect(page.locator('li[data-mark="M1"]')).toHaveAttribute('data-state', 'device')
    await page.getByText('Planes and volume').click()
    for (const id of ['coronal', 'sagittal', 'volume']) await expect(page.locator(`[data-viewport="${id}"]`)).toHaveAttribute('data-waiting', 'false', { timeout: 30_000 })
    await check('planes and volume, beside a list of marks')
    await page.getByText('One', { exact: true }).click()
    await expect(viewport).toHaveAttribute('data-waiting', 'false')
    await page.getByText('Tools', { exact: true }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('region', { name: 'Result' }).waitFor({ timeout: 60_000 })
    await check('a tool\'s result')
    await page.goto(`${hub.address}/unsynced`)
    await page.getByRole('listitem').filter({ hasText: 'LIN-0001' }).waitFor()
    await check('what is not at the hospital')
    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out anyway' }).waitFor()
    // The menu it was asked from goes by and by.
    await expect(page.getByRole('menu')).toHaveCount(0)
    await check('signing out with work that waits')
    await page.goBack()
    await page.route('**/frames/**', (route) => route.abort())
    await page.reload()
    await viewport.getByRole('alert').waitFor()
    await check('a viewport without its image')
    expect(found).toEqual([])
    await context.close()
  })
}
