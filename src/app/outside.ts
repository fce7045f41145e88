import { ApiFailure, jsonOf, type Api } from '../api/index.ts'
import type { WadoClient } from '../dicom/web/wadoClient.ts'
import { createDisk, uidOfUuid, type Outside } from '../workspace/index.ts'

type Row = Record<string, { Value?: unknown[] }>
const uids = (rows: Row[], tag: string): string[] => rows.map((row) => String(row[tag]?.Value?.[0] ?? '')).filter(Boolean)

/** One for all studies: the browser is asked once. */
const disk = createDisk(window.navigator.storage as StorageManager | undefined)
const rowsOf = async (response: Response): Promise<Row[]> => await jsonOf(response) as Row[]

/** How long an answer may take before it is given up: what is asked for in JSON, and an object of so many bytes at 50 kB a second. */
const answerMs = 60_000
const objectMs = (bytes: number): number => answerMs + bytes / 50
/** What an object may have whose size is not known. */
const likelyBytes = 16 * 2 ** 20

/**
 * The real world of a workspace: the hub's client, WADO, the clock. No request waits for ever: one that hangs ends as one that found no way
 * to the hub.
 * @param limit a signal that aborts after so many ms
 */
export const createOutside = ({ api, wado, limit = (ms) => AbortSignal.timeout(ms) }: { api: Api; wado: WadoClient; limit?: (ms: number) => AbortSignal }): Outside => {
  const background = () => ({ background: true, signal: limit(answerMs) })
  return {
    draftKey: (version) => (version === undefined ? api.call('draftKey', background()) : api.call('draftKeyVersion', { params: { version: String(version) }, ...background() })),
    submit: ({ sopInstanceUid, bytes, sha256, dataset, study }) => api.call('putSubmission', {
      params: { instance: sopInstanceUid }, query: { dataset, study }, body: bytes, headers: { 'X-Content-SHA256': sha256, 'Content-Type': 'application/dicom' }, signal: limit(objectMs(bytes.byteLength)),
    }),
    submission: (instance) => api.call('submission', { params: { instance }, ...background() }),
    fate: (instance) => api.call('submission', { params: { instance }, ...background() }).catch((error: unknown) => {
      if (error instanceof ApiFailure && error.status === 404) return undefined
      throw error
    }),
    derivedSeries: async (dataset, study, modality) => {
      const rows = await rowsOf(await api.call('qidoSeries', { params: { dataset, study }, ...background() }))
      return rows.filter((row) => row['00080060']?.Value?.[0] === modality).map((row) => ({ uid: String(row['0020000E']?.Value?.[0] ?? ''), description: String(row['0008103E']?.Value?.[0] ?? '') }))
    },
    instances: async (dataset, study, series) => uids(await rowsOf(await api.call('qidoInstances', { params: { dataset, study, series }, ...background() })), '00080018'),
    instance: (datasetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid, bytes = likelyBytes) => wado.instance({ datasetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid }, limit(objectMs(bytes))),
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
  }
}
