import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageHeaders } from '../server/headers.mjs'
import { startHubInProcess, type HubInProcess } from '../testing/hubInProcess.ts'

let world: HubInProcess
let issuer: string
const appDir = mkdtempSync(join(tmpdir(), 'page-'))
beforeAll(async () => {
  mkdirSync(join(appDir, 'assets'))
  writeFileSync(join(appDir, 'index.html'), '<!doctype html><title>Workbench</title>')
  writeFileSync(join(appDir, 'assets', 'one.js'), 'export const one = 1')
  mkdirSync(join(appDir, 'assets', 'folder.js'))
  // A file that opens and whose first read fails, whoever asks.
  symlinkSync('/proc/self/mem', join(appDir, 'assets', 'broken.js'))
  world = await startHubInProcess({ appDir })
  issuer = new URL(world.issuerUrl).host
})
afterAll(async () => {
  await world.stop()
  rmSync(appDir, { recursive: true })
})

const alive = async () => expect((await world.knock('/api/health', { headers: { 'x-ciw': '1' } })).status).toBe(200)

describe('an address that is none', () => {
  it.each(['//', '//[', '/\\', 'http://['])('%s to the issuer is refused, and the process lives', async (path) => {
    expect((await world.knock(path, { host: issuer })).status).toBeGreaterThanOrEqual(400)
    await alive()
  })
  it.each(['/%', '/%ff.js', '/a%00.js', '/%2e%2e/%2e%2e/etc/passwd.js', '/assets/folder.js', `/assets/${'a'.repeat(300)}.js`])('%s to the page is 4xx', async (path) => {
    const { status } = await world.knock(path)
    expect([400, 404]).toContain(status)
    await alive()
  })
  it.each(['//', '/\\', 'http://['])('%s to the hub ends in an answer, and the process lives', async (path) => {
    await world.knock(path).catch(() => undefined)
    await alive()
  })
  it.each(['', 'gzip'])('a file that cannot be read breaks off its answer, encoding "%s", and the process lives', async (encoding) => {
    await expect(world.knock('/assets/broken.js', { headers: { 'accept-encoding': encoding } })).rejects.toThrow()
    await alive()
  })
})

describe('the page', () => {
  it.each(['/', '/studies?dataset=a', '/assets/one.js'])('%s carries the policy of its origin', async (path) => {
    const { status, headers } = await world.knock(path)
    expect(status).toBe(200)
    for (const [name, value] of Object.entries(pageHeaders())) expect([name, headers[name.toLowerCase()]]).toEqual([name, value])
  })
})

describe('what is served under a host name', () => {
  const safe = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin', 'cache-control': 'no-store' }
  it.each([['/nothing', 404], ['/issuer.css', 200], ['/interaction/abc', 200], ['/.well-known/openid-configuration', 200], ['/api/session', 404], ['//', 400]])('the issuer answers %s with %d, not to be sniffed, stored or embedded', async (path, status) => {
    const answer = await world.knock(path, { host: issuer })
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject(safe)
  })
  it.each(['/', '/api/session', '/issuer.css'])('a foreign host is told 421 for %s', async (path) => {
    const answer = await world.knock(path, { host: 'rebound.example' })
    expect(answer.status).toBe(421)
    expect(answer.headers).toMatchObject(safe)
  })
})
