import { createServer } from 'node:http'

/** @typedef {{ stage: string, state: 'waiting' | 'running' | 'done', detail?: string }} Stage */

const escape = (/** @type {string} */ text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
const words = { waiting: 'waiting', running: 'under way', done: 'done' }

/** The page that stands until the workbench can answer: it asks again by itself, without a script. */
const page = (/** @type {Stage[]} */ stages) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>Imaging Workbench is starting</title>
<style>
:root { color-scheme: light dark; font: 14px/20px system-ui, sans-serif }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; background: light-dark(#f7f8f9, #101418); color: light-dark(#171c21, #dce1e6) }
main { width: 26rem; padding: 32px; border-radius: 8px; border: 1px solid light-dark(#e3e7ea, #2b3239); background: light-dark(#fff, #181d22) }
h1 { font-size: 20px; line-height: 28px; margin: 0 0 4px } p { margin: 0 0 16px; color: light-dark(#5a6570, #9aa4ae) }
ol { list-style: none; margin: 0; padding: 0 } li { display: flex; justify-content: space-between; padding: 8px 0; border-top: 1px solid light-dark(#e3e7ea, #2b3239) }
span { color: light-dark(#5a6570, #9aa4ae) } .done span { color: light-dark(#1b7340, #6cc08b) } .running { font-weight: 600 }
</style></head><body><main><h1>Imaging Workbench is starting</h1><p>This page opens the workbench as soon as it can answer.</p>
<ol>${stages.map(({ stage, state, detail }) => `<li class="${state}">${escape(stage)}<span>${escape(detail ?? words[state])}</span></li>`).join('')}</ol>
</main></body></html>`

/**
 * One port on both loopback addresses, open from the first second: it answers with a progress page until `serve` is called.
 * @param {number} port 0 takes any free one
 * @returns {Promise<{ port: number, stage: (stage: string, state: Stage['state'], detail?: string) => void,
 *   serve: (handler: import('node:http').RequestListener, upgrade?: (...args: any[]) => void) => void, servers: import('node:http').Server[], close: () => Promise<void> }>}
 */
export const openPort = async (port) => {
  /** @type {Stage[]} */
  const stages = []
  /** @type {import('node:http').RequestListener} */
  let handler = (request, response) => {
    const wantsPage = request.method === 'GET' && !request.url?.startsWith('/api') && (request.headers.accept ?? '').includes('text/html')
    response.writeHead(wantsPage ? 200 : 503, {
      'content-type': wantsPage ? 'text/html; charset=utf-8' : 'text/plain', 'retry-after': '1', 'cache-control': 'no-store',
      'x-ciw-starting': '1', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'", 'x-content-type-options': 'nosniff',
    })
    response.end(wantsPage ? page(stages) : 'starting')
  }
  const listen = (/** @type {string} */ host, /** @type {number} */ wanted) => new Promise((resolve, reject) => {
    const server = createServer((request, response) => handler(request, response))
    server.once('error', reject)
    server.listen(wanted, host, () => resolve(server))
  })
  /** @type {import('node:http').Server[]} */
  const servers = [await listen('127.0.0.1', port)]
  const address = servers[0]?.address()
  const bound = typeof address === 'object' && address ? address.port : port
  // A machine without IPv6 serves 127.0.0.1 alone; `localhost` then means that.
  await listen('::1', bound).then((server) => servers.push(server), (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') throw error
  })
  return {
    port: bound,
    servers,
    stage: (stage, state, detail) => {
      const at = stages.findIndex((known) => known.stage === stage)
      const next = { stage, state, ...(detail === undefined ? {} : { detail }) }
      if (at < 0) stages.push(next)
      else stages[at] = next
    },
    serve: (next) => { handler = next },
    close: async () => {
      await Promise.all(servers.map((server) => new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })))
    },
  }
}
