import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { frameBytes } from '../dicom/file/frames.ts'
import { toDicomJson, type DicomJson } from '../dicom/file/json.ts'
import { readPart10, type Part10File } from '../dicom/file/read.ts'
import { encodeMultipart, parseMultipart } from '../dicom/web/multipart.ts'

type Kept = { readonly bytes: Uint8Array<ArrayBuffer>; readonly file: Part10File; readonly row: DicomJson }
const explicitLittleEndian = '1.2.840.10008.1.2.1'

/**
 * A DICOMweb archive as careless as some are: it ignores the parents in a path. Searches and metadata bring all it has, whatever
 * they ask for; an instance comes under any study and series, and without one the first; a picture is its pixels.
 */
export const startLooseArchive = async (): Promise<{ url: string; stop: () => Promise<void> }> => {
  const kept: Kept[] = []
  const uid = ({ row }: Kept): string => String(row['00080018']?.Value?.[0])
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const answer = async (): Promise<{ type: string; body: Uint8Array | string }> => {
        const path = (request.url ?? '').split('?')[0] ?? ''
        if (request.method === 'POST') {
          for (const { body } of parseMultipart(Buffer.concat(chunks), request.headers['content-type'] ?? '')) {
            const bytes = new Uint8Array(body)
            const file = await readPart10(bytes)
            kept.push({ bytes, file, row: toDicomJson(file) })
          }
          return { type: 'application/dicom+json', body: '{}' }
        }
        const named = /\/instances\/([\d.]+)/.exec(path)?.[1]
        const one = kept.find((each) => uid(each) === named) ?? kept[0]
        const files = named === undefined ? kept : kept.filter((each) => uid(each) === named)
        const many = (parts: readonly Uint8Array[], type: string) => {
          const { body, contentType } = encodeMultipart(parts.map((body) => ({ type: `${type}; transfer-syntax=${explicitLittleEndian}`, body })), type)
          return { type: contentType, body }
        }
        if (one && path.includes('/frames/')) return many([frameBytes(one.file, 1)], 'application/octet-stream')
        if (one && /\/(rendered|thumbnail)$/.test(path)) return { type: 'image/png', body: frameBytes(one.file, 1) }
        if (/multipart/.test(request.headers.accept ?? '')) return many(files.map(({ bytes }) => bytes), 'application/dicom')
        return { type: 'application/dicom+json', body: JSON.stringify(kept.map(({ row }) => row)) }
      }
      answer().then(({ type, body }) => response.writeHead(200, { 'content-type': type }).end(body), () => response.writeHead(500).end())
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    }),
  }
}
