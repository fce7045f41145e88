import { Readable } from 'node:stream'
import type { RouteName } from '../../contract/index.ts'
import { parseQido } from '../../dicom/web/qido.ts'
import { isUid } from '../../dicom/web/uid.ts'
import type { Audit } from '../audit.ts'
import { Refusal } from '../problem.ts'
import { callerOf, grantOf, type Ctx } from '../router.ts'
import { studyIn } from '../rights.ts'
import { hiddenFrom, hiddenSeries } from '../visibility.ts'
import { seriesMark } from '../../server/signature.ts'
import type { Database, Sql } from '../sql/database.ts'
import type { NodeClient } from '../upstreamNode.ts'

/** Answers of a node that pass as they are; everything else is not there, or the node's fault. */
const passing = new Set([200, 206, 400, 406, 416, 422])
const passedHeaders = ['content-type', 'content-length', 'content-range', 'accept-ranges', 'etag'] as const

/** Marks of hidden series travel in a header of the signed request, 20 bytes each; more than these do not fit. */
const mostHidden = 2_000
/** Whole images that leave: each time stands in the audit. */
const exports = new Set<RouteName>(['wadoInstance', 'wadoSeries', 'wadoStudy'])

/**
 * DICOMweb of a data set: the path settles node, grant, purpose and audit. The hub checks that the study is of the data set
 * and the series of the study before it asks the node, which checks again. Bodies are streamed.
 */
export const createDicomWebPass = ({ database, nodes, audit, clock }: { database: Database; nodes: NodeClient; audit: Audit; clock: () => Date }) => {
  /** Later views of studies by their key, not yet in the table: a row written for each frame would be most of the work of a frame. */
  const viewed = new Map<string, { readonly key: readonly string[]; times: number; last: Date }>()

  /** Adds the views since the last time to the table. */
  const writeViews = async (): Promise<void> => {
    for (const [name, view] of viewed) {
      const { key, times, last } = view
      view.times = 0
      if (times === 0) viewed.delete(name)
      else await database.sql('update viewed set times = times + $5, last = $6 where session = $1 and dataset = $2 and study = $3 and purpose = $4', [...key, times, last])
    }
  }

  /** The first view of a study in a session and for a purpose is in the audit before a byte is sent; later ones are counted. */
  const recordView = async (ctx: Ctx, dataset: string, study: string): Promise<void> => {
    const caller = callerOf(ctx)
    const { purpose, id } = grantOf(ctx)
    const key = [caller.session, dataset, study, purpose]
    const known = viewed.get(key.join('\0'))
    if (known) {
      known.times += 1
      known.last = clock()
      return
    }
    await database.transaction(async (sql) => {
      const [{ times } = { times: 1 }] = await sql<{ times: number }>(`insert into viewed (session, dataset, study, purpose, times, first, last) values ($1, $2, $3, $4, 1, $5, $5)
        on conflict (session, dataset, study, purpose) do update set times = viewed.times + 1, last = excluded.last returning times`, [...key, clock()])
      if (times === 1) await audit(sql, { person: caller.id, action: 'view', subject: { dataset, study, purpose, grant: id } })
    })
    viewed.set(key.join('\0'), { key, times: 0, last: clock() })
  }
  /** What leaves whole is in the audit each time, before a byte is sent. */
  const recordExport = (ctx: Ctx, subject: Readonly<Record<string, unknown>>): Promise<void> =>
    database.transaction((sql) => audit(sql, { person: callerOf(ctx).id, action: 'export', subject: { ...subject, purpose: grantOf(ctx).purpose, grant: grantOf(ctx).id } }))

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
    const images = name !== 'wadoInstance' || await holdsImages(ctx.sql, dataset, study, series ?? '')
    if (name === 'wadoInstance' && images && grantOf(ctx).accessModel !== 'DOWNLOAD') throw new Refusal('notFound')
    if (series === undefined && hidden.size > mostHidden) throw new Refusal('unavailable', 'too many objects of others lie in the study; ask for its series one by one')
    await recordView(ctx, dataset, study)
    if (exports.has(name) && images) await recordExport(ctx, { dataset, study, ...(series ? { series } : {}), ...(instance ? { instance } : {}) })
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
    const without = series === undefined ? [...hidden].map(seriesMark) : []
    const answer = await nodes.ask(node, path, { by: { user: caller.id, purpose: grantOf(ctx).purpose, grant: grantOf(ctx).id }, dataset, study, without, headers, signal: abort.signal })
    if (!passing.has(answer.status)) {
      answer.body.resume()
      const again = answer.headers['retry-after']
      throw answer.status === 404 ? new Refusal('notFound') : new Refusal('upstream', `the hospital answered ${answer.status}`, again === undefined ? {} : { 'retry-after': again })
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
    pass, writeViews,
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

/** Whether a series has an instance of an image class: whole, it needs DOWNLOAD; derived objects the caller may see do not. */
const holdsImages = async (sql: Sql, dataset: string, study: string, series: string): Promise<boolean> => {
  const [row] = await sql<{ derived: boolean }>('select derived from series where dataset = $1 and study_uid = $2 and series_uid = $3', [dataset, study, series])
  return row?.derived !== true
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
