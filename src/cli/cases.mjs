import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildPart } from './build.mjs'

const { values: { uncompressed }, positionals: [given, folder] } = parseArgs({ allowPositionals: true, options: { uncompressed: { type: 'boolean', default: false } } })
const set = /** @type {const} */ (['full', 'small', 'one']).find((name) => name === given)
if (!set || !folder) {
  console.error('npm run cases -- full|small|one FOLDER [--uncompressed]')
  process.exit(2)
}
await buildPart('servers')
/** @type {import('./cases.ts')} */
const { writeCases } = await import(new URL('../../dist/server/cases.js', import.meta.url).href)
const began = performance.now()
const { patients, studies, files, bytes } = await writeCases(set, resolve(folder), { uncompressed, log: (line) => console.log(line) })
console.log(`${patients} patients, ${studies} studies, ${files} files, ${(bytes / 1e6).toFixed(0)} MB in ${((performance.now() - began) / 1000).toFixed(1)} s`)
