import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildPart, root } from './build.mjs'

await buildPart('servers')
/** @type {import('./networks.ts')} */
const { networks } = await import(new URL('../../dist/server/networks.js', import.meta.url).href)
for (const [tool, bytes] of Object.entries(networks())) {
  writeFileSync(join(root, 'src', 'hub', 'tools', tool, 'model.onnx'), bytes)
  console.log(`src/hub/tools/${tool}/model.onnx is written`)
}
