import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeMultipart } from '../dicom/web/multipart.ts'
import type { Cell } from '../domain/table/table.ts'
import { clinicalTable } from '../phantom/clinical.ts'
import { planStudies, type CaseSet, type StudyPlan } from '../phantom/plan.ts'
import { truthTable } from '../phantom/reference.ts'
import { signClaims } from '../server/signature.ts'
import { readCapped, requestUpstream } from '../server/upstream.ts'
import { writeWhole } from '../server/writeWhole.ts'
import embedded from './embedded.json' with { type: 'json' }
import { createMakers, type Maker } from './makers.ts'
import type { NodeProcess } from './nodeProcess.ts'
import { storeTable } from './onboardTables.ts'

const isReference = (dataset: (typeof embedded.datasets)[number]): boolean => 'archive' in dataset
const datasetsOf = (node: string) => embedded.datasets.filter((dataset) => dataset.node === node)
/** The data set of a node that a patient's images, or what is true of them, belong to. */
const datasetOf = (node: string, patientId: string, reference: boolean): string | undefined => datasetsOf(node).find((dataset) => isReference(dataset) === reference && patientId.startsWith(dataset.patientIdPrefix))?.id

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

/** What is noted of a study that is done: the rows of its truth, so that the table is whole after any restart. */
type Noted = Record<string, Cell[][]>
const readNote = (file: string): Noted => {
  try {
    const note: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
    return note !== null && typeof note === 'object' && !Array.isArray(note) ? note as Noted : {}
  } catch {
    // A note that cannot be read costs making studies again, which changes nothing that is stored.
    return {}
  }
}

type Work = { readonly node: NodeProcess; readonly plan: StudyPlan; readonly index: number }

/**
 * Generated studies for the hospitals: the first of each before the workbench is said to be ready, the rest in the background.
 * What is done is noted, and storing again what is there changes nothing, so a start that was cut short goes on.
 */
export const onboard = ({ nodes, dataDir, cases, privateKey, onStage, refresh }: {
  nodes: readonly NodeProcess[]; dataDir: string; cases: CaseSet | 'none'; privateKey: string; onStage: (stage: string, state: 'waiting' | 'running' | 'done', detail?: string) => void; refresh: () => Promise<void>
}) => {
  const noteFile = join(dataDir, 'generated.json')
  const noted = readNote(noteFile)
  const plans = cases === 'none' ? {} : planStudies(cases)
  const all = nodes.flatMap((node) => (plans[node.id] ?? []).map((plan, index): Work => ({ node, plan, index })))
  const nameOf = ({ plan }: Work): string => `${cases}/${plan.key}`
  const work = all.filter((one) => noted[nameOf(one)] === undefined)
  const firsts = work.filter(({ index }) => index === 0)
  let stopped = false

  const storeTruth = async ({ node }: Work, more: readonly Cell[][]): Promise<void> => {
    const dataset = datasetsOf(node.id).find(isReference)
    const rows = [...all.filter((one) => one.node === node).flatMap((one) => noted[nameOf(one)] ?? []), ...more]
    if (dataset && rows.length > 0) await storeTable(node, dataset.id, privateKey, truthTable(rows))
  }
  const storeClinicalTables = async (node: NodeProcess): Promise<void> => {
    for (const dataset of datasetsOf(node.id)) {
      const table = isReference(dataset) ? undefined : clinicalTable(plans[node.id] ?? [], dataset.patientIdPrefix)
      if (table) await storeTable(node, dataset.id, privateKey, table)
    }
  }
  const makeOne = async (make: Maker, one: Work, low: boolean): Promise<void> => {
    const { node, plan } = one
    const [images, reference] = [datasetOf(node.id, plan.study.patient.id, false), datasetOf(node.id, plan.study.patient.id, true)]
    if (!images) throw new Error(`no data set of ${node.id} takes ${plan.study.patient.id}`)
    const { segmentations, structureSets, rows } = await make({ plan, low }, (files) => store(node, images, privateKey, files))
    if (reference && segmentations.length > 0) await store(node, reference, privateKey, [...segmentations, ...structureSets])
    // The table before the note: whatever is noted is in the table.
    await storeTruth(one, rows)
    noted[nameOf(one)] = [...rows]
    writeWhole(noteFile, JSON.stringify(noted))
  }
  const makers = createMakers(new URL('generate.js', import.meta.url))
  const makeAll = (list: readonly Work[], low: boolean): Promise<void> => makers.run(list, ({ node }) => node.id, async (make, one) => {
    await makeOne(make, one, low)
    onStage('First cases', 'running', `${Object.keys(noted).length} made`)
    if (low) await refresh()
  })

  const first = (async () => {
    onStage('First cases', 'running')
    await makeAll(firsts, false)
    await refresh()
    onStage('First cases', 'done')
  })()
  const rest = first.then(async () => {
    if (work.length === 0) return
    for (const node of nodes) await storeClinicalTables(node)
    // One study of each hospital in turn, so that none waits for another's.
    await makeAll(work.filter(({ index }) => index > 0).toSorted((a, b) => a.index - b.index), true)
  }).catch((error: unknown) => {
    if (!stopped) console.error(`The generated cases are not complete: ${error instanceof Error ? error.message : 'no reason given'}. The next start goes on with them.`)
  })
  return {
    first,
    stop: async () => {
      stopped = true
      await makers.stop()
      await Promise.race([rest, Promise.resolve()])
    },
  }
}
