import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What goes wrong with one request. What is not delivered never reaches whoever is behind the proxy. */
export type Fault =
  /** The first half of the body, ended as if it were all of it. */
  | { readonly kind: 'truncated' }
  /** The connection is reset in the middle of the body that is sent, or of the one that is answered. */
  | { readonly kind: 'reset'; readonly within: 'request' | 'reply' }
  /** Content-Length is so many bytes off: less, and the rest is cut off; more, and it never comes. */
  | { readonly kind: 'wrongLength'; readonly by: number }
  /** The answer trickles in so many pieces; before each the proxy's `pause` is waited for. */
  | { readonly kind: 'slow'; readonly pieces: number }
  | { readonly kind: 'deliveredTwice' } | { readonly kind: 'answeredTwice' }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly delivered?: boolean }
  /** No answer, and the connection stays. */
  | { readonly kind: 'hang'; readonly delivered?: boolean }

export type FaultRule = { readonly method?: string; readonly path: RegExp; /** 1 where nothing is said. */ readonly times?: number; readonly fault: Fault }
export type Seen = { readonly method: string; readonly path: string; readonly fault?: Fault['kind'] }

type Reply = { readonly status: number; readonly headers: readonly (readonly [string, string])[]; readonly body: Buffer }

const bodyCap = 128 * 2 ** 20
const mostConnections = 64
/** Of one connection (RFC 9110 7.6.1), and what is said anew for the bytes that are passed. */
const ownHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date'])
const corsHeaders = [['access-control-allow-origin', '*'], ['access-control-expose-headers', '*'], ['cross-origin-resource-policy', 'cross-origin']] as const
const preflight: Reply = { status: 204, headers: [['access-control-allow-methods', '*'], ['access-control-allow-headers', '*'], ['access-control-max-age', '7200']], body: Buffer.alloc(0) }

