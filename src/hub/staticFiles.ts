import { open, type FileHandle } from 'node:fs/promises'
import { join, normalize, resolve, sep } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { pageHeaders, workerHeaders } from '../server/headers.mjs'

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8', js: 'text/javascript', mjs: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', json: 'application/json', wasm: 'application/wasm', png: 'image/png',
  ico: 'image/x-icon', woff2: 'font/woff2', webmanifest: 'application/manifest+json', txt: 'text/plain',
}
const compressible = new Set(['html', 'js', 'mjs', 'css', 'svg', 'json', 'wasm'])

/** A file that is one, open; undefined where there is none. */
const openFile = async (path: string): Promise<FileHandle | undefined> => {
  try {
    const handle = await open(path, 'r')
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
    return undefined
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
/** The path of an address, undefined where its escapes are none or name what no file can be called. */
const pathOf = (pathname: string): string | undefined => {
  try {
    const path = decodeURIComponent(pathname)
    return path.includes('\0') ? undefined : path
  } catch {
    return undefined
  }
}

/**
 * The built page. A path without a file is the app's own route and gets the page; a missing asset is 404 and never HTML, since
 * a page in place of wasm fails far from its cause. A file is open before anything is answered, so one that cannot be read is 500.
 */
export const createStaticFiles = (appDir: string) => {
  const root = resolve(appDir)
  const headers = pageHeaders()
  const plain = (status: number, text: string): Response => new Response(text, { status, headers: { ...headers, 'content-type': 'text/plain', 'cache-control': 'no-store' } })
  return async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'method not allowed')
    const asked = pathOf(pathname)
    if (asked === undefined) return plain(400, 'not an address')
    const wanted = resolve(join(root, normalize(asked)))
    const isAsset = /\.[a-z0-9]+$/i.test(pathname)
    if (isAsset && !wanted.startsWith(root + sep)) return plain(404, 'not found')
    const path = isAsset ? wanted : join(root, 'index.html')
    let handle: FileHandle | undefined
    try {
      handle = await openFile(path)
    } catch {
      return plain(500, 'the file cannot be read')
    }
    if (!handle) return plain(404, 'not found')
    const extension = path.slice(path.lastIndexOf('.') + 1)
    const hashed = pathname.startsWith('/assets/')
    const gzip = compressible.has(extension) && (request.headers.get('accept-encoding') ?? '').includes('gzip')
    const answered = {
      ...headers, ...workerHeaders(pathname), 'content-type': types[extension] ?? 'application/octet-stream', 'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(gzip ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {}),
    }
    if (request.method === 'HEAD') {
      await handle.close()
      return new Response(null, { headers: answered })
    }
    const file = handle.createReadStream()
    // A read that fails half-way breaks the answer off; pipeline hears the error of either end.
    const body = gzip ? pipeline(file, createGzip({ level: 6 }), () => undefined) : file
    return new Response(Readable.toWeb(body) as ReadableStream<Uint8Array>, { headers: answered })
  }
}
