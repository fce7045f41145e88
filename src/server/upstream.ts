import { request as httpRequest, Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { Agent as SecureAgent, request as httpsRequest } from 'node:https'
import type { Readable } from 'node:stream'

export type UpstreamLimits = {
  readonly connectMs: number
  readonly firstByteMs: number
  readonly idleMs: number
}
const limits: UpstreamLimits = { connectMs: 5_000, firstByteMs: 30_000, idleMs: 30_000 }

export type UpstreamAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: IncomingMessage }

/** Why an upstream gave no answer. */
export class UpstreamSilent extends Error {
  override readonly name = 'UpstreamSilent'
}

/** Does something after a time, unless it is called off. */
export type Later = (ms: number, work: () => void) => () => void
const byTheClock: Later = (ms, work) => {
  const timer = setTimeout(work, ms)
  return () => clearTimeout(timer)
}

/** Connections to upstreams are kept; one agent a process and scheme. */
const agents = { http: new Agent({ keepAlive: true, maxSockets: 32 }), https: new SecureAgent({ keepAlive: true, maxSockets: 32 }) }

/** What may be asked twice (RFC 9110 9.2.2). */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/**
 * One request to a node or catalogue: no redirect is followed (a 3xx is an answer like another), with limits for the
 * connection, the first byte and silence between bytes; `signal` ends it at once, also the body. An upstream may close a connection
 * it kept just as it is used again (RFC 9112 9.3.1): what may be asked twice is then asked once more, over a new one; what may not
 * gets a connection of its own from the start.
 * @param options.wholeMs how long all of it may take, body included: an answer that trickles is never silent
 * @throws UpstreamSilent where no answer comes
 */
export const requestUpstream = (url: string, options: {
  method?: string; headers?: Record<string, string>; body?: Readable | Uint8Array; signal?: AbortSignal; patience?: UpstreamLimits; wholeMs?: number; later?: Later; fresh?: boolean
} = {}): Promise<UpstreamAnswer> => new Promise((resolve, reject) => {
  const { method = 'GET', headers = {}, body, signal, patience = limits, wholeMs, later = byTheClock, fresh = !idempotent.has(method) } = options
  const secure = url.startsWith('https:')
  const request = (secure ? httpsRequest : httpRequest)(url, {
    method, headers: { 'accept-encoding': 'identity', ...headers }, ...(signal ? { signal } : {}), agent: fresh ? false : agents[secure ? 'https' : 'http'],
  })
  const fail = (reason: string) => request.destroy(new UpstreamSilent(reason))
  const answered = later(patience.firstByteMs, () => fail(`no answer within ${patience.firstByteMs} ms`))
  const ended = wholeMs === undefined ? () => undefined : later(wholeMs, () => fail(`not done within ${wholeMs} ms`))
  request.once('close', ended)
  request.on('socket', (socket) => {
    if (!socket.connecting) return
    const connected = later(patience.connectMs, () => fail(`no connection within ${patience.connectMs} ms`))
    socket.once('connect', connected)
    socket.once('close', connected)
  })
  request.on('response', (answer) => {
    answered()
    answer.setTimeout(patience.idleMs, () => answer.destroy(new UpstreamSilent(`silent for ${patience.idleMs} ms`)))
    resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: answer })
  })
  request.on('error', (error) => {
    answered()
    const cut = (error as NodeJS.ErrnoException).code
    const again = request.reusedSocket && (cut === 'ECONNRESET' || cut === 'EPIPE') && !(body && 'pipe' in body)
    if (again) resolve(requestUpstream(url, { ...options, fresh: true }))
    else reject(error instanceof UpstreamSilent ? error : new UpstreamSilent(error.message))
  })
  if (body && 'pipe' in body) {
    body.on('error', (error) => request.destroy(error))
    body.pipe(request)
  } else request.end(body)
})

/** A body with more bytes than are taken. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch'
}

/**
 * Reads a body whole, up to a cap.
 * @throws TooMuch naming the cap
 */
export const readCapped = async (body: AsyncIterable<Uint8Array>, cap: number): Promise<Buffer> => {
  const parts: Uint8Array[] = []
  let total = 0
  for await (const part of body) {
    total += part.byteLength
    if (total > cap) throw new TooMuch(`the body has more than ${cap} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
