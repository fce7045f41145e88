import { retryAfterMs } from '../../domain/retry/retry.ts'
import { parseMultipart } from './multipart.ts'

export type FrameAddress = { readonly datasetId: string; readonly studyInstanceUid: string; readonly seriesInstanceUid: string; readonly sopInstanceUid: string; readonly frameNumber: number }
export type FetchedFrame = { readonly bytes: Uint8Array; readonly transferSyntaxUid: string }

type WadoFailureKind = 'signedOut' | 'forbidden' | 'notFound' | 'network' | 'undecodable'
/** No answer makes anybody wait longer than this. */
const mostRetryAfterMs = 600_000

/** Why a frame did not come. `waitMs`: how long the hub asked to wait. `code` and `detail`: as failures of the hub's own routes have them, for a screen that shows either. */
export class WadoFailure extends Error {
  override readonly name = 'WadoFailure'
  readonly code: string
  constructor(readonly kind: WadoFailureKind, readonly detail: string, readonly waitMs?: number) {
    super(detail)
    this.code = kind
  }
}

const encode = encodeURIComponent
const seriesPath = ({ datasetId, studyInstanceUid, seriesInstanceUid }: Pick<FrameAddress, 'datasetId' | 'studyInstanceUid' | 'seriesInstanceUid'>): string =>
  `/api/datasets/${encode(datasetId)}/dicom-web/studies/${encode(studyInstanceUid)}/series/${encode(seriesInstanceUid)}`

/**
 * WADO-RS from the browser (PS3.18 10.4): frames in their stored syntax, metadata of a series. The one place that meets a 401. Reads do not
 * extend the session: most are done ahead, and a person at work is told of by their input.
 */
export const createWadoClient = ({ fetch, clock = () => new Date() }: { fetch: typeof globalThis.fetch; clock?: () => Date }) => {
  const get = async (path: string, accept: string, signal?: AbortSignal): Promise<Response> => {
    let response: Response
    try {
      response = await fetch(path, { headers: { 'X-CIW': '1', 'X-Background': '1', Accept: accept }, credentials: 'same-origin', redirect: 'error', ...(signal ? { signal } : {}) })
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      throw new WadoFailure('network', 'the hub cannot be reached')
    }
    if (response.status === 401) throw new WadoFailure('signedOut', 'the session has ended')
    if (response.status === 403) throw new WadoFailure('forbidden', 'it is not allowed to this account')
    if (response.status === 404) throw new WadoFailure('notFound', 'it is not there, or not granted')
    if (!response.ok) throw new WadoFailure(response.status === 422 ? 'undecodable' : 'network', `the hub answered ${response.status}`, retryAfterMs(response.headers.get('retry-after'), clock(), mostRetryAfterMs))
    return response
  }
  const readBody = async (response: Response): Promise<Uint8Array> => {
    try {
      const bytes = new Uint8Array(await response.arrayBuffer())
      const stated = response.headers.get('content-encoding') ? null : response.headers.get('content-length')
      if (stated !== null && Number(stated) !== bytes.byteLength) throw new WadoFailure('network', `${bytes.byteLength} of ${stated} bytes arrived`)
      return bytes
    } catch (error) {
      if (error instanceof WadoFailure || (error instanceof DOMException && error.name === 'AbortError')) throw error
      throw new WadoFailure('network', 'the answer broke off')
    }
  }
  return {
    frame: async (address: FrameAddress, fallbackSyntax: string, signal?: AbortSignal): Promise<FetchedFrame> => {
      const response = await get(`${seriesPath(address)}/instances/${encode(address.sopInstanceUid)}/frames/${address.frameNumber}`, 'multipart/related; type=application/octet-stream; transfer-syntax=*', signal)
      const bytes = await readBody(response)
      const type = response.headers.get('content-type') ?? ''
      const [part] = type.startsWith('multipart/') ? parseMultipart(bytes, type) : [{ headers: { 'content-type': type }, body: bytes }]
      if (!part) throw new WadoFailure('undecodable', 'the answer has no frame')
      const stated = /transfer-syntax=([\d.]+)/.exec(part.headers['content-type'] ?? '')?.[1]
      return { bytes: part.body, transferSyntaxUid: stated ?? fallbackSyntax }
    },
    seriesMetadata: async (address: Omit<FrameAddress, 'sopInstanceUid' | 'frameNumber'>, signal?: AbortSignal): Promise<unknown> =>
      JSON.parse(new TextDecoder().decode(await readBody(await get(`${seriesPath(address)}/metadata`, 'application/dicom+json', signal)))),
    instance: async (address: Omit<FrameAddress, 'frameNumber'>, signal?: AbortSignal): Promise<Uint8Array> =>
      readBody(await get(`${seriesPath(address)}/instances/${encode(address.sopInstanceUid)}`, 'application/dicom', signal)),
  }
}
export type WadoClient = ReturnType<typeof createWadoClient>
