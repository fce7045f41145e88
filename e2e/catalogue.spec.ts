import type { Page } from '@playwright/test'
import { expect, signIn, test } from './journey.ts'

/** What only these packages say; a build keeps strings. */
const marks = { cornerstone: 'CORNERSTONE_IMAGE_RENDERED', onnxRuntime: 'InferenceSession' } as const

/** The text of every script that a page and its workers load, by address. */
const scriptsOf = (page: Page) => {
  const texts = new Map<string, Promise<string>>()
  page.on('response', (response) => {
    // A module that is only preloaded comes as another kind than a script: the name decides.
    if (/\.m?js$/.test(new URL(response.url()).pathname)) texts.set(response.url(), response.text())
  })
  return async (): Promise<{ count: number; holding: (mark: string) => number }> => {
    const all = await Promise.all(texts.values())
    return { count: all.length, holding: (mark) => all.filter((text) => text.includes(mark)).length }
  }
}

test('the catalogue loads neither Cornerstone nor ONNX Runtime; a study and a tool do', async ({ page, hub }) => {
  const scripts = scriptsOf(page)
  await signIn(page, hub, 'clinician')
  await page.getByRole('link', { name: /Lung screening/ }).waitFor()
  await page.waitForLoadState('networkidle')
  const catalogue = await scripts()
  expect(catalogue.count).toBeGreaterThan(1)
  expect([marks.cornerstone, marks.onnxRuntime].map(catalogue.holding)).toEqual([0, 0])

  await page.goto(`${hub.address}/studies?dataset=lung-screening`)
  await page.getByRole('row', { name: /LIN-0001/ }).click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.locator('[data-viewport="one"][data-waiting="false"]').waitFor()
  expect((await scripts()).holding(marks.cornerstone)).toBeGreaterThan(0)
  await page.getByText('Tools', { exact: true }).click()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('region', { name: 'Result' }).waitFor({ timeout: 60_000 })
  expect((await scripts()).holding(marks.onnxRuntime)).toBeGreaterThan(0)
})