const readAll = async (message: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = []
  let total = 0
  for await (const part of message as AsyncIterable<Buffer>) {
    total += part.byteLength
    if (total > bodyCap) throw new Error(`a body has more than ${bodyCap} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
const headOf = ({ status, headers }: Reply, framing: readonly string[]): string =>
  [`HTTP/1.1 ${status} Tested`, ...headers.filter(([name]) => !ownHeaders.has(name)).map(([name, value]) => `${name}: ${value}`), ...framing, '', ''].join('\r\n')
const chunk = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])

/**
 * A reverse proxy on the loopback address that makes things go wrong as it is told, request by request, and passes everything else on.
 * Nothing in it waits by the clock.
 * @param target scheme, address and port of whoever is behind it
 * @param until is handed what ends the proxy: `onTestFinished` or `afterAll`, so that it ends with its test
 * @param headers put into every request in place of what was there, such as another host
 * @param cors whether pages of other origins may ask and read
 * @param pause what a slow answer waits for before each piece, and a reset after the half that comes before it
 */
export const startFaultyProxy = async ({ target, until, headers = {}, cors = false, pause = () => new Promise((resolve) => { setImmediate(resolve) }) }: {
  target: string; until: (stop: () => Promise<void>) => unknown; headers?: Readonly<Record<string, string>>; cors?: boolean; pause?: () => Promise<void>
}) => {
  const { hostname, port } = new URL(target)
  let rules: { rule: FaultRule; left: number }[] = []
  const seen: Seen[] = []
  const listeners = new Set<() => void>()
  const behind = new Set<Socket>()

  /** @param half only so much of the body, and then an end without warning */
  const deliver = (from: IncomingMessage, body: Buffer, half = false): Promise<Reply> => new Promise((resolve, reject) => {
    const { connection: _connection, 'transfer-encoding': _encoding, ...kept } = from.headers
    const sent = httpRequest({ hostname, port, path: from.url, method: from.method, agent: false, headers: { ...kept, ...(body.byteLength > 0 ? { 'content-length': body.byteLength } : {}), ...headers } }, (answer) => {
      readAll(answer).then((bytes) => resolve({
        status: answer.statusCode ?? 502, body: bytes,
        headers: Object.entries(answer.headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one ?? ''] as const)),
      }), reject)
    })
    sent.once('error', reject)
    sent.once('socket', (socket) => {
      behind.add(socket)
      socket.once('close', () => behind.delete(socket))
    })
    if (half) sent.write(body.subarray(0, body.byteLength / 2), () => sent.destroy())
    else sent.end(body)
  })

  const answerWith = async (socket: Socket, reply: Reply, fault: Fault | undefined): Promise<void> => {
    const { body } = reply
    const half = body.subarray(0, Math.ceil(body.byteLength / 2))
    const whole = Buffer.concat([Buffer.from(headOf(reply, [`content-length: ${body.byteLength}`])), body])
    switch (fault?.kind) {
      case 'truncated':
        socket.end(Buffer.concat([Buffer.from(headOf(reply, ['transfer-encoding: chunked', 'connection: close'])), chunk(half), chunk(Buffer.alloc(0))]))
        break
      case 'reset':
        socket.write(Buffer.concat([Buffer.from(headOf(reply, [`content-length: ${body.byteLength}`])), half]))
        await pause()
        socket.resetAndDestroy()
        break
      case 'wrongLength':
        socket.end(Buffer.concat([Buffer.from(headOf(reply, [`content-length: ${Math.max(0, body.byteLength + fault.by)}`, 'connection: close'])), body]))
        break
      case 'slow':
        socket.write(headOf(reply, [`content-length: ${body.byteLength}`, 'connection: close']))
        for (let piece = 0; piece < fault.pieces && !socket.destroyed; piece++) {
          await pause()
          socket.write(body.subarray(Math.floor((body.byteLength * piece) / fault.pieces), Math.floor((body.byteLength * (piece + 1)) / fault.pieces)))
        }
        socket.end()
        break
      case 'answeredTwice':
        socket.write(Buffer.concat([whole, whole]))
        break
      default:
        socket.end(Buffer.concat([Buffer.from(headOf(reply, [`content-length: ${body.byteLength}`, 'connection: close'])), body]))
    }
  }

  const faultOf = (method: string, path: string): Fault | undefined => {
    const found = rules.find(({ rule, left }) => left > 0 && (rule.method ?? method) === method && rule.path.test(path))
    if (found) found.left -= 1
    return found?.rule.fault
  }
  const serve = async (request: IncomingMessage): Promise<void> => {
    const { method = 'GET', url = '/', socket } = request
    const send = (reply: Reply, fault?: Fault): Promise<void> => answerWith(socket, cors ? { ...reply, headers: [...reply.headers.filter(([name]) => !corsHeaders.some(([own]) => own === name)), ...corsHeaders] } : reply, fault)
    if (cors && method === 'OPTIONS') return send(preflight)
    const fault = faultOf(method, url)
    const note = (): void => {
      seen.push({ method, path: url, ...(fault ? { fault: fault.kind } : {}) })
      for (const listener of listeners) listener()
    }
    const body = await readAll(request)
    if (fault?.kind === 'reset' && fault.within === 'request') {
      await deliver(request, body, true).catch(() => undefined)
      note()
      socket.resetAndDestroy()
      return undefined
    }
    const delivered = (fault?.kind !== 'status' && fault?.kind !== 'hang') || fault.delivered
    let reply = delivered ? await deliver(request, body) : undefined
    if (fault?.kind === 'deliveredTwice') reply = await deliver(request, body)
    note()
    if (fault?.kind === 'status') return send({ status: fault.status, headers: Object.entries(fault.headers ?? {}), body: Buffer.from('{}') })
    return reply && fault?.kind !== 'hang' ? send(reply, fault) : undefined
  }

  const server = createServer((request) => { serve(request).catch(() => request.socket.destroy()) })
  server.on('connection', (socket) => socket.on('error', () => undefined))
  server.maxConnections = mostConnections
  server.requestTimeout = 0
  server.unref()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const stop = (): Promise<void> => new Promise((resolve) => {
    for (const socket of behind) socket.destroy()
    server.closeAllConnections()
    server.close(() => resolve())
  })
  until(stop)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** From now on these rules, the first that fits and is not used up; what was told before is forgotten. */
    fail: (...next: readonly FaultRule[]): void => { rules = next.map((rule) => ({ rule, left: rule.times ?? 1 })) },
    /** Requests that came, oldest first, each when it was dealt with but for its answer. */
    seen: (): readonly Seen[] => seen,
    /** Resolves when a request came that fits, also one that came before. */
    came: (fits: (one: Seen, index: number) => boolean): Promise<void> => new Promise((resolve) => {
      const look = (): void => {
        if (!seen.some(fits)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
    }),
  }
}
export type FaultyProxy = Awaited<ReturnType<typeof startFaultyProxy>>
