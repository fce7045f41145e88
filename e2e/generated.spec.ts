import { rmSync } from 'node:fs'
import tool from '../src/hub/tools/lung-nodules/tool.json' with { type: 'json' }
import { chestFolder } from '../src/testing/chestFolder.ts'
import { startHub, type RunningHub } from '../src/testing/startHub.ts'
import { expect, signIn, test } from './journey.ts'
import { pictureOf, spread } from './pixels.ts'

type Edges = { left: string; right: string; top: string; bottom: string }
const supine: Edges = { left: 'R', right: 'L', top: 'A', bottom: 'P' }

/** One patient of each kind at the first hospital: series in order, with the letters at the edges of each; none where the image says no direction. */
const patients: readonly { id: string; series: readonly { name: string; images: number; edges?: Edges }[] }[] = [
  { id: 'PCL-0001', series: [{ name: 'Axial 4.5 mm', images: 60, edges: supine }] },
  {
    id: 'PCL-1001',
    series: [
      // The right breast is stored the other way round here: its front at the right edge, as the left's; outer side up in both.
      { name: 'R CC', images: 1, edges: { left: 'P', right: 'A', top: 'R', bottom: 'L' } }, { name: 'R MLO', images: 1 }, { name: 'L CC', images: 1, edges: { left: 'P', right: 'A', top: 'L', bottom: 'R' } }, { name: 'L MLO', images: 1 },
      { name: 'R MLO Tomosynthesis', images: 1 },
    ],
  },
  { id: 'PCL-1101', series: [{ name: 'L breast', images: 3 }, { name: 'L breast sweep', images: 1 }] },
  {
    id: 'PCL-2001',
    series: [
      { name: 't2_tse_sag', images: 8, edges: { left: 'A', right: 'P', top: 'H', bottom: 'F' } }, { name: 't2_tse_cor', images: 8, edges: { left: 'R', right: 'L', top: 'HP', bottom: 'FA' } }, { name: 't2_tse_tra', images: 8, edges: { left: 'R', right: 'L', top: 'AH', bottom: 'PF' } },
      ...[50, 800].map((b) => ({ name: `ep2d_diff_tra b ${b}`, images: 8 })), { name: 'ep2d_diff_tra_ADC', images: 8 }, { name: 'ep2d_diff_tra_CALC_B1400', images: 8 }, ...[1, 2].map(() => ({ name: 'fl3d_dynamic', images: 8 })),
    ],
  },
  { id: 'PCL-0091', series: [{ name: 'CT low dose 10 mm', images: 24, edges: supine }, { name: 'PET WB AC', images: 24, edges: supine }] },
]
/** No edge may carry a letter: ultrasound says no direction. */
const without = new Set(['PCL-1101'])

test.describe('a generated patient of each kind', () => {
  let hub: RunningHub
  test.beforeAll(async () => { hub = await startHub({ cases: 'small' }) })
  test.afterAll(async () => { await hub.stop() })

  for (const { id, series } of patients) {
    const all = series.reduce((sum, { images }) => sum + images, 0)
    test(`${id} opens series by series, the right way up`, async ({ page }) => {
      await signIn(page, hub, 'clinician', '/studies')
      await expect(async () => {
        await page.reload()
        // All of it: a study is in the list while its images are still being made.
        await page.getByRole('row', { name: new RegExp(id) }).getByRole('gridcell', { name: String(all), exact: true }).last().waitFor({ timeout: 2000 })
      }).toPass({ timeout: 90_000 })
      await page.getByRole('row', { name: new RegExp(id) }).click()
      // The hospital draws the small pictures of what it stores compressed.
      await expect.poll(() => page.getByRole('img', { name: 'Preview' }).evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth)).toBeGreaterThan(0)
      await page.getByRole('button', { name: 'Open', exact: true }).click()
      const list = page.getByRole('navigation', { name: 'Series' }).getByRole('button')
      const viewport = page.locator('[data-viewport="one"]')
      for (const [index, { name, images, edges }] of series.entries()) {
        await list.nth(index).click()
        await expect(viewport).toContainText(name.split(' b ')[0] ?? name)
        await expect(viewport).toHaveAttribute('data-waiting', 'false', { timeout: 30_000 })
        // A series of several b-values or phases is parted into stacks when it is opened.
        await expect(list.nth(index)).toContainText(name)
        await expect(list.nth(index)).toContainText(`${images} images`)
        const { largest, variance } = spread(await pictureOf(viewport))
        expect(largest, name).toBeGreaterThan(90)
        expect(variance, name).toBeGreaterThan(100)
        const letters = viewport.locator('[data-letter]')
        if (without.has(id)) await expect(letters).toHaveCount(0)
        else await expect(letters).toHaveCount(4)
        for (const [edge, text] of Object.entries(edges ?? {})) await expect(viewport.locator(`[data-letter="${edge}"]`)).toHaveText(text)
      }
      await expect(list).toHaveCount(series.length)
    })
  }
})

