import { createHash, randomUUID } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Run, ToolManifest } from '../contract/index.ts'
import { parsePipeline } from '../inference/pipeline.ts'
import { sharedToolIds, sharedToolsFolder } from '../testing/sharedTools.ts'
import { createTools } from './resources/tools.ts'
import { startHubInProcess, type HubInProcess } from '../testing/hubInProcess.ts'
import { uidOf } from '../testing/dicom.ts'

const shipped = 'src/hub/tools'
const manifest = JSON.parse(readFileSync(join(shipped, 'lung-fields', 'tool.json'), 'utf8')) as ToolManifest
const sha256 = manifest.files[0]?.sha256 ?? ''
const folder = mkdtempSync(join(tmpdir(), 'tools-'))
const put = (name: string, change: (tool: ToolManifest) => unknown): void => {
  mkdirSync(join(folder, name))
  cpSync(join(shipped, 'lung-fields', 'model.onnx'), join(folder, name, 'model.onnx'))
  writeFileSync(join(folder, name, 'tool.json'), JSON.stringify(change({ ...manifest, id: name })))
}
const file = (tool: ToolManifest, change: Partial<ToolManifest['files'][number]>): ToolManifest => ({ ...tool, files: tool.files.map((one) => ({ ...one, ...change })) })

/** Rules of which something is not understood, or makes no sense. */
const notUnderstood = {
  'rule-roles': { roles: [{ name: 'T2' }, { name: 'ADC' }] }, 'rule-word': { orientation: 'transverse' }, 'rule-unit': { spacingMm: { max: 5, unit: 'cm' } }, 'rule-range': { spacingMm: { min: 5, max: 1 } }, 'rule-no-range': { spacingMm: {} }, 'rule-kind': { admits: ['ADC'] }, 'rule-slices': { minSlices: 0 },
}

let world: HubInProcess
let cookie: string
beforeAll(async () => {
  put('good', (tool) => tool)
  put('other-bytes', (tool) => file(tool, { sha256: 'a'.repeat(64) }))
  put('outside', (tool) => file(tool, { name: '../../../../etc/hostname' }))
  put('absent', (tool) => file(tool, { name: 'weights.onnx' }))
  put('shapeless', (tool) => ({ ...tool, outputs: 'none' }))
  put('rule', (tool) => ({ ...tool, selection: { orientation: 'axial', spacingMm: { min: 1, max: 5 }, minSlices: 20, admits: ['derived'], kernels: ['LUNG', 'B6*'], contrast: 'without' } }))
  for (const [name, selection] of Object.entries(notUnderstood)) put(name, (tool) => ({ ...tool, selection }))
  put('twice', (tool) => ({ ...tool, id: 'good' }))
  mkdirSync(join(folder, 'not-json'))
  writeFileSync(join(folder, 'not-json', 'tool.json'), '{"id":')
  mkdirSync(join(folder, 'no-tool'))
  world = await startHubInProcess({ toolsDirs: [shipped, folder, join(folder, 'nowhere')] })
  await world.grant('clinician', 'a', 'IN_SITU_PROCESSING')
  cookie = await world.signIn('clinician')
})
afterAll(async () => {
  await world.stop()
  rmSync(folder, { recursive: true })
})

