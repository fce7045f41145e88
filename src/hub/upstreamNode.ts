import { retryAfterMs } from '../domain/retry/retry.ts'
import { signClaims } from '../server/signature.ts'
import { readCapped, requestUpstream, UpstreamSilent, type Later, type UpstreamAnswer } from '../server/upstream.ts'
import { createBreaker } from './breaker.ts'
import type { HubConfig, NodeAddress } from './config.ts'
import { Refusal } from './problem.ts'

export type AskedBy = { readonly user: string; readonly purpose: string; readonly grant: string }
/** The hub itself, keeping its index. */
export const byHub: AskedBy = { user: 'hub', purpose: 'index', grant: 'hub' }

/** A node's own word that it cannot answer now, or that its archive does not; 500 and 502 may be about one object. */
const down = new Set([503, 504])
/** No node is taken at its word that it wants to be left alone for longer. */
export const mostRetryAfterMs = 3_600_000
/** For an answer that is read whole: one that trickles is given up. */
const jsonMs = 300_000

/** Asks nodes, each request signed with who asks and for what; a node that does not answer is an `upstream` refusal naming it, and is left alone for a while. */
export const createNodeClient = (config: Pick<HubConfig, 'nodes' | 'privateKey'>, { clock = () => new Date(), random = Math.random, later }: { clock?: () => Date; random?: () => number; later?: Later } = {}) => {
  const breakers = new Map(config.nodes.map(({ id }) => [id, createBreaker({ clock, random })]))
  const nodeOf = (id: string): NodeAddress => {
    const node = config.nodes.find((known) => known.id === id)
    if (!node) throw new Refusal('notFound')
    return node
  }
  const ask = async (id: string, path: string, { by, dataset, study, without, method = 'GET', headers = {}, body, signal, wholeMs }: {
    by: AskedBy; dataset: string; study?: string; without?: readonly string[]; method?: string; headers?: Record<string, string>; body?: Uint8Array; signal?: AbortSignal; wholeMs?: number
  }): Promise<UpstreamAnswer> => {
    const node = nodeOf(id)
    const authorization = signClaims({ ...by, dataset, ...(study ? { study } : {}), ...(without?.length ? { without } : {}), method, path }, config.privateKey)
    const breaker = breakers.get(id)
    const settle = breaker?.begin()
    if (breaker && !settle) throw new Refusal('upstream', `${node.name} does not answer`, { 'retry-after': String(Math.max(1, Math.ceil(breaker.restMs() / 1000))) })
    try {
      const answer = await requestUpstream(`${node.url}${path}`, {
        method, headers: { ...headers, authorization }, ...(body ? { body } : {}), ...(signal ? { signal } : {}), ...(wholeMs === undefined ? {} : { wholeMs }), ...(later ? { later } : {}),
      })
      settle?.(down.has(answer.status) ? 'failed' : 'answered', retryAfterMs(answer.headers['retry-after'], clock(), mostRetryAfterMs))
      return answer
    } catch (error) {
      settle?.(signal?.aborted ? 'unknown' : 'failed')
      if (error instanceof UpstreamSilent) throw new Refusal('upstream', `${node.name} does not answer`)
      throw error
    }
  }
  /** The answer's JSON, under a cap of 50 MB for an index. */
  const askJson = async (...[id, path, options]: Parameters<typeof ask>): Promise<unknown> => {
    const answer = await ask(id, path, { wholeMs: jsonMs, ...options })
    const bytes = await readCapped(answer.body, 50 * 2 ** 20)
    if (answer.status !== 200) throw new Refusal('upstream', `${nodeOf(id).name} answered ${answer.status}`)
    return JSON.parse(bytes.toString('utf8'))
  }
  return {
    ask, askJson, nodes: config.nodes,
    /** Whether a node is taken for down and left alone; one request at a time finds out whether it is back. */
    isDown: (id: string): boolean => breakers.get(id)?.isOpen() ?? false,
    /** Whether a request to a node would be sent now. */
    admits: (id: string): boolean => breakers.get(id)?.admits() ?? true,
  }
}
export type NodeClient = ReturnType<typeof createNodeClient>
