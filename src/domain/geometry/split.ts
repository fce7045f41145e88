import { dot, planeNormal } from './plane.ts'
import type { FramePlane } from './points.ts'
import { isParallel } from './stack.ts'

/** What tells stacks of one series apart; `part`: nothing but the order of the file. */
export type SplitBy = 'plane' | 'size' | 'bValue' | 'echo' | 'time' | 'acquisition' | 'imageType' | 'part'
/** A frame with what may tell it from another at the same place, the most telling first. */
export type Splittable = { readonly plane?: FramePlane; readonly rows: number; readonly columns: number; readonly keys: readonly (readonly [by: SplitBy, value: number | string | undefined])[] }
export type FrameStack<T> = { readonly frames: readonly T[]; readonly differs: readonly { readonly by: SplitBy; readonly value: string }[] }

/** Nearer than this along the normal, two frames are at one place. */
const samePlaceMm = 0.01

/** How often the place that occurs most often occurs; frames without a position have no place to share. */
const mostAtOnePlace = (frames: readonly Splittable[]): number => {
  const first = frames.find(({ plane }) => plane)?.plane
  if (!first) return 1
  const normal = planeNormal(first)
  const heights = frames.flatMap(({ plane }) => (plane ? [dot(plane.origin, normal)] : [])).sort((a, b) => a - b)
  let most = 1
  let run = 1
  for (let index = 1; index < heights.length; index++) {
    run = (heights[index] ?? 0) - (heights[index - 1] ?? 0) < samePlaceMm ? run + 1 : 1
    most = Math.max(most, run)
  }
  return most
}

const groupBy = <T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>()
  for (const one of list) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return groups
}
const sameDirection = (a: Splittable, b: Splittable): boolean =>
  (!a.plane && !b.plane) || (!!a.plane && !!b.plane && isParallel(planeNormal(a.plane), planeNormal(b.plane)) && isParallel(a.plane.rowDirection, b.plane.rowDirection))
const nameOfDirection = ({ plane }: Splittable): string => {
  const normal = plane ? planeNormal(plane).map(Math.abs) : []
  return ['sagittal', 'coronal', 'axial'][normal.findIndex((value) => value > Math.SQRT1_2)] ?? 'oblique'
}

/** Which of the frames at its place one is, by the order given. */
const occurrence = <T extends Splittable>(frames: readonly T[], one: T): number => {
  const { plane } = one
  if (!plane) return 0
  const height = dot(plane.origin, planeNormal(plane))
  return frames.slice(0, frames.indexOf(one)).filter(({ plane: other }) => other && Math.abs(dot(other.origin, planeNormal(plane)) - height) < samePlaceMm).length
}

const byPlaces = <T extends Splittable>({ frames, differs }: FrameStack<T>): FrameStack<T>[] => {
  const most = mostAtOnePlace(frames)
  if (most < 2) return [{ frames, differs }]
  const into = (groups: Map<string, T[]>, by: SplitBy): FrameStack<T>[] =>
    [...groups].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).flatMap(([value, own]) => byPlaces({ frames: own, differs: [...differs, { by, value }] }))
  for (const [index, [by]] of (frames[0]?.keys ?? []).entries()) {
    const groups = groupBy(frames, ({ keys }) => String(keys[index]?.[1] ?? ''))
    // More groups than frames at a place: it counts slices, not what they were taken for.
    if (groups.size > 1 && groups.size <= most && [...groups.values()].every((own) => mostAtOnePlace(own) < most)) return into(groups, by)
  }
  return into(groupBy(frames, (one) => String(occurrence(frames, one) + 1)), 'part')
}

/**
 * Parts a series into stacks that each show one thing: one direction, one size, one frame at a place. Where that would leave a
 * frame or two to a stack (a turn about an axis, a set of captures) it stays whole.
 */
export const splitFrames = <T extends Splittable>(frames: readonly T[]): readonly FrameStack<T>[] => {
  const directions: T[] = []
  const groups = groupBy(frames, (one) => {
    let at = directions.findIndex((other) => sameDirection(one, other))
    if (at < 0) at = directions.push(one) - 1
    return `${at}/${one.rows}x${one.columns}`
  })
  if (groups.size > 1 && groups.size > frames.length / 3) return [{ frames, differs: [] }]
  const sizes = new Set(frames.map(({ rows, columns }) => `${rows}x${columns}`)).size
  return [...groups.values()].flatMap((own) => {
    const [first] = own
    const named = first ? [...(directions.length > 1 ? [{ by: 'plane' as const, value: nameOfDirection(first) }] : []), ...(sizes > 1 ? [{ by: 'size' as const, value: `${first.columns} x ${first.rows}` }] : [])] : []
    return byPlaces({ frames: own, differs: named })
  })
}
