import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shared } from '../src/testing/shared.ts'
import { sharedToolsFolder } from '../src/testing/sharedTools.ts'
import { startHub } from '../src/testing/startHub.ts'
import { expect, signIn, test } from './journey.ts'

test('tools of a folder are registered and run on a brain MR in the page; those that need clicks or four views say so (needs the shared material)', async ({ page }) => {
  const images = shared('data/nema-brain-tumour/RFrontalTumor/EnhancedMR')
  const tools = sharedToolsFolder()
  test.skip(!images || !tools, 'the shared material is not here')
  const folder = mkdtempSync(join(tmpdir(), 'brain-'))
  cpSync(images ?? '', folder, { recursive: true })
  const hub = await startHub({ cases: 'none', dicom: [folder], tools: [tools ?? ''] })
  try {
    await signIn(page, hub, 'clinician', '/tools')
    await expect(page.getByRole('heading', { level: 1, name: '8 tools' })).toBeVisible()
    await page.goto(`${hub.address}/studies?dataset=own-files-1`)
    await page.getByRole('row').nth(1).click()
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    await page.getByRole('navigation', { name: 'Series' }).getByRole('button', { name: /T1/ }).first().click()
    const viewport = page.locator('[data-viewport="one"]')
    await expect(viewport).toHaveAttribute('data-waiting', 'false', { timeout: 30_000 })
    await page.getByText('Tools', { exact: true }).click()
    const list = page.getByRole('complementary').getByRole('combobox', { name: 'Tool' })
    await expect(list.locator('option')).toHaveCount(8)
    const names = await list.locator('option').allInnerTexts()
    const choose = (name: RegExp) => list.selectOption({ label: names.find((one) => name.test(one)) ?? '' })
    const run = page.getByRole('button', { name: /^Run( again)?$/ })
    for (const name of [/MobileSAM/, /small \(U-Net\)/, /four views/]) {
      await choose(name)
      await expect(run).toBeDisabled()
      await expect(page.getByRole('note').filter({ hasText: name.test('four views') ? 'Its steps cannot be run' : 'not run from here yet' })).toBeVisible()
    }
    await choose(/LeNet/)
    await run.click()
    const result = page.getByRole('region', { name: 'Result' })
    await expect(result).toContainText(/Tumour[\s\S]*%/, { timeout: 60_000 })
    const shares = [...(await result.innerText()).matchAll(/([\d.]+) %/g)].map(([, share]) => Number(share))
    expect(shares).toHaveLength(2)
    expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 100)).toBeLessThan(0.2)
    await choose(/MeshNet/)
    await run.click()
    await expect(page.locator('[data-segment="White matter"]')).toContainText('mL', { timeout: 110_000 })
    for (const tissue of ['White matter', 'Grey matter']) {
      const litres = Number((await page.locator(`[data-segment="${tissue}"]`).innerText()).match(/([\d,.]+) mL/)?.[1]?.replace(',', '')) / 1000
      expect([tissue, litres > 0.1 && litres < 1.5]).toEqual([tissue, true])
    }
  } finally {
    await hub.stop()
    for (const each of [folder, tools ?? '']) rmSync(each, { recursive: true, force: true })
  }
})
