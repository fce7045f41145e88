import { fork } from 'node:child_process'
import { watch } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer as createVite } from 'vite'
import { pageHeaders } from '../server/headers.mjs'
import { buildPart, root } from './build.mjs'
import { openPort } from './progress.mjs'

/** Folders whose change restarts the servers; the rest is Vite's. */
const serverSide = ['hub', 'node', 'server', 'contract', 'dicom', 'domain', 'phantom', 'cli', 'i18n'].map((folder) => join(root, 'src', folder))

/** The page by Vite with reload, everything else by the federation of the built servers. */
const serve = async () => {
  const port = await openPort(Number(process.env['PORT'] ?? 8080))
  port.stage('Program', 'running', 'building the servers')
  await buildPart('servers')
  const vite = await createVite({ root, server: { middlewareMode: true, ...(port.servers[0] ? { hmr: { server: port.servers[0] } } : {}) }, appType: 'spa' })
  // Reload's web socket is listened for on the first address; `localhost` may be the second.
  for (const other of port.servers.slice(1)) other.on('upgrade', (...upgrade) => port.servers[0]?.emit('upgrade', ...upgrade))
  const entry = new URL('../../dist/server/federation.js', import.meta.url)
  /** @type {import('./federation.ts')} */
  const { startFederation } = await import(entry.href)
  const headers = Object.entries(pageHeaders({ dev: true }))
  const federation = await startFederation({
    port: port.port, dataDir: resolve(process.env['DATA_DIR'] ?? join(root, '.data')), appDir: join(root, 'dist', 'app'), toolsDirs: [join(root, 'src', 'hub', 'tools')], dicomDirs: [], archives: [],
    cases: 'full', demoPassword: 'demo', onStage: port.stage,
    serve: (handler) => port.serve((request, response) => {
      const isHub = request.headers.host?.startsWith('127.0.0.1') || request.url?.startsWith('/api')
      if (isHub) return handler(request, response)
      for (const [name, value] of headers) response.setHeader(name, value)
      vite.middlewares(request, response)
    }),
  })
  for (const line of federation.notices) console.warn(line)
  console.log(`http://localhost:${port.port}, every account's password is: demo`)
  process.on('SIGTERM', async () => {
    await federation.dispose()
    process.exit(0)
  })
}

/** Starts `serve` in a child and starts it again when the servers' sources change. */
const supervise = () => {
  const self = fileURLToPath(import.meta.url)
  let child = fork(self, ['--serve'])
  /** @type {NodeJS.Timeout | undefined} */
  let soon
  for (const folder of serverSide) {
    watch(folder, { recursive: true }, () => {
      clearTimeout(soon)
      soon = setTimeout(() => {
        child.once('exit', () => { child = fork(self, ['--serve']) })
        child.kill('SIGTERM')
      }, 300)
    })
  }
  process.on('SIGINT', () => {
    child.once('exit', () => process.exit(0))
    child.kill('SIGTERM')
  })
}

if (process.argv.includes('--serve')) await serve()
else supervise()
