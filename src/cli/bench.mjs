import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { annotation } from './benchAnnotation.mjs'
import { painting } from './benchBrush.mjs'
import { firstImage, launch, medianOf, signIn, start, withFolder } from './benchPage.mjs'
import { build, root } from './build.mjs'
import { ohifVersion, startOhif } from './ohif.mjs'

/** @typedef {{ name: string, unit: string, median: number, min: number, max: number, runs: number, goal: number | string, raw: number[], against?: string, ratio?: number, pairs?: [number, number][] }} Metric */
/** Runs of one bench; beside another program, the pairs of runs (ours, its) too. @typedef {number[] | { runs: number[], against: string, pairs: [number, number][] }} Runs */

/** name → unit, goal, what measures it: a number a run. @type {Record<string, { unit: string, goal: number | string, runs: () => Promise<Runs> }>} */
const benches = {
  ...annotation,
  ...painting,
  'start.first': {
    unit: 's', goal: 60,
    runs: async () => {
      /** @type {number[]} */
      const seconds = []
      for (let run = 0; run < 3; run++) {
        await withFolder(async (dir) => {
          rmSync(join(root, 'dist'), { recursive: true, force: true })
          const program = await start(dir, 'full')
          seconds.push(program.seconds)
          await program.stop()
        })
      }
      return seconds
    },
  },
  'start.full': {
    unit: 's', goal: 300,
    runs: async () => {
      let seconds = 0
      await withFolder(async (dir) => {
        rmSync(join(root, 'dist'), { recursive: true, force: true })
        const began = performance.now()
        const program = await complete(dir)
        seconds = (performance.now() - began) / 1000
        await program.stop()
      })
      return [seconds]
    },
  },
  'phantom.slice': { unit: 'ms', goal: 'reported', runs: async () => (await phantom()).sliceMs },
  'phantom.study': { unit: 'MB', goal: 'reported', runs: async () => [(await phantom()).studyMb] },
  'start.again': {
    unit: 's', goal: 5,
    runs: async () => {
      /** @type {number[]} */
      const seconds = []
      await withFolder(async (dir) => {
        // As a person has it: all cases made, then started again.
        await (await complete(dir)).stop()
        for (let run = 0; run < 5; run++) {
          const program = await start(dir, 'full')
          seconds.push(program.seconds)
          await program.stop()
        }
      })
      return seconds
    },
  },
  'catalogue.js': {
    unit: 'kB gzip', goal: 250,
    runs: async () => {
      /** @type {number[]} */
      const sizes = []
      await withFolder(async (dir) => {
        const program = await start(dir, 'none')
        const browser = await launch()
        const page = await browser.newPage()
        /** @type {Promise<number>[]} */
        const scripts = []
        page.on('response', (response) => { if (response.request().resourceType() === 'script') scripts.push(response.body().then((body) => gzipSync(body, { level: 9 }).byteLength / 1000)) })
        await page.goto(`${program.address}/catalogue`)
        await page.getByRole('link', { name: /Lung screening/ }).waitFor()
        await page.waitForLoadState('networkidle')
        sizes.push((await Promise.all(scripts)).reduce((sum, size) => sum + size, 0))
        await browser.close()
        await program.stop()
      })
      return sizes
    },
  },
  'viewer.first-image': {
    unit: 's', goal: '1.0 from the click; 0.5 of OHIF',
    runs: async () => {
      /** @type {number[]} */
      const seconds = []
      /** @type {[number, number][]} */
      const pairs = []
      await withFolder(async (dir) => {
        const program = await complete(dir)
        for (let run = 0; run < 7; run++) {
          const browser = await launch()
          const page = await browser.newPage({ viewport: { width: 1280, height: 720 } })
          await signIn(page, program.address)
          await page.getByRole('row', { name: /PCL-0001/ }).click()
          await page.waitForLoadState('networkidle')
          await page.getByRole('button', { name: 'Open', exact: true }).evaluate((open) => { if (open instanceof HTMLElement) open.dataset['bench'] = 'open' })
          seconds.push(await page.evaluate(firstImage))
          await browser.close()
        }
        pairs.push(...await besideOhif(program.address))
        await program.stop()
      })
      return pairs.length > 0 ? { runs: seconds, against: `OHIF ${ohifVersion}, deep link on both sides`, pairs } : seconds
    },
  },
}

/** The full set made once, in this process: ms for each 512 x 512 slice of the first chest of each hospital with HTJ2K, MB of a study on the mean. @type {() => Promise<{ sliceMs: number[], studyMb: number }>} */
const phantom = (() => {
  /** @type {Promise<{ sliceMs: number[], studyMb: number }> | undefined} */
  let once
  return () => {
    once ??= (async () => {
      /** @type {import('./cases.ts')} */
      const { measureCases } = await import(new URL('../../dist/server/cases.js', import.meta.url).href)
      return measureCases()
    })()
    return once
  }
})()

