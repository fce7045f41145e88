import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { AnnotationDocument, DraftKey } from '../../contract/index.ts'
import { Refusal } from '../problem.ts'
import type { Audit } from '../audit.ts'
import { callerOf, grantOf, type Ctx } from '../router.ts'
import { studyIn } from '../rights.ts'
import type { Database, Sql } from '../sql/database.ts'
import { writeWhole } from '../../server/writeWhole.ts'

type Row = { version: number; operations: unknown[]; updated: Date }
const etag = (version: number): string => `"${version}"`

/** The open document of a study, one for each author: what is here is "at the hub". */
export const createAnnotations = ({ database, audit, clock }: { database: Database; audit: Audit; clock: () => Date }) => {
  const read = async (sql: Sql, ctx: Ctx): Promise<AnnotationDocument> => {
    const { dataset = '', study = '' } = ctx.params
    await studyIn(sql, dataset, study)
    const [row] = await sql<Row>('select version, operations, updated from annotation where dataset = $1 and study = $2 and person = $3', [dataset, study, callerOf(ctx).id])
    return { dataset, study, version: row?.version ?? 0, operations: row?.operations ?? [], updated: row?.updated.toISOString() ?? null }
  }
  return {
    get: async (ctx: Ctx) => {
      const json = await read(ctx.sql, ctx)
      return { json, headers: { etag: etag(json.version) } }
    },
    put: async (ctx: Ctx) => {
      const { dataset = '', study = '' } = ctx.params
      const caller = callerOf(ctx)
      const grant = grantOf(ctx)
      if (!grant.annotate) throw new Refusal('forbidden', 'your grant does not let you write into this data set')
      await studyIn(ctx.sql, dataset, study)
      const version = Number(/^"(\d{1,9})"$/.exec(ctx.request.headers.get('if-match') ?? '')?.[1] ?? Number.NaN)
      if (Number.isNaN(version)) throw new Refusal('badRequest', 'If-Match is not the ETag of this document')
      const { operations } = ctx.body as { operations: unknown[] }
      const json = await database.transaction(async (sql) => {
        const rows = version === 0
          ? await sql('insert into annotation (dataset, study, person, version, operations, updated) values ($1, $2, $3, 1, $4, $5) on conflict do nothing returning version', [dataset, study, caller.id, JSON.stringify(operations), clock()])
          : await sql('update annotation set version = version + 1, operations = $5, updated = $6 where dataset = $1 and study = $2 and person = $3 and version = $4 returning version', [dataset, study, caller.id, version, JSON.stringify(operations), clock()])
        if (rows.length === 0) throw new Refusal('changed', 'the document was changed in another window')
        await audit(sql, { person: caller.id, action: 'annotate', subject: { dataset, study, version: version + 1, grant: grant.id } })
        return read(sql, ctx)
      })
      return { json, headers: { etag: etag(json.version) } }
    },
  }
}

/** Key-encryption keys by version, in a file only the hub can read; old versions stay as long as a draft may need them. */
const openKeys = (file: string): Buffer[] => {
  if (!existsSync(file)) writeWhole(file, JSON.stringify([randomBytes(32).toString('base64')]))
  return (JSON.parse(readFileSync(file, 'utf8')) as string[]).map((key) => Buffer.from(key, 'base64'))
}

/** The key of a person's draft log: HKDF-SHA-256 of a key-encryption key, the person and the version (RFC 5869). */
export const createDraftKeys = (file: string) => {
  const keys = openKeys(file)
  const derive = (person: string, version: number): DraftKey => {
    const key = keys[version - 1]
    if (!key) throw new Refusal('notFound')
    const salt = createHmac('sha256', 'draft-log').update(person).digest()
    return { version, user: person, key: Buffer.from(hkdfSync('sha256', key, salt, `draft-log ${version}`, 32)).toString('base64') }
  }
  return {
    current: (ctx: Ctx) => ({ json: derive(callerOf(ctx).id, keys.length) }),
    byVersion: (ctx: Ctx) => ({ json: derive(callerOf(ctx).id, Number(ctx.params['version'])) }),
  }
}
