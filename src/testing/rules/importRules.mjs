import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { cruise } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/**
 * Cruises files by the rules of .dependency-cruiser.cjs.
 * @param {string[]} files
 * @returns {Promise<{ violations: { rule: string, from: string, to: string }[], cruised: number }>}
 */
export const importViolations = async (files) => {
  process.chdir(root)
  const { forbidden, options } = createRequire(import.meta.url)('../../../.dependency-cruiser.cjs')
  const { output } = await cruise(files, { ...options, ruleSet: { forbidden }, validate: true }, undefined, { tsConfig: extractTSConfig('tsconfig.json') })
  if (typeof output === 'string') throw new Error('dependency-cruiser answered with text')
  return {
    violations: output.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    cruised: output.modules.filter(({ source }) => source.startsWith('src/')).length,
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const listed = execFileSync('git', ['ls-files', 'src/*.ts', 'src/*.tsx'], { cwd: root, encoding: 'utf8' })
    .split('\n').filter((file) => file && !file.startsWith('src/testing/rules/tree/') && !file.endsWith('.d.ts'))
  const { violations, cruised } = await importViolations(['src'])
  for (const { rule, from, to } of violations) console.log(`${rule}: ${from} → ${to}`)
  if (cruised < listed.length) console.log(`only ${cruised} of ${listed.length} modules were seen`)
  process.exitCode = violations.length === 0 && cruised >= listed.length ? 0 : 1
}
