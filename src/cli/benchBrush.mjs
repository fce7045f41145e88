import { readFileSync } from 'node:fs'
import { asPerson, openStudy, withBenchHub } from './benchHub.mjs'

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {{ x: number, y: number, width: number, height: number }} Box */
const slices = 300
const strokes = 500

/**
 * In the page: counts the moves of the pointer whose place is painted by the next frame, told by the pixel under it, and when the
 * first and the last of them were.
 */
const countMoves = () => {
  const found = { moves: 0, shown: 0, first: 0, last: 0 }
  Object.assign(window, { benchMoves: found })
  const canvas = () => [...document.querySelectorAll('canvas[data-segments="one"]')].at(-1)
  window.addEventListener('pointermove', ({ clientX, clientY, buttons }) => {
    if (buttons !== 1) return
    found.moves += 1
    requestAnimationFrame(() => {
      const over = canvas()
      if (!(over instanceof HTMLCanvasElement)) return
      const { left, top } = over.getBoundingClientRect()
      const [, , , alpha = 0] = over.getContext('2d')?.getImageData(Math.floor((clientX - left) * devicePixelRatio), Math.floor((clientY - top) * devicePixelRatio), 1, 1).data ?? []
      if (alpha === 0) return
      found.shown += 1
      found.first ||= performance.now()
      found.last = performance.now()
    })
  })
}

/** @param {Page} page @returns {Promise<Box>} */
const viewport = async (page) => {
  const box = await page.locator('[data-viewport="one"]').boundingBox()
  if (!box) throw new Error('the viewport has no box')
  return box
}
/**
 * One stroke along a spiral that never meets itself.
 * @param {Page} page @param {Box} box @param {number} moves
 */
const spiral = async (page, { x, y, width, height }, moves) => {
  const place = (/** @type {number} */ step) => {
    const [turn, out] = [step / 9, 0.06 + (0.38 * step) / moves]
    return /** @type {const} */ ([x + width / 2 + Math.cos(turn) * out * height, y + height / 2 + Math.sin(turn) * out * height])
  }
  await page.mouse.move(...place(0))
  await page.mouse.down()
  for (let step = 1; step <= moves; step++) await page.mouse.move(...place(step))
  await page.mouse.up()
}

/** Resident memory of the processes that show pages, MB, after collection. @param {Page} page */
const resident = async (page) => {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const whole = await page.context().browser()?.newBrowserCDPSession()
  const { processInfo } = await whole?.send('SystemInfo.getProcessInfo') ?? { processInfo: [] }
  const kb = processInfo.filter(({ type }) => type === 'renderer' || type === 'GPU').map(({ id }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0))
  return kb.reduce((sum, one) => sum + one, 0) / 1024
}

/** 500 short strokes over 50 slices, each on the disk, with all of them to be undone. @param {Page} page */
const manyStrokes = async (page) => {
  const box = await viewport(page)
  for (let stroke = 0; stroke < strokes; stroke++) {
    if (stroke % 10 === 0) await page.mouse.wheel(0, 100)
    const [x, y] = [box.x + box.width * (0.35 + 0.03 * (stroke % 10)), box.y + box.height * (0.3 + 0.008 * (stroke % 47))]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 20, y + 14, { steps: 3 })
    await page.mouse.up()
  }
  await page.locator('li[data-painting][data-state="device"]').last().waitFor({ timeout: 60_000 })
}

/** A fresh browser with the CT open, all its slices there and the brush in hand. @param {string} hub @param {(page: Page) => Promise<void>} work */
const withBrush = (hub, work) => asPerson(hub, async (page) => {
  await openStudy(page, 'BENCH-A')
  await page.locator(`[data-viewport="one"][data-loaded="${slices}"]`).waitFor({ timeout: 120_000 })
  await page.getByRole('button', { name: 'Brush', exact: true }).click()
  await work(page)
})
/** @param {(hub: string) => Promise<void>} work */
const withLargeCt = (work) => withBenchHub({ slices, subjects: ['BENCH-A'] }, work)

/** Moves of a brush of 4 mm a second over a CT of 512 x 512 x 300, each run in a browser of its own. */
const rates = async () => {
  /** @type {number[]} */
  const found = []
  await withLargeCt(async (hub) => {
    for (let run = 0; run < 5; run++) {
      await withBrush(hub, async (page) => {
        await page.evaluate(countMoves)
        await spiral(page, await viewport(page), 200)
        const { moves, shown, first, last } = await page.evaluate(() => /** @type {{ benchMoves: { moves: number, shown: number, first: number, last: number } }} */ (/** @type {unknown} */ (window)).benchMoves)
        const rate = ((shown - 1) * 1000) / (last - first)
        console.log(`    brush: ${moves} moves, ${shown} painted by the next frame, ${rate.toFixed(1)} a second`)
        found.push(rate)
      })
    }
  })
  return found
}

/** What 500 strokes add to memory, MB; all of them are undone afterwards. */
const memory = async () => {
  /** @type {number[]} */
  const found = []
  await withLargeCt(async (hub) => {
    for (let run = 0; run < 3; run++) {
      await withBrush(hub, async (page) => {
        const before = await resident(page)
        await manyStrokes(page)
        const after = await resident(page)
        let undone = 0
        for (; await page.locator('li[data-painting]').count() > 0; undone++) await page.keyboard.press('Control+z')
        if (undone !== strokes) throw new Error(`${undone} steps undid ${strokes} strokes`)
        console.log(`    memory: ${before.toFixed(0)} MB before, ${after.toFixed(0)} MB after ${strokes} strokes, all undone`)
        found.push(after - before)
      })
    }
  })
  return found
}

/** The measurements of painting. @type {Record<string, { unit: string, goal: number | string, runs: () => Promise<number[]> }>} */
export const painting = {
  'annotate.brush': { unit: 'moves/s', goal: 30, runs: rates },
  'annotate.strokes-memory': { unit: 'MB', goal: 200, runs: memory },
}
