import { serve } from '@hono/node-server'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHub } from '../hub/createHub.ts'
import type { DatasetConfig } from '../hub/config.ts'
import { sessionCookie } from '../hub/session/cookies.ts'
import { personId } from '../hub/session/signIn.ts'
import { encodeMultipart } from '../dicom/web/multipart.ts'
import { createNode, type NodeConfig, type NodeDataset } from '../node/createNode.ts'
import { headerCap, signClaims } from '../server/signature.ts'
import { readCapped, type Later } from '../server/upstream.ts'
import { syntheticCt } from './dicom.ts'
import { trueOutline } from './segmentations.ts'
import { clinicalTable, truthTable } from './tables.ts'

/** A port of the loopback address that nothing listens on. */
const freePort = (): Promise<number> => new Promise((resolve) => {
  const server = createServer()
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resolve(port))
  })
})

const datasetOf = (id: string, node: string): DatasetConfig => ({
  id, node, title: `Data set ${id}`, description: 'For tests', cancerTypes: ['Lung'], modalities: ['CT'], bodyParts: ['Chest'], accessModels: ['REMOTE_PROCESSING', 'IN_SITU_PROCESSING', 'DOWNLOAD'],
  legalBasis: 'None', byConsent: false, tier: '3', annotated: false, synthetic: true, vendors: [], conditions: 'None', publisher: 'Tests', version: '1',
})

/**
 * A real hub on PGlite over two real nodes, in this process. Node `one` holds data sets `a` (patients A-) and `b` (B-); node `two` holds
 * `c`, whose study has the same UIDs as that of `a` and other pixels. `a` has a clinical table.
 * @param archives DICOMweb addresses of archives for the nodes in turn; a node without one has its own
 * @param reference node `one` also holds `r`, the reference standard of `a`: an outline in the study of `a`, and a table, in an archive of its own
 * @param between is told the address of each node by its id, and says what the hub is to ask in its place
 * @param later what waits for nodes in place of the clock
 * @param appDir a built page; with it, or with `listen`, the whole handler answers on a port too
 */
