import type { StudyPage, StudySearch } from '../../contract/index.ts'
import { callerOf, type Ctx } from '../router.ts'
import { hiddenSeries } from '../visibility.ts'

const sorts = {
  date: 'study_date asc nulls last', '-date': 'study_date desc nulls last', subject: 'subject asc', '-subject': 'subject desc', images: 'images asc', '-images': 'images desc',
} as const

/**
 * The studies the caller is granted, searched in one statement joined with the grants: what is counted, cut and sorted are
 * permitted rows only.
 */
export const searchStudies = (clock: () => Date) => async (ctx: Ctx) => {
  const caller = callerOf(ctx)
  const search = ctx.body as StudySearch
  const params: unknown[] = [caller.id, clock()]
  const add = (value: unknown): string => `$${params.push(value)}`
  const where = [
    ...(search.dataset ? [`st.dataset = ${add(search.dataset)}`] : []),
    ...(search.text ? (() => {
      const pattern = add(`%${search.text.replace(/[\\%_]/g, '\\$&')}%`)
      return [`(st.subject ilike ${pattern} or st.description ilike ${pattern} or st.accession ilike ${pattern})`]
    })() : []),
    ...(search.from ? [`st.study_date >= ${add(search.from.replaceAll('-', ''))}`] : []),
    ...(search.to ? [`st.study_date <= ${add(search.to.replaceAll('-', ''))}`] : []),
  ]
  const modality = search.modality?.length ? `st.modalities && ${add(search.modality)}::text[]` : 'true'
  const permitted = `
    with permitted as (
      select st.dataset, st.node, st.study_uid, st.subject, st.study_date, st.description, st.accession, seen.*,
        (select case when count(*) = 0 then 'none' when bool_or(sub.state not in ('verified', 'differs', 'rejected')) then 'pending' else 'saved' end
           from submission sub where sub.dataset = st.dataset and sub.study = st.study_uid and sub.author = $1) as marks
      from study st, lateral (
        select (count(*) filter (where not s.derived))::int as series_count, coalesce(sum(s.instances) filter (where not s.derived), 0)::int as images,
          coalesce(array_agg(distinct s.modality order by s.modality), '{}') as modalities
        from series s where s.dataset = st.dataset and s.study_uid = st.study_uid and (s.dataset, s.study_uid, s.series_uid) not in ${hiddenSeries('$1')}) seen
      where exists (select 1 from data_grant g where g.person = $1 and g.dataset = st.dataset and g.revoked is null and g.expires > $2)
      ${where.map((clause) => `and ${clause}`).join(' ')})`
  const limit = Math.min(500, Math.max(0, Math.floor(search.limit ?? 100)))
  const offset = Math.max(0, Math.floor(search.offset ?? 0))
  const rows = await ctx.sql<{
    dataset: string; node: string; study_uid: string; subject: string; study_date: string | null; description: string; modalities: string[]
    series_count: number; images: number; accession: string; marks: 'none' | 'saved' | 'pending'; total: number
  }>(`${permitted} select *, (count(*) over ())::int as total from permitted st where ${modality} order by ${sorts[search.sort ?? '-date']}, study_uid limit ${limit} offset ${offset}`, params)
  const [{ total } = { total: 0 }] = rows.length > 0 ? rows : await ctx.sql<{ total: number }>(`${permitted} select count(*)::int as total from permitted st where ${modality}`, params)
  const facets = await ctx.sql<{ value: string; studies: number }>(
    `${permitted} select m as value, count(*)::int as studies from permitted st, unnest(st.modalities) as m where m not in ('SR', 'SEG', 'RTSTRUCT', 'KO', 'PR', 'REG') ${search.modality?.length ? `and (${modality} or true)` : ''} group by m order by 2 desc, 1`, params)
  const page: StudyPage = {
    total,
    items: rows.map((row) => ({
      dataset: row.dataset, node: row.node, studyInstanceUid: row.study_uid, subject: row.subject,
      date: row.study_date && /^\d{8}$/.test(row.study_date) ? `${row.study_date.slice(0, 4)}-${row.study_date.slice(4, 6)}-${row.study_date.slice(6)}` : null,
      description: row.description, modalities: row.modalities, series: row.series_count, images: row.images,
      ...(row.accession ? { accession: row.accession } : {}), marks: row.marks,
    })),
    facets: [{ field: 'modality', values: facets }],
  }
  return { json: page }
}
