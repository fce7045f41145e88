import { createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { readCapped, requestUpstream, UpstreamSilent } from './upstream.ts'

let stop = () => Promise.resolve()
afterEach(() => stop())

/** An upstream that answers the first request of each connection and says it keeps it, then closes it without a word as it is used again. */
const forgetful = async ({ deaf = false } = {}): Promise<{ url: string; asked: string[] }> => {
  const [asked, sockets] = [[] as string[], new Set<Socket>()]
  const server = createServer((socket) => {
    sockets.add(socket)
    let answered = 0
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      asked.push(String(bytes).split(' ')[0] ?? '')
      if (deaf || answered > 0) {
        socket.destroy()
        return
      }
      answered += 1
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok')
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  stop = () => new Promise((resolve) => {
    for (const socket of sockets) socket.destroy()
    server.close(() => resolve())
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked }
}
const answerOf = async (url: string, method = 'GET'): Promise<string> => {
  const { status, body } = await requestUpstream(url, { method, ...(method === 'GET' ? {} : { body: Buffer.from('x') }) })
  const text = await readCapped(body, 100)
  return `${status} ${text.toString()}`
}

it('asks once more where a kept connection was closed as it was used again', async () => {
  const { url, asked } = await forgetful()
  expect([await answerOf(url), await answerOf(url), await answerOf(url)]).toEqual(['200 ok', '200 ok', '200 ok'])
  // The second found its connection closed; what is asked again comes over one that is not kept.
  expect(asked).toEqual(['GET', 'GET', 'GET', 'GET'])
})

it('sends what may not be sent twice over a connection of its own, once', async () => {
  const { url, asked } = await forgetful()
  expect([await answerOf(url), await answerOf(url, 'POST'), await answerOf(url, 'POST')]).toEqual(['200 ok', '200 ok', '200 ok'])
  expect(asked).toEqual(['GET', 'POST', 'POST'])
})

it('does not ask again where a new connection was closed without a word', async () => {
  const { url, asked } = await forgetful({ deaf: true })
  await expect(requestUpstream(url)).rejects.toThrow(UpstreamSilent)
  expect(asked).toEqual(['GET'])
})
