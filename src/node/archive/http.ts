import { encodeMultipart } from '../../dicom/web/multipart.ts'

/** Answers of the DICOMweb services of a node, whatever archive is behind them. */
export const json = (rows: unknown, status = 200): Response => new Response(JSON.stringify(rows), { status, headers: { 'content-type': 'application/dicom+json' } })
const codes: Readonly<Record<number, string>> = { 404: 'notFound', 413: 'tooLarge', 502: 'upstream', 504: 'upstream' }
export const problem = (status: number, detail: string): Response =>
  new Response(JSON.stringify({ type: 'about:blank', title: detail, status, code: codes[status] ?? 'badRequest' }), { status, headers: { 'content-type': 'application/problem+json' } })
export const bytes = (body: Uint8Array, type: string, status = 200): Response =>
  new Response(body as Uint8Array<ArrayBuffer>, { status, headers: { 'content-type': type, 'content-length': String(body.byteLength) } })

export const many = (parts: { type: string; body: Uint8Array; location?: string }[], type: string): Response => {
  const { body, contentType } = encodeMultipart(parts, type)
  return bytes(body, contentType)
}

/** Frames that one request may name. */
const mostFrames = 1_000
export const badFrames = `the frame list is not at most ${mostFrames} numbers with commas, each once`
/** Frame numbers of a path, from 1 with commas; undefined where it is none, or one whose answer would be larger than the instance. */
export const frameList = (text: string): number[] | undefined => {
  if (!/^[1-9]\d{0,5}(,[1-9]\d{0,5})*$/.test(text)) return undefined
  const numbers = text.split(',').map(Number)
  return numbers.length <= mostFrames && new Set(numbers).size === numbers.length ? numbers : undefined
}
/** Whether one frame is wanted as it is, without multipart around it. */
export const wantsSingle = (accept: string | undefined): boolean => !/multipart\/related/.test(accept ?? 'multipart/related')

/** Media types of compressed frames (PS3.18 table 8.7.3-5). */
const frameTypes: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.50': 'image/jpeg', '1.2.840.10008.1.2.4.51': 'image/jpeg', '1.2.840.10008.1.2.4.57': 'image/jpeg', '1.2.840.10008.1.2.4.70': 'image/jpeg',
  '1.2.840.10008.1.2.4.80': 'image/jls', '1.2.840.10008.1.2.4.81': 'image/jls', '1.2.840.10008.1.2.4.90': 'image/jp2', '1.2.840.10008.1.2.4.91': 'image/jp2',
  '1.2.840.10008.1.2.4.201': 'image/jphc', '1.2.840.10008.1.2.4.202': 'image/jphc', '1.2.840.10008.1.2.4.203': 'image/jphc', '1.2.840.10008.1.2.5': 'image/dicom-rle',
}
/** The media type of a frame as it is stored. */
export const frameType = (uid: string): string => `${frameTypes[uid] ?? 'application/octet-stream'}; transfer-syntax=${uid}`
