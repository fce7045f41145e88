import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { safeParse, ToolManifest, type NewRun, type Run } from '../../contract/index.ts'
import type { Audit } from '../audit.ts'
import { Refusal } from '../problem.ts'
import { grantFor, studyIn } from '../rights.ts'
import { callerOf, type Ctx } from '../router.ts'

/** Why a folder's tool was not registered. */
export type ToolRefusal = { readonly folder: string; readonly reason: string }

/**
 * The registry: each folder with a `tool.json` names its model files and their sha256; a file whose bytes hash otherwise keeps
 * the tool out. Files are served by their hash and never change.
 */
export const createTools = async ({ dirs, audit, clock }: { dirs: readonly string[]; audit: Audit; clock: () => Date }) => {
  const tools = new Map<string, ToolManifest>()
  const files = new Map<string, string>()
  const refused: ToolRefusal[] = []
  for (const dir of dirs) {
    if (!existsSync(dir)) {
      refused.push({ folder: dir, reason: 'the folder is not there' })
      continue
    }
    for (const entry of (await readdir(dir, { withFileTypes: true })).filter((item) => item.isDirectory())) {
      const folder = join(dir, entry.name)
      const reason = await register(folder, tools, files)
      if (reason) refused.push({ folder: entry.name, reason })
    }
  }
  const find = (id: string | undefined): ToolManifest => {
    const tool = tools.get(id ?? '')
    if (!tool) throw new Refusal('notFound')
    return tool
  }
  return {
    refused: refused as readonly ToolRefusal[],
    list: () => ({ json: [...tools.values()].sort((a, b) => a.name.localeCompare(b.name)) }),
    get: (ctx: Ctx) => ({ json: find(ctx.params['tool']) }),
    file: async (ctx: Ctx): Promise<Response> => {
      const path = files.get(ctx.params['sha256'] ?? '')
      if (!path) throw new Refusal('notFound')
      const bytes = await readFile(path)
      return new Response(new Uint8Array(bytes), { headers: { 'content-type': 'application/octet-stream', 'cache-control': 'private, max-age=31536000, immutable', 'content-length': String(bytes.byteLength) } })
    },
    newRun: async (ctx: Ctx) => {
      const caller = callerOf(ctx)
      const { dataset, study, tool, modelSha256 } = ctx.body as NewRun
      await grantFor(ctx.sql, caller, dataset, 'IN_SITU_PROCESSING', clock())
      await studyIn(ctx.sql, dataset, study)
      const known = find(tool).files.map(({ sha256 }) => sha256)
      if (!modelSha256.every((sha256) => known.includes(sha256))) throw new Refusal('unprocessable', 'the run names a network that is not one of the tool')
      const run: Run = { ...(ctx.body as NewRun), id: randomUUID(), by: caller.name }
      await ctx.sql('insert into run (id, person, record, created) values ($1, $2, $3, $4)', [run.id, caller.id, JSON.stringify(run), clock()])
      await audit(ctx.sql, { person: caller.id, action: 'run', subject: { run: run.id, tool: run.tool, version: run.toolVersion, dataset: run.dataset, study: run.study, series: run.series, outcome: run.outcome } })
      return { status: 201, json: run }
    },
    runs: async (ctx: Ctx) => ({ json: (await ctx.sql<{ record: Run }>('select record from run where person = $1 order by created desc limit 200', [callerOf(ctx).id])).map(({ record }) => record) }),
  }
}

const register = async (folder: string, tools: Map<string, ToolManifest>, files: Map<string, string>): Promise<string | undefined> => {
  const manifestFile = join(folder, 'tool.json')
  if (!existsSync(manifestFile)) return undefined
  let parsed: ReturnType<typeof safeParse<typeof ToolManifest>>
  try {
    parsed = safeParse(ToolManifest, JSON.parse(await readFile(manifestFile, 'utf8')))
  } catch {
    return 'tool.json is not JSON'
  }
  if (!parsed.success) return `tool.json: ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`
  const paths: [string, string][] = []
  for (const file of parsed.data.files) {
    const path = resolve(folder, file.name)
    if (!path.startsWith(resolve(folder) + sep)) return `${file.name} is outside the tool's folder`
    if (!existsSync(path)) return `${file.name} is not there`
    const sha256 = createHash('sha256').update(await readFile(path)).digest('hex')
    if (sha256 !== file.sha256) return `${file.name} has another hash than tool.json says`
    paths.push([sha256, path])
  }
  if (tools.has(parsed.data.id)) return `there is already a tool ${parsed.data.id}`
  tools.set(parsed.data.id, parsed.data)
  for (const [sha256, path] of paths) files.set(sha256, path)
  return undefined
}
