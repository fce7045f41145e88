import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildPart, root } from './build.mjs'

await buildPart('servers')
/** @type {import('./contract.ts')} */
const { contractText } = await import(new URL('../../dist/server/contract.js', import.meta.url).href)
writeFileSync(join(root, 'src', 'contract', 'openapi.json'), contractText())
console.log('src/contract/openapi.json is written')
