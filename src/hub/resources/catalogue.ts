import type { Dataset, DatasetPage, DatasetQuery, NodeInfo } from '../../contract/index.ts'
import type { HubConfig } from '../config.ts'
import type { IndexSync } from '../indexSync.ts'
import { Refusal } from '../problem.ts'
import type { Ctx } from '../router.ts'
import type { Caller } from '../session/sessions.ts'
import type { Sql } from '../sql/database.ts'

type Counts = { subjects: number; studies: number; series: number; images: number; first_year: number | null; last_year: number | null }
type Mine = NonNullable<Dataset['mine']>

const countsOf = async (sql: Sql): Promise<Map<string, Counts>> => {
  const rows = await sql<Counts & { dataset: string }>(`
    select st.dataset, count(distinct st.subject)::int as subjects, count(distinct st.study_uid)::int as studies,
      (select count(*)::int from series s where s.dataset = st.dataset and not s.derived) as series,
      (select coalesce(sum(instances), 0)::int from series s where s.dataset = st.dataset and not s.derived) as images,
      (min(left(st.study_date, 4)) filter (where st.study_date ~ '^\\d{8}$'))::int as first_year, (max(left(st.study_date, 4)) filter (where st.study_date ~ '^\\d{8}$'))::int as last_year
    from study st group by st.dataset`)
  return new Map(rows.map(({ dataset, ...counts }) => [dataset, counts]))
}

/** What the caller has of each data set: the latest grant or request decides. */
const mineOf = async (sql: Sql, caller: Caller, now: Date): Promise<Map<string, Mine>> => {
  const requests = await sql<{ dataset: string; state: string }>('select dataset, state from access_request where applicant = $1 order by created', [caller.id])
  const grants = await sql<{ dataset: string; expires: Date; revoked: Date | null }>('select dataset, expires, revoked from data_grant where person = $1 order by expires', [caller.id])
  const mine = new Map<string, Mine>()
  for (const { dataset, state } of requests) {
    if (state === 'submitted') mine.set(dataset, { state: 'requested' })
    else if (state === 'refused') mine.set(dataset, { state: 'refused' })
  }
  for (const { dataset, expires, revoked } of grants) {
    const good = revoked === null && expires > now
    if (good) mine.set(dataset, { state: 'granted', until: expires.toISOString() })
    else if (mine.get(dataset)?.state !== 'granted' && mine.get(dataset)?.state !== 'requested') mine.set(dataset, { state: revoked ? 'revoked' : 'expired' })
  }
  return mine
}

const facetFields = {
  cancerType: (dataset: Dataset) => dataset.cancerTypes,
  modality: (dataset: Dataset) => dataset.modalities,
  access: (dataset: Dataset) => dataset.accessModels as readonly string[],
  node: (dataset: Dataset) => [dataset.node],
} as const
type FacetField = keyof typeof facetFields

const wanted = (query: DatasetQuery, field: FacetField): readonly string[] => query[field] ?? []
const matchesText = (dataset: Dataset, text: string): boolean => {
  const where = [dataset.title, dataset.description, dataset.conditions, ...dataset.cancerTypes, ...dataset.modalities, ...dataset.vendors, ...dataset.bodyParts].join(' ').toLowerCase()
  return text.toLowerCase().split(/\s+/).every((word) => where.includes(word))
}
const matches = (dataset: Dataset, query: DatasetQuery, without?: FacetField): boolean =>
  (!query.text || matchesText(dataset, query.text)) &&
  (Object.keys(facetFields) as FacetField[]).every((field) => field === without || wanted(query, field).length === 0 || wanted(query, field).some((value) => facetFields[field](dataset).includes(value)))

/** Facet values count the data sets that the other facets leave, and add up the subjects these state; zero stays. */
const facetsOf = (all: readonly Dataset[], query: DatasetQuery): DatasetPage['facets'] =>
  (Object.keys(facetFields) as FacetField[]).map((field) => {
    const values = [...new Set(all.flatMap((dataset) => facetFields[field](dataset)))]
    const left = all.filter((dataset) => matches(dataset, query, field))
    return {
      field,
      values: values.map((value) => {
        const members = left.filter((dataset) => facetFields[field](dataset).includes(value))
        return { value, datasets: members.length, subjects: members.reduce((sum, { subjects }) => sum + subjects, 0) }
      }).sort((a, b) => b.datasets - a.datasets || (a.value < b.value ? -1 : 1)),
    }
  })

export const createCatalogue = ({ config, indexSync, isDown, clock }: { config: HubConfig; indexSync: IndexSync; isDown: (node: string) => boolean; clock: () => Date }) => {
  const all = async (ctx: Ctx): Promise<Dataset[]> => {
    const counts = await countsOf(ctx.sql)
    const mine = ctx.caller ? await mineOf(ctx.sql, ctx.caller, clock()) : undefined
    return config.datasets.map((dataset) => {
      const { first_year, last_year, ...numbers } = counts.get(dataset.id) ?? { subjects: 0, studies: 0, series: 0, images: 0, first_year: null, last_year: null }
      return {
        ...dataset, accessModels: dataset.accessModels as Dataset['accessModels'], tier: dataset.tier as Dataset['tier'], ...numbers, firstYear: first_year, lastYear: last_year,
        ...(mine ? { mine: mine.get(dataset.id) ?? { state: 'none' as const } } : {}),
      }
    })
  }
  const sorts: Record<NonNullable<DatasetQuery['sort']>, (a: Dataset, b: Dataset) => number> = {
    subjects: (a, b) => b.subjects - a.subjects, title: (a, b) => a.title.localeCompare(b.title), newest: (a, b) => (b.lastYear ?? 0) - (a.lastYear ?? 0),
  }
  return {
    datasets: async (ctx: Ctx) => {
      const query = ctx.query as DatasetQuery
      const every = await all(ctx)
      const items = every.filter((dataset) => matches(dataset, query)).sort(sorts[query.sort ?? 'subjects'])
      const sum = (key: 'subjects' | 'studies') => items.reduce((total, item) => total + item[key], 0)
      return { json: { total: items.length, subjects: sum('subjects'), studies: sum('studies'), items, facets: facetsOf(every, query) } satisfies DatasetPage }
    },
    dataset: async (ctx: Ctx) => {
      const found = (await all(ctx)).find(({ id }) => id === ctx.params['dataset'])
      if (!found) throw new Refusal('notFound')
      return { json: found }
    },
    nodes: () => ({
      json: config.nodes.map(({ id, name, country, city, tier }): NodeInfo => ({
        id, name, country, city, tier: tier as NodeInfo['tier'], ...indexSync.health(id), ...(isDown(id) ? { state: 'away' as const } : {}), archiveOnly: false, supports: ['dicomweb'],
      })),
    }),
  }
}
