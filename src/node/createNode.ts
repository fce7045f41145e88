import { Hono, type Context } from 'hono'
import { join } from 'node:path'
import { createVerifier, seriesMark, type Claims } from '../server/signature.ts'
import { createDicomWeb } from './archive/dicomweb.ts'
import { ArchiveFailed, createArchiveClient, type RemoteArchiveConfig } from './archive/remote/client.ts'
import { createRemoteDicomWeb } from './archive/remote/dicomWeb.ts'
import { createRemoteIndex } from './archive/remote/index.ts'
import { openStore } from './archive/store.ts'
import type { Hidden, MayUse } from './archive/stowService.ts'
import { importFolder, type ImportReport } from './importFolder.ts'
import { indexRows } from './indexRows.ts'
import { createTables } from './tables.ts'

export type NodeDataset = {
  readonly id: string
  readonly match: { readonly patientIdPrefix: string } | { readonly all: true }
  /** A reference standard lies in an archive of its own beside the one that readers see; only a node with its own folder of files has one. */
  readonly archive?: 'reference'
}

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
  readonly datasets: readonly NodeDataset[]
  /** The node's own folder of files, or an archive of the hospital (Orthanc and other DICOMweb servers), whose password stays here. */
  readonly archive: { readonly kind: 'embedded'; readonly importFrom?: string } | ({ readonly kind: 'dicomweb' } & RemoteArchiveConfig)
}

type Env = { Variables: { claims: Claims; hidden: Hidden } }

/**
 * The hospital's side: an archive behind a check of every request. The hub signs who asks, by which grant and for which data;
 * the node compares that with its own list of data sets, so the hub cannot widen its rights.
 */
export const createNode = async (config: NodeConfig) => {
  const verify = createVerifier(config.hubKey)
  const datasetOf = (c: Context): NodeDataset => {
    const found = config.datasets.find(({ id }) => id === (c.get('claims') as Claims).dataset)
    if (!found) throw new Error('the data set of a request was not checked')
    return found
  }
  const mayUse: MayUse = (c, { studyInstanceUid, patientId }) => {
    const { study } = c.get('claims') as Claims
    return belongs(datasetOf(c), patientId) && (study === undefined || study === studyInstanceUid)
  }
  const hides = (c: Context): Hidden => c.get('hidden') as Hidden
  const archive = config.archive.kind === 'embedded' ? await openEmbedded(config.archive.importFrom, config, { mayUse, hides }, datasetOf) : openRemote(config.archive, config, { mayUse, hides })

  const app = new Hono<Env>()
  app.get('/status', (c) => c.json({ id: config.id, name: config.name, ...archive.status() }))
  app.use('*', async (c, next) => {
    const { pathname, search } = new URL(c.req.url)
    const verified = verify(c.req.header('authorization'), c.req.method, pathname + search)
    if (verified.kind === 'refused') return c.json({ title: verified.reason, status: 401, code: 'notSigned' }, 401)
    if (!config.datasets.some(({ id }) => id === verified.claims.dataset)) return c.json({ title: 'not a data set of this node', status: 404, code: 'notFound' }, 404)
    c.set('claims', verified.claims)
    const marks = new Set(verified.claims.without ?? [])
    c.set('hidden', marks.size === 0 ? () => false : (series) => marks.has(seriesMark(series)))
    return next()
  })
  app.get('/import-report', (c) => c.json(archive.report))
  app.get('/index', async (c) => {
    try {
      return c.json(await archive.index(datasetOf(c), c.req.query('since')))
    } catch (error) {
      if (error instanceof ArchiveFailed) return c.json({ title: error.message, status: error.status, code: 'upstream' }, error.status)
      throw error
    }
  })
  app.route('/dicom-web', archive.dicomWeb)
  app.route('/tables', createTables(join(config.dataDir, 'tables'), (c) => datasetOf(c).id))
  return { app, store: archive.store, report: archive.report }
}

/** What a request may see, by its claims. */
type Sight = { readonly mayUse: MayUse; readonly hides: (c: Context) => Hidden }
const base = '/dicom-web'
const belongs = ({ match }: NodeDataset, patientId: string): boolean => 'all' in match || patientId.startsWith(match.patientIdPrefix)

const openEmbedded = async (importFrom: string | undefined, { dataDir, datasets }: NodeConfig, sight: Sight, datasetOf: (c: Context) => NodeDataset) => {
  const store = await openStore(join(dataDir, 'archive'))
  const reference = datasets.some(({ archive }) => archive === 'reference') ? await openStore(join(dataDir, 'reference')) : undefined
  const storeOf = (dataset: NodeDataset) => (dataset.archive === 'reference' && reference ? reference : store)
  const report: ImportReport = importFrom ? await importFolder(store, importFrom) : { taken: 0, refused: [] }
  return {
    store, report, dicomWeb: createDicomWeb({ storeOf: (c) => storeOf(datasetOf(c)), base, ...sight }),
    status: () => ({ revision: store.revision(), damaged: store.damaged().length + (reference?.damaged().length ?? 0) }),
    index: async (dataset: NodeDataset, since: string | undefined) => {
      const own = storeOf(dataset)
      const revision = String(own.revision())
      return since === revision ? { revision, unchanged: true } : { revision, studies: indexRows(own, (patientId) => belongs(dataset, patientId)) }
    },
  }
}

const openRemote = (config: RemoteArchiveConfig, { datasets }: NodeConfig, sight: Sight) => {
  if (datasets.some(({ archive }) => archive === 'reference')) throw new Error('a reference data set needs an archive of its own beside the node, not one that is asked over DICOMweb')
  const client = createArchiveClient(config)
  const remoteIndex = createRemoteIndex({ client })
  const report: ImportReport = { taken: 0, refused: [] }
  return { store: undefined, report, dicomWeb: createRemoteDicomWeb({ client, base, ...sight }), status: () => ({ archive: 'dicomweb' }), index: (dataset: NodeDataset, since: string | undefined) => remoteIndex.of(dataset.match, since) }
}
