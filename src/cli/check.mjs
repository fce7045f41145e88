import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './build.mjs'

const bin = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name)

/** The gates that look at the tree as text; each has a canary in src/testing/rules that it must catch. */
const gates = [
  { name: 'types', run: [bin('tsc'), '--noEmit', '-p', '.'] },
  { name: 'types of the hub and the node', run: [bin('tsc'), '--noEmit', '-p', 'src/hub'] },
  { name: 'lint', run: [bin('oxlint'), '--deny-warnings', '--ignore-pattern', 'src/testing/rules/lint/**', 'src', 'e2e', 'vite.config.ts', 'playwright.config.ts'] },
  { name: 'import rules', run: [process.execPath, 'src/testing/rules/importRules.mjs'] },
  { name: 'unused code', run: [bin('knip')] },
]

/** @typedef {{ name: string, passed: number, failed: number, skipped: number, seconds: number, output: string }} Outcome */

/**
 * Runs a command, collecting what it prints.
 * @param {string[]} command
 * @param {{ env?: Record<string, string | undefined>, echo?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string, seconds: number }>}
 */
export const run = ([file = '', ...args], { env = {}, echo = false } = {}) => new Promise((resolve) => {
  const start = performance.now()
  const child = spawn(file, args, { cwd: root, env: { ...process.env, FORCE_COLOR: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
      if (echo) process.stdout.write(chunk)
    })
  }
  child.on('close', (code) => resolve({ code: code ?? 1, output, seconds: (performance.now() - start) / 1000 }))
})

/** @returns {Promise<Outcome[]>} one outcome a gate; two at a time, for two cores */
export const runGates = async () => {
  /** @type {Outcome[]} */
  const outcomes = []
  const waiting = [...gates]
  const lane = async () => {
    for (let gate = waiting.shift(); gate; gate = waiting.shift()) {
      const { code, output, seconds } = await run(gate.run)
      outcomes.push({ name: gate.name, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, seconds, output })
    }
  }
  await Promise.all([lane(), lane()])
  return outcomes
}

/**
 * Runs one Vitest project and counts from its JSON report; a report that is missing is a failure.
 * @param {'node' | 'browser'} project
 * @param {Record<string, string | undefined>} [env]
 * @returns {Promise<Outcome>}
 */
export const runVitest = async (project, env = {}) => {
  const report = join(root, '.cache', `vitest-${project}.json`)
  mkdirSync(join(root, '.cache'), { recursive: true })
  rmSync(report, { force: true })
  const { code, seconds } = await run([bin('vitest'), 'run', '--project', project], { env: { CIW_LAYER: project, ...env }, echo: true })
  const counts = readCounts(report)
  const failed = counts.failed + (code !== 0 && counts.failed === 0 ? 1 : 0)
  return { name: `${project} layer`, ...counts, failed, seconds, output: '' }
}

const readCounts = (/** @type {string} */ report) => {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'))
    return { passed: Number(numPassedTests), failed: Number(numFailedTests), skipped: Number(numPendingTests) }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

/**
 * Prints a table of outcomes, what the failed ones said, and the closing line.
 * @param {Outcome[]} outcomes
 * @returns {number} how many failed
 */
export const report = (outcomes) => {
  for (const { name, failed, output } of outcomes) if (failed > 0 && output) console.log(`\n— ${name} —\n${output}`)
  console.log('')
  for (const { name, passed, failed, skipped, seconds } of outcomes) {
    console.log(`${failed ? 'FAILED' : 'ok    '}  ${name.padEnd(32)} ${passed} passed, ${failed} failed, ${skipped} skipped  (${seconds.toFixed(1)} s)`)
  }
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) => outcomes.reduce((total, outcome) => total + outcome[key], 0)
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
  return sum('failed')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outcomes = await runGates()
  outcomes.push(await runVitest('node'))
  process.exitCode = report(outcomes) === 0 ? 0 : 1
}
