import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
const parts = /** @type {const} */ ({ servers: { CIW_BUILD: 'server' }, page: {} })

/**
 * Builds one part into `dist`, whatever stands there.
 * @param {keyof typeof parts} part
 * @returns {Promise<void>}
 */
export const buildPart = (part) => new Promise((resolve, reject) => {
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root, env: { ...process.env, NODE_ENV: 'production', ...parts[part] }, stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stdout.on('data', (chunk) => { said += chunk })
  child.stderr.on('data', (chunk) => { said += chunk })
  child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`building the ${part} failed:\n${said}`))))
})

/**
 * Builds the servers and the page into `dist`, unless they are fresh. The stamp is written last: a build that was
 * cut short is not fresh.
 * @param {{ onPart?: (part: keyof typeof parts) => void }} [options] called when a part is ready, at once where all are fresh
 */
export const build = async ({ onPart = () => undefined } = {}) => {
  const names = /** @type {(keyof typeof parts)[]} */ (Object.keys(parts))
  if (!isFresh()) {
    const hash = sourceHash()
    rmSync(stamp, { force: true })
    for (const part of names) {
      await buildPart(part)
      onPart(part)
    }
    mkdirSync(join(root, 'dist'), { recursive: true })
    writeFileSync(stamp, hash)
  } else names.forEach(onPart)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build({ onPart: (part) => console.log(`built: ${part}`) })
