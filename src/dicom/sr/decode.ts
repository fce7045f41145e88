import type { Measurement, Place, Unit, Value } from '../../domain/measurement/types.ts'
import { toDicomJson, type DicomJson } from '../file/json.ts'
import { readPart10, UnreadableFile } from '../file/read.ts'
import { codeValue, type CodeName } from './content.ts'
import { comprehensive3dSr } from './encode.ts'

export type DecodedReport = {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly studyInstanceUid: string
  readonly observer: string
  readonly date: string
  readonly time: string
  readonly measurements: readonly Measurement[]
  /** SOP Instance UIDs that this report replaces. */
  readonly predecessors: readonly string[]
  /** Content that is not understood here, by concept; it is not lost in the archive. */
  readonly notUnderstood: readonly string[]
}

const values = (json: DicomJson | undefined, tag: string): unknown[] => json?.[tag]?.Value ?? []
const items = (json: DicomJson | undefined, tag: string): DicomJson[] => values(json, tag) as DicomJson[]
const text = (json: DicomJson | undefined, tag: string): string => {
  const [value] = values(json, tag)
  if (typeof value === 'object' && value !== null && 'Alphabetic' in value) return String(value.Alphabetic)
  return value === undefined || value === null ? '' : String(value)
}
const children = (json: DicomJson): DicomJson[] => items(json, '0040A730')
const concept = (json: DicomJson): string => text(items(json, '0040A043')[0], '00080100')
const meaning = (json: DicomJson): string => text(items(json, '0040A043')[0], '00080104')
const is = (json: DicomJson, name: CodeName): boolean => concept(json) === codeValue(name)
const units: Readonly<Record<string, Unit>> = { mm: 'mm', '{pixels}': 'px' }

/** Study and series of each referred image, from the evidence. */
const seriesOfImages = (root: DicomJson): Map<string, { study: string; series: string }> => {
  const found = new Map<string, { study: string; series: string }>()
  for (const study of [...items(root, '0040A375'), ...items(root, '0040A385')]) {
    for (const series of items(study, '00081115')) {
      for (const instance of items(series, '00081199')) found.set(text(instance, '00081155'), { study: text(study, '0020000D'), series: text(series, '0020000E') })
    }
  }
  return found
}

const placeOf = (coordinates: DicomJson, root: DicomJson, evidence: Map<string, { study: string; series: string }>): Place | undefined => {
  const data = values(coordinates, '00700022').map(Number)
  if (text(coordinates, '0040A040') === 'SCOORD') {
    const image = children(coordinates).find((child) => text(child, '0040A040') === 'IMAGE')
    const reference = items(image, '00081199')[0]
    const instance = text(reference, '00081155')
    const where = evidence.get(instance)
    if (!instance || !where) return undefined
    const points = Array.from({ length: data.length / 2 }, (_, i) => [data[2 * i] ?? 0, data[2 * i + 1] ?? 0] as const)
    return { kind: 'image', frame: { studyInstanceUid: where.study, seriesInstanceUid: where.series, sopClassUid: text(reference, '00081150'), sopInstanceUid: instance, frameNumber: Number(text(reference, '00081160') || 1) }, points }
  }
  const points = Array.from({ length: data.length / 3 }, (_, i) => [data[3 * i] ?? 0, data[3 * i + 1] ?? 0, data[3 * i + 2] ?? 0] as const)
  return { kind: 'plane', studyInstanceUid: text(root, '0020000D'), seriesInstanceUid: '', frameOfReferenceUid: text(coordinates, '30060024'), normal: [0, 0, 0], points }
}

/** NUM as reported: the text is kept as it stands. */
const valueOf = (num: DicomJson, decimal: string): Value | undefined => {
  const measured = items(num, '0040A300')[0]
  const unit = units[text(items(measured, '004008EA')[0], '00080100')]
  return unit && decimal !== '' ? { quantity: 'length', unit, number: Number(decimal), text: decimal } : undefined
}

/**
 * Reads a measurement report (TID 1500). A group that is not understood is named, not guessed.
 * @throws UnreadableFile where the file is not a Comprehensive 3D SR
 */
export const decodeReport = async (bytes: Uint8Array): Promise<DecodedReport> => {
  const root = toDicomJson(await readPart10(bytes))
  if (text(root, '00080016') !== comprehensive3dSr) throw new UnreadableFile('not a Comprehensive 3D SR')
  const evidence = seriesOfImages(root)
  const notUnderstood: string[] = []
  const measurements: Measurement[] = []
  for (const group of children(root).filter((child) => is(child, 'measurements')).flatMap(children)) {
    const find = (name: CodeName) => children(group).find((child) => is(child, name))
    const num = find('length')
    const coordinates = num && children(num).find((child) => ['SCOORD', 'SCOORD3D'].includes(text(child, '0040A040')))
    const place = coordinates && placeOf(coordinates, root, evidence)
    const value = num && valueOf(num, text(items(num, '0040A300')[0], '0040A30A'))
    const trackingUid = text(find('trackingUid'), '0040A124')
    if (!place || !value || !trackingUid) notUnderstood.push(meaning(group) || 'a group without a name')
    else measurements.push({ trackingUid, trackingId: text(find('trackingId'), '0040A160'), kind: 'length', label: '', place, values: [value] })
  }
  return {
    sopInstanceUid: text(root, '00080018'), seriesInstanceUid: text(root, '0020000E'), studyInstanceUid: text(root, '0020000D'), date: text(root, '00080023'), time: text(root, '00080033'), measurements, notUnderstood,
    observer: text(children(root).find((child) => is(child, 'personName')), '0040A123'),
    predecessors: items(root, '0040A360').flatMap((study) => items(study, '00081115')).flatMap((series) => items(series, '00081199')).map((instance) => text(instance, '00081155')),
  }
}
