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
  const belongsTo = (dataset: string) => {
    const match = config.datasets.find(({ id }) => id === dataset)?.match
    return (patientId: string) => match !== undefined && ('all' in match || patientId.startsWith(match.patientIdPrefix))
  }

  const mayUse: MayUse = (c, { studyInstanceUid, patientId }) => {
    const claims = (c.get('claims') as Claims)
    return belongsTo(claims.dataset)(patientId) && (claims.study === undefined || claims.study === studyInstanceUid)
  }
  const hides = (c: Context): Hidden => c.get('hidden') as Hidden
  const archive = config.archive.kind === 'embedded' ? await openEmbedded(config.dataDir, config.archive.importFrom, { mayUse, hides }) : openRemote(config.archive, { mayUse, hides })

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
    const match = config.datasets.find(({ id }) => id === c.get('claims').dataset)?.match ?? { patientIdPrefix: '' }
    try {
      return c.json(await archive.index(match, c.req.query('since')))
    } catch (error) {
      if (error instanceof ArchiveFailed) return c.json({ title: error.message, status: error.status, code: 'upstream' }, error.status)
      throw error
    }
  })
  app.route('/dicom-web', archive.dicomWeb)
  return { app, store: archive.store, report: archive.report }
}

/** What a request may see, by its claims. */
type Sight = { readonly mayUse: MayUse; readonly hides: (c: Context) => Hidden }
type Match = NodeConfig['datasets'][number]['match']
const base = '/dicom-web'

const openEmbedded = async (dataDir: string, importFrom: string | undefined, sight: Sight) => {
  const store = await openStore(join(dataDir, 'archive'))
  const report: ImportReport = importFrom ? await importFolder(store, importFrom) : { taken: 0, refused: [] }
  return {
    store, report, dicomWeb: createDicomWeb({ store, base, ...sight }), status: () => ({ revision: store.revision(), damaged: store.damaged().length }),
    index: async (match: Match, since: string | undefined) => {
      const revision = String(store.revision())
      return since === revision ? { revision, unchanged: true } : { revision, studies: indexRows(store, (patientId) => 'all' in match || patientId.startsWith(match.patientIdPrefix)) }
    },
  }
}

const openRemote = (config: RemoteArchiveConfig, sight: Sight) => {
  const client = createArchiveClient(config)
  const report: ImportReport = { taken: 0, refused: [] }
  return { store: undefined, report, dicomWeb: createRemoteDicomWeb({ client, base, ...sight }), status: () => ({ archive: 'dicomweb' }), index: createRemoteIndex({ client }).of }
}
