import { join } from 'node:path'
import { build as bundle } from 'vite'
import { launch, signIn, start, withFolder } from './benchPage.mjs'
import { root } from './build.mjs'

/** @typedef {import('@playwright/test').Page} Page */
export const dataset = 'own-files-1'

/**
 * A hub with the same CT, 512 x 512 and so many slices, of each subject.
 * @param {{ slices: number, subjects: readonly string[] }} held
 * @param {(hub: string, cases: typeof import('./benchCases.ts')) => Promise<void>} work
 */
export const withBenchHub = ({ slices, subjects }, work) => withFolder(async (dir) => {
  /** @type {typeof import('./benchCases.ts')} */
  const cases = await import(new URL('../../dist/server/benchCases.js', import.meta.url).href)
  cases.writeBenchCases(dir, slices, subjects)
  const program = await start(join(dir, 'data'), 'none', ['--dicom', join(dir, 'dicom')])
  try {
    await work(program.address, cases)
  } finally {
    await program.stop()
  }
})

/**
 * A fresh browser in which a person has the study list before them.
 * @param {string} hub
 * @param {(page: Page) => Promise<void>} work
 */
export const asPerson = async (hub, work) => {
  const browser = await launch()
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
    await signIn(page, hub, { subject: /BENCH-A/ })
    await work(page)
  } finally {
    await browser.close()
  }
}

/** @param {Page} page @param {string} subject */
export const openStudy = async (page, subject) => {
  await page.getByRole('row', { name: new RegExp(subject) }).click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.locator('[data-viewport="one"][data-waiting="false"]').waitFor()
}

/** The part of the program that writes drafts, as a script for a page. */
const draftScript = async () => {
  const built = await bundle({ configFile: false, root, logLevel: 'error', define: { 'process.env.NODE_ENV': '"production"' }, build: { write: false, minify: false, target: 'es2022', lib: { entry: join(root, 'src/testing/benchDraft.ts'), formats: ['iife'], name: 'benchDraft' } } })
  const [first] = Array.isArray(built) ? built : [built]
  if (!first || !('output' in first)) throw new Error('the script was not built')
  return first.output[0].code
}

/**
 * 500 marks as drawn here and not saved, and the study opened with them.
 * @param {Page} page
 * @param {ReturnType<typeof import('./benchCases.ts').benchMarks>} drawn
 * @param {string} subject
 */
export const openWithDrafts = async (page, { study, marks }, subject) => {
  await page.evaluate(`${await draftScript()}; benchDraft.putDrafts(${JSON.stringify(dataset)}, ${JSON.stringify(study)}, ${JSON.stringify(marks)}, ${JSON.stringify(subject)})`)
  await openStudy(page, subject)
  await page.locator('header [data-state="device"]').waitFor()
}

/** Work that two measurements share, done once. @template T @param {() => Promise<T>} work */
export const once = (work) => {
  /** @type {Promise<T> | undefined} */
  let now
  return () => {
    now ??= work()
    return now
  }
}
