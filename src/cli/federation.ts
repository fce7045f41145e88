import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { createHub } from '../hub/createHub.ts'
import type { NodeConfig } from '../node/createNode.ts'
import type { CaseSet } from '../phantom/plan.ts'
import { writeWhole } from '../server/writeWhole.ts'
import embedded from './embedded.json' with { type: 'json' }
import { noticeOf, refusedOf } from './notices.ts'
import { startNode, type NodeProcess } from './nodeProcess.ts'
import { onboard } from './onboard.ts'
import { ownNumbers } from './ownPlaces.ts'

export type FederationOptions = {
  readonly port: number
  readonly dataDir: string
  readonly appDir: string
  readonly toolsDirs: readonly string[]
  readonly dicomDirs: readonly string[]
  /** DICOMweb addresses of archives, each a further hospital; an account may stand in the address. */
  readonly archives: readonly string[]
  /** What is generated at the hospitals. */
  readonly cases: CaseSet | 'none'
  readonly demoPassword?: string
  readonly onStage: (stage: string, state: 'waiting' | 'running' | 'done', detail?: string) => void
  /** Hands every request of the public port to the hub from now on. */
  readonly serve: (handler: RequestListener) => void
}

/** Ed25519 keys of the hub: the nodes know the public half, and only what the private half signed is answered. */
const hubKeys = (dataDir: string): { privateKey: string; publicKey: string } => {
  const file = join(dataDir, 'hub-key.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as { privateKey: string; publicKey: string }
  const keys = generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
  writeWhole(file, JSON.stringify(keys))
  return keys
}

/** Address and account of an archive, parted: `https://user:password@host/dicom-web`. */
const archiveAt = (address: string): Extract<NodeConfig['archive'], { kind: 'dicomweb' }> => {
  const url = new URL(address)
  const { username, password } = url;
  [url.username, url.password] = ['', '']
  return { kind: 'dicomweb', url: url.href, ...(username ? { user: decodeURIComponent(username), password: decodeURIComponent(password) } : {}) }
}
/** A further hospital of whoever started the program, with one data set of all it holds. */
const ownHospital = (id: string, dataset: string, name: string, description: string, archive: NodeConfig['archive']) => ({
  node: { id, name, country: 'EU', city: '', tier: '1' }, archive,
  dataset: {
    id: dataset, node: id, title: `Own data: ${name}`, description, conditions: 'Yours.', legalBasis: 'Stated by whoever added it', tier: '1', cancerTypes: [], modalities: [], bodyParts: [], vendors: [],
    publisher: 'This machine', accessModels: ['REMOTE_PROCESSING', 'IN_SITU_PROCESSING', 'DOWNLOAD'], byConsent: false, annotated: false, synthetic: false, version: '1',
  },
})

/** Own data are spread over the clinicians and the evaluator in turn, so that a second person's view of them can be tried too. */
const ownGrants = [['clinician', 'clinician-2', 'clinician-3'], ['clinician', 'clinician-2', 'evaluator'], ['clinician']] as const
/** What embedded accounts may see at the start: what is written in `embedded.json`, and own data sets. A reference standard is for the evaluator alone. */
const demoGrants = (own: readonly string[]): Record<string, string[]> => {
  const grants: Record<string, string[]> = structuredClone(embedded.grants)
  for (const [index, dataset] of own.entries()) for (const account of ownGrants[index % ownGrants.length] ?? []) grants[account]?.push(dataset)
  return grants
}

/**
 * The whole federation on one machine: three hospitals, each a process of its own met over HTTP only, a fourth a folder of
 * the user's own files or an archive, and the hub in this process.
 */
export const startFederation = async (options: FederationOptions) => {
  const { dataDir, port, onStage } = options
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const keys = hubKeys(dataDir)
  const nodesDir = join(dataDir, 'nodes')
  const archives = options.archives.map((address) => ({ address, archive: archiveAt(address) }))
  const numbers = { own: ownNumbers(nodesDir, 'own', options.dicomDirs), archive: ownNumbers(nodesDir, 'archive', archives.map(({ archive }) => archive.url)) }
  const own = [
    ...options.dicomDirs.map((dir, index) => ownHospital(`own-${numbers.own[index]}`, `own-files-${numbers.own[index]}`, dir.split('/').findLast((part) => part !== '') ?? 'Own files', 'A folder of DICOM files on this machine.', { kind: 'embedded' as const, importFrom: dir })),
    ...archives.map(({ address, archive }, index) => ownHospital(`archive-${numbers.archive[index]}`, `own-archive-${numbers.archive[index]}`, new URL(address).hostname, 'An archive of the hospital, asked over DICOMweb.', archive)),
  ]

  onStage('Hospitals', 'running')
  const nodes: NodeProcess[] = await Promise.all([
    ...embedded.nodes.map((node) => startNode({
      node, dataDir: join(nodesDir, node.id), hubKey: keys.publicKey,
      datasets: embedded.datasets.filter((dataset) => dataset.node === node.id).map(({ id, patientIdPrefix, ...more }) => ({ id, match: { patientIdPrefix }, ...('archive' in more ? { archive: 'reference' as const } : {}) })),
    })),
    ...own.map(({ node, dataset, archive }) => startNode({
      node, dataDir: join(nodesDir, node.id), hubKey: keys.publicKey, datasets: [{ id: dataset.id, match: { all: true } }], archive,
    })),
  ])
  const writePids = () => writeWhole(join(dataDir, 'nodes.pid.json'), JSON.stringify(Object.fromEntries(nodes.map((node) => [node.id, node.pid()]))))
  writePids()
  for (const node of nodes) node.onRestart(writePids)
  onStage('Hospitals', 'done', `${nodes.length} of ${nodes.length}`)

  onStage('Hub', 'running')
  const hub = await createHub({
    publicUrl: `http://localhost:${port}`, issuerUrl: `http://127.0.0.1:${port}`, dataDir: join(dataDir, 'hub'), appDir: options.appDir,
    privateKey: keys.privateKey, mode: 'embedded', toolsDirs: options.toolsDirs,
    nodes: [...embedded.nodes, ...own.map(({ node }) => node)].map((node) => ({ ...node, url: nodes.find(({ id }) => id === node.id)?.url ?? '' })),
    demoGrants: demoGrants(own.map(({ dataset }) => dataset.id)),
    datasets: [...embedded.datasets, ...own.map(({ dataset }) => dataset)],
    ...(process.env['DATABASE_URL'] ? { databaseUrl: process.env['DATABASE_URL'] } : {}),
    ...(options.demoPassword ? { demoPassword: options.demoPassword } : {}),
  })
  onStage('Hub', 'done')

  const onboarding = onboard({ nodes, dataDir, cases: options.cases, privateKey: keys.privateKey, onStage, refresh: hub.refreshIndex })
  await onboarding.first
  options.serve(hub.handler)
  return {
    accounts: hub.accounts,
    /** Files and tools that were not taken, in lines for whoever started the program. */
    notices: [
      ...nodes.flatMap(({ id, refused }) => noticeOf('file', options.dicomDirs[numbers.own.findIndex((number) => id === `own-${number}`)] ?? id, refused)),
      ...noticeOf('tool', 'the folders given', refusedOf(hub.toolsRefused.map(({ folder, reason }) => ({ name: folder, reason })))),
    ],
    dispose: async () => {
      await onboarding.stop()
      await hub.dispose()
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}
