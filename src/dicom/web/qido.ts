import type { DicomJson, JsonElement } from '../file/json.ts'

export type QidoLevel = 'study' | 'series' | 'instance'

/** Keys that a search may name (PS3.18 10.6.1.2), by keyword, with their tag and level. */
const keys: Readonly<Record<string, { readonly tag: string; readonly level: QidoLevel; readonly match: 'uid' | 'text' | 'date' | 'number' }>> = {
  StudyInstanceUID: { tag: '0020000D', level: 'study', match: 'uid' }, PatientID: { tag: '00100020', level: 'study', match: 'text' },
  PatientName: { tag: '00100010', level: 'study', match: 'text' }, StudyDate: { tag: '00080020', level: 'study', match: 'date' },
  StudyTime: { tag: '00080030', level: 'study', match: 'date' }, AccessionNumber: { tag: '00080050', level: 'study', match: 'text' },
  StudyID: { tag: '00200010', level: 'study', match: 'text' }, StudyDescription: { tag: '00081030', level: 'study', match: 'text' },
  ModalitiesInStudy: { tag: '00080061', level: 'study', match: 'text' }, SeriesInstanceUID: { tag: '0020000E', level: 'series', match: 'uid' },
  Modality: { tag: '00080060', level: 'series', match: 'text' }, SeriesNumber: { tag: '00200011', level: 'series', match: 'number' },
  SeriesDescription: { tag: '0008103E', level: 'series', match: 'text' }, SOPInstanceUID: { tag: '00080018', level: 'instance', match: 'uid' },
  SOPClassUID: { tag: '00080016', level: 'instance', match: 'uid' }, InstanceNumber: { tag: '00200013', level: 'instance', match: 'number' },
}
const byTag = Object.fromEntries(Object.values(keys).map((key) => [key.tag, key]))

export type QidoQuery = {
  readonly filters: readonly { readonly tag: string; readonly match: 'uid' | 'text' | 'date' | 'number'; readonly value: string }[]
  readonly limit: number
  readonly offset: number
}
export type QidoParsed = { readonly kind: 'query'; readonly query: QidoQuery } | { readonly kind: 'refused'; readonly reason: string }

const maximum = 5000

/**
 * Reads the query of a search. Only listed keys are taken; a key given twice, and one that contradicts the path, is refused.
 * Fuzzy matching is off: asking for it is refused, as PS3.18 10.6.1.2.2 lets a server do.
 * @param fixed what the path already says, tag → UID
 */
export const parseQido = (params: URLSearchParams, fixed: Readonly<Record<string, string>> = {}): QidoParsed => {
  const refused = (reason: string): QidoParsed => ({ kind: 'refused', reason })
  const filters: { tag: string; match: 'uid' | 'text' | 'date' | 'number'; value: string }[] = []
  let limit = maximum
  let offset = 0
  const seen = new Set<string>()
  for (const [name, value] of params) {
    if (name === 'includefield') {
      if (!/^(all|[0-9A-Za-z]{1,64}(,[0-9A-Za-z]{1,64})*)$/.test(value)) return refused('includefield is neither "all" nor a list of attributes')
      continue
    }
    if (name === 'fuzzymatching') {
      if (value !== 'false') return refused('fuzzy matching is not supported')
      continue
    }
    const key = keys[name] ?? byTag[name]
    const id = key?.tag ?? name
    if (seen.has(id)) return refused(`${name} is given twice`)
    seen.add(id)
    if (name === 'limit' || name === 'offset') {
      if (!/^\d{1,7}$/.test(value)) return refused(`${name} is not a whole number`)
      if (name === 'limit') limit = Math.min(maximum, Number(value))
      else offset = Number(value)
      continue
    }
    if (!key) return refused(`${name.slice(0, 64)} cannot be searched for`)
    const stated = fixed[key.tag]
    if (stated !== undefined && stated !== value) return refused(`${name} contradicts the path`)
    if (value !== '') filters.push({ tag: key.tag, match: key.match, value })
  }
  for (const [tag, value] of Object.entries(fixed)) if (!seen.has(tag)) filters.push({ tag, match: 'uid', value })
  return { kind: 'query', query: { filters, limit, offset } }
}

const textsOf = (element: JsonElement | undefined): string[] =>
  (element?.Value ?? []).map((value) =>
    typeof value === 'object' && value !== null && 'Alphabetic' in value ? String(value.Alphabetic) : value === null ? '' : String(value))

/** Wildcards `*` and `?` (PS3.4 C.2.2.2.4); names and descriptions without regard to case. */
const wildcard = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i')

/** Whether a row satisfies every filter of the query (PS3.4 C.2.2.2). */
export const matchesQido = (row: DicomJson, query: QidoQuery): boolean => query.filters.every(({ tag, match, value }) => {
  const texts = textsOf(row[tag])
  if (match === 'uid') return value.split(/[,\\]/).some((uid) => texts.includes(uid))
  if (match === 'number') return texts.some((text) => Number(text) === Number(value))
  if (match === 'date') {
    const [from = '', to = from] = value.includes('-') ? value.split('-') : [value, value]
    return texts.some((text) => (from === '' || text >= from) && (to === '' || text.slice(0, to.length) <= to))
  }
  return texts.some((text) => wildcard(value).test(text))
})
