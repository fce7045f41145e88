import type { DicomJson } from '../../../dicom/file/json.ts'
import { encodeMultipart, parseMultipart, type Part } from '../../../dicom/web/multipart.ts'
import { readCapped, requestUpstream, UpstreamSilent } from '../../../server/upstream.ts'

/** An archive of the hospital that speaks DICOMweb, and the account the node has there. */
export type RemoteArchiveConfig = { readonly url: string; readonly user?: string; readonly password?: string }

/** The archive did not answer, or not as DICOMweb says: the hub hears that the hospital is at fault, never the address or the account. */
export class ArchiveFailed extends Error {
  override readonly name = 'ArchiveFailed'
  constructor(readonly status: 502 | 504, detail: string) {
    super(detail)
  }
}

const jsonCap = 256 * 2 ** 20
const bodyCap = 2 ** 30
type Answer = { readonly status: number; readonly type: string; readonly body: Buffer }

/** Requests to an archive, each with limits of time and size. */
export const createArchiveClient = ({ url, user, password }: RemoteArchiveConfig) => {
  const base = url.replace(/\/+$/, '')
  const authorization = user === undefined ? {} : { authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` }
  const ask = async (path: string, { accept, method = 'GET', type, body, cap = bodyCap }: { accept: string; method?: string; type?: string; body?: Uint8Array; cap?: number }): Promise<Answer> => {
    try {
      const answer = await requestUpstream(base + path, { method, headers: { accept, ...authorization, ...(type ? { 'content-type': type } : {}), ...(body ? { 'content-length': String(body.byteLength) } : {}) }, ...(body ? { body } : {}) })
      return { status: answer.status, type: answer.headers['content-type'] ?? '', body: await readCapped(answer.body, cap) }
    } catch (error) {
      if (error instanceof UpstreamSilent) throw new ArchiveFailed(504, 'the archive does not answer')
      throw new ArchiveFailed(502, 'the archive broke off its answer, or gave more than is taken')
    }
  }
  const good = (answer: Answer): Answer | undefined => {
    if (answer.status === 200 || answer.status === 206) return answer
    if (answer.status === 404 || answer.status === 204 || answer.status === 410) return undefined
    throw new ArchiveFailed(502, `the archive answered ${answer.status}`)
  }
  return {
    /** Rows of a search or metadata; none where the archive has none. */
    rows: async (path: string): Promise<DicomJson[]> => {
      const answer = good(await ask(path, { accept: 'application/dicom+json', cap: jsonCap }))
      if (!answer) return []
      try {
        const rows = JSON.parse(answer.body.toString('utf8')) as unknown
        if (Array.isArray(rows)) return rows as DicomJson[]
      } catch { /* said below */ }
      throw new ArchiveFailed(502, 'the archive answered something else than DICOM JSON')
    },
    /** Parts of a retrieval; undefined where there is none. A body that is one part by itself is taken too. */
    parts: async (path: string, accept: string): Promise<Part[] | undefined> => {
      const answer = good(await ask(path, { accept }))
      if (!answer) return undefined
      return /^multipart\/related/i.test(answer.type) ? parseMultipart(answer.body, answer.type) : [{ headers: { 'content-type': answer.type }, body: answer.body }]
    },
    picture: async (path: string): Promise<Answer | undefined> => good(await ask(path, { accept: 'image/png' })),
    /** One instance by STOW-RS; the answer as it is. */
    store: (study: string, instance: Uint8Array): Promise<Answer> => {
      const { body, contentType } = encodeMultipart([{ type: 'application/dicom', body: instance }], 'application/dicom')
      return ask(`/studies/${study}`, { accept: 'application/dicom+json', method: 'POST', type: contentType, body, cap: 2 ** 20 })
    },
    /** The number of the last change, where the archive is an Orthanc that says so. */
    lastChange: async (): Promise<string | undefined> => {
      const root = base.replace(/\/[^/]*$/, '')
      try {
        const answer = await requestUpstream(`${root}/changes?last`, { headers: { accept: 'application/json', ...authorization } })
        const body = await readCapped(answer.body, 2 ** 20)
        const { Last } = JSON.parse(body.toString('utf8')) as { Last?: unknown }
        return answer.status === 200 && typeof Last === 'number' ? String(Last) : undefined
      } catch {
        return undefined
      }
    },
  }
}
export type ArchiveClient = ReturnType<typeof createArchiveClient>
