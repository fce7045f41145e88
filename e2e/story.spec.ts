import type { Page } from '@playwright/test'
import { expect, signIn, test } from './journey.ts'
import { differing, pictureOf, spread } from './pixels.ts'

const openStudy = async (page: Page, subject: string) => {
  await page.getByRole('row', { name: new RegExp(subject) }).click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  const viewport = page.locator('[data-viewport="one"]')
  await expect(viewport).toHaveAttribute('data-waiting', 'false')
  return viewport
}

test('a person asks for data, is granted it, looks, measures, runs a tool, saves, comes back and finds it', async ({ browser, hub }) => {
  const wrong: string[] = []
  const newPerson = async () => {
    const page = await (await browser.newContext()).newPage()
    page.on('pageerror', (error) => wrong.push(error.message))
    page.on('console', (message) => { if (message.type() === 'error' && !message.text().includes('401')) wrong.push(message.text()) })
    return page
  }
  const researcher = await newPerson()
  await signIn(researcher, hub, 'researcher')
  await researcher.getByRole('searchbox', { name: 'Search datasets' }).fill('routine')
  await expect(researcher.getByRole('status').filter({ hasText: '1 dataset' })).toBeVisible()
  await researcher.getByRole('link', { name: /Lung CT archive/ }).click()
  await researcher.getByRole('link', { name: 'Ask for access' }).click()
  await researcher.getByRole('button', { name: 'Send the request' }).click()
  await expect(researcher.getByText('Write at least 10 characters.')).toBeVisible()
  await researcher.getByLabel('What the data will be used for').fill('Growth of nodules in routine chest CT')
  await researcher.getByLabel('Organisation').fill('Institute of Examples')
  await researcher.getByRole('button', { name: 'Send the request' }).click()
  await expect(researcher.getByText('Waiting for a decision')).toBeVisible()

  const committee = await newPerson()
  await signIn(committee, hub, 'committee', '/requests')
  await committee.getByRole('article', { name: /Lung CT archive/ }).getByRole('button', { name: 'Approve' }).click()
  await expect(committee.getByRole('article', { name: /Lung CT archive/ }).getByText('Approved', { exact: true })).toBeVisible()

  await researcher.goto(`${hub.address}/studies?dataset=lung-archive`)
  const viewport = await openStudy(researcher, 'BRZ-0001')
  expect(researcher.url()).not.toMatch(/BRZ|2\.25/)
  const shown = spread(await pictureOf(viewport))
  expect(shown.largest).toBeGreaterThan(200)
  expect(shown.variance).toBeGreaterThan(500)
  await expect(viewport.locator('[data-letter="left"]')).toHaveText('R')
  await expect(viewport.locator('[data-letter="top"]')).toHaveText('A')

  const before = Number(await viewport.getAttribute('data-slice'))
  await viewport.hover()
  await researcher.mouse.wheel(0, 100)
  await expect(viewport).toHaveAttribute('data-slice', String(before + 1))
  await expect(viewport).toHaveAttribute('data-waiting', 'false')

  await researcher.getByText('Planes and volume').click()
  for (const id of ['coronal', 'sagittal', 'volume']) {
    const view = researcher.locator(`[data-viewport="${id}"]`)
    await expect(view).toHaveAttribute('data-waiting', 'false', { timeout: 30_000 })
    expect(spread(await pictureOf(view)).variance).toBeGreaterThan(100)
  }
  await researcher.getByText('One', { exact: true }).click()
  await expect(viewport).toHaveAttribute('data-slice', String(before + 1))
  await expect(viewport).toHaveAttribute('data-waiting', 'false')

  await researcher.getByRole('button', { name: 'Length' }).click()
  const box = await viewport.boundingBox()
  if (!box) throw new Error('the viewport has no box')
  await researcher.mouse.move(box.x + box.width * 0.45, box.y + box.height * 0.4)
  await researcher.mouse.down()
  await researcher.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.45)
  await researcher.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.5)
  await researcher.mouse.up()
  const row = researcher.locator('li[data-mark="M1"]')
  await expect(row).toHaveAttribute('data-state', 'device')
  const value = (await row.innerText()).match(/[\d.]+ mm/)?.[0] ?? ''
  expect(Number.parseFloat(value)).toBeGreaterThan(5)
  await researcher.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(row).toHaveAttribute('data-state', 'verified', { timeout: 30_000 })
  await expect(row).toContainText('Verified at the hospital')

  await researcher.getByText('Tools', { exact: true }).click()
  await expect(researcher.getByText(/not trained/)).toBeVisible()
  const plain = await pictureOf(viewport)
  await researcher.getByRole('button', { name: 'Run', exact: true }).click()
  const result = researcher.getByRole('region', { name: 'Result' })
  await expect(result).toContainText('Lung fields by density 1.0.0', { timeout: 60_000 })
  await expect(result).toContainText('be75…4a63')
  const volume = (await researcher.locator('[data-segment="Lung"]').innerText()).match(/[\d,.]+ mL/)?.[0] ?? ''
  expect(Number.parseFloat(volume.replace(',', ''))).toBeGreaterThan(1000)
  // The overlay is on the picture where it differs from before, and gone when its eye is closed.
  expect(differing(plain, await pictureOf(viewport))).toBeGreaterThan(0.05)
  await researcher.getByRole('button', { name: 'Hide Lung' }).click()
  expect(differing(plain, await pictureOf(viewport))).toBeLessThan(0.01)
  await researcher.getByRole('button', { name: 'Show Lung' }).click()
  await result.getByRole('button', { name: 'Accept' }).click()
  await expect(result.getByText('The run is recorded.')).toBeVisible()
  await result.getByRole('button', { name: 'Save as segmentation' }).click()
  await expect(researcher.locator('li[data-kept]')).toHaveAttribute('data-state', 'verified', { timeout: 60_000 })

  const later = await newPerson()
  await signIn(later, hub, 'researcher', '/studies?dataset=lung-archive')
  const again = await openStudy(later, 'BRZ-0001')
  await expect(later.locator('li[data-mark="M1"]')).toHaveAttribute('data-state', 'verified')
  await expect(later.locator('li[data-mark="M1"]')).toContainText(value)
  await later.getByRole('button', { name: 'Go to M1' }).click()
  await expect(again).toHaveAttribute('data-slice', String(before + 1))
  await expect(again.locator('g[data-mark="M1"]')).toContainText(value)

  await later.getByText('Tools', { exact: true }).click()
  await later.getByRole('button', { name: /^Show Lung fields/ }).click()
  await expect(later.locator('[data-segment="Lung"]')).toContainText(volume)
  await expect(later.locator('canvas[data-segments="one"]')).toBeVisible()

  const other = await newPerson()
  await signIn(other, hub, 'clinician', '/studies?dataset=lung-archive')
  await openStudy(other, 'BRZ-0001')
  await expect(other.getByText('No mark yet')).toBeVisible()
  expect(wrong).toEqual([])
})
