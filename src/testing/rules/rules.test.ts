import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const bin = (name: string) => join(root, 'node_modules', '.bin', name)
const run = (file: string, args: string[], env: Record<string, string> = {}) =>
  spawnSync(file, args, { cwd: root, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '0', ...env } })

describe('the import rules', () => {
  let found: Map<string, string[]>
  beforeAll(() => {
    const { stdout } = run(process.execPath, ['src/testing/rules/canaries.mjs'], { CIW_CANARIES: '1' })
    found = new Map(Object.entries(JSON.parse(stdout) as Record<string, string[]>))
  })
  const expected: Record<string, string> = {
    'domain/canary.ts': 'folder-domain', 'pool/canary.ts': 'folder-pool', 'i18n/canary.ts': 'folder-i18n', 'ui/canary.ts': 'folder-ui',
    'contract/canary.ts': 'folder-contract', 'dicom/canary.ts': 'folder-dicom', 'engine/canary.ts': 'folder-engine',
    'engine/cornerstone/canary.ts': 'engine-cornerstone', 'inference/canary.ts': 'folder-inference',
    'inference/workers/canary.ts': 'inference-workers', 'api/canary.ts': 'folder-api', 'workspace/canary.ts': 'folder-workspace',
    'features/one/canary.ts': 'folder-features', 'features/one/sibling.ts': 'features-by-one-door', 'phantom/canary.ts': 'folder-phantom',
    'server/canary.ts': 'folder-server', 'hub/canary.ts': 'folder-hub', 'node/canary.ts': 'folder-node', 'app/canary.ts': 'folder-app',
    'testing/canary.ts': 'folder-testing', 'cli/canary.ts': 'folder-cli', 'domain/builtin.ts': 'node-builtins', 'domain/production.ts': 'testing-only-from-tests',
    'api/package.ts': 'owner-of-zustand', 'features/one/engine.ts': 'owner-of-cornerstonejs-codec', 'hub/dicom.ts': 'owner-of-dcmjs',
    'domain/cycle-a.ts': 'no-cycles',
  }
  it.each(Object.entries(expected))('catch %s as %s', (file, rule) => {
    expect(found.get(file) ?? []).toContain(rule)
  })
  it('have a canary for every folder that src/ARCHITECTURE.md lists', () => {
    const listed = [...readFileSync(join(root, 'src/ARCHITECTURE.md'), 'utf8').matchAll(/^\| `([a-z/]+)` \|/gm)].map(([, name]) => name)
    const folders = readdirSync(join(root, 'src/testing/rules/tree'))
    expect(listed.length).toBeGreaterThan(15)
    for (const name of listed) expect(folders).toContain(name?.split('/')[0])
  })
})

describe('the other gates', () => {
  it('types: an error is reported', () => {
    const { status, stdout } = run(bin('tsc'), ['--noEmit', '-p', 'src/testing/rules/types'])
    expect(status).not.toBe(0)
    expect(stdout).toContain('TS2322')
  })
  it.each([
    ['literal.tsx', 'jsx-no-literals'], ['any.ts', 'no-explicit-any'], ['focused.test.ts', 'no-focused-tests'], ['ignore.ts', 'ban-ts-comment'],
  ])('lint: %s is reported as %s', (file, rule) => {
    const { status, stdout } = run(bin('oxlint'), ['--deny-warnings', `src/testing/rules/lint/${file}`])
    expect(status).not.toBe(0)
    expect(stdout).toContain(rule)
  })
  it('unused code: an export nobody uses is reported', () => {
    const { status, stdout } = run(bin('knip'), ['--directory', 'src/testing/rules/unused'])
    expect(status).not.toBe(0)
    expect(stdout).toContain('nobodyUsesThis')
  })
  it('no source file has over 400 lines', () => {
    const { stdout } = run('git', ['ls-files', 'src', 'e2e'])
    const long = stdout.split('\n').filter((file) => /\.(ts|tsx|mjs)$/.test(file))
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 })).filter(({ lines }) => lines > 400)
    expect(long).toEqual([])
  })
})
