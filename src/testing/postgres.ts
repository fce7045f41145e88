import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { program } from './programs.ts'

const freePort = (): Promise<number> => new Promise((resolve) => {
  const server = createServer()
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resolve(port))
  })
})

/** PostgreSQL refuses to run as root: then everything is done as the user `postgres`, in a folder it owns. */
const asPostgres = (command: string[]): [string, string[]] =>
  process.getuid?.() === 0 ? ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', ...command]] : [command[0] ?? '', command.slice(1)]

/** A cluster of its own on a free port of the loopback address, gone with `stop`. */
export const startPostgres = async (): Promise<{ url: string; stop: () => Promise<void> }> => {
  const bin = dirname(program('postgres') ?? '')
  const folder = mkdtempSync(join(tmpdir(), 'pg-'))
  if (process.getuid?.() === 0) {
    const id = Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }))
    chownSync(folder, id, id)
  }
  chmodSync(folder, 0o700)
  const run = (command: string[]) => execFileSync(...asPostgres(command), { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  run([join(bin, 'initdb'), '-D', join(folder, 'data'), '-A', 'trust', '-U', 'hub'])
  const port = await freePort()
  const [file, args] = asPostgres([join(bin, 'postgres'), '-D', join(folder, 'data'), '-h', '127.0.0.1', '-p', String(port), '-k', folder])
  const child = spawn(file, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += String(chunk)
      if (said.includes('ready to accept connections')) resolve()
    })
    child.once('exit', () => reject(new Error(`PostgreSQL ended: ${said}`)))
  })
  return {
    url: `postgres://hub@127.0.0.1:${port}/postgres`,
    stop: () => new Promise((resolve) => {
      child.removeAllListeners('exit')
      child.once('exit', () => {
        rmSync(folder, { recursive: true, force: true })
        resolve()
      })
      child.kill('SIGINT')
    }),
  }
}
