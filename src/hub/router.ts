import { createHash } from 'node:crypto'
import { Hono, type Context as HonoContext } from 'hono'
import { routes, safeParse, type Route, type RouteName, type ZodMiniType } from '../contract/index.ts'
import { readCapped, TooMuch } from '../server/upstream.ts'
import { problemResponse, Refusal, safeHeaders } from './problem.ts'
import { grantFor, type GoodGrant } from './rights.ts'
import type { Caller, Sessions } from './session/sessions.ts'
import type { Database, Sql } from './sql/database.ts'

/** What a handler is given: everything about the request that was checked before it runs. */
export type Ctx = {
  readonly request: Request
  readonly params: Readonly<Record<string, string>>
  readonly query: unknown
  readonly body: unknown
  /** Absent on public routes for people who are not signed in. */
  readonly caller: Caller | undefined
  /** On routes of a data set: the grant that lets the caller in. */
  readonly grant: GoodGrant | undefined
  /** In the transaction of an idempotent request, else outside of one. */
  readonly sql: Sql
}
export type Answer = Response | { readonly status?: number; readonly json: unknown; readonly headers?: Record<string, string> }
export type Handlers = Readonly<Record<RouteName, (ctx: Ctx) => Promise<Answer> | Answer>>

/** The signed-in caller of a route that has one. */
export const callerOf = (ctx: Ctx): Caller => {
  if (!ctx.caller) throw new Refusal('signedOut')
  return ctx.caller
}
export const grantOf = (ctx: Ctx): GoodGrant => {
  if (!ctx.grant) throw new Refusal('notFound')
  return ctx.grant
}

/** Bytes and nesting of a JSON body. */
const bodyCap = 1024 * 1024
const depthCap = 64

/** Cross-site requests end here: a static header no form, image or link can send (hub.md, Identity). */
const guard = (request: Request, route: Pick<Route, 'method' | 'navigation' | 'element'>, publicUrl: string): void => {
  if (route.navigation) return
  const sameOrigin = request.headers.get('sec-fetch-site') === 'same-origin'
  if (request.headers.get('x-ciw') !== '1' && !(route.element && sameOrigin)) throw new Refusal('forbidden', 'the request does not come from the workbench')
  const site = request.headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') throw new Refusal('forbidden', 'the request does not come from the workbench')
  const origin = request.headers.get('origin')
  const writes = route.method !== 'GET'
  if (origin !== null ? origin !== publicUrl : writes) throw new Refusal('forbidden', 'the request does not come from the workbench')
}

const readBody = async ({ body }: Request): Promise<string> => {
  if (!body) return ''
  const bytes = await readCapped(body, bodyCap).catch((error: unknown) => { throw error instanceof TooMuch ? new Refusal('tooLarge', `a body may have ${bodyCap} bytes`) : new Refusal('badRequest', 'the body broke off') })
  return bytes.toString('utf8')
}
/** No database takes NUL in a text, and what is nested without end costs every reader. */
export const plain = (value: unknown, depth = 0): boolean => {
  if (typeof value === 'string') return !value.includes('\0')
  if (value === null || typeof value !== 'object') return true
  return depth < depthCap && Object.entries(value).every(([key, item]) => plain(key) && plain(item, depth + 1))
}
const parseBody = (text: string, schema: ZodMiniType): unknown => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal('badRequest', 'the body is not JSON')
  }
  if (!plain(value)) throw new Refusal('badRequest', `the body is nested deeper than ${depthCap}, or has a NUL character`)
  return parse(schema, value)
}
const parse = (schema: ZodMiniType, value: unknown): unknown => {
  const parsed = safeParse(schema, value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Refusal('badRequest', `${issue?.path.join('.') || 'the body'}: ${issue?.message ?? 'not understood'}`)
}

/** Repeated keys make lists where the schema has them; the schema decides. */
const queryObject = (url: URL): Record<string, string | string[]> => {
  const object: Record<string, string | string[]> = {}
  for (const key of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(key)
    object[key] = key.endsWith('[]') ? values : values.length === 1 ? values[0] ?? '' : values
  }
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key.replace(/\[\]$/, ''), value]))
}

const toResponse = (answer: Answer): Response => {
  if (answer instanceof Response) return answer
  return new Response(JSON.stringify(answer.json), { status: answer.status ?? 200, headers: { 'content-type': 'application/json', ...answer.headers } })
}

