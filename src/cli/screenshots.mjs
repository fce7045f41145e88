import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { fork } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { chromiumFlags, findChromium } from '../testing/chromium.mjs'
import { build, root } from './build.mjs'

/** Pictures of the running app for the README: `npm run screenshots`, into e2e/pictures. */
const folder = join(root, 'e2e', 'pictures')
const data = mkdtempSync(join(tmpdir(), 'ciw-pictures-'))
mkdirSync(folder, { recursive: true })
await build()
const program = fork(join(root, 'src/cli/start.mjs'), ['--port', '0', '--data', data, '--demo-password', 'pictures', '--quiet'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
const address = await new Promise((resolve) => {
  program.on('message', (/** @type {{ ready?: boolean, address?: string }} */ message) => { if (message.ready) resolve(message.address) })
})
const executablePath = findChromium()
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: chromiumFlags() })
for (const scheme of /** @type {const} */ (['light', 'dark'])) {
  const page = await (await browser.newContext({ colorScheme: scheme, viewport: { width: 1280, height: 720 } })).newPage()
  await page.goto(`${address}/api/session/sign-in?return=/catalogue`)
  await page.getByLabel('Account').fill('clinician')
  await page.getByLabel('Password').fill('pictures')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: /Lung screening/ }).waitFor()
  if (scheme === 'light') await page.screenshot({ path: join(folder, 'catalogue.png') })
  await page.goto(`${address}/studies`)
  await page.getByRole('row', { name: /PCL-0001/ }).click()
  await page.waitForLoadState('networkidle')
  if (scheme === 'dark') await page.screenshot({ path: join(folder, 'studies.png') })
  if (scheme === 'dark') {
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    const viewport = page.locator('[data-viewport="one"][data-waiting="false"]')
    await viewport.waitFor()
    await page.getByLabel('Window presets').selectOption({ label: 'Lung' })
    await page.getByRole('button', { name: 'Length' }).click()
    const box = await viewport.boundingBox()
    if (box) {
      await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.4)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.45)
      await page.mouse.move(box.x + box.width * 0.42, box.y + box.height * 0.5)
      await page.mouse.up()
    }
    await page.locator('li[data-state="device"]').waitFor()
    await page.screenshot({ path: join(folder, 'viewer.png') })
    await page.getByText('Planes and volume').click()
    await page.locator('[data-viewport="volume"][data-waiting="false"]').waitFor({ timeout: 120_000 })
    await page.screenshot({ path: join(folder, 'planes.png'), timeout: 120_000 })
    await page.getByText('One', { exact: true }).click()
    await page.getByText('Tools', { exact: true }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('region', { name: 'Result' }).waitFor({ timeout: 120_000 })
    await page.screenshot({ path: join(folder, 'tool.png') })
  }
}
await browser.close()
program.once('exit', () => {
  rmSync(data, { recursive: true, force: true })
  process.exit(0)
})
program.kill('SIGTERM')
