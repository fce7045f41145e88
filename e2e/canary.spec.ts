import { chromium, type BrowserContext, type Page } from '@playwright/test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../src/hub/sql/database.ts'
import { canary, canaryFolder, findIn, needlesOf, searchFolder } from '../src/testing/canary.ts'
import { chromiumFlags, findChromium } from '../src/testing/chromium.mjs'
import { startHub, type RunningHub } from '../src/testing/startHub.ts'
import { draw, expect, openStudy, signIn, test } from './journey.ts'

const openBrowser = (profile: string): Promise<BrowserContext> => {
  const executablePath = findChromium()
  return chromium.launchPersistentContext(profile, { ...(executablePath ? { executablePath } : {}), args: chromiumFlags(), viewport: { width: 1280, height: 720 } })
}
const studies = '/studies?dataset=own-files-1'

/**
 * Notes what a page shows the world beside its content (addresses, titles, console) and what keeps a session (cookies, the key of the log).
 * Code, state and nonce of a sign-in stand in addresses, and so in the browser's history, by the protocol: a code is good once and only with
 * the verifier that the hub keeps (RFC 7636), and it is used up before the page comes.
 */
const listen = (context: BrowserContext, page: Page) => {
  const said: string[] = []
  const kept = new Map<string, readonly [what: string, secret: string | Uint8Array]>()
  const pending: Promise<unknown>[] = []
  const keep = (what: string, secret: string | Uint8Array): void => { if (secret.length >= 16) kept.set(Buffer.from(secret).toString('base64'), [what, secret]) }
  const noteTitle = async (): Promise<void> => { said.push(page.url(), await page.title()) }
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(error.message))
  page.on('framenavigated', (frame) => said.push(frame.url()))
  const travelled = new Set<string>()
  const needles = needlesOf(canary)
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (!pathname.startsWith('/api/')) return
    // A body that is gone with its page has been seen by that page alone.
    pending.push(response.body().then((body) => {
      for (const hit of findIn(body, needles)) travelled.add(hit)
      if (pathname.startsWith('/api/session/draft-key')) {
        const { key } = JSON.parse(String(body)) as { key: string }
        keep('key of the log', key)
        keep('bytes of the key of the log', Buffer.from(key, 'base64'))
      }
      // A picture that was drawn at the hospital is known by bytes in its middle.
      if (/\/(?:rendered|thumbnail)$/.test(pathname) && response.ok()) keep('drawn picture', body.subarray(body.length / 2, body.length / 2 + 48))
    }, () => undefined))
  })
  return {
    said, travelled,
    /** By a name and a number, since there are several of a kind. */
    secrets: (): Record<string, string | Uint8Array> => Object.fromEntries([...kept.values()].map(([what, secret], index) => [`${what} ${index + 1}`, secret])),
    note: async (): Promise<void> => {
      await noteTitle()
      // The issuer's library puts the number of an interaction into its address too; the cookie that proves it is the one beside, `.sig`, and both end with the sign-in.
      for (const { name, value, domain } of await context.cookies()) if (!/^_interaction(?:_resume)?$/.test(name)) keep(`cookie ${name} of ${domain}`, value)
    },
    settled: () => Promise.all(pending),
  }
}

const brush = async (page: Page): Promise<void> => {
  const box = await page.locator('[data-viewport="one"]').boundingBox()
  if (!box) throw new Error('the viewport has no box')
  await page.getByRole('button', { name: 'Brush', exact: true }).click()
  await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.5)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.5, { steps: 4 })
  await page.mouse.up()
}
/** Marks the open study with words in a mark and in a segment's name. */
const markWithWords = async (page: Page): Promise<void> => {
  const viewport = page.locator('[data-viewport="one"]')
  await draw(page, viewport, 'Length', [0.4, 0.4], [0.5, 0.4])
  await draw(page, viewport, 'Arrow', [0.4, 0.6], [0.5, 0.7])
  const label = page.getByRole('textbox', { name: 'Label' })
  await expect(label).toHaveAttribute('autocomplete', 'off')
  await label.fill(canary.written)
  await page.keyboard.press('Enter')
  await expect(page.locator('li[data-mark="M2"]')).toHaveAttribute('data-state', 'device')
  await brush(page)
  const painted = page.locator('li[data-painting="S1"]')
  await expect(painted).toHaveAttribute('data-state', 'device')
  await page.getByRole('button', { name: 'Name S1' }).click()
  await expect(page.locator('li[data-painting="S1"] input')).toHaveAttribute('autocomplete', 'off')
  await page.keyboard.type(canary.written)
  await page.keyboard.press('Enter')
  await expect(painted).toContainText(canary.written)
  await expect(painted).toHaveAttribute('data-state', 'device')
}

