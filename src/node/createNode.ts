import { Hono } from 'hono'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createVerifier, type Claims } from '../server/signature.ts'
import { createDicomWeb } from './archive/dicomweb.ts'
import { openStore, type Store } from './archive/store.ts'
import { indexRows } from './indexRows.ts'

export type NodeConfig = {
  readonly id: string
  readonly name: string
  readonly country: string
  readonly city: string
  readonly tier: string
  readonly host: string
  readonly port: number
  readonly dataDir: string
  /** The hub's public key (PEM): only what its private half signed is answered. */
  readonly hubKey: string
  readonly datasets: readonly { readonly id: string; readonly match: { readonly patientIdPrefix: string } | { readonly all: true } }[]
  readonly archive: { readonly kind: 'embedded'; readonly importFrom?: string }
}

type Env = { Variables: { claims: Claims } }

/** Files that a folder brought, and why some were not taken. */
export type ImportReport = { readonly taken: number; readonly refused: readonly { readonly file: string; readonly reason: string }[] }

const importFolder = async (store: Store, folder: string): Promise<ImportReport> => {
  const refused: { file: string; reason: string }[] = []
  let taken = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const outcome = await store.put(await readFile(join(entry.parentPath, entry.name)))
    if (outcome.kind === 'refused') refused.push({ file: entry.name, reason: outcome.reason })
    else if (outcome.kind === 'conflict') refused.push({ file: entry.name, reason: 'another file has the same SOP Instance UID' })
    else taken += 1
  }
  return { taken, refused }
}

/**
 * The hospital's side: an archive behind a check of every request. The hub signs who asks, by which grant and for which data;
 * the node compares that with its own list of data sets, so the hub cannot widen its rights.
 */
export const createNode = async (config: NodeConfig) => {
  const store = await openStore(join(config.dataDir, 'archive'))
  const report = config.archive.importFrom ? await importFolder(store, config.archive.importFrom) : { taken: 0, refused: [] }
  const verify = createVerifier(config.hubKey)
  const belongsTo = (dataset: string) => {
    const match = config.datasets.find(({ id }) => id === dataset)?.match
    return (patientId: string) => match !== undefined && ('all' in match || patientId.startsWith(match.patientIdPrefix))
  }

  const app = new Hono<Env>()
  app.get('/status', (c) => c.json({ id: config.id, name: config.name, revision: store.revision(), damaged: store.damaged().length }))
  app.use('*', async (c, next) => {
    const { pathname, search } = new URL(c.req.url)
    const verified = verify(c.req.header('authorization'), c.req.method, pathname + search)
    if (verified.kind === 'refused') return c.json({ title: verified.reason, status: 401, code: 'notSigned' }, 401)
    if (!config.datasets.some(({ id }) => id === verified.claims.dataset)) return c.json({ title: 'not a data set of this node', status: 404, code: 'notFound' }, 404)
    c.set('claims', verified.claims)
    return next()
  })
  app.get('/import-report', (c) => c.json(report))
  app.get('/index', (c) => {
    const revision = String(store.revision())
    if (c.req.query('since') === revision) return c.json({ revision, unchanged: true })
    return c.json({ revision, studies: indexRows(store, belongsTo(c.get('claims').dataset)) })
  })
  app.route('/dicom-web', createDicomWeb({
    store, base: '/dicom-web',
    mayUse: (c, { studyInstanceUid, patientId }) => {
      const claims = (c.get('claims') as Claims)
      return belongsTo(claims.dataset)(patientId) && (claims.study === undefined || claims.study === studyInstanceUid)
    },
  }))
  return { app, store, report, dispose: () => store.dispose() }
}
