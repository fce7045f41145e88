import type { DicomJson, JsonElement } from '../../dicom/file/json.ts'
import type { QidoQuery } from '../../dicom/web/qido.ts'
import type { IndexedInstance } from './store.ts'

type SeriesMap = ReadonlyMap<string, ReadonlyMap<string, IndexedInstance>>

const pick = (from: DicomJson, tags: readonly string[]): DicomJson =>
  Object.fromEntries(tags.flatMap((tag) => (from[tag] ? [[tag, from[tag]] as const] : [])))
const is = (value: number): JsonElement => ({ vr: 'IS', Value: [value] })
const ui = (...value: string[]): JsonElement => ({ vr: 'UI', Value: value })
const url = (value: string): JsonElement => ({ vr: 'UR', Value: [value] })
const modalityOf = (instance: IndexedInstance | undefined): string => String(instance?.attributes['00080060']?.Value?.[0] ?? 'OT')
const firstOf = (members: ReadonlyMap<string, IndexedInstance> | undefined): IndexedInstance | undefined => members?.values().next().value
const charset: JsonElement = { vr: 'CS', Value: ['ISO_IR 192'] }

const studyTags = ['00080020', '00080030', '00080050', '00080090', '00081030', '00100010', '00100020', '00100030', '00100040', '00200010'] as const
const seriesTags = ['00080060', '0008103E', '00200011'] as const
const instanceTags = ['00080016', '00080018', '00200013', '00280008', '00280010', '00280011', '00280100'] as const
/** Of what was asked for beside a row's own attributes, what its level and those above it have. */
const asked = (include: QidoQuery['include'], ...levels: readonly (readonly string[])[]): readonly string[] => {
  const held = levels.flat()
  return include === 'all' ? held : include.filter((tag) => held.includes(tag))
}

/** Study level answer (PS3.18 table 10.6.3-3). */
export const studyRow = (studyUid: string, series: SeriesMap, base: string): DicomJson => {
  const first = firstOf(series.values().next().value)
  const modalities = [...new Set([...series.values()].map((members) => modalityOf(firstOf(members))))].sort()
  let images = 0
  for (const members of series.values()) images += members.size
  return {
    '00080005': charset,
    ...pick(first?.attributes ?? {}, studyTags),
    '00080061': { vr: 'CS', Value: modalities },
    '00081190': url(`${base}/studies/${studyUid}`), '0020000D': ui(studyUid), '00201206': is(series.size), '00201208': is(images),
  }
}

/** Series level answer (PS3.18 table 10.6.3-4), with what of the study was asked for. */
export const seriesRow = (studyUid: string, seriesUid: string, members: ReadonlyMap<string, IndexedInstance>, base: string, include: QidoQuery['include']): DicomJson => ({
  '00080005': charset,
  ...pick(firstOf(members)?.attributes ?? {}, [...seriesTags, '00080020', '00100020', ...asked(include, studyTags)]),
  '00081190': url(`${base}/studies/${studyUid}/series/${seriesUid}`),
  '0020000D': ui(studyUid), '0020000E': ui(seriesUid), '00201209': is(members.size),
})

/** Instance level answer (PS3.18 table 10.6.3-5), with what of the study and series was asked for. */
export const instanceRow = (instance: IndexedInstance, base: string, include: QidoQuery['include']): DicomJson => ({
  '00080005': charset,
  ...pick(instance.attributes, [...instanceTags, '00080060', ...asked(include, studyTags, seriesTags)]),
  '00081190': url(`${base}/studies/${instance.studyInstanceUid}/series/${instance.seriesInstanceUid}/instances/${instance.sopInstanceUid}`),
  '0020000D': ui(instance.studyInstanceUid), '0020000E': ui(instance.seriesInstanceUid),
})
