import type { AccessModel, Role, Session } from '../../contract/index.ts'
import type { Database, Sql } from '../sql/database.ts'
import { hashSecret, newSecret, readCookie, sessionCookie } from './cookies.ts'

/** A session ends after an hour without a person's doing, and after twelve whatever is done. */
export const idleMs = 60 * 60_000
export const absoluteMs = 12 * 60 * 60_000

/** Who asks: a person with a session that is still good. */
export type Caller = {
  readonly id: string
  readonly name: string
  readonly approved: boolean
  readonly roles: readonly { readonly role: Role; readonly scope?: string }[]
  /** Hash of the session's secret: names the session in records without opening it. */
  readonly session: string
  readonly idleExpires: Date
  readonly expires: Date
}

export const createSessions = ({ database, clock }: { database: Database; clock: () => Date }) => {
  /** A new session; those that have ended go from the table with it. */
  const open = async (sql: Sql, person: string): Promise<string> => {
    const secret = newSecret()
    const now = clock().getTime()
    await sql('delete from session where seen <= $1 or created <= $2', [new Date(now - idleMs), new Date(now - absoluteMs)])
    await sql('insert into session (hash, person, created, seen) values ($1, $2, $3, $3)', [hashSecret(secret), person, clock()])
    return secret
  }

  const rolesOf = async (person: string): Promise<Caller['roles']> =>
    (await database.sql<{ role: Role; scope: string | null }>('select role, scope from role where person = $1 order by role, scope', [person]))
      .map(({ role, scope }) => ({ role, ...(scope === null ? {} : { scope }) }))

  /** The caller of a request, undefined without a good session. What runs in the background does not extend the idle hour. */
  const callerOf = async (request: Request): Promise<Caller | undefined> => {
    const secret = readCookie(request, sessionCookie)
    if (!secret) return undefined
    const hash = hashSecret(secret)
    const now = clock()
    const [row] = await database.sql<{ person: string; name: string; approved: boolean; created: Date; seen: Date }>(
      `select s.person, p.name, p.approved, s.created, s.seen from session s join person p on p.id = s.person
       where s.hash = $1 and s.seen > $2 and s.created > $3`, [hash, new Date(now.getTime() - idleMs), new Date(now.getTime() - absoluteMs)])
    if (!row) return undefined
    const background = request.headers.get('x-background') === '1'
    // Once a minute is enough to know the hour, and spares a write for each frame.
    if (!background && now.getTime() - row.seen.getTime() > 60_000) await database.sql('update session set seen = $2 where hash = $1', [hash, now])
    return {
      id: row.person, name: row.name, approved: row.approved, roles: await rolesOf(row.person), session: hash,
      idleExpires: new Date((background ? row.seen : now).getTime() + idleMs), expires: new Date(row.created.getTime() + absoluteMs),
    }
  }

  /** Ends a session; whose it was, undefined where it was none. */
  const close = async (sql: Sql, session: string): Promise<string | undefined> =>
    (await sql<{ person: string }>('delete from session where hash = $1 returning person', [session]))[0]?.person

  /** The session as the app sees it, with the grants that are good now; asked in the caller's transaction, where there is one. */
  const describe = async (sql: Sql, caller: Caller): Promise<Session> => {
    const grants = await sql<{ id: string; dataset: string; access_model: AccessModel; purpose: string; expires: Date; annotate: boolean }>(
      'select id, dataset, access_model, purpose, expires, annotate from data_grant where person = $1 and revoked is null and expires > $2 order by dataset', [caller.id, clock()])
    return {
      person: { id: caller.id, name: caller.name, initials: caller.name.split(/\s+/).map((word) => word[0] ?? '').join('').slice(0, 2).toUpperCase() },
      approved: caller.approved, roles: [...caller.roles],
      grants: grants.map(({ access_model, expires, ...grant }) => ({ ...grant, accessModel: access_model, expires: expires.toISOString() })),
      idleExpires: caller.idleExpires.toISOString(), expires: caller.expires.toISOString(),
    }
  }
  return { open, close, callerOf, describe }
}
export type Sessions = ReturnType<typeof createSessions>

export const hasRole = (caller: Caller, role: Role, scope?: string): boolean =>
  caller.roles.some((held) => held.role === role && (held.scope === undefined || scope === undefined || held.scope === scope))
