import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request as ask } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pageHeaders } from '../server/headers.mjs'
import { root } from './build.mjs'

/** The viewer that the bench measures beside ours, as its makers build it. */
export const ohifVersion = '3.13.2'
const types = /** @type {Record<string, string>} */ ({
  '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2',
})
const zipped = new Set(['.html', '.js', '.mjs', '.css', '.json', '.wasm', '.svg'])
const config = `window.config = {
  name: 'bench', routerBasename: null, extensions: [], modes: [], customizationService: {}, showStudyList: false, maxNumberOfWebWorkers: 3,
  showWarningMessageForCrossOrigin: false, showCPUFallbackMessage: false, strictZSpacingForVolumeViewport: true, investigationalUseDialog: { option: 'never' }, defaultDataSourceName: 'hub',
  dataSources: [{ namespace: '@ohif/extension-default.dataSourcesModule.dicomweb', sourceName: 'hub', configuration: {
    friendlyName: 'Hub', name: 'hub', qidoRoot: '/dicom-web', wadoRoot: '/dicom-web', qidoSupportsIncludeField: false, imageRendering: 'wadors', thumbnailRendering: 'wadors',
    enableStudyLazyLoad: true, supportsFuzzyMatching: false, supportsWildcard: false, omitQuotationForMultipartRequest: true, bulkDataURI: { enabled: true } } }],
}`

/**
 * The package's built pages in a scratch folder; undefined where the registry does not give it.
 * @returns {string | undefined}
 */
export const fetchOhif = () => {
  const folder = join(root, '.cache', `ohif-${ohifVersion}`)
  const pages = join(folder, 'package', 'dist')
  if (existsSync(join(pages, 'index.html'))) return pages
  try {
    mkdirSync(folder, { recursive: true })
    execFileSync('npm', ['pack', `@ohif/app@${ohifVersion}`, '--silent'], { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'], timeout: 300_000 })
    const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))
    execFileSync('tar', ['xzf', archive ?? ''], { cwd: folder })
    return existsSync(join(pages, 'index.html')) ? pages : undefined
  } catch {
    return undefined
  }
}

/**
 * Serves OHIF on a port of its own, with our headers but for the content policy (it needs inline scripts), text zipped once beforehand as
 * ours is. Its archive is the same hub, data set and session as ours.
 * @param {{ hub: string, dataset: string, cookie: string, store?: (body: Buffer, contentType: string) => Promise<{ status: number, body: string }> }} options store: where what it saves goes
 * @returns {Promise<{ address: string, stop: () => void } | undefined>} undefined where it cannot be had here
 */
export const startOhif = async ({ hub, dataset, cookie, store }) => {
  const pages = fetchOhif()
  if (!pages) return undefined
  writeFileSync(join(pages, 'app-config.js'), config)
  const { 'Content-Security-Policy': _policy, ...headers } = pageHeaders()
  /** @type {Map<string, Buffer>} */
  const bodies = new Map()
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
    if (request.method === 'POST' && pathname === '/dicom-web/studies' && store) {
      /** @type {Buffer[]} */
      const parts = []
      request.on('data', (part) => { parts.push(part) })
      request.on('end', () => {
        store(Buffer.concat(parts), request.headers['content-type'] ?? '').then(({ status, body }) => response.writeHead(status, { 'content-type': 'application/dicom+json' }).end(body), () => response.writeHead(502).end())
      })
      return
    }
    if (pathname.startsWith('/dicom-web/')) {
      const upstream = ask(`${hub}/api/datasets/${dataset}${pathname}${search}`, { method: request.method, headers: { cookie, 'x-ciw': '1', ...(request.headers.accept ? { accept: request.headers.accept } : {}) } }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      upstream.on('error', () => response.destroy())
      upstream.end()
      return
    }
    const wanted = normalize(join(pages, decodeURIComponent(pathname)))
    const file = wanted.startsWith(pages + sep) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(pages, 'index.html')
    const type = extname(file)
    const body = bodies.get(file) ?? (zipped.has(type) ? gzipSync(readFileSync(file)) : readFileSync(file))
    bodies.set(file, body)
    response.writeHead(200, { ...headers, 'content-type': types[type] ?? 'application/octet-stream', ...(zipped.has(type) ? { 'content-encoding': 'gzip' } : {}) })
    response.end(body)
  })
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(undefined)) })
  const address = server.address()
  return { address: `http://localhost:${typeof address === 'object' && address ? address.port : 0}`, stop: () => { server.closeAllConnections(); server.close() } }
}
