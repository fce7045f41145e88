import { Readable } from 'node:stream'
import type { RouteName } from '../../contract/index.ts'
import { parseQido } from '../../dicom/web/qido.ts'
import type { Audit } from '../audit.ts'
import { Refusal } from '../problem.ts'
import { callerOf, grantOf, type Ctx } from '../router.ts'
import { studyIn } from '../rights.ts'
import type { Database, Sql } from '../sql/database.ts'
import type { NodeClient } from '../upstreamNode.ts'

const uidForm = /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/
const isUid = (text: string | undefined): text is string => text !== undefined && text.length <= 64 && uidForm.test(text)

/** Answers of a node that pass as they are; everything else is not there, or the node's fault. */
const passing = new Set([200, 206, 400, 406, 416, 422])
const passedHeaders = ['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag'] as const

/** Names of hidden series travel in a header of the signed request; more than these do not fit. */
const mostHidden = 100

/**
 * Series written through the hub that the person of a parameter did not write into: each is its author's alone, until more is said. A
 * subquery of (dataset, study, series); it does not wait for the index, where a series comes later.
 */
export const hiddenSeries = (person: string): string => `(select dataset, study, series from submission group by dataset, study, series having bool_and(author <> ${person}))`
const hiddenFrom = async (sql: Sql, dataset: string, study: string, person: string): Promise<Set<string>> =>
  new Set((await sql<{ series: string }>('select series from submission where dataset = $1 and study = $2 group by series having bool_and(author <> $3)', [dataset, study, person])).map(({ series }) => series))

/**
 * DICOMweb of a data set: the path settles node, grant, purpose and audit. The hub checks that the study is of the data set
 * and the series of the study before it asks the node, which checks again. Bodies are streamed.
 */
