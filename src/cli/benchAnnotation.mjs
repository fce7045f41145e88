import { asPerson, once, openWithDrafts, withBenchHub } from './benchHub.mjs'
import { firstImage } from './benchPage.mjs'

/** @typedef {import('@playwright/test').Page} Page */
/** Where marks are measured, not pictures: a study that comes fast. */
const slices = 60

/**
 * In the page: from the click that saves the mask, where there is one, and then the marks, until the hospital has both, seconds.
 * @param {boolean} masked
 */
const saveAll = (masked) => new Promise((resolve, reject) => {
  const began = performance.now()
  const until = (/** @type {() => unknown} */ found, /** @type {string} */ what) => new Promise((done, failed) => {
    const look = () => {
      const now = found()
      if (now) done(now)
      else if (performance.now() - began > 120_000) failed(new Error(`not within 120 s: ${what}`))
      else requestAnimationFrame(look)
    }
    look()
  })
  const press = async (/** @type {string} */ selector, /** @type {string} */ text) => {
    const found = await until(() => [...document.querySelectorAll(selector)].find((one) => one.textContent?.trim() === text), text)
    if (found instanceof HTMLElement) found.click()
  }
  const work = async () => {
    if (masked) {
      await press('[data-mask] button', 'Save as segmentation')
      await press('aside label', 'Marks')
    }
    await press('aside button', 'Save')
    await until(() => document.querySelector('header [data-state="verified"]'), 'the marks verified')
    if (masked) {
      await press('aside label', 'Tools')
      await until(() => document.querySelector('[data-kept][data-state="verified"]'), 'the segments verified')
    }
    return (performance.now() - began) / 1000
  }
  work().then(resolve, reject)
})

/** 500 marks and a segmentation of 100 segments, saved together; each run on a study of its own. Without the segments printed beside. */
const saved = async () => {
  const subjects = ['BENCH-A', ...Array.from({ length: 10 }, (_, index) => `BENCH-${index}`)]
  /** @type {number[]} */
  const seconds = []
  await withBenchHub({ slices, subjects }, async (hub, cases) => {
    const mask = Buffer.from(cases.benchMask(slices))
    const once = async (/** @type {string} */ subject, /** @type {boolean} */ masked) => {
      let found = 0
      await asPerson(hub, async (page) => {
        await openWithDrafts(page, cases.benchMarks(slices, subject), subject)
        if (masked) {
          await page.getByText('Tools', { exact: true }).click()
          await page.locator('[data-mask] input[type="file"]').setInputFiles({ name: 'hundred.nii.gz', mimeType: 'application/gzip', buffer: mask })
          await page.locator('[data-mask="read"]').waitFor()
          await page.getByLabel('Name of the segmentation').fill('Hundred')
        }
        found = /** @type {number} */ (await page.evaluate(saveAll, masked))
      })
      return found
    }
    for (let pair = 0; pair < 5; pair++) {
      const [marks, both] = [await once(`BENCH-${pair * 2}`, false), await once(`BENCH-${pair * 2 + 1}`, true)]
      console.log(`    saved and verified: 500 marks in ${marks.toFixed(2)} s, with 100 segments in ${both.toFixed(2)} s`)
      seconds.push(both)
    }
  })
  return seconds
}

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
  const isAtEnd = () => panel.evaluate((element) => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(element.scrollTop + element.clientHeight >= element.scrollHeight - 2)))
  }))
  for (let notch = 0; !await isAtEnd(); notch++) {
    if (notch > 1000) throw new Error('the list of marks does not come to its end')
    await page.mouse.wheel(0, 400)
  }
  const { task, gap, count } = await page.evaluate(() => /** @type {{ benchTasks: { task: number, gap: number, count: number } }} */ (/** @type {unknown} */ (window)).benchTasks)
  console.log(`    panel: ${count} tasks over 50 ms, the longest ${task.toFixed(0)} ms; longest time between frames ${gap.toFixed(0)} ms`)
  return task > 0 ? task : Math.min(50, gap)
}

/** Opening with 500 marks at the hospital and without, in turn, ms of difference; and the panel scrolled through. */
const marked = once(async () => {
  /** @type {number[]} */
  const added = []
  /** @type {number[]} */
  const tasks = []
  await withBenchHub({ slices, subjects: ['BENCH-A', 'BENCH-B'] }, async (hub, cases) => {
    await asPerson(hub, async (page) => {
      await openWithDrafts(page, cases.benchMarks(slices, 'BENCH-A'), 'BENCH-A')
      await page.evaluate(saveAll, false)
    })
    const seconds = async (/** @type {string} */ subject) => {
      let found = 0
      await asPerson(hub, async (page) => {
        await page.getByRole('row', { name: new RegExp(subject) }).click()
        await page.waitForLoadState('networkidle')
        await page.getByRole('button', { name: 'Open', exact: true }).evaluate((open) => { if (open instanceof HTMLElement) open.dataset['bench'] = 'open' })
        found = /** @type {number} */ (await page.evaluate(firstImage))
        if (subject !== 'BENCH-A') return
        await page.locator('header [data-state="verified"]').waitFor()
        await page.locator(`[data-viewport="one"][data-loaded="${slices}"]`).waitFor({ timeout: 120_000 })
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
  'annotate.save-500': { unit: 's', goal: 3, runs: saved },
  'annotate.open-500': { unit: 'ms', goal: 300, runs: async () => (await marked()).added },
  'annotate.panel-task': { unit: 'ms', goal: 50, runs: async () => (await marked()).tasks },
}
