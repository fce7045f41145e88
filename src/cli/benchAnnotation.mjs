import { join } from 'node:path'
import { build as bundle } from 'vite'
import { root } from './build.mjs'
import { firstImage, launch, signIn, start, withFolder } from './benchPage.mjs'

/** @typedef {import('@playwright/test').Page} Page */
/** Where marks are measured, not pictures: a study that comes fast. */
const markedSlices = 60
const dataset = 'own-files-1'
const size = { viewport: { width: 1280, height: 720 } }

/**
 * A hub with two subjects of the same CT, 512 x 512 and so many slices.
 * @param {number} slices
 * @param {(hub: string, cases: typeof import('./benchCases.ts')) => Promise<void>} work
 */
const withBenchHub = (slices, work) => withFolder(async (dir) => {
  /** @type {typeof import('./benchCases.ts')} */
  const cases = await import(new URL('../../dist/server/benchCases.js', import.meta.url).href)
  cases.writeBenchCases(dir, slices)
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
 * @param {string} account
 * @param {(page: Page) => Promise<void>} work
 */
const asPerson = async (hub, account, work) => {
  const browser = await launch()
  try {
    const page = await browser.newPage(size)
    await signIn(page, hub, { account, subject: /BENCH-A/ })
    await work(page)
  } finally {
    await browser.close()
  }
}
/** @param {Page} page @param {string} subject */
const openStudy = async (page, subject) => {
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
 * @param {typeof import('./benchCases.ts')} cases
 */
const openWithDrafts = async (page, cases) => {
  await page.evaluate(`${await draftScript()}; benchDraft.putDrafts(${JSON.stringify(dataset)}, ${JSON.stringify(cases.benchMarks(markedSlices).study)}, ${JSON.stringify(cases.benchMarks(markedSlices).marks)})`)
  await openStudy(page, 'BENCH-A')
  await page.locator('header [data-state="device"]').waitFor()
}

/** In the page: from the click on save until the chip says that all are verified, seconds. */
const saveAll = () => new Promise((resolve, reject) => {
  /** @param {string} selector @param {string} text */
  const named = (selector, text) => [...document.querySelectorAll(selector)].find((one) => one instanceof HTMLElement && one.textContent?.trim() === text)
  const click = (/** @type {Element | undefined} */ element) => { if (element instanceof HTMLElement) element.click() }
  const began = performance.now()
  const until = (/** @type {() => boolean} */ holds, /** @type {string} */ what) => new Promise((done, failed) => {
    const look = () => {
      if (holds()) done(undefined)
      else if (performance.now() - began > 120_000) failed(new Error(`not within 120 s: ${what}`))
      else requestAnimationFrame(look)
    }
    look()
  })
  const work = async () => {
    await until(() => named('aside button', 'Save') !== undefined, 'the button')
    click(named('aside button', 'Save'))
    await until(() => document.querySelector('header [data-state]')?.getAttribute('data-state') === 'verified', 'marks')
    return (performance.now() - began) / 1000
  }
  work().then(resolve, reject)
})

/** In the page: the longest task from now on, ms, and the longest time between two frames. */
const watchTasks = () => {
  const found = { task: 0, gap: 0, count: 0 }
  Object.assign(window, { benchTasks: found })
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      found.task = Math.max(found.task, duration)
      found.count += 1
    }
  }).observe({ type: 'longtask' })
  let last = performance.now()
  const frame = (/** @type {number} */ now) => {
    found.gap = Math.max(found.gap, now - last)
    last = now
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}
/** @param {Page} page @returns {Promise<number>} the longest task while the list of marks is scrolled to its end; where none took 50 ms, the longest time between two frames, up to that */
const scrollPanel = async (page) => {
  const panel = page.locator('main > aside')
  await panel.evaluate((element) => element.scrollTo(0, 0))
  await panel.hover()
  await page.evaluate(watchTasks)
  for (let before = -1, now = 0; now > before;) {
    before = now
    for (let notch = 0; notch < 10; notch++) await page.mouse.wheel(0, 400)
    await page.waitForTimeout(100)
    now = await panel.evaluate(({ scrollTop }) => scrollTop)
  }
  const { task, gap, count } = await page.evaluate(() => /** @type {{ benchTasks: { task: number, gap: number, count: number } }} */ (/** @type {unknown} */ (window)).benchTasks)
  console.log(`    panel: ${count} tasks over 50 ms, the longest ${task.toFixed(0)} ms; longest time between frames ${gap.toFixed(0)} ms`)
  return task > 0 ? task : Math.min(50, gap)
}

/** @template T @param {() => Promise<T>} work */
const once = (work) => {
  /** @type {Promise<T> | undefined} */
  let now
  return () => {
    now ??= work()
    return now
  }
}

/** Opening with 500 marks at the hospital and without, in turn, ms of difference; and the panel scrolled through. */
const marked = once(async () => {
  /** @type {number[]} */
  const added = []
  /** @type {number[]} */
  const tasks = []
  await withBenchHub(markedSlices, async (hub, cases) => {
    await asPerson(hub, 'clinician', async (page) => {
      await openWithDrafts(page, cases)
      console.log(`    500 marks alone: verified after ${/** @type {number} */ (await page.evaluate(saveAll)).toFixed(2)} s`)
    })
    const seconds = async (/** @type {string} */ subject) => {
      let found = 0
      await asPerson(hub, 'clinician', async (page) => {
        await page.getByRole('row', { name: new RegExp(subject) }).click()
        await page.waitForLoadState('networkidle')
        await page.getByRole('button', { name: 'Open', exact: true }).evaluate((open) => { if (open instanceof HTMLElement) open.dataset['bench'] = 'open' })
        found = /** @type {number} */ (await page.evaluate(firstImage))
        if (subject !== 'BENCH-A') return
        await page.locator('header [data-state="verified"]').waitFor()
        await page.locator(`[data-viewport="one"][data-loaded="${markedSlices}"]`).waitFor({ timeout: 120_000 })
        tasks.push(await scrollPanel(page))
      })
      return found
    }
    for (let pair = 0; pair < 5; pair++) {
      const [without, having] = [await seconds('BENCH-B'), await seconds('BENCH-A')]
      console.log(`    first image: ${without.toFixed(3)} s without, ${having.toFixed(3)} s with 500 marks`)
      added.push((having - without) * 1000)
    }
  })
  return { added, tasks }
})

/** The measurements of annotation. @type {Record<string, { unit: string, goal: number | string, runs: () => Promise<number[]> }>} */
export const annotation = {
  'annotate.open-500': { unit: 'ms', goal: 300, runs: async () => (await marked()).added },
  'annotate.panel-task': { unit: 'ms', goal: 50, runs: async () => (await marked()).tasks },
}
