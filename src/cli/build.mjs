import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
const stamp = join(root, 'dist', 'source.sha256')

/** @returns {string[]} every file that a build depends on, relative to the root, sorted */
const sources = () => {
  /** @type {string[]} */
  const files = ['package-lock.json', 'vite.config.ts', 'tsconfig.json', 'index.html'].filter((file) => existsSync(join(root, file)))
  for (const folder of ['src', 'public']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && !/\.(test|browser\.test|contract)\.tsx?$/.test(entry.name)) files.push(join(entry.parentPath, entry.name).slice(root.length))
    }
  }
  return files.sort()
}

/** SHA-256 over the names and bytes of all sources: a stale build must not pass for a new one. */
export const sourceHash = () => {
  const hash = createHash('sha256')
  for (const file of sources()) hash.update(file).update('\0').update(readFileSync(join(root, file))).update('\0')
  return hash.digest('hex')
}

/** @returns {boolean} whether `dist` was built from these very sources */
export const isFresh = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceHash()

/**
 * Builds the page and the servers into `dist`, unless they are fresh.
 * @param {{ log?: (line: string) => void }} [options]
 */
export const build = ({ log = console.log } = {}) => {
  if (isFresh()) return
  const hash = sourceHash()
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  for (const [name, env] of /** @type {const} */ ([['servers', { CIW_BUILD: 'server' }], ['page', {}]])) {
    log(`building the ${name}`)
    const { status, stderr, stdout } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
      cwd: root, env: { ...process.env, NODE_ENV: 'production', ...env }, encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`building the ${name} failed:\n${stdout}${stderr}`)
  }
  mkdirSync(join(root, 'dist'), { recursive: true })
  writeFileSync(stamp, hash)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build()
