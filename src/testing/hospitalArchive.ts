import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDicomWeb } from '../node/archive/dicomweb.ts'
import { openStore } from '../node/archive/store.ts'

/** The embedded archive alone, on a free port of the loopback address, as an archive that others of the hospital talk to; gone with `stop`. */
export const startHospitalArchive = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'archive-'))
  const store = await openStore(folder)
  const server = await new Promise<{ port: number; close: () => void }>((resolve) => {
    let address = ''
    const app = new Hono()
    // Its own address stands in what it writes, so it is known before the services are made.
    app.all('*', (c) => new Hono().route('/dicom-web', createDicomWeb({ storeOf: () => store, base: `${address}/dicom-web` })).fetch(c.req.raw))
    const listening = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }: AddressInfo) => {
      address = `http://127.0.0.1:${port}`
      resolve({ port, close: () => listening.close() })
    })
  })
  return {
    store, base: `http://127.0.0.1:${server.port}/dicom-web`,
    stop: async () => {
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
