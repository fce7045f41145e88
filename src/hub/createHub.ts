import { getRequestListener } from '@hono/node-server'
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import type { Later } from '../server/upstream.ts'
import { createAudit } from './audit.ts'
import type { HubConfig } from './config.ts'
import { seedDemo } from './demo.ts'
import { createIndexSync } from './indexSync.ts'
import { openAccounts } from './issuer/accounts.ts'
import { createIssuer } from './issuer/createIssuer.ts'
import { problemResponse, Refusal, safeHeaders } from './problem.ts'
import { createAccessRequests } from './resources/accessRequests.ts'
import { createAnnotations, createDraftKeys } from './resources/annotations.ts'
import { createCatalogue } from './resources/catalogue.ts'
import { createDicomWebPass } from './resources/dicomWeb.ts'
import { searchStudies } from './resources/studies.ts'
import { createStow } from './resources/stow.ts'
import { createSubmissions } from './resources/submissions.ts'
import { createTables } from './resources/tables.ts'
import { createTools } from './resources/tools.ts'
import { createRouter, callerOf, type Handlers } from './router.ts'
import { createSender } from './sender.ts'
import { createSessions } from './session/sessions.ts'
import { createSignIn } from './session/signIn.ts'
import { openDatabase } from './sql/database.ts'
import { createStaticFiles } from './staticFiles.ts'
import { createNodeClient } from './upstreamNode.ts'

/** How often nodes are asked for news, and due submissions are looked for. */
const beatMs = 5_000
const version = '0.1.0'

/**
 * The hub: one origin for the app, its API and, under another host name on the same port, the embedded issuer.
 * Clock, random and what waits for nodes are arguments so that expiry, pauses and limits can be tested.
 */
export const createHub = async (config: HubConfig, { clock = () => new Date(), random = Math.random, log = console.error, later }: { clock?: () => Date; random?: () => number; log?: (text: string) => void; later?: Later } = {}) => {
  const logError = (error: unknown): void => log(error instanceof Error ? `${error.name}: ${error.message}` : 'a failure without a name')
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const database = await openDatabase({ folder: config.dataDir, ...(config.databaseUrl ? { databaseUrl: config.databaseUrl } : {}) })
  const audit = createAudit(`hub-${randomUUID().slice(0, 8)}`, clock)
  const accounts = openAccounts(join(config.dataDir, 'accounts.json'), config.demoPassword)
  const issuer = createIssuer({ issuerUrl: config.issuerUrl, publicUrl: config.publicUrl, secretsFile: join(config.dataDir, 'issuer.json'), accounts })
  await seedDemo({ sql: database.sql, accounts, issuerUrl: config.issuerUrl, grants: config.demoGrants ?? {}, datasets: config.datasets, clock })

  const sessions = createSessions({ database, clock })
  const signIn = createSignIn({ publicUrl: config.publicUrl, issuerUrl: config.issuerUrl, clientId: 'workbench', clientSecret: issuer.clientSecret, database, sessions, audit, clock })
  const nodes = createNodeClient(config, { clock, random, ...(later ? { later } : {}) })
  const indexSync = createIndexSync({ config, database, nodes, clock, onSkipped: (dataset, count) => log(`${count} studies or series of ${dataset} are not well-formed and are left out of the index`) })
  const sender = createSender({ database, nodes, clock, random, onStored: indexSync.refreshDataset, onError: logError })
  const catalogue = createCatalogue({ config, indexSync, isDown: nodes.isDown, clock })
  const access = createAccessRequests({ config, audit, clock })
  const dicom = createDicomWebPass({ database, nodes, audit, clock })
  const submissions = createSubmissions({ database, audit, clock, onQueued: () => { void sender.wake() } })
  const stow = createStow({ database, submissions, clock })
  const tables = createTables({ config, database, nodes, audit })
  const annotations = createAnnotations({ database, audit, clock })
  const draftKeys = createDraftKeys(join(config.dataDir, 'draft-keys.json'))
  const tools = await createTools({ dirs: config.toolsDirs, audit, clock })

  const handlers: Handlers = {
    health: () => ({ json: { ok: true, version } }),
    signIn: (ctx) => signIn.start(ctx.request), signInReturn: (ctx) => signIn.finish(ctx.request), signOut: (ctx) => signIn.end(ctx.request),
    session: async (ctx) => ({ json: await sessions.describe(ctx.sql, callerOf(ctx)) }), heartbeat: async (ctx) => ({ json: await sessions.describe(ctx.sql, callerOf(ctx)) }),
    draftKey: draftKeys.current, draftKeyVersion: draftKeys.byVersion,
    nodes: catalogue.nodes, datasets: catalogue.datasets, dataset: catalogue.dataset, studiesSearch: searchStudies(clock),
    accessRequests: access.list, accessRequest: access.get, newAccessRequest: access.create, decideAccessRequest: access.event,
    qidoStudies: dicom.studies, qidoSeries: dicom.pass('qidoSeries'), qidoInstances: dicom.pass('qidoInstances'), studyMetadata: dicom.pass('studyMetadata'),
    seriesMetadata: dicom.pass('seriesMetadata'), instanceMetadata: dicom.pass('instanceMetadata'), frames: dicom.pass('frames'), rendered: dicom.pass('rendered'),
    thumbnail: dicom.pass('thumbnail'), bulkdata: dicom.pass('bulkdata'), wadoInstance: dicom.pass('wadoInstance'), wadoSeries: dicom.pass('wadoSeries'), wadoStudy: dicom.pass('wadoStudy'),
    tables: tables.list, table: tables.get, stow, putSubmission: submissions.put, submission: submissions.get, submissionBytes: submissions.bytes, submissions: submissions.list,
    annotations: annotations.get, putAnnotations: annotations.put,
    tools: tools.list, tool: tools.get, toolFile: tools.file, newRun: tools.newRun, runs: tools.runs,
  }
  const app = createRouter({ handlers, sessions, database, publicUrl: config.publicUrl, clock, onError: logError })
  const page = config.appDir ? createStaticFiles(config.appDir) : undefined
  app.all('*', (c) => (page ? page(c.req.raw) : problemResponse(new Refusal('notFound'))))

  await indexSync.refresh()
  void sender.wake()
  const beat = setInterval(() => {
    void sender.wake()
    for (const work of [sender.forget, dicom.writeViews, indexSync.refresh]) work().catch(logError)
  }, beatMs)
  beat.unref()

  const issuerHost = new URL(config.issuerUrl).host
  const serveHub = getRequestListener(app.fetch)
  const answer = async (...[request, response]: Parameters<RequestListener>): Promise<void> => {
    if (request.headers.host === issuerHost) await issuer.handler(request, response)
    else await serveHub(request, response)
  }
  /** Whatever one request makes go wrong ends that request, never the process. */
  const handler: RequestListener = (request, response) => {
    answer(request, response).catch((error: unknown) => {
      logError(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500, safeHeaders).end()
    })
  }
  return {
    app, handler, accounts: accounts.accounts, database, sessions, toolsRefused: tools.refused, refreshIndex: () => indexSync.refresh(), writeViews: dicom.writeViews,
    /** Resolves when every submission that is due was carried. */
    settled: sender.wake,
    dispose: async () => {
      clearInterval(beat)
      await sender.dispose()
      await dicom.writeViews()
      await database.dispose()
    },
  }
}