export const createDicomWebPass = ({ database, nodes, audit, clock }: { database: Database; nodes: NodeClient; audit: Audit; clock: () => Date }) => {
  const viewed = new Set<string>()

  /** The first view of a study in a session and for a purpose is in the audit before a byte is sent; later ones are counted. */
  const recordView = async (ctx: Ctx, dataset: string, study: string): Promise<void> => {
    const caller = callerOf(ctx)
    const { purpose, id } = grantOf(ctx)
    const key = `${caller.session}\0${dataset}\0${study}\0${purpose}`
    if (viewed.has(key)) return
    await database.transaction(async (sql) => {
      const [{ times } = { times: 1 }] = await sql<{ times: number }>(`insert into viewed (session, dataset, study, purpose, times, first, last) values ($1, $2, $3, $4, 1, $5, $5)
        on conflict (session, dataset, study, purpose) do update set times = viewed.times + 1, last = excluded.last returning times`, [caller.session, dataset, study, purpose, clock()])
      if (times === 1) await audit(sql, { person: caller.id, action: 'view', subject: { dataset, study, purpose, grant: id } })
    })
    viewed.add(key)
    if (viewed.size > 10_000) viewed.clear()
  }

  const pass = (name: RouteName) => async (ctx: Ctx): Promise<Response> => {
    const { dataset = '', study, series, instance } = ctx.params
    const caller = callerOf(ctx)
    if (!isUid(study) || (series !== undefined && !isUid(series)) || (instance !== undefined && !isUid(instance))) throw new Refusal('notFound')
    const { node } = await studyIn(ctx.sql, dataset, study)
    const hidden = await hiddenFrom(ctx.sql, dataset, study, caller.id)
    if (series !== undefined) {
      const [member] = await ctx.sql('select 1 from series where dataset = $1 and study_uid = $2 and series_uid = $3', [dataset, study, series])
      if (!member || hidden.has(series)) throw new Refusal('notFound')
    }
    if (name === 'wadoInstance' && grantOf(ctx).accessModel !== 'DOWNLOAD') await onlyDerived(ctx.sql, dataset, study, series ?? '')
    await recordView(ctx, dataset, study)
    const url = new URL(ctx.request.url)
    if (name === 'qidoSeries' || name === 'qidoInstances') {
      const parsed = parseQido(url.searchParams, { '0020000D': study, ...(series ? { '0020000E': series } : {}) })
      if (parsed.kind === 'refused') throw new Refusal('badRequest', parsed.reason)
    } else if ([...url.searchParams].length > 0) throw new Refusal('badRequest', 'this address takes no query')
    const base = `/api/datasets/${dataset}/dicom-web`
    const path = `/dicom-web${url.pathname.slice(base.length)}${name.startsWith('qido') ? url.search : ''}`
    const abort = new AbortController()
    ctx.request.signal.addEventListener('abort', () => abort.abort())
    const headers = Object.fromEntries(['accept', 'range'].flatMap((header) => {
      const value = ctx.request.headers.get(header)
      return value ? [[header, value] as const] : []
    }))
    if (hidden.size > mostHidden) throw new Refusal('unavailable', 'too many objects of others lie in the study; ask for its series one by one')
    const without = series === undefined ? [...hidden] : []
    const answer = await nodes.ask(node, path, { by: { user: caller.id, purpose: grantOf(ctx).purpose, grant: grantOf(ctx).id }, dataset, study, without, headers, signal: abort.signal })
    if (!passing.has(answer.status)) {
      answer.body.resume()
      throw answer.status === 404 ? new Refusal('notFound') : new Refusal('upstream', `the hospital answered ${answer.status}`)
    }
    const answered = new Headers()
    for (const header of passedHeaders) {
      const value = answer.headers[header]
      if (typeof value === 'string') answered.set(header, value)
    }
    const type = answered.get('content-type') ?? ''
    if (type.includes('json')) return rewritten(answer.body, answered, answer.status, base)
    return new Response(Readable.toWeb(answer.body) as ReadableStream<Uint8Array>, { status: answer.status, headers: answered })
  }

  return {
    pass,
    /** Studies of the data set, from the hub's index: the archive is never asked without a permitted study. */
    studies: async (ctx: Ctx): Promise<Response> => {
      const { dataset = '' } = ctx.params
      const parsed = parseQido(new URL(ctx.request.url).searchParams)
      if (parsed.kind === 'refused') throw new Refusal('badRequest', parsed.reason)
      const text = (tag: string) => parsed.query.filters.find((filter) => filter.tag === tag)?.value
      const known = new Set(['0020000D', '00100020'])
      if (parsed.query.filters.some(({ tag }) => !known.has(tag))) throw new Refusal('badRequest', 'studies can be searched by Study Instance UID and Patient ID here')
      const rows = await ctx.sql<{ study_uid: string; subject: string; study_date: string | null; description: string; modalities: string[]; accession: string; series: number; instances: number }>(`
        select st.study_uid, st.subject, st.study_date, st.description, st.accession, seen.*
        from study st, lateral (
          select count(*)::int as series, coalesce(sum(s.instances), 0)::int as instances, coalesce(array_agg(distinct s.modality order by s.modality), '{}') as modalities
          from series s where s.dataset = st.dataset and s.study_uid = st.study_uid and (s.dataset, s.study_uid, s.series_uid) not in ${hiddenSeries('$6')}) seen
        where st.dataset = $1 and ($2::text is null or st.study_uid = $2) and ($3::text is null or st.subject = $3) order by st.study_uid limit $4 offset $5`,
      [dataset, text('0020000D') ?? null, text('00100020') ?? null, parsed.query.limit, parsed.query.offset, callerOf(ctx).id])
      const element = (vr: string, ...Value: unknown[]) => ({ vr, ...(Value.length > 0 && Value[0] !== null && Value[0] !== '' ? { Value } : {}) })
      const json = rows.map((row) => ({
        '00080020': element('DA', row.study_date), '00080050': element('SH', row.accession), '00080061': element('CS', ...row.modalities), '00081030': element('LO', row.description),
        '00100020': element('LO', row.subject), '0020000D': element('UI', row.study_uid), '00201206': element('IS', row.series), '00201208': element('IS', row.instances),
        '00081190': element('UR', `/api/datasets/${dataset}/dicom-web/studies/${row.study_uid}`),
      }))
      return new Response(JSON.stringify(json), { headers: { 'content-type': 'application/dicom+json' } })
    },
  }
}

/** Whole instances of image classes need DOWNLOAD; derived objects the caller may see do not. */
const onlyDerived = async (sql: Sql, dataset: string, study: string, series: string): Promise<void> => {
  const [row] = await sql<{ derived: boolean }>('select derived from series where dataset = $1 and study_uid = $2 and series_uid = $3', [dataset, study, series])
  if (!row?.derived) throw new Refusal('notFound')
}

const jsonCap = 256 * 2 ** 20
/** Addresses in an answer become addresses of the hub. */
const rewritten = async (body: Readable, headers: Headers, status: number, base: string): Promise<Response> => {
  const parts: Buffer[] = []
  let total = 0
  for await (const part of body as AsyncIterable<Buffer>) {
    total += part.byteLength
    if (total > jsonCap) throw new Refusal('upstream', 'the answer of the hospital is too large')
    parts.push(part)
  }
  const text = Buffer.concat(parts).toString('utf8').replaceAll(/"(?:https?:\/\/[^"/]+)?\/dicom-web\//g, `"${base}/`)
  headers.delete('content-length')
  return new Response(text, { status, headers })
}