test.describe('one patient that is unlike any other', () => {
  let folder = ''
  const profiles: string[] = []
  const newProfile = (): string => profiles[profiles.push(mkdtempSync(join(tmpdir(), 'ciw-canary-'))) - 1] ?? ''
  let hub: RunningHub
  test.beforeAll(async () => {
    folder = canaryFolder()
    hub = await startHub({ cases: 'none', dicom: [folder] })
  })
  test.afterAll(async () => {
    await hub.stop()
    for (const each of [folder, ...profiles]) rmSync(each, { recursive: true, force: true })
  })

  test('is found where the log of drafts is not sealed', async () => {
    const profile = newProfile()
    const context = await openBrowser(profile)
    await context.addInitScript(() => {
      Object.defineProperties(SubtleCrypto.prototype, {
        encrypt: { value: async (_how: unknown, _key: unknown, data: Uint8Array<ArrayBuffer>) => data.slice().buffer },
        decrypt: { value: async (_how: unknown, _key: unknown, data: ArrayBuffer) => data },
      })
    })
    const page = context.pages()[0] ?? await context.newPage()
    await signIn(page, hub, 'clinician-2', studies)
    await openStudy(page, canary.id)
    await markWithWords(page)
    await context.close()
    const { found } = searchFolder(profile, needlesOf(canary))
    for (const what of ['id', 'written']) expect(found.filter((hit) => hit.includes('IndexedDB') && hit.includes(`: ${what} (`))).not.toEqual([])
  })

  test('is found nowhere but where it belongs after a journey with its failures, nor are cookies and keys', async () => {
    test.setTimeout(300_000)
    const profile = newProfile()
    const context = await openBrowser(profile)
    const page = context.pages()[0] ?? await context.newPage()
    const { said, secrets: secretsOf, travelled, note, settled } = listen(context, page)
    await page.goto(hub.address + studies)
    await note()
    await page.goto(`${hub.address}/api/session/sign-in?return=${encodeURIComponent(studies)}`)
    await page.getByLabel('Account').waitFor()
    await note()
    await signIn(page, hub, 'clinician', studies)
    await note()
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await expect(page.getByRole('searchbox')).toHaveAttribute('autocomplete', 'off')
    for (const sought of [canary.family, canary.id]) await page.getByRole('searchbox').fill(sought)
    await openStudy(page, canary.id)
    await note()
    const viewport = page.locator('[data-viewport="one"]')
    await expect(viewport).toHaveAttribute('data-loaded', '18')
    await viewport.hover()
    await page.mouse.wheel(0, 100)
    await markWithWords(page)

    // The hospital stands still: what was saved waits at the hub, and is there when it goes on.
    const hospital = hub.nodePids()['own-1'] ?? 0
    process.kill(hospital, 'SIGSTOP')
    const taken = page.waitForResponse((response) => response.request().method() === 'PUT' && response.url().includes('/api/submissions/'))
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await taken
    await expect(page.locator('li[data-mark="M2"]')).toHaveAttribute('data-state', 'hub')
    process.kill(hospital, 'SIGCONT')
    await expect(page.locator('li[data-mark="M2"]')).toHaveAttribute('data-state', 'verified', { timeout: 60_000 })
    await page.getByRole('button', { name: 'Save S1' }).click()
    await expect(page.locator('li[data-painting="S1"]')).toHaveAttribute('data-state', 'verified', { timeout: 60_000 })
    await draw(page, viewport, 'Length', [0.3, 0.8], [0.5, 0.8])
    await expect(page.locator('li[data-mark="M3"]')).toHaveAttribute('data-state', 'device')
    await page.getByText('Tools', { exact: true }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    const result = page.getByRole('region', { name: 'Result' })
    await result.getByRole('button', { name: 'Accept' }).click({ timeout: 60_000 })
    await expect(result.getByText('The run is recorded.')).toBeVisible()

    // What is refused says nothing of whom it is about, not even what was asked.
    const refusals = await page.evaluate(async ([id, family, study]) => {
      const roads = [`studies?PatientName=${family}`, `studies?PatientID=${id}&PatientID=${id}`, `studies/${id}/metadata`, `studies/${study}/series/${id}/metadata`, `studies?includefield=${family}`]
      const answers = await Promise.all(roads.map((road) => fetch(`/api/datasets/own-files-1/dicom-web/${road}`, { headers: { 'x-ciw': '1' } })))
      const put = await fetch('/api/submissions/1.2.3', { method: 'PUT', body: family ?? '', headers: { 'x-ciw': '1', 'x-content-sha256': id ?? '' } })
      return Promise.all([...answers, put].filter(({ ok }) => !ok).map((answer) => answer.text()))
    }, [canary.id, canary.family, '1.2.3'])
    expect(refusals.length).toBeGreaterThan(2)
    said.push(...refusals)

    await page.goto(`${hub.address}/unsynced`)
    await expect(page.getByRole('listitem').filter({ hasText: canary.id })).toBeVisible()
    await note()
    await page.goBack()
    await expect(viewport).toHaveAttribute('data-waiting', 'false')
    await context.setOffline(true)
    await page.reload()
    await expect(page.locator('[data-waits="1"]')).toBeVisible()
    await note()
    await context.setOffline(false)
    await expect(viewport).toHaveAttribute('data-waiting', 'false')
    for (const path of [`/view/own-files-1/${'0'.repeat(16)}`, '/nowhere']) {
      await page.goto(hub.address + path)
      await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()
      said.push(await page.locator('body').innerText())
      await note()
    }
    await page.goto(hub.address + studies)
    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out anyway' }).click()
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor()
    await note()
    await signIn(page, hub, 'clinician-2', '/unsynced')
    await expect(page.getByRole('heading', { name: 'Everything is at the hospital' })).toBeVisible()
    await note()
    await settled()
    await context.close()

    // It was on the way: a search that finds nothing would otherwise say nothing.
    for (const what of ['family', 'id', 'pixels']) expect([...travelled]).toContain(`${what} (plain)`)
    const secrets = secretsOf()
    for (const [kind, least] of [['cookie __Host-ciw of localhost', 2], ['cookie _interaction.sig', 1], ['key of the log', 2], ['drawn picture', 1]] as const) expect([kind, Object.keys(secrets).filter((name) => name.startsWith(kind)).length >= least]).toEqual([kind, true])
    const needles = needlesOf({ ...canary, password: hub.password, ...secrets })
    const searched = searchFolder(profile, needles)
    console.log(`${searched.files} files of the profile, ${(searched.bytes / 1e6).toFixed(1)} MB, ${Object.keys(secrets).length} cookies, keys and pictures: ${searched.found.length} found`)
    expect(searched.found).toEqual([])
    expect(findIn(said.join('\n'), needles)).toEqual([])
    // Of what the program prints and keeps, patients stand in the hospitals' archives and the hub's database alone, not in its audit; cookies nowhere.
    await hub.kill()
    const inside = needlesOf({ ...canary, ...secrets })
    expect(findIn(hub.said(), inside)).toEqual([])
    expect(searchFolder(hub.dataDir, inside, (path) => /^(?:nodes\/[^/]+\/(?:archive|reference|tables)|hub\/pglite)(?:\/|$)/.test(path)).found).toEqual([])
    expect(searchFolder(join(hub.dataDir, 'hub', 'pglite'), needlesOf(secrets)).found).toEqual([])
    const database = await openDatabase({ folder: join(hub.dataDir, 'hub') })
    const audit = await database.sql('select person, action, subject from audit')
    await database.dispose()
    expect(audit.length).toBeGreaterThan(5)
    expect(findIn(JSON.stringify(audit), inside)).toEqual([])
  })
})
