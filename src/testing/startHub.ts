import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

export type RunningHub = {
  /** Public URL, `http://localhost:PORT`. */
  readonly address: string
  /** The password of every embedded account. */
  readonly password: string
  readonly dataDir: string
  /** All that the program and its hospitals have written to stdout and stderr. */
  readonly said: () => string
  /** Process ids of the hospitals by their id. */
  readonly nodePids: () => Readonly<Record<string, number>>
  /** Kills the whole federation without warning. */
  readonly kill: () => Promise<void>
  /** Ends it in order and removes its data. */
  readonly stop: () => Promise<void>
}

/**
 * Starts the program as a person would (`npm start`) on a free port with a data folder of its own.
 * @throws Error with what it printed, where it ends before it is ready
 */
export const startHub = async ({ cases = 'one', dicom = [], archives = [], tools = [], dataDir = mkdtempSync(join(tmpdir(), 'ciw-')), port = 0 }: {
  cases?: 'full' | 'small' | 'one' | 'none'; dicom?: readonly string[]; archives?: readonly string[]; tools?: readonly string[]; dataDir?: string; port?: number
} = {}): Promise<RunningHub> => {
  const password = 'correct horse battery'
  const child = spawn(process.execPath, [
    join(root, 'src/cli/start.mjs'), '--port', String(port), '--data', dataDir, '--demo-password', password, '--cases', cases,
    ...dicom.flatMap((dir) => ['--dicom', dir]), ...archives.flatMap((address) => ['--archive', address]), ...tools.flatMap((dir) => ['--tools', dir]),
  ], { cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let said = ''
  child.stdout?.on('data', (chunk) => { said += String(chunk) })
  child.stderr?.on('data', (chunk) => { said += String(chunk) })
  const address = await new Promise<string>((resolve, reject) => {
    child.on('message', (message: { ready?: boolean; address?: string }) => { if (message.ready && message.address) resolve(message.address) })
    child.once('exit', (code) => reject(new Error(`the program ended with ${code}:\n${said}`)))
  })
  const ended = (process: ChildProcess) => new Promise<void>((resolve) => {
    if (process.exitCode !== null || process.signalCode !== null) resolve()
    else process.once('exit', () => resolve())
  })
  return {
    address, password, dataDir, said: () => said,
    nodePids: () => JSON.parse(readFileSync(join(dataDir, 'nodes.pid.json'), 'utf8')) as Record<string, number>,
    kill: async () => {
      child.kill('SIGKILL')
      await ended(child)
    },
    stop: async () => {
      child.kill('SIGTERM')
      await ended(child)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
