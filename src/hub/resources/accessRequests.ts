import { randomUUID } from 'node:crypto'
import type { AccessEvent, AccessModel, AccessRequest, NewAccessRequest } from '../../contract/index.ts'
import type { Audit } from '../audit.ts'
import type { HubConfig } from '../config.ts'
import { Refusal } from '../problem.ts'
import { callerOf, type Ctx } from '../router.ts'
import { hasRole, type Caller } from '../session/sessions.ts'
import type { Sql } from '../sql/database.ts'

type Row = {
  id: string; dataset: string; applicant: string; applicant_name: string; purpose: string; organisation: string; access_model: AccessModel; until: Date
  state: AccessRequest['state']; reason: string | null; created: Date; decided: Date | null; version: number
}
const select = 'select r.*, p.name as applicant_name from access_request r join person p on p.id = r.applicant'

/** What may come next, by state and by who asks. Nobody decides on their own request. */
const nextEvents = (row: Row, caller: Caller): AccessEvent[] => {
  const own = row.applicant === caller.id
  const committee = !own && hasRole(caller, 'data-access-committee', row.dataset)
  if (row.state === 'submitted') return own ? ['withdraw'] : committee ? ['approve', 'refuse'] : []
  if (row.state === 'approved') return committee ? ['revoke'] : []
  return []
}
const after: Readonly<Record<AccessEvent, AccessRequest['state']>> = { submit: 'submitted', withdraw: 'withdrawn', approve: 'approved', refuse: 'refused', revoke: 'revoked' }

export const createAccessRequests = ({ config, audit, clock }: { config: HubConfig; audit: Audit; clock: () => Date }) => {
  const titleOf = (dataset: string) => config.datasets.find(({ id }) => id === dataset)?.title ?? dataset

  const describe = async (sql: Sql, row: Row, caller: Caller): Promise<AccessRequest> => {
    const events = await sql<{ at: Date; by_name: string; event: AccessEvent; reason: string | null }>('select at, by_name, event, reason from access_event where request = $1 order by at', [row.id])
    const state = row.state === 'approved' && row.until <= clock() ? 'expired' : row.state
    return {
      id: row.id, dataset: row.dataset, datasetTitle: titleOf(row.dataset), applicant: { id: row.applicant, name: row.applicant_name }, purpose: row.purpose, organisation: row.organisation,
      accessModel: row.access_model, until: row.until.toISOString(), state, ...(row.reason ? { reason: row.reason } : {}), created: row.created.toISOString(),
      ...(row.decided ? { decided: row.decided.toISOString() } : {}),
      history: events.map(({ at, by_name, event, reason }) => ({ at: at.toISOString(), by: by_name, event, ...(reason ? { reason } : {}) })),
      next: nextEvents({ ...row, state }, caller), version: row.version,
    }
  }
  /** Own requests, and those of the data sets the caller decides on; any other is not there. */
  const visible = async (sql: Sql, caller: Caller, id?: string): Promise<Row[]> => {
    const rows = id === undefined ? await sql<Row>(`${select} order by r.created desc limit 500`) : await sql<Row>(`${select} where r.id = $1`, [id])
    return rows.filter((row) => row.applicant === caller.id || hasRole(caller, 'data-access-committee', row.dataset))
  }
  const one = async (ctx: Ctx): Promise<Row> => {
    const [row] = await visible(ctx.sql, callerOf(ctx), ctx.params['request'] ?? '')
    if (!row) throw new Refusal('notFound')
    return row
  }

  return {
    list: async (ctx: Ctx) => {
      const caller = callerOf(ctx)
      return { json: await Promise.all((await visible(ctx.sql, caller)).map((row) => describe(ctx.sql, row, caller))) }
    },
    get: async (ctx: Ctx) => ({ json: await describe(ctx.sql, await one(ctx), callerOf(ctx)) }),

    create: async (ctx: Ctx) => {
      const caller = callerOf(ctx)
      const body = ctx.body as NewAccessRequest
      const dataset = config.datasets.find(({ id }) => id === body.dataset)
      if (!dataset) throw new Refusal('unprocessable', 'dataset: there is none of this id')
      if (!dataset.accessModels.includes(body.accessModel)) throw new Refusal('unprocessable', 'accessModel: the data set does not offer it')
      const until = new Date(body.until)
      const now = clock()
      if (Number.isNaN(until.getTime()) || until <= now || until.getTime() > now.getTime() + 5 * 366 * 86_400_000) throw new Refusal('unprocessable', 'until: a date between now and five years from now')
      const [open] = await ctx.sql('select id from access_request where applicant = $1 and dataset = $2 and state = $3', [caller.id, body.dataset, 'submitted'])
      if (open) throw new Refusal('conflict', 'your request for this data set is waiting for a decision')
      const id = randomUUID()
      await ctx.sql(`insert into access_request (id, dataset, applicant, purpose, organisation, access_model, until, state, created, version)
        values ($1, $2, $3, $4, $5, $6, $7, 'submitted', $8, 1)`, [id, body.dataset, caller.id, body.purpose, body.organisation, body.accessModel, until, now])
      await ctx.sql('insert into access_event (request, at, by_name, event) values ($1, $2, $3, $4)', [id, now, caller.name, 'submit'])
      await audit(ctx.sql, { person: caller.id, action: 'accessRequest.submit', subject: { request: id, dataset: body.dataset } })
      const [row] = await ctx.sql<Row>(`${select} where r.id = $1`, [id])
      if (!row) throw new Error('the request just written is not there')
      return { status: 201, json: await describe(ctx.sql, row, caller) }
    },

    event: async (ctx: Ctx) => {
      const caller = callerOf(ctx)
      const row = await one(ctx)
      const { event, reason } = ctx.body as { event: AccessEvent; reason?: string }
      if (!nextEvents(row, caller).includes(event)) throw new Refusal(row.applicant === caller.id && event !== 'withdraw' ? 'forbidden' : 'conflict', `"${event}" is not possible now`)
      if ((event === 'refuse' || event === 'revoke') && !reason?.trim()) throw new Refusal('unprocessable', 'reason: say why')
      const now = clock()
      const updated = await ctx.sql('update access_request set state = $2, reason = $3, decided = $4, version = version + 1 where id = $1 and version = $5 returning id',
        [row.id, after[event], reason ?? null, now, row.version])
      if (updated.length === 0) throw new Refusal('conflict', 'somebody decided at the same moment')
      await ctx.sql('insert into access_event (request, at, by_name, event, reason) values ($1, $2, $3, $4, $5)', [row.id, now, caller.name, event, reason ?? null])
      if (event === 'approve') {
        await ctx.sql('insert into data_grant (id, person, dataset, access_model, purpose, expires, annotate, request) values ($1, $2, $3, $4, $5, $6, true, $7)',
          [randomUUID(), row.applicant, row.dataset, row.access_model, row.purpose, row.until, row.id])
        // Whoever is granted data is a member from then on.
        await ctx.sql('update person set approved = true where id = $1', [row.applicant])
      }
      if (event === 'revoke') await ctx.sql('update data_grant set revoked = $2 where request = $1', [row.id, now])
      await audit(ctx.sql, { person: caller.id, action: `accessRequest.${event}`, subject: { request: row.id, dataset: row.dataset, applicant: row.applicant } })
      const [changed] = await ctx.sql<Row>(`${select} where r.id = $1`, [row.id])
      if (!changed) throw new Error('the request just changed is not there')
      return { json: await describe(ctx.sql, changed, caller) }
    },
  }
}
