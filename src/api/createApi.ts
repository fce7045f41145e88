import { retryAfterMs } from '../domain/retry/retry.ts'
import { Problem, routes, type RouteName, type SchemaInput, type SchemaOutput, type ZodMiniType } from '../contract/index.ts'

type Routes = typeof routes
/** JSON that a route answers with; bytes where its row names no shape. */
export type Reply<Name extends RouteName> = Routes[Name] extends { reply: infer Schema extends ZodMiniType } ? SchemaOutput<Schema> : Response
export type Body<Name extends RouteName> = Routes[Name] extends { body: infer Schema extends ZodMiniType } ? SchemaInput<Schema> : BodyInit | undefined

export type CallOptions<Name extends RouteName> = {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body?: Body<Name>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Does not count as a person's doing. */
  readonly background?: boolean
}

/** No answer makes anybody wait longer than this. */
const mostRetryAfterMs = 600_000

/** Why a call gave nothing; `kind` is what the app acts on. `waitMs`: how long the hub asked to wait. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  constructor(readonly kind: 'signedOut' | 'refused' | 'network' | 'unreadable', readonly code: string, readonly detail: string, readonly status: number, readonly waitMs?: number) {
    super(detail)
  }
}

/** The address of a route. @throws Error where a parameter is missing */
export const pathOf = (name: RouteName, params: Readonly<Record<string, string>> = {}, query: CallOptions<RouteName>['query'] = {}): string => {
  const path = routes[name].path.replace(/:(\w+)/g, (_, key: string) => {
    const value = params[key]
    if (value === undefined) throw new Error(`${name} needs the parameter ${key}`)
    return encodeURIComponent(value)
  })
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue
    if (typeof value === 'string') search.append(key, value)
    else for (const one of value) search.append(`${key}[]`, one)
  }
  const text = search.toString()
  return text ? `${path}?${text}` : path
}

/**
 * The JSON of an answer. Half an answer is none: it passes by itself as any fault of the way.
 * @throws ApiFailure network where it is not whole
 */
export const jsonOf = async (response: Response): Promise<unknown> => {
  try {
    return await response.json()
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiFailure('network', 'network', 'the answer of the hub broke off', response.status)
  }
}

/**
 * The hub's client, made from the contract's routes: sends what each row asks for and parses every reply.
 * @param onSignedOut the one place that learns that a session has ended
 */
export const createApi = ({ fetch, uuid, onSignedOut, clock = () => new Date() }: { fetch: typeof globalThis.fetch; uuid: () => string; onSignedOut: () => void; clock?: () => Date }) => {
  const send = async (name: RouteName, { params, query, body, headers, signal, background }: CallOptions<RouteName> = {}): Promise<Response> => {
    const route = routes[name]
    const isJson = 'body' in route
    let response: Response
    try {
      response = await fetch(pathOf(name, params, query), {
        method: route.method, credentials: 'same-origin', redirect: 'error',
        headers: {
          'X-CIW': '1', ...(isJson ? { 'Content-Type': 'application/json' } : {}), ...('idempotent' in route ? { 'Idempotency-Key': uuid() } : {}),
          ...(background ? { 'X-Background': '1' } : {}), ...headers,
        },
        ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body as BodyInit }), ...(signal ? { signal } : {}),
      })
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      throw new ApiFailure('network', 'network', 'the hub cannot be reached', 0)
    }
    if (response.ok) return response
    const problem = Problem.safeParse(await response.json().catch(() => undefined))
    if (response.status === 401) onSignedOut()
    throw new ApiFailure(response.status === 401 ? 'signedOut' : 'refused', problem.success ? problem.data.code : 'unknown', problem.success ? problem.data.detail ?? problem.data.title : `the hub answered ${response.status}`, response.status, retryAfterMs(response.headers.get('retry-after'), clock(), mostRetryAfterMs))
  }
  const call = async <Name extends RouteName>(name: Name, options: CallOptions<Name> = {}): Promise<Reply<Name>> => {
    const response = await send(name, options as CallOptions<RouteName>)
    const route = routes[name]
    if (!('reply' in route)) return response as Reply<Name>
    const parsed = route.reply.safeParse(await jsonOf(response))
    if (!parsed.success) throw new ApiFailure('unreadable', 'unreadable', `the hub's answer to ${name} is not what the contract says`, response.status)
    return parsed.data as Reply<Name>
  }
  return { call, send }
}
export type Api = ReturnType<typeof createApi>
