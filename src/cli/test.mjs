import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium } from '../testing/chromium.mjs'
import { build, root } from './build.mjs'
import { report, run, runGates, runVitest } from './check.mjs'

const full = process.argv.includes('--full')

/** Chromium is found or installed: Debian's package as root, else the download of Playwright. */
const ensureChromium = () => {
  if (findChromium()) return
  if (process.getuid?.() === 0) {
    spawnSync('apt-get', ['update'], { stdio: 'inherit' })
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', 'chromium'], { stdio: 'inherit' })
  } else {
    spawnSync(process.execPath, [join(root, 'node_modules', 'playwright', 'cli.js'), 'install', 'chromium'], { stdio: 'inherit' })
  }
}

/** Counts of Playwright's JSON report: a test that was expected to pass and did, or not. */
const runJourneys = async () => {
  const file = join(root, '.cache', 'playwright.json')
  mkdirSync(join(root, '.cache'), { recursive: true })
  rmSync(file, { force: true })
  const { code, seconds } = await run([join(root, 'node_modules', '.bin', 'playwright'), 'test'], {
    env: { CIW_FULL: full ? '1' : undefined }, echo: true,
  })
  try {
    const { expected, unexpected, flaky, skipped } = JSON.parse(readFileSync(file, 'utf8')).stats
    const failed = unexpected + flaky
    return { name: 'journeys', passed: expected, failed: failed + (code !== 0 && failed === 0 ? 1 : 0), skipped, seconds, output: '' }
  } catch {
    return { name: 'journeys', passed: 0, failed: 1, skipped: 0, seconds, output: 'no report was written' }
  }
}

ensureChromium()
await build()
const env = full ? { CIW_FULL: '1' } : {}
const outcomes = await runGates()
outcomes.push(await runVitest('node', env))
outcomes.push(await runVitest('browser', env))
outcomes.push(await runJourneys())
process.exitCode = report(outcomes) === 0 ? 0 : 1
