import type { Dataset, NodeInfo } from '../contract/index.ts'

/** A data set as the configuration states it; what can be counted is counted from the nodes' index. */
export type DatasetConfig = Omit<Dataset, 'mine' | 'subjects' | 'studies' | 'series' | 'images' | 'firstYear' | 'lastYear' | 'accessModels' | 'tier'> & {
  readonly accessModels: readonly string[]
  readonly tier: string
}
export type NodeAddress = Pick<NodeInfo, 'id' | 'name' | 'country' | 'city'> & { readonly tier: string; readonly url: string }

export type HubConfig = {
  /** Scheme, host and port that browsers use; no path. */
  readonly publicUrl: string
  /** Where the embedded issuer answers: the same port under another host name, so that sign-in crosses sites as elsewhere. */
  readonly issuerUrl: string
  readonly dataDir: string
  /** The built page; absent in tests of the routes alone. */
  readonly appDir?: string
  readonly databaseUrl?: string
  /** Ed25519, PEM: signs what is asked of the nodes. */
  readonly privateKey: string
  readonly nodes: readonly NodeAddress[]
  readonly datasets: readonly DatasetConfig[]
  readonly toolsDirs: readonly string[]
  readonly mode: 'embedded'
  /** One password for every embedded account, for scripts; else each has a random one. */
  readonly demoPassword?: string
  /** Data sets that embedded accounts are granted at the start, by the account's name. */
  readonly demoGrants?: Readonly<Record<string, readonly string[]>>
}
