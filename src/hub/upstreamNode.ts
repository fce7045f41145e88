import { signClaims } from '../server/signature.ts'
import { readCapped, requestUpstream, UpstreamSilent, type UpstreamAnswer } from '../server/upstream.ts'
import type { HubConfig, NodeAddress } from './config.ts'
import { Refusal } from './problem.ts'

export type AskedBy = { readonly user: string; readonly purpose: string; readonly grant: string }
/** The hub itself, keeping its index. */
export const byHub: AskedBy = { user: 'hub', purpose: 'index', grant: 'hub' }

/** Asks nodes, each request signed with who asks and for what; a node that does not answer is an `upstream` refusal naming it. */
export const createNodeClient = (config: Pick<HubConfig, 'nodes' | 'privateKey'>) => {
  const nodeOf = (id: string): NodeAddress => {
    const node = config.nodes.find((known) => known.id === id)
    if (!node) throw new Refusal('notFound')
    return node
  }
  const ask = async (id: string, path: string, { by, dataset, study, without, method = 'GET', headers = {}, body, signal }: {
    by: AskedBy; dataset: string; study?: string; without?: readonly string[]; method?: string; headers?: Record<string, string>; body?: Uint8Array; signal?: AbortSignal
  }): Promise<UpstreamAnswer> => {
    const node = nodeOf(id)
    const authorization = signClaims({ ...by, dataset, ...(study ? { study } : {}), ...(without?.length ? { without } : {}), method, path }, config.privateKey)
    try {
      return await requestUpstream(`${node.url}${path}`, { method, headers: { ...headers, authorization }, ...(body ? { body } : {}), ...(signal ? { signal } : {}) })
    } catch (error) {
      if (error instanceof UpstreamSilent) throw new Refusal('upstream', `${node.name} does not answer`)
      throw error
    }
  }
  /** The answer's JSON, under a cap of 50 MB for an index. */
  const askJson = async (...[id, path, options]: Parameters<typeof ask>): Promise<unknown> => {
    const answer = await ask(id, path, options)
    const bytes = await readCapped(answer.body, 50 * 2 ** 20)
    if (answer.status !== 200) throw new Refusal('upstream', `${nodeOf(id).name} answered ${answer.status}`)
    return JSON.parse(bytes.toString('utf8'))
  }
  return { ask, askJson, nodes: config.nodes }
}
export type NodeClient = ReturnType<typeof createNodeClient>
