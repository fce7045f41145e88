/** One part of a multipart/related body (RFC 2387). */
export type Part = { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }

/** A body that is not the multipart its header says, with the reason in words. */
export class BadMultipart extends Error {
  override readonly name = 'BadMultipart'
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('latin1')

/**
 * The boundary named by a Content-Type.
 * RFC 2046 5.1.1 allows 70 characters; Orthanc's client sends 73, so 200 are taken.
 * @throws BadMultipart where there is none or it has other characters than RFC 2046 allows
 */
export const boundaryOf = (contentType: string): string => {
  const match = /^multipart\/related\s*;.*?\bboundary\s*=\s*(?:"([^"]*)"|([^;\s]*))/i.exec(contentType)
  const boundary = match?.[1] ?? match?.[2] ?? ''
  if (!/^[0-9A-Za-z'()+_,\-./:=? ]{0,199}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary)) {
    throw new BadMultipart('the body is not multipart/related with a boundary of 1 to 200 characters')
  }
  return boundary
}

const indexOfBytes = (bytes: Uint8Array, wanted: Uint8Array, from: number): number => {
  const first = wanted[0] ?? 0
  for (let at = bytes.indexOf(first, from); at >= 0 && at + wanted.length <= bytes.length; at = bytes.indexOf(first, at + 1)) {
    let same = 1
    while (same < wanted.length && bytes[at + same] === wanted[same]) same += 1
    if (same === wanted.length) return at
  }
  return -1
}

/**
 * Cuts a multipart/related body into its parts; the parts are views into `bytes`.
 * @param caps.parts more parts than this are refused
 * @throws BadMultipart where a delimiter, a header or the end is missing
 */
export const parseMultipart = (bytes: Uint8Array, contentType: string, caps: { parts: number } = { parts: 10_000 }): Part[] => {
  const delimiter = encoder.encode(`--${boundaryOf(contentType)}`)
  const between = encoder.encode(`\r\n--${boundaryOf(contentType)}`)
  const blank = encoder.encode('\r\n\r\n')
  const parts: Part[] = []
  let at = indexOfBytes(bytes, delimiter, 0)
  if (at < 0) throw new BadMultipart('the boundary does not occur in the body')
  at += delimiter.length
  for (;;) {
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) return parts
    if (bytes[at] !== 0x0d || bytes[at + 1] !== 0x0a) throw new BadMultipart(`a delimiter is followed by neither a line end nor the end mark (part ${parts.length + 1})`)
    if (parts.length === caps.parts) throw new BadMultipart(`more than ${caps.parts} parts`)
    // A part without headers begins with the empty line itself.
    const none = bytes[at + 2] === 0x0d && bytes[at + 3] === 0x0a
    const headerEnd = none ? at : indexOfBytes(bytes, blank, at)
    if (headerEnd < 0 || headerEnd - at > 8192) throw new BadMultipart(`the headers of part ${parts.length + 1} do not end`)
    const start = headerEnd + 4
    const end = indexOfBytes(bytes, between, none ? headerEnd + 2 : start)
    if (end < 0) throw new BadMultipart(`part ${parts.length + 1} does not end`)
    parts.push({ headers: parseHeaders(decoder.decode(bytes.subarray(at + 2, headerEnd))), body: bytes.subarray(Math.min(start, end), end) })
    at = end + between.length
  }
}

const parseHeaders = (text: string): Record<string, string> =>
  Object.fromEntries(text.split('\r\n').filter(Boolean).map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
  }))

/** A header value as it may stand: printable, in one line. */
const oneLine = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '')
/** 128 random bits in hexadecimal. */
const randomText = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

/**
 * Writes parts as a multipart/related body, and the Content-Type that names its boundary: one that nobody can foresee and that stands in
 * no part, since a part that held it would end there and begin others.
 */
export const encodeMultipart = (parts: readonly { type: string; body: Uint8Array; location?: string }[], type: string, random: () => string = randomText): { body: Uint8Array<ArrayBuffer>; contentType: string } => {
  let boundary: string
  do boundary = `part-${random()}`
  while (parts.some(({ body }) => indexOfBytes(body, encoder.encode(boundary), 0) >= 0))
  const chunks: Uint8Array[] = []
  for (const part of parts) {
    const location = part.location ? `Content-Location: ${oneLine(part.location)}\r\n` : ''
    chunks.push(encoder.encode(`--${boundary}\r\nContent-Type: ${oneLine(part.type)}\r\n${location}\r\n`), part.body, encoder.encode('\r\n'))
  }
  chunks.push(encoder.encode(`--${boundary}--\r\n`))
  const body = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    body.set(chunk, at)
    at += chunk.length
  }
  return { body, contentType: `multipart/related; type="${type}"; boundary=${boundary}` }
}
