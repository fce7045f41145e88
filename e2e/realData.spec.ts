import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shared } from '../src/testing/shared.ts'
import { startHub, type RunningHub } from '../src/testing/startHub.ts'
import { expect, signIn, test } from './journey.ts'
import { pictureOf, spread } from './pixels.ts'

/** Series as hospitals have them, one a transfer syntax; each goes into a hospital of its own, since some share their UIDs. */
const series = [
  { name: 'a CT of 275 slices in JPEG-LS', path: 'data/lidc-idri/LIDC-IDRI-0314/CT_1mm', slices: 275, drawnBy: 'hospital' },
  { name: 'a single CT image in JPEG-LS', path: 'data/transfer-syntaxes/nema-wg04/all/JLSL/CT1_JLSL', slices: 1, drawnBy: 'hospital' },
  { name: 'a CT in JPEG 2000', path: 'data/transfer-syntaxes/nema-wg04/all/J2KR/CT1_J2KR', slices: 1, drawnBy: 'page' },
  { name: 'a mammogram in JPEG lossless', path: 'data/mammography-real/fo-dicom-GH133/MG/GH133.dcm', slices: 1, drawnBy: 'page' },
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

  for (const [index, { name, slices, drawnBy }] of series.entries()) {
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
      // The small picture is the hospital's where it decodes the series, else the page's own.
      const small = page.getByRole('navigation', { name: 'Series' }).locator(drawnBy === 'hospital' ? 'img' : 'canvas[data-thumbnail="own"]').first()
      await expect.poll(() => small.evaluate((picture) => {
        if (!(picture instanceof HTMLCanvasElement || picture instanceof HTMLImageElement)) return 0
        const [width, height] = picture instanceof HTMLImageElement ? [picture.naturalWidth, picture.naturalHeight] : [picture.width, picture.height]
        if (width < 2) return 0
        const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d')
        context?.drawImage(picture, 0, 0)
        return new Set(context?.getImageData(0, 0, width, height).data).size
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
