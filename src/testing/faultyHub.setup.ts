import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { readCapped } from '../server/upstream.ts'
import { uidOf } from './dicom.ts'
import { startFaultyProxy, type FaultRule, type FaultyProxy } from './faultyProxy.ts'
import { startHubInProcess, type HubInProcess } from './hubInProcess.ts'
import { sourceOf } from './marks.ts'

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface ProvidedContext { faultyHub: string }
}

const study = uidOf('A-1/study')
/** What tests ask for by name, each with its arguments as JSON. */
export type Orders = {
  /** A new person with a grant on data set `a` and a session, and a proxy through which they reach the hub; `source` is an image of its study. */
  person: { given: { name: string }; answer: { url: string; dataset: string; study: string; source: unknown } }
  fail: { given: { name: string; rules: (Omit<FaultRule, 'path'> & { path: string })[] }; answer: null }
  /** Answered when a request of the person met a fault. */
  came: { given: { name: string; fault: string }; answer: null }
  /** Ends what the person has: the session, or the grant. */
  end: { given: { name: string; what: 'session' | 'grant' }; answer: null }
  signIn: { given: { name: string }; answer: null }
  /** Answered when the hub has done what is due. */
  settle: { given: object; answer: null }
  /** Puts the hub's clock on, or back. */
  clock: { given: { ms: number }; answer: null }
  /** Reports in the archive, by UID, with the hash of their bytes. */
  archive: { given: object; answer: Record<string, string> }
}

/** Lets tests in the browser work against a real hub over real nodes, started when the first asks, and against what goes wrong on the way to it. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const stops: (() => Promise<unknown>)[] = []
  let jumped = 0
  let starting: Promise<HubInProcess> | undefined
  const world = (): Promise<HubInProcess> => {
    starting ??= startHubInProcess({ listen: true, clock: () => new Date(Date.now() + jumped) }).then((started) => {
      stops.push(started.stop)
      return started
    })
    return starting
  }
  const people = new Map<string, { readonly proxy: FaultyProxy; readonly headers: Record<string, string> }>()
  const personOf = (name: string) => {
    const found = people.get(name)
    if (!found) throw new Error(`there is no ${name}`)
    return found
  }
  const orders: { [Name in keyof Orders]: (given: Orders[Name]['given']) => Promise<Orders[Name]['answer']> } = {
    person: async ({ name }) => {
      const { hub, publicUrl, personOf: idOf, grant, signIn } = await world()
      await hub.database.sql('insert into person (id, iss, sub, name, approved) values ($1, $2, $3, $3, true)', [idOf(name), 'tests', name])
      await grant(name, 'a', 'IN_SITU_PROCESSING')
      const headers = { host: new URL(publicUrl).host, origin: publicUrl, 'sec-fetch-site': 'same-origin', cookie: await signIn(name) }
      const proxy = await startFaultyProxy({ target: publicUrl.replace('localhost', '127.0.0.1'), until: (stop) => stops.unshift(stop), headers, cors: true })
      people.set(name, { proxy, headers })
      return { url: proxy.url, dataset: 'a', study, source: await sourceOf({ patientId: 'A-1' }) }
    },
    fail: async ({ name, rules }) => {
      personOf(name).proxy.fail(...rules.map((rule) => ({ ...rule, path: new RegExp(rule.path) })))
      return null
    },
    came: async ({ name, fault }) => {
      await personOf(name).proxy.came((one) => one.fault === fault)
      return null
    },
    end: async ({ name, what }) => {
      const { hub, personOf: idOf } = await world()
      if (what === 'session') await hub.database.sql('delete from session where person = $1', [idOf(name)])
      else await hub.database.sql('update data_grant set revoked = now() where person = $1', [idOf(name)])
      return null
    },
    signIn: async ({ name }) => {
      personOf(name).headers['cookie'] = await (await world()).signIn(name)
      return null
    },
    settle: async () => {
      await (await world()).hub.settled()
      return null
    },
    clock: async ({ ms }) => {
      jumped += ms
      return null
    },
    archive: async () => {
      const store = (await world()).nodes[0]?.store
      const there = [...store?.study(study)?.values() ?? []].flatMap((series) => [...series.values()]).filter(({ sopInstanceUid }) => !sopInstanceUid.startsWith(uidOf('A-1/study/series')))
      return Object.fromEntries(await Promise.all(there.map(async (one) => [one.sopInstanceUid, createHash('sha256').update(await store?.read(one) ?? '').digest('hex')] as const)))
    },
  }
  const answer = async (request: IncomingMessage): Promise<string> => {
    const order = orders[(request.url ?? '').slice(1) as keyof Orders] as (given: unknown) => Promise<unknown>
    return JSON.stringify(await order(JSON.parse((await readCapped(request, 2 ** 20)).toString('utf8'))))
  }
  const server = createServer((request, response) => {
    const headers = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' }
    answer(request).then((text) => response.writeHead(200, headers).end(text), (error: unknown) => response.writeHead(500, headers).end(String(error)))
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  project.provide('faultyHub', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.closeAllConnections()
    server.close()
    for (const stop of stops) await stop()
  }
}
