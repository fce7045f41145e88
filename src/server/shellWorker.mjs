import { createHash } from 'node:crypto'

/**
 * The service worker's script (Service Workers, W3C): it holds the static shell and nothing else, so that the page starts when the
 * hub cannot be reached. A page is asked of the hub first and taken from the shell where no answer comes; a file of the build, whose
 * name says its content, is kept once it was loaded. An answer of the API or of an archive is never seen here, let alone kept.
 * @param {readonly string[]} files paths that the page starts with; they are there before the worker takes over
 * @returns {string} another build is another script, which lets go of what the one before kept
 */
export const shellWorker = (files) => {
  const name = `shell-${createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16)}`
  return `const [name, files] = ${JSON.stringify([name, files])}
const isOurs = (url) => url.origin === self.location.origin && (url.pathname === '/icon.svg' || url.pathname.startsWith('/assets/'))
const isPage = (request, url) => request.mode === 'navigate' && url.origin === self.location.origin && !url.pathname.startsWith('/api/') && !/\\.[a-z0-9]+$/i.test(url.pathname)
self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(name).then((shell) => shell.addAll(files)).then(() => self.skipWaiting()))
})
self.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((one) => one.startsWith('shell-') && one !== name).map((one) => caches.delete(one)))).then(() => self.clients.claim()))
})
const kept = async (request) => {
  const shell = await caches.open(name)
  const found = await shell.match(request)
  if (found) return found
  const answer = await fetch(request)
  if (answer.status === 200) await shell.put(request, answer.clone())
  return answer
}
const page = (request) => fetch(request).catch(async (error) => {
  const found = await (await caches.open(name)).match('/')
  if (!found) throw error
  return found
})
self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET') return
  if (isPage(request, url)) event.respondWith(page(request))
  else if (isOurs(url)) event.respondWith(kept(request))
})
`
}