test('a tool with a rule takes the thin series of a chest though the thick one is open; the person may change it, and the run says which it was', async ({ page }) => {
  const folder = chestFolder()
  const hub = await startHub({ cases: 'none', dicom: [folder] })
  try {
    await signIn(page, hub, 'clinician', '/studies')
    await page.goto(`${hub.address}/studies?dataset=own-files-1`)
    await page.getByRole('row', { name: /CHOICE-1/ }).click()
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    const viewport = page.locator('[data-viewport="one"]')
    await expect(viewport).toContainText('Axial 4.5 mm')
    await page.getByText('Tools', { exact: true }).click()
    const panel = page.getByRole('complementary')
    await panel.getByRole('combobox', { name: 'Tool' }).selectOption({ label: `Lung nodules ${tool.version}` })
    const input = panel.getByRole('group', { name: 'Series' })
    const series = input.getByRole('combobox', { name: 'Series' })
    await expect(series.locator('option:checked')).toHaveText('3 Axial 3 mm')
    await expect(input).toContainText('By the tool\'s rule: the thinnest slices that fit')
    await expect(input.locator('[data-runner-up]')).toHaveText('Runner-up2 Axial 4.5 mm')
    await expect(input).toContainText('This is not the series that is open.')
    await input.getByText('1 series does not fit').click()
    await expect(input.getByRole('listitem')).toHaveText('99 Localiserlocaliser')
    await series.selectOption({ label: '2 Axial 4.5 mm' })
    await expect(input).toContainText('Chosen by you')
    await series.selectOption({ label: '3 Axial 3 mm' })

    await page.getByRole('button', { name: 'Run', exact: true }).click()
    const result = page.getByRole('region', { name: 'Result' })
    await expect(result).toContainText('3 Axial 3 mm, the thinnest slices that fit', { timeout: 90_000 })
    // It lies on the thin series: nothing over the thick one, until the result is gone to.
    await expect(page.locator('canvas[data-segments="one"]')).toHaveCount(0)
    await result.getByRole('button', { name: 'Go to the result' }).click()
    await expect(viewport).toContainText('Axial 3 mm')
    await expect(page.locator('canvas[data-segments="one"]')).toBeVisible()
    await expect(input).not.toContainText('This is not the series that is open.')
    await result.getByRole('button', { name: 'Accept' }).click()
    await expect(result.getByText('The run is recorded.')).toBeVisible()

    const uids = await page.evaluate(async () => {
      const [run] = await (await fetch('/api/runs', { headers: { 'X-CIW': '1' } })).json() as { series: string; study: string; choice: object }[]
      const list = await (await fetch(`/api/datasets/own-files-1/dicom-web/studies/${run?.study}/series`, { headers: { 'X-CIW': '1' } })).json() as Record<string, { Value?: unknown[] }>[]
      const uidOf = (number: number) => list.find((one) => one['00200011']?.Value?.[0] === number)?.['0020000E']?.Value?.[0]
      return { run, thick: uidOf(2), thin: uidOf(3) }
    })
    expect(uids.thin).toBeTruthy()
    expect(uids.run).toMatchObject({ series: uids.thin, choice: { by: 'rule', reason: 'thinnest', runnerUp: { series: uids.thick } } })
    await page.goto(`${hub.address}/tools/lung-nodules`)
    await expect(page.locator('[data-choice="rule"]')).toHaveText('By the tool\'s rule: the thinnest slices that fit; axial, 3 mm apart, 36 slices')
  } finally {
    await hub.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
