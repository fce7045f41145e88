import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NodeConfig } from '../node/createNode.ts'

/** Where a node's own data come from: its folder, or the address of its archive. */
const placeOf = ({ archive }: Pick<NodeConfig, 'archive'>): string | undefined => (archive.kind === 'embedded' ? archive.importFrom : archive.url)
const read = (file: string): string | undefined => {
  try {
    return placeOf(JSON.parse(readFileSync(file, 'utf8')) as NodeConfig)
  } catch {
    return undefined
  }
}

/**
 * The numbers of further hospitals, one for each place: the one it had at an earlier start of this data folder, else the next that nobody
 * has. So what was taken from one folder, and the grants and marks on it, never stand under the name of another.
 * @param kind the beginning of a node's id: `own` or `archive`
 */
export const ownNumbers = (nodesDir: string, kind: string, places: readonly string[]): number[] => {
  const had = new Map<string, number>()
  let last = 0
  for (const name of existsSync(nodesDir) ? readdirSync(nodesDir) : []) {
    const number = Number(new RegExp(`^${kind}-(\\d{1,6})$`).exec(name)?.[1] ?? 0)
    if (number === 0) continue
    last = Math.max(last, number)
    const place = read(join(nodesDir, name, 'node.json'))
    if (place !== undefined) had.set(place, number)
  }
  const given = new Set<number>()
  return places.map((place) => {
    const known = had.get(place)
    const number = known !== undefined && !given.has(known) ? known : ++last
    given.add(number)
    return number
  })
}