export const startHubInProcess = async ({ clock = () => new Date(), databaseUrl, toolsDirs = [], archives = [], reference = false, between = (_, url) => Promise.resolve(url), random, later, appDir, listen = appDir !== undefined }: {
  clock?: () => Date; between?: (node: string, url: string) => Promise<string>; random?: () => number; later?: Later; databaseUrl?: string; toolsDirs?: readonly string[]; archives?: readonly string[]; reference?: boolean; appDir?: string; listen?: boolean
} = {}) => {
  const port = listen ? await freePort() : 8080
  const publicUrl = `http://localhost:${port}`
  const issuerUrl = `http://127.0.0.1:${port}`
  const folder = mkdtempSync(join(tmpdir(), 'hub-'))
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
  const nodeConfig = (id: string, datasets: readonly NodeDataset[], archive: NodeConfig['archive']) => ({
    id, name: id, country: 'ES', city: id, tier: '3', host: '127.0.0.1', port: 0, dataDir: join(folder, id), hubKey: publicKey, datasets, archive,
  })
  const archiveOf = (index: number): NodeConfig['archive'] => (archives[index] === undefined ? { kind: 'embedded' } : { kind: 'dicomweb', url: archives[index] })
  const nodes = [
    await createNode(nodeConfig('one', [{ id: 'a', match: { patientIdPrefix: 'A-' } }, { id: 'b', match: { patientIdPrefix: 'B-' } }, ...(reference ? [{ id: 'r', match: { patientIdPrefix: 'A-' }, archive: 'reference' as const }] : [])], archiveOf(0))),
    await createNode(nodeConfig('two', [{ id: 'c', match: { all: true } }], archiveOf(1))),
  ]
  const put = async (index: number, files: readonly Uint8Array<ArrayBuffer>[]) => {
    for (const file of files) {
      const archive = archives[index]
      if (archive === undefined) await nodes[index]?.store?.put(file)
      else {
        const { body, contentType } = encodeMultipart([{ type: 'application/dicom', body: file }], 'application/dicom')
        const { status } = await fetch(`${archive}/studies`, { method: 'POST', body, headers: { 'content-type': contentType, accept: 'application/dicom+json' } })
        if (status !== 200) throw new Error(`the archive answered ${status}`)
      }
    }
  }
  /** What whoever fills a hospital does, by a signed request. */
  const fill = async (dataset: string, method: string, path: string, body: Uint8Array<ArrayBuffer> | string, contentType: string) => {
    const authorization = signClaims({ user: 'system', purpose: 'onboarding', grant: 'onboarding', dataset, method, path }, privateKey)
    const answer = await nodes[0]?.app.request(path, { method, body, headers: { authorization, 'content-type': contentType } })
    if (answer?.status !== 200) throw new Error(`the node answered ${answer?.status} to ${method} ${path}`)
  }
  await fill('a', 'PUT', '/tables/clinical', JSON.stringify(clinicalTable), 'application/json')
  if (reference) {
    const { body, contentType } = encodeMultipart([{ type: 'application/dicom', body: await trueOutline('A-1') }], 'application/dicom')
    await fill('r', 'POST', '/dicom-web/studies', body, contentType)
    await fill('r', 'PUT', '/tables/truth', JSON.stringify(truthTable), 'application/json')
  }
  await put(0, syntheticCt({ patientId: 'A-1' }))
  await put(0, syntheticCt({ patientId: 'B-1' }))
  await put(1, syntheticCt({ patientId: 'A-1', stored: () => 7 }))
  const servers = await Promise.all(nodes.map((node) => new Promise<{ url: string; close: () => void }>((resolve) => {
    const server = serve({ fetch: node.app.fetch, hostname: '127.0.0.1', port: 0, serverOptions: { maxHeaderSize: headerCap } }, ({ port }: AddressInfo) => resolve({ url: `http://127.0.0.1:${port}`, close: () => server.close() }))
  })))
  const addresses = await Promise.all(['one', 'two'].map((id, index) => between(id, servers[index]?.url ?? '')))
  const hub = await createHub({
    publicUrl, issuerUrl, dataDir: join(folder, 'hub'), privateKey, mode: 'embedded', toolsDirs, demoPassword: 'test', ...(databaseUrl ? { databaseUrl } : {}), ...(appDir ? { appDir } : {}), datasets: [datasetOf('a', 'one'), datasetOf('b', 'one'), datasetOf('c', 'two'), ...(reference ? [datasetOf('r', 'one')] : [])],
    nodes: ['one', 'two'].map((id, index) => ({ id, name: id, country: 'ES', city: id, tier: '3', url: addresses[index] ?? '' })),
  }, { clock, log: () => undefined, ...(random ? { random } : {}), ...(later ? { later } : {}) })
  await hub.database.sql('delete from data_grant')
  const front = createServer(hub.handler)
  if (listen) await new Promise<void>((resolve) => { front.listen(port, '127.0.0.1', resolve) })

  const personOf = (account: string): string => personId(issuerUrl, account)
  return {
    hub, nodes, personOf, publicUrl, issuerUrl,
    /** A request as bytes on the port see it: the path is sent as it stands. */
    knock: (path: string, { host = new URL(publicUrl).host, method = 'GET', headers = {} }: { host?: string; method?: string; headers?: Record<string, string> } = {}): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> => new Promise((resolve, reject) => {
      const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers: { host, ...headers } }, (answer) => {
        readCapped(answer, 2 ** 20).then((bytes) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: bytes.toString('utf8') }), reject)
      })
      sent.once('error', reject)
      sent.end()
    }),
    /** A session cookie of an embedded account, as sign-in would set it. */
    signIn: async (account: string): Promise<string> => `${sessionCookie}=${await hub.sessions.open(hub.database.sql, personOf(account))}`,
    grant: async (account: string, dataset: string, accessModel: string, { expires = new Date(clock().getTime() + 86_400_000), revoked = null }: { expires?: Date; revoked?: Date | null } = {}): Promise<void> => {
      await hub.database.sql('delete from data_grant where person = $1 and dataset = $2', [personOf(account), dataset])
      await hub.database.sql('insert into data_grant (id, person, dataset, access_model, purpose, expires, annotate, revoked) values ($1, $2, $3, $4, $5, $6, true, $7)',
        [`${account}-${dataset}`, personOf(account), dataset, accessModel, 'tests', expires, revoked])
    },
    /** A request that waits for a decision, in place of what the person had. */
    pending: async (account: string, dataset: string, accessModel: string): Promise<void> => {
      await hub.database.sql('delete from data_grant where person = $1 and dataset = $2', [personOf(account), dataset])
      await hub.database.sql(`insert into access_request (id, dataset, applicant, purpose, organisation, access_model, until, state, created, version)
        values ($1, $2, $3, 'tests', 'Tests', $4, $5, 'submitted', $6, 1) on conflict (id) do nothing`, [`pending-${account}-${dataset}`, dataset, personOf(account), accessModel, new Date(clock().getTime() + 86_400_000), clock()])
    },
    ungrant: (account: string): Promise<unknown> => hub.database.sql('delete from data_grant where person = $1', [personOf(account)]),
    /** A request as the app makes it; headers given as null are left out. */
    ask: (path: string, { method = 'GET', cookie, body, headers = {} }: { method?: string; cookie?: string; body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string | null> } = {}): Promise<Response> => {
      const all: Record<string, string | null> = {
        host: new URL(publicUrl).host, 'x-ciw': '1', ...(method === 'GET' ? {} : { origin: publicUrl, 'content-type': 'application/json' }), ...(cookie ? { cookie } : {}), ...headers,
      }
      const sent = new Headers(Object.entries(all).flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]])))
      return Promise.resolve(hub.app.fetch(new Request(publicUrl + path, { method, headers: sent, ...(body === undefined ? {} : { body }) })))
    },
    stop: async (): Promise<void> => {
      front.closeAllConnections()
      front.close()
      await hub.dispose()
      for (const server of servers) server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type HubInProcess = Awaited<ReturnType<typeof startHubInProcess>>
