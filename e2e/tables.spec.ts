import AxeBuilder from '@axe-core/playwright'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Table } from '../src/domain/table/table.ts'
import { clinicalTable, truthTable } from '../src/testing/tables.ts'
import { expect, signIn, test } from './journey.ts'

/** A table as the hospital has it on disk. */
const place = (dataDir: string, node: string, dataset: string, table: Table): void => {
  const folder = join(dataDir, 'nodes', node, 'tables', dataset)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${table.name}.json`), JSON.stringify(table))
}

for (const scheme of ['light', 'dark'] as const) {
  test(`a reader sees the clinical table and not the reference standard, an evaluator sees both; nothing that axe finds, ${scheme}`, async ({ browser, hub }) => {
    place(hub.dataDir, 'lindental', 'lung-screening', { ...clinicalTable, name: 'test-clinical', title: 'Clinical test data' })
    place(hub.dataDir, 'lindental', 'lung-screening-reference', { ...truthTable, name: 'test-truth', title: 'True test lesions' })
    const context = await browser.newContext({ colorScheme: scheme })
    const page = await context.newPage()
    const check = async () => expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])

    await signIn(page, hub, 'clinician-2', '/catalogue/lung-screening')
    await page.getByRole('tab', { name: 'Clinical test data' }).click()
    const table = page.getByRole('table', { name: 'Clinical test data' })
    await expect(table.getByRole('row')).toHaveCount(4)
    await table.getByRole('button', { name: 'Age, years' }).click()
    await expect(table.getByRole('columnheader', { name: 'Age, years' })).toHaveAttribute('aria-sort', 'ascending')
    await expect(table.getByRole('row').nth(1)).toContainText('A-2')
    await check()
    await page.goto(`${hub.address}/catalogue/lung-screening-reference`)
    await page.getByRole('button', { name: 'Ask for access' }).or(page.getByRole('link', { name: 'Ask for access' })).waitFor()
    await expect(page.getByRole('region', { name: 'Tables' })).toHaveCount(0)
    expect(await page.evaluate(async () => (await fetch('/api/datasets/lung-screening-reference/tables/test-truth', { headers: { 'x-ciw': '1' } })).status)).toBe(404)
    await context.clearCookies()

    await signIn(page, hub, 'evaluator', '/catalogue/lung-screening-reference')
    await page.getByRole('tab', { name: 'True test lesions' }).click()
    await expect(page.getByRole('table', { name: 'True test lesions' }).getByRole('cell', { name: '24.3' })).toBeVisible()
    await check()
    await context.close()
  })
}
