import type { Submission } from '../contract/index.ts'
import { toDicomJson, type DicomJson } from '../dicom/file/json.ts'
import { readPart10 } from '../dicom/file/read.ts'
import type { Place } from '../domain/measurement/types.ts'
import type { Outside } from '../workspace/index.ts'

/** The study that is open in tests of the workspace, and a place on an image of it with 0.9 mm between rows and 0.6 mm between columns. */
export const study = '1.2.840.1'
export const source: DicomJson = {
  '00080020': { vr: 'DA', Value: ['20260105'] }, '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Jörg' }] }, '00100020': { vr: 'LO', Value: ['TEST-1'] }, '0020000D': { vr: 'UI', Value: [study] },
}
export const plane = { origin: [0, 0, 0], rowDirection: [1, 0, 0], columnDirection: [0, 1, 0], rowSpacingMm: 0.9, columnSpacingMm: 0.6, rows: 512, columns: 512 } as const
export const place: Place = { kind: 'image', frame: { studyInstanceUid: study, seriesInstanceUid: '1.2.840.2', sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '1.2.840.3', frameNumber: 1 }, points: [[100.5, 200.5], [180.5, 260.5]] }
export const device = { uid: '1.2.3', name: 'Imaging Workbench', version: '0.1.0' }

/** A hub and a hospital in memory; `alter` is what the hospital does to what it is given, `before` may refuse a submission. */
export const createHospital = ({ alter = async (bytes) => bytes, before = () => undefined, random = 0.5 }: { alter?: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>; before?: (attempt: number) => void; random?: number } = {}) => {
  const instances = new Map<string, { series: string; bytes: Uint8Array<ArrayBuffer>; asked: number; /** By default SR. */ modality?: string }>()
  const sent: { sopInstanceUid: string; sha256: string }[] = []
  const pauses: number[] = []
  const fates = new Map<string, Submission['state']>()
  let uids = 0
  const describeIt = (sopInstanceUid: string, state: Submission['state']): Submission => ({ sopInstanceUid, dataset: 'd', study, series: '1.2', sopClassUid: '1.2', sha256: ''.padStart(64, '0'), bytes: 1, state, attempts: 1, received: '', updated: '' })
  const outside: Outside = {
    draftKey: async () => ({ version: 1, key: btoa('0123456789abcdef0123456789abcdef'), user: 'u1' }),
    submit: async ({ sopInstanceUid, bytes, sha256 }) => {
      sent.push({ sopInstanceUid, sha256 })
      before(sent.length)
      const json = toDicomJson(await readPart10(bytes))
      instances.set(sopInstanceUid, { series: String(json['0020000E']?.Value?.[0]), modality: String(json['00080060']?.Value?.[0] ?? 'SR'), bytes: await alter(bytes), asked: 0 })
      return describeIt(sopInstanceUid, 'queued')
    },
    submission: async (uid) => {
      const found = instances.get(uid)
      if (!found) throw new Error('unknown submission')
      found.asked += 1
      return describeIt(uid, found.asked === 1 ? 'queued' : found.asked === 2 ? 'stored' : 'verified')
    },
    fate: async (uid) => (instances.has(uid) ? describeIt(uid, fates.get(uid) ?? 'verified') : undefined),
    derivedSeries: async (_, __, modality) => [...new Set([...instances.values()].filter((one) => (one.modality ?? 'SR') === modality).map(({ series }) => series))].map((uid) => ({ uid, description: '' })),
    instances: async (_dataset, _study, series) => [...instances].filter(([, found]) => found.series === series).map(([uid]) => uid),
    instance: async (_dataset, _study, _series, uid) => instances.get(uid)?.bytes ?? new Uint8Array(),
    disk: { persist: async () => true, room: async () => undefined },
    clock: () => new Date('2026-01-05T12:00:00Z'),
    newUid: () => `2.25.${1000 + (uids += 1)}`,
    wait: async (ms) => { pauses.push(ms) },
    random: () => random,
  }
  return { outside, instances, sent, pauses, fates }
}
