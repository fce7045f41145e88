import { serve } from '@hono/node-server'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { refusedOf } from './notices.ts'
import { createNode, type NodeConfig } from '../node/createNode.ts'
import { headerCap } from '../server/signature.ts'

/** A hospital's process: `--config FILE`; prints `{"listening": URL, "refused": …}` (the files it did not take) and ends with its parent. */
const { values } = parseArgs({ options: { config: { type: 'string' } } })
if (!values.config) {
  console.error('Usage: node --config FILE')
  process.exit(2)
}
const config = JSON.parse(readFileSync(values.config, 'utf8')) as NodeConfig
const node = await createNode(config)
const server = serve({ fetch: node.app.fetch, hostname: config.host, port: config.port, serverOptions: { maxHeaderSize: headerCap } }, ({ port }) => {
  console.log(JSON.stringify({ listening: `http://${config.host}:${port}`, refused: refusedOf(node.report.refused.map(({ file: name, reason }) => ({ name, reason }))) }))
})
const stop = () => {
  server.close(() => process.exit(0))
  if ('closeAllConnections' in server) server.closeAllConnections()
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
// The pipe from the parent ends when the parent does, however it ends.
process.stdin.on('end', stop)
process.stdin.resume()
