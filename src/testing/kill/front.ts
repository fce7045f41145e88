import { createHash } from 'node:crypto'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { readCapped } from '../../server/upstream.ts'
import type { Looked, Order } from './orders.ts'

/** What was sent to the hub, by its UID: hashes of the bytes, of all tries. */
export type Sent = Map<string, Set<string>>
export type Page = { readonly do: (order: Order) => Promise<Looked> }

const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' }
type Waiting<T> = { readonly give: (value: T) => void; readonly fail: (error: Error) => void }

/**
 * One origin for the page of the ladder, for the ledger that lies outside the browser, and for the hub behind it.
 * @param files of the page, by name
 * @param target whoever passes on to the hub
 * @param cookie what signs the page in, as `Set-Cookie` says it
 */
export const startFront = async ({ files, target, cookie }: { files: ReadonlyMap<string, string | Uint8Array>; target: () => string; cookie: () => string }) => {
  const sent: Sent = new Map()
  let turn: ServerResponse | undefined
  let [page, answer, stop]: [Waiting<Page> | undefined, Waiting<Looked> | undefined, Waiting<Looked> | undefined] = [undefined, undefined, undefined]
  const next = <T>(put: (waiting: Waiting<T>) => void): Promise<T> => new Promise((give, fail) => { put({ give, fail }) })

  const pass = (request: IncomingMessage, body: Buffer, response: ServerResponse): void => {
    const [, uid] = request.method === 'PUT' ? /^\/api\/submissions\/([0-9.]+)/.exec(request.url ?? '') ?? [] : []
    if (uid) sent.set(uid, (sent.get(uid) ?? new Set()).add(createHash('sha256').update(body).digest('hex')))
    const { hostname, port } = new URL(target())
    const { connection: _connection, ...headers } = request.headers
    const on = httpRequest({ hostname, port, path: request.url, method: request.method, headers, agent: false }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(response)
      reply.on('error', () => response.destroy())
    })
    on.on('error', () => response.destroy())
    response.on('close', () => on.destroy())
    on.end(body)
  }
  const told = (body: string): Looked => (JSON.parse(body) as { looked: Looked }).looked
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = '/' } = request
    const body = await readCapped(request, 2 ** 26)
    if (url === '/ladder/turn') {
      turn = response
      const said = JSON.parse(body.toString('utf8')) as { hello?: true; error?: string }
      if (said.hello) page?.give(driven)
      else if (said.error !== undefined) answer?.fail(new Error(`the page: ${said.error}`))
      else answer?.give(told(body.toString('utf8')))
    } else if (url === '/ladder/held') stop?.give(JSON.parse(body.toString('utf8')) as Looked)
    else if (url.startsWith('/ladder/')) {
      const path = url.slice('/ladder/'.length) || 'index.html'
      const file = files.get(path)
      response.writeHead(file === undefined ? 404 : 200, { 'content-type': types[extname(path)] ?? 'application/octet-stream', 'cache-control': 'no-store', 'set-cookie': cookie() }).end(file)
    } else pass(request, body, response)
  }
  const driven: Page = {
    do: (order) => {
      turn?.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(order))
      turn = undefined
      return next((waiting) => { answer = waiting })
    },
  }
  const server = createServer((request, response) => { serve(request, response).catch(() => response.destroy()) })
  server.requestTimeout = 0
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}/ladder/`,
    sent,
    /** The next page that says hello. */
    page: (): Promise<Page> => next((waiting) => { page = waiting }),
    /** Resolves when the page stopped dead at the boundary it was armed for, with what it showed then. */
    held: (): Promise<Looked> => next((waiting) => { stop = waiting }),
    stop: (): void => {
      server.closeAllConnections()
      server.close()
    },
  }
}
