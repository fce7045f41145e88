import { test as base, expect, type Locator, type Page } from '@playwright/test'
import { canary, findIn, generatedPeople, needlesOf } from '../src/testing/canary.ts'
import { startHub, type RunningHub } from '../src/testing/startHub.ts'

/** Of the journey that runs: the hubs it signed in at, its pages with their addresses and what they wrote to the console, and its cookies. */
const heard = { hubs: new Set<RunningHub>(), pages: new Map<Page, string[]>(), cookies: new Map<string, string>() }
const hear = (page: Page, hub: RunningHub): void => {
  heard.hubs.add(hub)
  if (heard.pages.has(page)) return
  const said: string[] = []
  heard.pages.set(page, said)
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(error.message))
  page.on('framenavigated', (frame) => said.push(frame.url()))
}

/**
 * Journeys share one federation; one that kills or slows a part starts its own. After each, what its hubs printed, and the addresses,
 * titles and consoles of the pages that signed in, are searched for generated patients, the canary and cookies. Profiles on disk are
 * searched by the canary's own journey.
 */
export const test = base.extend<{ silent: void }, { hub: RunningHub }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs
  silent: [async ({}, use) => {
    await use()
    const titles = await Promise.all([...heard.pages.keys()].filter((page) => !page.isClosed()).map((page) => page.title().catch(() => '')))
    const all = [...[...heard.hubs].map((hub) => hub.said()), ...[...heard.pages.values()].flat(), ...titles].join('\n')
    const found = findIn(all, needlesOf({ ...generatedPeople(), ...canary, ...Object.fromEntries(heard.cookies) }))
    for (const each of Object.values(heard)) each.clear()
    expect(found, 'what a page or a program shows the world names no patient and holds no cookie').toEqual([])
  }, { auto: true }],
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
  hear(page, hub)
  await page.goto(`${hub.address}/api/session/sign-in?return=${encodeURIComponent(path)}`)
  await page.getByLabel('Account').fill(account)
  await page.getByLabel('Password').fill(hub.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((url) => url.hostname === 'localhost' && url.pathname.startsWith(path.split('?')[0] ?? path))
  // An interaction's number stands in the issuer's address by its making; what proves it is the cookie beside, `.sig`.
  for (const { name, value } of await page.context().cookies()) if (value.length >= 16 && !/^_interaction(?:_resume)?$/.test(name)) heard.cookies.set(`cookie ${name} ${heard.cookies.size}`, value)
}

/** Opens a patient's study from the list of studies, and waits for its picture and for what was kept of it. */
export const openStudy = async (page: Page, patient: string): Promise<void> => {
  await page.getByRole('row', { name: new RegExp(patient) }).click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.locator('[data-viewport="one"][data-waiting="false"]').waitFor()
  await page.getByText('Opening what was kept').waitFor({ state: 'hidden' })
}
