import { createServer, request as httpRequest, Agent } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startFaultyProxy, type Fault, type FaultRule } from './faultyProxy.ts'

/** Whoever is behind the proxy: notes what arrives whole, and what broke off. */
const arrived: { method: string; path: string; body: string; host: string }[] = []
let brokenOff = 0
const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('aborted', () => { brokenOff += 1 })
  request.on('end', () => {
    arrived.push({ method: request.method ?? '', path: request.url ?? '', body: Buffer.concat(parts).toString(), host: request.headers.host ?? '' })
    response.writeHead(200, { 'content-type': 'text/plain', etag: '"7"' }).end('0123456789')
  })
})
let target: string
beforeAll(async () => {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => { server.close() })

const start = async (fault?: Fault, rule: Partial<FaultRule> = {}, more: Partial<Parameters<typeof startFaultyProxy>[0]> = {}) => {
  arrived.length = 0
  const proxy = await startFaultyProxy({ target, until: onTestFinished, ...more })
  if (fault) proxy.fail({ path: /./, ...rule, fault })
  return proxy
}
/** All that comes back on a bare connection, and how it ended; without `patient` it is left open after the first bytes. */
const raw = (url: string, { method = 'GET', path = '/a', body = '' } = {}) => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let text = ''
  socket.on('data', (bytes) => { text += bytes.toString('latin1') })
  socket.write(`${method} ${path} HTTP/1.1\r\nhost: here\r\n${body ? `content-length: ${body.length}\r\n` : ''}\r\n${body}`)
  const end = new Promise<{ text: string; by: 'end' | 'reset' }>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve({ text, by: error.code === 'ECONNRESET' ? 'reset' : 'end' }))
    socket.once('end', () => resolve({ text, by: 'end' }))
  })
  return { end, said: () => text, socket }
}

