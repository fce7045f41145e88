import { codeKey } from './codes.ts'
import templates from './templates.json' with { type: 'json' }
import type { Item } from './tree.ts'

type Row = {
  readonly row: number; readonly relationship: string; readonly types?: readonly string[]; readonly concept?: string; readonly values?: readonly string[]
  readonly min?: number; readonly max?: number; readonly minWith?: string; readonly include?: string
}
type Template = { readonly name: string; readonly root?: string; readonly extends?: string; readonly units?: boolean; readonly coordinates?: boolean; readonly rows: readonly Row[] }
const table = templates as Readonly<Record<string, Template>>

const nameOf = ({ concept }: Item): string | undefined => (concept ? codeKey(concept) : undefined)

/** Rows of a template with those of the templates it includes at the same level or extends. */
const rowsOf = (tid: string): (Row & { tid: string })[] => {
  const template = table[tid]
  if (!template) throw new Error(`there is no template ${tid}`)
  const own = template.rows.flatMap((row) => (row.types || !row.include ? [{ ...row, tid }] : rowsOf(row.include)))
  return template.extends ? [...rowsOf(template.extends), ...own] : own
}

/** Measurements have units of UCUM; "no units" is for what has none, not for pixels. */
const unitFaults = (item: Item, at: string): string[] => {
  const unit = item.number?.unit
  if (!unit) return [`${at}: a number without units`]
  if (!unit.scheme.startsWith('UCUM')) return [`${at}: units of ${unit.scheme}, not UCUM`]
  return unit.value === '1' && unit.meaning !== 'no units' ? [`${at}: units "${unit.meaning}" coded as no units`] : []
}

/** SCOORD is selected from an image; SCOORD3D names a frame of reference and no image (PS3.3 C.18.6, C.18.9). */
const coordinateFaults = (item: Item, at: string): string[] => {
  const images = item.children.filter(({ valueType }) => valueType === 'IMAGE').length
  if (item.valueType === 'SCOORD') return images === 1 ? [] : [`${at}: coordinates of ${images} images`]
  return item.frameOfReferenceUid && images === 0 ? [] : [`${at}: patient coordinates need a frame of reference and no image`]
}

/**
 * Walks a report's tree along the templates of PS3.16 that it says it follows: rows that must be there, how many, relationship and
 * value type. The templates are extensible, so what no row speaks of passes. Empty where all is as the templates say.
 */
export const walkTemplates = (root: Item): string[] => {
  if (nameOf(root) !== table['1500']?.root) return ['TID 1500: the root is no Imaging Measurement Report']
  return walk(root, '1500', 'TID 1500')
}

const walk = (item: Item, tid: string, path: string): string[] => {
  const template = table[tid]
  const chosen = tid === 'group' && item.template && table[item.template] ? item.template : tid
  const faults: string[] = []
  const at = chosen === tid ? path : `${path}/TID ${chosen}`
  if (template?.units) faults.push(...unitFaults(item, at))
  if (template?.coordinates) faults.push(...coordinateFaults(item, at))
  for (const row of rowsOf(chosen)) {
    const where = `${at} (TID ${row.tid} row ${row.row}${row.concept ? `, ${row.concept}` : ''})`
    const named = item.children.filter((child) => (row.concept ? nameOf(child) === row.concept : child.relationship === row.relationship && (row.types ?? []).includes(child.valueType)))
    for (const child of named) {
      if (row.types && !row.types.includes(child.valueType)) faults.push(`${where}: ${child.concept?.meaning} as ${child.valueType}, not ${row.types.join(' or ')}`)
      if (child.relationship !== row.relationship) faults.push(`${where}: relationship ${child.relationship}, not ${row.relationship}`)
      if (row.values && child.code && !row.values.includes(codeKey(child.code))) faults.push(`${where}: value ${codeKey(child.code)}`)
      if (row.include && row.types) faults.push(...walk(child, row.include, `${at}/${child.concept?.meaning ?? child.valueType}`))
    }
    const least = row.minWith ? Number(item.children.some((child) => `${nameOf(child)}=${child.code ? codeKey(child.code) : ''}` === row.minWith)) : row.min ?? 0
    if (named.length < least) faults.push(`${where}: missing`)
    if (row.max !== undefined && named.length > row.max) faults.push(`${where}: ${named.length} times, at most ${row.max}`)
  }
  const groups = item.children.filter((child) => nameOf(child) === '125007 DCM')
  if (tid !== 'groups') faults.push(...groups.map(() => `${at}: a measurement group outside Imaging Measurements`))
  return faults
}
