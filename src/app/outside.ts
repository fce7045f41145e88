import { ApiFailure, type Api } from '../api/index.ts'
import type { WadoClient } from '../dicom/web/wadoClient.ts'
import { createDisk, uidOfUuid, type Outside } from '../workspace/index.ts'

type Row = Record<string, { Value?: unknown[] }>
const uids = (rows: Row[], tag: string): string[] => rows.map((row) => String(row[tag]?.Value?.[0] ?? '')).filter(Boolean)

/** One for all studies: the browser is asked once. */
const disk = createDisk(window.navigator.storage as StorageManager | undefined)

/** The real world of a workspace: the hub's client, WADO, the clock. */
export const createOutside = ({ api, wado }: { api: Api; wado: WadoClient }): Outside => ({
  draftKey: (version) => (version === undefined ? api.call('draftKey', { background: true }) : api.call('draftKeyVersion', { params: { version: String(version) }, background: true })),
  submit: ({ sopInstanceUid, bytes, sha256, dataset, study }) => api.call('putSubmission', {
    params: { instance: sopInstanceUid }, query: { dataset, study }, body: bytes, headers: { 'X-Content-SHA256': sha256, 'Content-Type': 'application/dicom' },
  }),
  submission: (instance) => api.call('submission', { params: { instance }, background: true }),
  fate: (instance) => api.call('submission', { params: { instance }, background: true }).catch((error: unknown) => {
    if (error instanceof ApiFailure && error.status === 404) return undefined
    throw error
  }),
  derivedSeries: async (dataset, study, modality) => {
    const rows = await (await api.call('qidoSeries', { params: { dataset, study }, background: true })).json() as Row[]
    return rows.filter((row) => row['00080060']?.Value?.[0] === modality).map((row) => ({ uid: String(row['0020000E']?.Value?.[0] ?? ''), description: String(row['0008103E']?.Value?.[0] ?? '') }))
  },
  instances: async (dataset, study, series) => uids(await (await api.call('qidoInstances', { params: { dataset, study, series }, background: true })).json() as Row[], '00080018'),
  instance: (datasetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid) => wado.instance({ datasetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid }),
  disk,
  clock: () => new Date(),
  newUid: () => uidOfUuid(crypto.randomUUID()),
  wait: (ms, signal) => new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const timer = window.setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      window.clearTimeout(timer)
      reject(new DOMException('stopped', 'AbortError'))
    }, { once: true })
  }),
  random: Math.random,
})
