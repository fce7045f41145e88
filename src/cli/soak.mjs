import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './build.mjs'

/** The ladder of `npm test` (e2e/ladder.spec.ts), as long as one likes: it says every 50 kills how far it is. */
const { values: { seed }, positionals: [what, kills] } = parseArgs({ allowPositionals: true, options: { seed: { type: 'string', default: '1' } } })
if (what !== 'kill' || !(Number(kills) > 0) || !Number.isInteger(Number(kills)) || !Number.isInteger(Number(seed))) {
  console.error('npm run soak -- kill N [--seed S], with whole numbers')
  process.exit(2)
}
const child = spawn(join(root, 'node_modules', '.bin', 'playwright'), ['test', 'e2e/ladder.spec.ts', '--reporter', 'list', '--output', join(root, '.cache', 'soak')], {
  cwd: root, stdio: 'inherit', env: { ...process.env, CIW_KILLS: kills, CIW_SEED: seed },
})
child.on('close', (code) => { process.exitCode = code ?? 1 })
