import { test as base, expect, type Locator, type Page } from '@playwright/test'
import { startHub, type RunningHub } from '../src/testing/startHub.ts'

/** Journeys share one federation; one that kills or slows a part starts its own. */
export const test = base.extend<object, { hub: RunningHub }>({
  hub: [async ({ browserName }, use) => {
    expect(browserName).toBe('chromium')
    const hub = await startHub()
    await use(hub)
    await hub.stop()
  }, { scope: 'worker', timeout: 180_000 }],
})

export { expect }

/** Draws with the tool that is named from one place of the viewport to another, as shares of its width and height. */
export const draw = async (page: Page, viewport: Locator, tool: string, [fromX, fromY]: readonly [number, number], [toX, toY]: readonly [number, number]): Promise<void> => {
  await page.getByRole('button', { name: tool }).click()
  const box = await viewport.boundingBox()
  if (!box) throw new Error('the viewport has no box')
  await page.mouse.move(box.x + box.width * fromX, box.y + box.height * fromY)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * toX, box.y + box.height * toY, { steps: 3 })
  await page.mouse.up()
}

export type Account = 'clinician' | 'clinician-2' | 'clinician-3' | 'researcher' | 'evaluator' | 'committee' | 'node-manager' | 'administrator' | 'applicant'

/** Signs in through the issuer's own pages, as a person does, and waits for the workbench. */
export const signIn = async (page: Page, hub: RunningHub, account: Account, path = '/catalogue'): Promise<void> => {
  await page.goto(`${hub.address}/api/session/sign-in?return=${encodeURIComponent(path)}`)
  await page.getByLabel('Account').fill(account)
  await page.getByLabel('Password').fill(hub.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((url) => url.hostname === 'localhost' && url.pathname.startsWith(path.split('?')[0] ?? path))
}

/** Opens a patient's study from the list of studies, and waits for its picture and for what was kept of it. */
export const openStudy = async (page: Page, patient: string): Promise<void> => {
  await page.getByRole('row', { name: new RegExp(patient) }).click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.locator('[data-viewport="one"][data-waiting="false"]').waitFor()
  await page.getByText('Opening what was kept').waitFor({ state: 'hidden' })
}