/** Starts the program on a folder and waits until all its cases are there. @param {string} dir */
const complete = async (dir) => {
  const program = await start(dir, 'full')
  const browser = await launch()
  const page = await browser.newPage()
  await signIn(page, program.address)
  const studies = () => page.evaluate(async () => {
    const answer = await fetch('/api/studies/search', { method: 'POST', headers: { 'X-CIW': '1', 'Content-Type': 'application/json' }, body: '{"limit":0}' })
    return Number((await answer.json()).total)
  })
  // A promise passed to waitForFunction counts as true whatever it becomes: asked here instead, once a second.
  for (let asked = 0; await studies() < 47; asked++) {
    if (asked > 600) throw new Error(`after 10 minutes there are ${await studies()} studies`)
    await page.waitForTimeout(1000)
  }
  await browser.close()
  return program
}

/**
 * First image by deep link in fresh profiles, ours and OHIF's in turn, five pairs. OHIF's is the faster of its default and its CPU mode.
 * @param {string} hub
 * @returns {Promise<[number, number][]>} none where OHIF cannot be had
 */
const besideOhif = async (hub) => {
  const first = await launch()
  const page = await first.newPage()
  await signIn(page, hub)
  await page.getByRole('row', { name: /PCL-0001/ }).click()
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.waitForURL('**/view/**')
  const ours = page.url()
  const cookies = await page.context().cookies(hub)
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const [study] = await (await fetch(`${hub}/api/datasets/thorax-follow-up/dicom-web/studies?PatientID=PCL-0001`, { headers: { cookie, 'x-ciw': '1' } })).json()
  await first.close()
  const ohif = await startOhif({ hub, dataset: 'thorax-follow-up', cookie })
  if (!ohif) {
    console.log(`OHIF ${ohifVersion} cannot be had here: its part is left out.`)
    return []
  }
  const seconds = async (/** @type {string} */ url) => {
    const browser = await launch()
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 } })
    await context.addCookies(cookies)
    const view = await context.newPage()
    await view.addInitScript(firstImage)
    await view.goto(url, { waitUntil: 'commit' })
    const found = await view.waitForFunction(() => /** @type {{ benchSeconds?: number }} */ (/** @type {unknown} */ (window)).benchSeconds, undefined, { timeout: 60_000 }).then((handle) => handle.jsonValue())
    await browser.close()
    return Number(found)
  }
  const theirs = `${ohif.address}/viewer?StudyInstanceUIDs=${study['0020000D'].Value[0]}`
  /** @type {[number, number][]} */
  const pairs = []
  for (let pair = 0; pair < 5; pair++) {
    const own = await seconds(ours)
    pairs.push([own, Math.min(await seconds(theirs), await seconds(`${theirs}&useNextViewports=true&viewportRendering=cpu`))])
  }
  ohif.stop()
  return pairs
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } })
const names = Object.keys(benches).filter((name) => positionals.length === 0 || positionals.includes(name))
await build()
/** @type {Metric[]} */
const metrics = []
for (const name of names) {
  const bench = benches[name]
  if (!bench) continue
  const outcome = await bench.runs()
  const beside = Array.isArray(outcome) ? undefined : outcome
  const raw = beside?.runs ?? (Array.isArray(outcome) ? outcome : [])
  const sorted = raw.toSorted((a, b) => a - b)
  const metric = { name, unit: bench.unit, median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN, runs: raw.length, goal: bench.goal, raw, ...(beside ? { against: beside.against, ratio: medianOf(beside.pairs.map(([own, other]) => own / other)), pairs: beside.pairs } : {}) }
  metrics.push(metric)
  console.log(`${name.padEnd(20)} ${metric.median.toFixed(2)} ${bench.unit}  (${metric.min.toFixed(2)}–${metric.max.toFixed(2)}, ${raw.length} runs; goal ${bench.goal})  raw: ${raw.map((value) => value.toFixed(2)).join(' ')}`)
  if (metric.pairs) console.log(`${' '.repeat(20)} ratio ${metric.ratio?.toFixed(2)} to ${metric.against}  pairs: ${metric.pairs.map(([own, other]) => `${own.toFixed(2)}/${other.toFixed(2)}`).join(' ')}`)
}
const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? '', memoryGb: Math.round(totalmem() / 2 ** 30), node: process.version, version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version }
if (values.out) writeFileSync(values.out, `${JSON.stringify({ machine, metrics }, null, 1)}\n`)
