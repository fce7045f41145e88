import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildPart, root } from './build.mjs'

const { positionals: [what, folder] } = parseArgs({ allowPositionals: true })
const log = (/** @type {string} */ line) => console.log(line)
if ((what !== 'cases' || !folder) && what !== 'evaluate') {
  console.error('npm run training -- cases FOLDER, then train.py (src/testing/training), then npm run training -- evaluate')
  process.exit(2)
}
await buildPart('servers')
/** @type {import('./training.ts')} */
const training = await import(new URL('../../dist/server/training.js', import.meta.url).href)
if (what === 'cases') training.writeTrainingCases(resolve(folder ?? ''), log)
else await training.evaluateShipped(join(root, 'src', 'hub', 'tools', 'lung-nodules'), log)