describe('the proxy that makes things go wrong', () => {
  it('passes on what no rule names, with the headers it was told, and ends with its test', async () => {
    const stops: (() => Promise<void>)[] = []
    const proxy = await start(undefined, {}, { headers: { host: 'elsewhere' }, until: (stop) => stops.push(stop) })
    const { text, by } = await raw(proxy.url, { method: 'POST', body: 'hello' }).end
    expect(text).toContain('etag: "7"')
    expect(text.endsWith('content-length: 10\r\nconnection: close\r\n\r\n0123456789')).toBe(true)
    expect([by, arrived]).toEqual(['end', [{ method: 'POST', path: '/a', body: 'hello', host: 'elsewhere' }]])
    await stops[0]?.()
    await expect(fetch(proxy.url)).rejects.toThrow()
  })
  it('fails by method and path, as often as it was told, and notes it', async () => {
    const proxy = await start({ kind: 'status', status: 503 }, { method: 'PUT', path: /^\/b/, times: 2 })
    const statusOf = async (method: string, path: string) => (await fetch(proxy.url + path, { method })).status
    expect([await statusOf('GET', '/b'), await statusOf('PUT', '/a'), await statusOf('PUT', '/b'), await statusOf('PUT', '/b?x'), await statusOf('PUT', '/b')]).toEqual([200, 200, 503, 503, 200])
    expect(proxy.seen().map(({ method, path, fault }) => `${method} ${path} ${fault ?? ''}`.trim())).toEqual(['GET /b', 'PUT /a', 'PUT /b status', 'PUT /b?x status', 'PUT /b'])
    await proxy.came(({ path }) => path === '/b?x')
  })
  it('cuts a body off so that nothing but the body shows it', async () => {
    const { text, by } = await raw((await start({ kind: 'truncated' })).url).end
    expect([by, text.endsWith('transfer-encoding: chunked\r\nconnection: close\r\n\r\n5\r\n01234\r\n0\r\n\r\n')]).toEqual(['end', true])
  })
  it('resets the connection in the middle of the answer', async () => {
    let release = (): void => undefined
    const read = new Promise<void>((resolve) => { release = resolve })
    const asked = raw((await start({ kind: 'reset', within: 'reply' }, {}, { pause: () => read })).url)
    await expect.poll(() => asked.said().endsWith('01234')).toBe(true)
    release()
    const { text, by } = await asked.end
    expect([by, text.endsWith('content-length: 10\r\n\r\n01234'), arrived.length]).toEqual(['reset', true, 1])
  })
  it('resets the connection in the middle of what is sent', async () => {
    const before = brokenOff
    const { by } = await raw((await start({ kind: 'reset', within: 'request' })).url, { method: 'PUT', body: 'hello' }).end
    await expect.poll(() => brokenOff).toBe(before + 1)
    expect([by, arrived]).toEqual(['reset', []])
  })
  it.each([[-4, '6'], [4, '14']])('says a Content-Length that is %d bytes off', async (by, stated) => {
    const { text } = await raw((await start({ kind: 'wrongLength', by })).url).end
    expect(text.endsWith(`content-length: ${stated}\r\nconnection: close\r\n\r\n0123456789`)).toBe(true)
  })
  it('lets an answer trickle, and goes on only when it is told', async () => {
    const gates: (() => void)[] = []
    const proxy = await start({ kind: 'slow', pieces: 5 }, {}, { pause: () => new Promise((resolve) => { gates.push(resolve) }) })
    const asked = raw(proxy.url)
    const bodies: string[] = []
    for (let piece = 0; piece < 5; piece++) {
      await expect.poll(() => gates.length).toBe(piece + 1)
      await expect.poll(() => asked.said().split('\r\n\r\n')[1]?.length).toBe(piece * 2)
      bodies.push(asked.said().split('\r\n\r\n')[1] ?? '')
      gates[piece]?.()
    }
    expect([...bodies, (await asked.end).text.split('\r\n\r\n')[1]]).toEqual(['', '01', '0123', '012345', '01234567', '0123456789'])
  })
  it('delivers a request twice', async () => {
    const { text } = await raw((await start({ kind: 'deliveredTwice' })).url, { method: 'POST', body: 'hello' }).end
    expect([text.endsWith('\r\n\r\n0123456789'), arrived.map(({ body }) => body)]).toEqual([true, ['hello', 'hello']])
  })
  it('answers twice on one connection, and Node takes the second for no answer to another request', async () => {
    const proxy = await start({ kind: 'answeredTwice' })
    const asked = raw(proxy.url)
    await expect.poll(() => asked.said().split('HTTP/1.1 200').length).toBe(3)
    asked.socket.destroy()
    proxy.fail({ path: /first/, fault: { kind: 'answeredTwice' } }, { path: /second/, fault: { kind: 'status', status: 404 } })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const statusOf = (path: string) => new Promise<number | string>((resolve) => {
      httpRequest(proxy.url + path, { agent }, (answer) => {
        answer.resume()
        answer.once('close', () => resolve(answer.statusCode ?? 0))
      }).once('error', () => resolve('broke off')).end()
    })
    expect(await statusOf('/first')).not.toBe(404)
    expect(await statusOf('/second')).toBe(404)
    agent.destroy()
  })
  it.each([[401], [404], [409], [412], [428], [429], [503]])('answers %d in place of whoever is behind it', async (status) => {
    const { text } = await raw((await start({ kind: 'status', status, headers: { 'retry-after': '7' } })).url).end
    expect([text.startsWith(`HTTP/1.1 ${status} `), text.includes('\r\nretry-after: 7\r\n'), arrived.length]).toEqual([true, true, 0])
  })
  it('delivers, and answers something else', async () => {
    const { text } = await raw((await start({ kind: 'status', status: 503, delivered: true })).url).end
    expect([text.startsWith('HTTP/1.1 503'), arrived.length]).toEqual([true, 1])
  })
  it.each([[false, 0], [true, 1]])('hangs, with delivery %s', async (delivered, count) => {
    const proxy = await start({ kind: 'hang', delivered })
    const asked = raw(proxy.url)
    await proxy.came(({ fault }) => fault === 'hang')
    // Whoever asks after it is answered, so it is not the proxy that stands still.
    expect((await fetch(`${proxy.url}/b`)).status).toBe(200)
    expect([asked.said(), arrived.length]).toEqual(['', count + 1])
    asked.socket.destroy()
  })
  it('lets pages of other origins ask where it was told to', async () => {
    const proxy = await start({ kind: 'status', status: 429, headers: { 'retry-after': '7' } }, { method: 'PUT' }, { cors: true })
    expect((await fetch(proxy.url, { method: 'OPTIONS' })).headers.get('access-control-allow-headers')).toBe('*')
    const answer = await fetch(proxy.url, { method: 'PUT' })
    expect([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('access-control-expose-headers')]).toEqual([429, '*', '*'])
  })
})