/** The routes of the contract with their handlers, each behind the checks its row of the table asks for. */
export const createRouter = ({ handlers, sessions, database, publicUrl, clock, onError }: {
  handlers: Handlers; sessions: Sessions; database: Database; publicUrl: string; clock: () => Date; onError: (error: unknown) => void
}): Hono => {
  const app = new Hono()
  const host = new URL(publicUrl).host

  const serve = async (name: RouteName, c: HonoContext): Promise<Response> => {
    const route: Route = routes[name]
    const request = c.req.raw
    guard(request, route, publicUrl)
    const caller = route.navigation ? undefined : await sessions.callerOf(request)
    if (route.access.kind !== 'public' && !caller) throw new Refusal('signedOut')
    const params = c.req.param() as Record<string, string>
    if (!plain(params)) throw new Refusal('notFound')
    let grant: GoodGrant | undefined
    if (caller && route.access.kind === 'dataset') grant = await grantFor(database.sql, caller, params['dataset'] ?? '', route.access.least, clock())
    if (route.access.kind === 'approved' && !caller?.approved) throw new Refusal('forbidden', 'your membership is not approved yet')
    const { access } = route
    if (access.kind === 'role' && !caller?.roles.some((held) => held.role === access.role)) throw new Refusal('forbidden')
    if (route.conditional && !request.headers.get('if-match')) throw new Refusal('needsMatch')
    const asked = queryObject(new URL(request.url))
    if (!plain(asked)) throw new Refusal('badRequest', 'a NUL character is in the query')
    const query = route.query ? parse(route.query, asked) : undefined
    const rawBody = route.body || route.idempotent ? await readBody(request) : ''
    const body = route.body ? parseBody(rawBody, route.body) : undefined
    const ctx = { request, params, query, body, caller, grant }
    if (!route.idempotent || !caller) return toResponse(await handlers[name]({ ...ctx, sql: database.sql }))
    return idempotent(name, caller, request, rawBody, (sql) => Promise.resolve(handlers[name]({ ...ctx, sql })))
  }

  /** The answer is stored with the change, in one transaction; the same key gives it again for 24 h. */
  const idempotent = (name: RouteName, caller: Caller, request: Request, rawBody: string, work: (sql: Sql) => Promise<Answer>): Promise<Response> => {
    const key = request.headers.get('idempotency-key') ?? ''
    if (!/^[\w-]{8,128}$/.test(key)) throw new Refusal('badRequest', 'Idempotency-Key is missing or not 8 to 128 letters, digits, - and _')
    const bodyHash = createHash('sha256').update(`${name}\0${new URL(request.url).pathname}\0${rawBody}`).digest('hex')
    return database.transaction(async (sql) => {
      await sql('select pg_advisory_xact_lock(734512003, hashtext($1))', [caller.id + key])
      await sql('delete from idempotency where created < $1', [new Date(clock().getTime() - 24 * 60 * 60_000)])
      const [known] = await sql<{ body_hash: string; status: number; answer: string }>('select body_hash, status, answer from idempotency where person = $1 and key = $2', [caller.id, key])
      if (known && known.body_hash !== bodyHash) throw new Refusal('keyReused')
      if (known) return new Response(known.answer, { status: known.status, headers: { 'content-type': 'application/json' } })
      const response = toResponse(await work(sql))
      const text = await response.clone().text()
      await sql('insert into idempotency (person, key, body_hash, status, answer, created) values ($1, $2, $3, $4, $5, $6)', [caller.id, key, bodyHash, response.status, text, clock()])
      return response
    })
  }

  app.use('*', async (c, next) => {
    if (c.req.header('host') !== host) return withHeaders(problemResponse(new Refusal('misdirected')))
    await next()
    for (const [name, value] of Object.entries(safeHeaders)) if (name !== 'cache-control' || !c.res.headers.has(name)) c.res.headers.set(name, value)
    return undefined
  })
  // Before any path is looked at: a form of another site is told the same everywhere.
  app.use('/api/*', (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') guard(c.req.raw, { method: 'POST' }, publicUrl)
    return next()
  })
  for (const name of Object.keys(routes) as RouteName[]) {
    const { method, path } = routes[name]
    app.on(method, path, (c) => serve(name, c))
  }
  app.all('/api/*', () => { throw new Refusal('notFound') })
  app.onError((error) => {
    if (error instanceof Refusal) return withHeaders(problemResponse(error))
    onError(error)
    return withHeaders(problemResponse(new Refusal('unavailable', 'the hub could not finish this; nothing was changed')))
  })
  return app
}

const withHeaders = (response: Response): Response => {
  for (const [name, value] of Object.entries(safeHeaders)) response.headers.set(name, value)
  return response
}
