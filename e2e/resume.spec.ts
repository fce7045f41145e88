import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imagesOf, planStudies } from '../src/phantom/plan.ts'
import { startHub } from '../src/testing/startHub.ts'
import { expect, test } from './journey.ts'

const plans = planStudies('small')
const nodes = Object.keys(plans)

/** Files of a hospital's archives by their hash: a file is named by the hash of its instance's UID, so none can be there twice. */
const filesOf = (dataDir: string, node: string, archive: string): Map<string, string> => {
  const folder = join(dataDir, 'nodes', node, archive, 'objects')
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /[0-9a-f]{64}$/.test(name)) : []
  return new Map(names.map((name) => [name, createHash('sha256').update(readFileSync(join(folder, name))).digest('hex')]))
}
/** Studies noted as made. */
const made = (dataDir: string): number => {
  const file = join(dataDir, 'generated.json')
  return existsSync(file) ? Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object).length : 0
}

test('a start that is killed while cases are made goes on with them: each image is there once, and none that was stored has changed', async () => {
  test.setTimeout(180_000)
  const dataDir = mkdtempSync(join(tmpdir(), 'ciw-resume-'))
  const studies = Object.values(plans).flat()
  const first = await startHub({ cases: 'small', dataDir })
  // Each hospital's first study is there by now, and more are under way.
  await expect.poll(() => made(dataDir), { timeout: 60_000 }).toBeGreaterThan(nodes.length)
  const pids = Object.values(first.nodePids())
  await first.kill()
  await expect.poll(() => pids.filter((pid) => existsSync(`/proc/${pid}`)).length).toBe(0)
  const noted = made(dataDir)
  expect(noted).toBeLessThan(studies.length)
  const stored = new Map(nodes.map((node) => [node, filesOf(dataDir, node, 'archive')]))

  const again = await startHub({ cases: 'small', dataDir })
  await expect.poll(() => made(dataDir), { timeout: 120_000 }).toBe(studies.length)
  for (const node of nodes) {
    const files = filesOf(dataDir, node, 'archive')
    for (const [name, hash] of stored.get(node) ?? []) expect(files.get(name), name).toBe(hash)
    const images = (plans[node] ?? []).reduce((sum, plan) => sum + [...imagesOf(plan)].length, 0)
    expect([node, files.size]).toEqual([node, images])
    expect(filesOf(dataDir, node, 'reference').size).toBeGreaterThan(0)
  }
  console.log(`killed after ${noted} of ${studies.length} studies, ${[...stored.values()].reduce((sum, files) => sum + files.size, 0)} files`)
  await again.stop()
  rmSync(dataDir, { recursive: true, force: true })
})