describe('the registry', () => {
  it('lists what is whole, and says of the rest why not', async () => {
    const tools = await (await world.ask('/api/tools', { cookie })).json() as ToolManifest[]
    expect(tools.map(({ id }) => id).sort()).toEqual(['good', 'lung-fields', 'lung-nodules', 'rule'])
    expect(tools.find(({ id }) => id === 'rule')?.selection).toEqual({ orientation: 'axial', spacingMm: { min: 1, max: 5 }, minSlices: 20, admits: ['derived'], kernels: ['LUNG', 'B6*'], contrast: 'without' })
    const reasons = Object.fromEntries(world.hub.toolsRefused.map(({ folder: name, reason }) => [name, reason]))
    expect(reasons).toEqual({
      'other-bytes': 'model.onnx has another hash than tool.json says', outside: '../../../../etc/hostname is outside the tool\'s folder', absent: 'weights.onnx is not there',
      ...Object.fromEntries(Object.keys(notUnderstood).map((name) => [name, expect.stringContaining('tool.json: selection')])),
      shapeless: expect.stringContaining('tool.json: outputs'), twice: 'there is already a tool good', 'not-json': 'tool.json is not JSON', [join(folder, 'nowhere')]: 'the folder is not there',
    })
  })
  it('gives a network by its hash, for ever', async () => {
    const answer = await world.ask(`/api/tools/files/${sha256}`, { cookie })
    expect(createHash('sha256').update(new Uint8Array(await answer.arrayBuffer())).digest('hex')).toBe(sha256)
    expect(answer.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
    expect((await world.ask(`/api/tools/files/${'b'.repeat(64)}`, { cookie })).status).toBe(404)
    expect((await world.ask('/api/tools/files/..%2F..%2Ftool.json', { cookie })).status).toBe(404)
  })
})

describe('tools of others', () => {
  const others = sharedToolsFolder()
  it.skipIf(!others)('are all taken, each with the networks its manifest names; steps are run or refused by name (shared models)', async () => {
    const { list, refused } = await createTools({ dirs: [others ?? ''], audit: async () => undefined, clock: () => new Date() })
    expect(refused).toEqual([])
    expect(list().json.map(({ id }) => id).sort()).toEqual(sharedToolIds().sort())
    const steps = ({ kind, pipeline }: ToolManifest): string => {
      try {
        return kind === 'prompt' ? 'takes clicks' : parsePipeline(pipeline).at(-1)?.step ?? ''
      } catch (error) {
        return error instanceof Error ? error.message : ''
      }
    }
    expect(Object.fromEntries(list().json.map((tool) => [tool.id, steps(tool)]))).toEqual({
      'brain-tissue-meshnet': 'labels', 'brain-tumor-lenet': 'scores', 'unet2d-nuclei': 'labels', 'mobile-sam': 'takes clicks', 'click-unet-synth': 'takes clicks', 'breast-density': expect.stringContaining('views'),
    })
    rmSync(others ?? '', { recursive: true })
  })
})

describe('the record of a run', () => {
  const run = {
    tool: 'lung-fields', toolVersion: '1.0.0', modelSha256: [sha256], dataset: 'a', study: uidOf('A-1/study'), series: uidOf('A-1/study/series'), sopInstanceUids: 3, runtime: 'onnxruntime-web', started: '2026-01-01T10:00:00Z', ended: '2026-01-01T10:00:05Z', outcome: 'accepted', labelSha256: 'c'.repeat(64),
  }
  const send = (body: object) => world.ask('/api/runs', { method: 'POST', cookie, body: JSON.stringify(body), headers: { 'idempotency-key': randomUUID() } })
  it('is kept with who ran it, for that person alone, and stands in the audit', async () => {
    const answer = await send(run)
    expect(answer.status).toBe(201)
    const made = await answer.json() as Run
    expect(made).toMatchObject(run)
    expect(await (await world.ask('/api/runs', { cookie })).json()).toEqual([made])
    expect(await (await world.ask('/api/runs', { cookie: await world.signIn('clinician-2') })).json()).toEqual([])
    const rows = await world.hub.database.sql<{ subject: { run: string } }>("select subject from audit where action = 'run'")
    expect(rows.map(({ subject }) => subject.run)).toEqual([made.id])
  })
  it('keeps by what its series was chosen, and what came second', async () => {
    const choice = { by: 'rule', reason: 'thinnest', grounds: [{ trait: 'spacing', verdict: 'fits', value: '3' }], stack: '2', runnerUp: { series: uidOf('A-1/study/other'), stack: '1' } }
    const answer = await send({ ...run, choice })
    expect(answer.status).toBe(201)
    expect((await answer.json() as Run).choice).toEqual(choice)
    // Beside it stands one of before choices were kept.
    expect((await (await world.ask('/api/runs', { cookie })).json() as Run[]).map((one) => one.choice)).toEqual([choice, undefined])
  })
  it.each([
    ['a data set that is not granted', { dataset: 'b', study: uidOf('B-1/study') }, 404], ['a study of another data set', { study: uidOf('B-1/study') }, 404], ['a tool that is not there', { tool: 'nothing' }, 404],
    ['a network of something else', { modelSha256: ['d'.repeat(64)] }, 422], ['no outcome', { outcome: undefined }, 400],
    ['a rule that says a person asked', { choice: { by: 'rule', reason: 'asked', grounds: [] } }, 400], ['a runner-up that is no series', { choice: { by: 'rule', reason: 'only', grounds: [], runnerUp: { series: 'second' } } }, 400], ['a ground that is not known', { choice: { by: 'rule', reason: 'only', grounds: [{ trait: 'mood', verdict: 'fits', value: '' }] } }, 400],
  ])('of %s is refused', async (_, change, status) => {
    expect((await send({ ...run, ...change })).status).toBe(status)
  })
})
