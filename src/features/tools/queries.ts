import { queryOptions } from '@tanstack/react-query'
import type { Api } from '../../api/index.ts'
import type { ToolManifest } from '../../contract/index.ts'

export const toolsQuery = (api: Api) => queryOptions({ queryKey: ['tools'], queryFn: ({ signal }) => api.call('tools', { signal }) })
export const runsQuery = (api: Api) => queryOptions({ queryKey: ['runs'], queryFn: ({ signal }) => api.call('runs', { signal }) })

/** What tools can be filtered by, and the values a tool has for it. */
export const toolFields = { task: ({ kind }: ToolManifest) => [kind], input: ({ modalities }: ToolManifest) => modalities, body: ({ bodyParts }: ToolManifest) => bodyParts } as const
export type ToolField = keyof typeof toolFields
export type ToolFilter = Readonly<Partial<Record<ToolField, readonly string[]>>>

/** Tools that have a chosen value in each field that has one chosen. */
export const filtered = (tools: readonly ToolManifest[], filter: ToolFilter, except?: ToolField): ToolManifest[] => tools.filter((tool) =>
  (Object.keys(toolFields) as ToolField[]).every((field) => field === except || !filter[field]?.length || (toolFields[field](tool) as readonly string[]).some((value) => filter[field]?.includes(value))))

/** First and last four letters of a hash. */
export const short = (sha: string): string => `${sha.slice(0, 4)}…${sha.slice(-4)}`
