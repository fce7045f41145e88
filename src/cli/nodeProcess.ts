import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeConfig, NodeDataset } from '../node/createNode.ts'
import { writeWhole } from '../server/writeWhole.ts'
import type { Refused } from './notices.ts'

export type NodeDescription = { readonly id: string; readonly name: string; readonly country: string; readonly city: string; readonly tier: string }

export type NodeProcess = {
  readonly id: string
  readonly url: string
  readonly pid: () => number
  /** Files of its folder that it did not take when it was started first. */
  readonly refused: Refused
  readonly onRestart: (listener: () => void) => void
  readonly stop: () => Promise<void>
}

/** Ends within this, or is killed. */
const patienceMs = 5_000

/**
 * Starts a hospital's process and waits until it listens. It keeps its port over restarts; where it dies it is started
 * again, at once the first time and then with growing pauses of at most 30 s.
 */
export const startNode = async ({ node, dataDir, hubKey, datasets, archive = { kind: 'embedded' } }: {
  node: NodeDescription; dataDir: string; hubKey: string
  datasets: readonly NodeDataset[]; archive?: NodeConfig['archive']
}): Promise<NodeProcess> => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const configFile = join(dataDir, 'node.json')
  const entry = fileURLToPath(new URL('node.js', import.meta.url))
  const listeners: (() => void)[] = []
  let child: ChildProcess
  let stopping = false
  let port = 0
  let deaths = 0

  const launch = async (): Promise<{ listening: string; refused: Refused }> => {
    writeWhole(configFile, JSON.stringify({
      ...node, host: '127.0.0.1', port, dataDir, hubKey, datasets, archive,
    } satisfies NodeConfig))
    const started = spawn(process.execPath, [entry, '--config', configFile], { stdio: ['pipe', 'pipe', 'inherit'] })
    child = started
    const listening = await new Promise<{ listening: string; refused: Refused }>((resolve, reject) => {
      let said = ''
      started.stdout.on('data', (chunk) => {
        said += String(chunk)
        const line = said.split('\n').slice(0, -1).find((text) => text.includes('"listening"'))
        if (line) resolve(JSON.parse(line) as { listening: string; refused: Refused })
      })
      started.once('exit', (code) => reject(new Error(`the node ${node.id} ended with ${code} before it listened`)))
    })
    started.once('exit', () => { if (!stopping) again() })
    return listening
  }
  const again = () => {
    const pause = deaths === 0 ? 0 : Math.min(30_000, 500 * 2 ** deaths)
    deaths += 1
    setTimeout(() => {
      if (stopping) return
      launch().then(() => listeners.forEach((listener) => listener()), () => again())
    }, pause).unref()
  }

  const { listening: url, refused } = await launch()
  port = Number(new URL(url).port)
  return {
    id: node.id, url, refused, pid: () => child.pid ?? 0, onRestart: (listener) => { listeners.push(listener) },
    stop: () => new Promise((resolve) => {
      stopping = true
      if (child.exitCode !== null || child.signalCode !== null) return resolve()
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      child.once('exit', () => {
        clearTimeout(timer)
        resolve()
      })
      child.kill('SIGTERM')
    }),
  }
}
