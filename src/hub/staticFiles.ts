import { createReadStream, existsSync, statSync } from 'node:fs'
import { join, normalize, resolve, sep } from 'node:path'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { pageHeaders, workerHeaders } from '../server/headers.mjs'

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8', js: 'text/javascript', mjs: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', json: 'application/json', wasm: 'application/wasm', png: 'image/png',
  ico: 'image/x-icon', woff2: 'font/woff2', webmanifest: 'application/manifest+json', txt: 'text/plain',
}
const compressible = new Set(['html', 'js', 'mjs', 'css', 'svg', 'json', 'wasm'])

/**
 * The built page. A path without a file is the app's own route and gets the page; a missing asset is 404 and never HTML, since
 * a page in place of wasm fails far from its cause.
 */
export const createStaticFiles = (appDir: string) => {
  const root = resolve(appDir)
  const headers = pageHeaders()
  return (request: Request): Response => {
    const { pathname } = new URL(request.url)
    const wanted = resolve(join(root, normalize(decodeURIComponent(pathname))))
    const isAsset = /\.[a-z0-9]+$/i.test(pathname)
    const inside = wanted.startsWith(root + sep)
    const found = inside && isAsset && existsSync(wanted) && statSync(wanted).isFile()
    if (request.method !== 'GET' && request.method !== 'HEAD') return new Response('method not allowed', { status: 405, headers })
    if (isAsset && !found) return new Response('not found', { status: 404, headers: { ...headers, 'content-type': 'text/plain', 'cache-control': 'no-store' } })
    const path = found ? wanted : join(root, 'index.html')
    const extension = path.slice(path.lastIndexOf('.') + 1)
    const hashed = pathname.startsWith('/assets/')
    const gzip = compressible.has(extension) && (request.headers.get('accept-encoding') ?? '').includes('gzip')
    const file = createReadStream(path)
    const body = request.method === 'HEAD' ? null : Readable.toWeb(gzip ? file.pipe(createGzip({ level: 6 })) : file) as ReadableStream<Uint8Array>
    if (request.method === 'HEAD') file.destroy()
    return new Response(body, {
      headers: {
        ...headers, ...workerHeaders(pathname), 'content-type': types[extension] ?? 'application/octet-stream', 'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
        ...(gzip ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {}),
      },
    })
  }
}
