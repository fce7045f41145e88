import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shared } from '../src/testing/shared.ts'
import { startHub, type RunningHub } from '../src/testing/startHub.ts'
import { expect, signIn, test } from './journey.ts'
import { pictureOf, spread } from './pixels.ts'

/** Series as hospitals have them, one a transfer syntax; each goes into a hospital of its own, since some share their UIDs. */
const series = [
  { name: 'a CT of 275 slices in JPEG-LS', path: 'data/lidc-idri/LIDC-IDRI-0314/CT_1mm', slices: 275, subject: /LIDC-IDRI-0314/ },
  { name: 'a single CT image in JPEG-LS', path: 'data/transfer-syntaxes/nema-wg04/all/JLSL/CT1_JLSL', slices: 1, subject: /./ },
  { name: 'a CT in JPEG 2000', path: 'data/transfer-syntaxes/nema-wg04/all/J2KR/CT1_J2KR', slices: 1, subject: /./ },
  { name: 'a mammogram in JPEG lossless', path: 'data/mammography-real/fo-dicom-GH133/MG/GH133.dcm', slices: 1, subject: /./ },
] as const
const found = series.map(({ path }) => shared(path))

test.describe('real images (needs the shared material)', () => {
  test.skip(found.some((path) => path === undefined), 'the shared material is not here')
  let hub: RunningHub
  const folders: string[] = []
  test.beforeAll(async () => {
    for (const path of found) {
      const folder = mkdtempSync(join(tmpdir(), 'real-'))
      cpSync(path ?? '', join(folder, 'files'), { recursive: true })
      folders.push(folder)
    }
    hub = await startHub({ cases: 'none', dicom: folders })
  })
  test.afterAll(async () => {
    await hub.stop()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  for (const [index, { name, slices }] of series.entries()) {
    test(name, async ({ page }) => {
      await signIn(page, hub, 'clinician', `/studies?dataset=own-files-${index + 1}`)
      await page.getByRole('row').nth(1).click()
      await page.getByRole('button', { name: 'Open', exact: true }).click()
      const viewport = page.locator('[data-viewport="one"]')
      await expect(viewport).toHaveAttribute('data-waiting', 'false', { timeout: 60_000 })
      const { largest, variance } = spread(await pictureOf(viewport))
      expect(largest).toBeGreaterThan(150)
      expect(variance).toBeGreaterThan(300)
      await expect(page.getByText(new RegExp(`/ ${slices}\\b`)).first()).toBeVisible()
      // The hospital draws no small picture of a compressed series; the page does.
      await expect.poll(() => page.locator('canvas[data-thumbnail="own"]').evaluate((canvas) => {
        if (!(canvas instanceof HTMLCanvasElement) || canvas.width < 2) return 0
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
        return new Set(data).size
      })).toBeGreaterThan(50)
      if (slices > 80) {
        await expect(viewport).toHaveAttribute('data-loaded', String(slices), { timeout: 90_000 })
        await page.keyboard.press('Home')
        await expect(viewport).toHaveAttribute('data-slice', '0')
        await expect(viewport).toHaveAttribute('data-waiting', 'false')
        await page.getByText('Three planes').click()
        const coronal = page.locator('[data-viewport="coronal"]')
        await expect(coronal).toHaveAttribute('data-waiting', 'false', { timeout: 60_000 })
        await expect(coronal.locator('[data-letter="top"]')).toHaveText('H')
        await expect.poll(async () => spread(await pictureOf(coronal)).variance, { timeout: 60_000 }).toBeGreaterThan(300)
        await page.getByText('Tools', { exact: true }).click()
        await page.getByRole('button', { name: 'Run', exact: true }).click()
        await page.getByRole('region', { name: 'Result' }).waitFor({ timeout: 120_000 })
        const litres = Number((await page.locator('[data-segment="Lung"]').innerText()).match(/([\d,.]+) mL/)?.[1]?.replace(',', '')) / 1000
        expect(litres).toBeGreaterThan(2)
        expect(litres).toBeLessThan(9)
      }
    })
  }
})
