import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, root } from './build.mjs'
import { fetchOhif, ohifVersion } from './ohif.mjs'

/** @typedef {import('../../e2e/interop/compare.ts').Line} Line */

/** The round trip with OHIF (e2e/interop.long.ts), and a table of all that was compared; ends with 1 where something differs. */
const notes = join(root, '.cache', 'interop.jsonl')
const words = { same: 'ok', different: 'DIFFERENT', notShown: 'not shown' }

/** @param {string[][]} rows columns as wide as their longest cell */
const table = (rows) => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n')
}

/** @returns {Promise<number>} exit code of the journeys */
const journeys = () => new Promise((resolve) => {
  const child = spawn(join(root, 'node_modules', '.bin', 'playwright'), ['test', 'e2e/interop.long.ts', '--reporter', 'list', '--output', join(root, '.cache', 'interop')], { cwd: root, stdio: 'inherit', env: { ...process.env, CIW_FULL: '1' } })
  child.on('close', (code) => resolve(code ?? 1))
})

if (fetchOhif()) {
  rmSync(notes, { force: true })
  await build()
  const code = await journeys()
  /** @type {Line[]} */
  const lines = existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n').map((line) => JSON.parse(line)) : []
  const count = (/** @type {Line['verdict']} */ verdict) => lines.filter((line) => line.verdict === verdict).length
  console.log(`\n${table([['', 'ours', `OHIF ${ohifVersion}`, 'apart', ''], ...lines.map(({ what, ours, theirs, off, verdict }) => [what, ours, theirs, off, words[verdict]])])}`)
  for (const why of new Set(lines.filter(({ verdict }) => verdict !== 'same').flatMap((line) => line.why ?? []))) console.log(`\n${why}:\n${lines.filter((line) => line.why === why).map(({ what }) => `  ${what}`).join('\n')}`)
  if (code !== 0 && count('different') === 0) console.log('\nThe journey did not come to its end: what it says above is why.')
  console.log(`\n${count('same')} same, ${count('different')} different, ${count('notShown')} not shown by OHIF`)
  process.exitCode = code === 0 && lines.length > 0 ? 0 : 1
} else console.log(`skipped: @ohif/app ${ohifVersion} cannot be had here`)
