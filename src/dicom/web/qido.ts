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
/** Further attributes that may be asked for by keyword. */
const fields: Readonly<Record<string, string>> = {
  ReferringPhysicianName: '00080090', PatientBirthDate: '00100030', PatientSex: '00100040', NumberOfFrames: '00280008', Rows: '00280010', Columns: '00280011', BitsAllocated: '00280100',
}
const byTag = Object.fromEntries(Object.values(keys).map((key) => [key.tag, key]))

export type QidoQuery = {
  readonly filters: readonly { readonly tag: string; readonly match: 'uid' | 'text' | 'date' | 'number'; readonly value: string }[]
  /** Attributes asked for beside those of every row, by tag. */
  readonly include: 'all' | readonly string[]
  readonly limit: number
  readonly offset: number
}
export type QidoParsed = { readonly kind: 'query'; readonly query: QidoQuery } | { readonly kind: 'refused'; readonly reason: string }

const maximum = 5000
/** The longest value of the VRs that are searched (UI, LO; PS3.5 table 6.2-1); a list of UIDs is longer. */
const longest = 64

/**
 * Reads the query of a search. Only listed keys are taken; a key given twice, and one that contradicts the path, is refused.
 * Fuzzy matching is off: asking for it is refused, as PS3.18 10.6.1.2.2 lets a server do.
 * @param fixed what the path already says, tag → UID
 */
export const parseQido = (params: URLSearchParams, fixed: Readonly<Record<string, string>> = {}): QidoParsed => {
  const refused = (reason: string): QidoParsed => ({ kind: 'refused', reason })
  const filters: { tag: string; match: 'uid' | 'text' | 'date' | 'number'; value: string }[] = []
  const include = new Set<string>()
  let all = false
  let limit = maximum
  let offset = 0
  const seen = new Set<string>()
  for (const [name, value] of params) {
    if (name === 'includefield') {
      if (!/^(all|[0-9A-Za-z]{1,64}(,[0-9A-Za-z]{1,64})*)$/.test(value)) return refused('includefield is neither "all" nor a list of attributes')
      // One that is not known is not held either, and left out as PS3.18 10.6.1.2.3 lets a server do.
      if (value === 'all') all = true
      else for (const field of value.split(',')) include.add(keys[field]?.tag ?? fields[field] ?? field.toUpperCase())
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
    const values = key.match === 'uid' ? value.split(/[,\\]/) : [value]
    if (values.some((one) => one.length > longest)) return refused(`${name} has more than ${longest} characters`)
    if (value !== '') filters.push({ tag: key.tag, match: key.match, value })
  }
  for (const [tag, value] of Object.entries(fixed)) if (!seen.has(tag)) filters.push({ tag, match: 'uid', value })
  return { kind: 'query', query: { filters, include: all ? 'all' : [...include], limit, offset } }
}

const textsOf = (element: JsonElement | undefined): string[] =>
  (element?.Value ?? []).map((value) =>
    typeof value === 'object' && value !== null && 'Alphabetic' in value ? String(value.Alphabetic) : value === null ? '' : String(value))

/**
 * Wildcards `*` and `?` (PS3.4 C.2.2.2.4); names and descriptions without regard to case. Only the last star is ever gone back to, since an
 * earlier one cannot do better: the time is at most the product of both lengths, whatever the pattern.
 */
export const matchesWildcard = (pattern: string, text: string): boolean => {
  const [wanted, given] = [pattern.toLowerCase(), text.toLowerCase()]
  let [at, from, star, resume] = [0, 0, -1, 0]
  while (from < given.length) {
    if (wanted[at] === '*') {
      star = at++
      resume = from
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[from])) {
      at += 1
      from += 1
    } else if (star >= 0) {
      at = star + 1
      from = ++resume
    } else return false
  }
  while (wanted[at] === '*') at += 1
  return at === wanted.length
}

/** Whether a row satisfies every filter of the query (PS3.4 C.2.2.2). */
export const matchesQido = (row: DicomJson, query: QidoQuery): boolean => query.filters.every(({ tag, match, value }) => {
  const texts = textsOf(row[tag])
  if (match === 'uid') return value.split(/[,\\]/).some((uid) => texts.includes(uid))
  if (match === 'number') return texts.some((text) => Number(text) === Number(value))
  if (match === 'date') {
    const [from = '', to = from] = value.includes('-') ? value.split('-') : [value, value]
    return texts.some((text) => (from === '' || text >= from) && (to === '' || text.slice(0, to.length) <= to))
  }
  return texts.some((text) => matchesWildcard(value, text))
})
