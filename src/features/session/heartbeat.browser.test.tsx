import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, it, vi } from 'vitest'
import { ApiProvider, createApi } from '../../api/index.ts'
import { useHeartbeat } from './heartbeat.ts'

let close = (): void => undefined
afterEach(() => {
  vi.restoreAllMocks()
  close()
})

it('tells the hub of a person at work once a minute, of nobody never', async () => {
  const sent: string[] = []
  const api = createApi({
    fetch: async (address, init) => {
      sent.push(`${init?.method} ${String(address)} ${new Headers(init?.headers).has('X-Background')}`)
      return Response.json({}, { status: 503 })
    }, uuid: () => 'a-key-of-its-own', onSignedOut: () => undefined,
  })
  const page = document.createElement('div')
  document.body.append(page)
  const root = createRoot(page)
  const Work = () => {
    useHeartbeat()
    return <p data-ready />
  }
  let now = 1_000
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  root.render(<QueryClientProvider client={new QueryClient()}><ApiProvider value={api}><Work /></ApiProvider></QueryClientProvider>)
  close = () => { root.unmount(); page.remove() }
  await vi.waitFor(() => expect(page.querySelector('[data-ready]')).not.toBeNull())
  const work = (): void => { for (const sign of ['keydown', 'wheel', 'pointerdown']) window.dispatchEvent(new Event(sign)) }
  work()
  expect(sent).toEqual([])
  now += 60_000
  expect(sent).toEqual([])
  work()
  work()
  expect(sent).toEqual(['POST /api/session/heartbeat false'])
  now += 60_000
  work()
  expect(sent).toHaveLength(2)
  root.unmount()
  now += 60_000
  work()
  expect(sent).toHaveLength(2)
})
