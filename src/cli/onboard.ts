import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { encodeMultipart } from '../dicom/web/multipart.ts'
import type { ChestCase } from '../phantom/chestCase.ts'
import { planCases } from '../phantom/plan.ts'
import { signClaims } from '../server/signature.ts'
import { readCapped, requestUpstream } from '../server/upstream.ts'
import { writeWhole } from '../server/writeWhole.ts'
import embedded from './embedded.json' with { type: 'json' }
import type { NodeProcess } from './nodeProcess.ts'

const batch = 8

/** Stores a batch at a node, as any sender does; all or an error. */
const store = async (node: NodeProcess, dataset: string, privateKey: string, files: readonly Uint8Array[]): Promise<void> => {
  const path = '/dicom-web/studies'
  const { body, contentType } = encodeMultipart(files.map((file) => ({ type: 'application/dicom', body: file })), 'application/dicom')
  const answer = await requestUpstream(`${node.url}${path}`, {
    method: 'POST', body, headers: { 'content-type': contentType, authorization: signClaims({ user: 'system', purpose: 'onboarding', grant: 'onboarding', dataset, method: 'POST', path }, privateKey) },
  })
  const said = await readCapped(answer.body, 1024 * 1024)
  if (answer.status !== 200) throw new Error(`${node.id} did not take generated instances: ${answer.status} ${said.toString('utf8').slice(0, 300)}`)
}

/** Makes one case in a thread and stores it in batches while it grows. */
const makeCase = (worker: Worker, one: ChestCase, low: boolean, put: (files: Uint8Array[]) => Promise<void>): Promise<void> => new Promise((resolve, reject) => {
  let waiting: Uint8Array[] = []
  let chain = Promise.resolve()
  const flush = () => {
    const files = waiting
    waiting = []
    if (files.length > 0) chain = chain.then(() => put(files))
  }
  const take = (message: { bytes?: Uint8Array; done?: true }) => {
    if (message.bytes) {
      waiting.push(message.bytes)
      if (waiting.length >= batch) flush()
      return
    }
    worker.off('message', take)
    flush()
    chain.then(resolve, reject)
  }
  worker.on('message', take)
  worker.once('error', reject)
  worker.postMessage({ one, low })
})

/**
 * Generated cases for the hospitals: the first study of each before the workbench is said to be ready, the rest in the background.
 * What is done is noted, and storing again what is there changes nothing, so a start that was cut short goes on.
 */
export const onboard = ({ nodes, dataDir, cases, privateKey, onStage, refresh }: {
  nodes: readonly NodeProcess[]; dataDir: string; cases: string; privateKey: string; onStage: (stage: string, state: 'waiting' | 'running' | 'done', detail?: string) => void; refresh: () => Promise<void>
}) => {
  const noteFile = join(dataDir, 'generated.json')
  const done = new Set<string>(existsSync(noteFile) ? JSON.parse(readFileSync(noteFile, 'utf8')) as string[] : [])
  const plan = cases === 'none' ? {} : planCases(cases === 'small' ? 'small' : 'first')
  const work = Object.entries(plan).flatMap(([id, list]) => list.map((one, index) => ({ id, one, index }))).filter(({ one }) => !done.has(`${cases}/${one.patientId}`))
  const firsts = work.filter(({ index }) => index === 0)
  const workers = new Set<Worker>()
  let stopped = false

  const lane = async (list: typeof work, low: boolean): Promise<void> => {
    if (list.length === 0) return
    const worker = new Worker(new URL('generate.js', import.meta.url))
    workers.add(worker)
    try {
      for (const { id, one } of list) {
        if (stopped) return
        const node = nodes.find((known) => known.id === id)
        const dataset = embedded.datasets.find((known) => known.node === id)
        if (!node || !dataset) continue
        await makeCase(worker, one, low, (files) => store(node, dataset.id, privateKey, files))
        done.add(`${cases}/${one.patientId}`)
        writeWhole(noteFile, JSON.stringify([...done]))
        onStage('First cases', 'running', `${done.size} made`)
        if (low) await refresh()
      }
    } finally {
      workers.delete(worker)
      await worker.terminate()
    }
  }

  const first = (async () => {
    onStage('First cases', 'running')
    await Promise.all([lane(firsts.filter((_, i) => i % 2 === 0), false), lane(firsts.filter((_, i) => i % 2 === 1), false)])
    await refresh()
    onStage('First cases', 'done')
  })()
  const rest = first.then(() => lane(work.filter(({ index }) => index > 0), true)).catch((error: unknown) => {
    if (!stopped) console.error(`The generated cases are not complete: ${error instanceof Error ? error.message : 'no reason given'}. The next start goes on with them.`)
  })
  return {
    first,
    stop: async () => {
      stopped = true
      await Promise.all([...workers].map((worker) => worker.terminate()))
      await Promise.race([rest, Promise.resolve()])
    },
  }
}
