import type { Picture } from '../pixels.ts'

/** One thing that is to be the same in both viewers, and what was found. `notShown`: OHIF does not show it, for the reason given. */
export type Line = { readonly what: string; readonly ours: string; readonly theirs: string; readonly off: string; readonly verdict: 'same' | 'different' | 'notShown'; readonly why?: string }

/** What OHIF 3.13.2 shows otherwise by a fault of its own: it does so with what was drawn in OHIF too. */
export const limits = {
  wideEllipse: 'OHIF takes the first two of the four axis ends of a report for bottom and top: of an ellipse wider than high it measures one voxel and writes "Oblique not supported" beside it',
  obliqueOutline: 'OHIF finds no voxel in an outline on an oblique plane, also in one drawn in OHIF, and prints -Infinity',
} as const

/** The first number of a text and how many decimals are printed; undefined where there is none. */
const printed = (text: string): { readonly number: number; readonly decimals: number } | undefined => {
  const found = /-?\d+(?:\.(\d+))?/.exec(text.replaceAll(',', ''))
  return found ? { number: Number(found[0]), decimals: found[1]?.length ?? 0 } : undefined
}

/**
 * A number as one viewer has it and as the other prints it: the same where they agree in every printed digit.
 * @param limit why OHIF may print something else
 */
export const compareNumber = (what: string, { exact, ours, theirs, limit }: { readonly exact: number; readonly ours: string; readonly theirs: string; readonly limit?: string | undefined }): Line => {
  const said = printed(theirs)
  const off = said ? Math.abs(said.number - exact) : Number.NaN
  // Half a unit of the last digit, and what a sum of two such roundings may add.
  const same = said !== undefined && off <= 0.5 * 10 ** -said.decimals + 1e-6 * Math.abs(exact)
  return { what, ours, theirs, off: Number.isNaN(off) ? '' : off.toFixed(3), verdict: same ? 'same' : limit ? 'notShown' : 'different', ...(same || !limit ? {} : { why: limit }) }
}

/** Places on OHIF's canvas: where the report's points belong, and where OHIF drew; at most a pixel apart. */
export const comparePlaces = (what: string, expected: readonly (readonly number[])[], drawn: readonly (readonly number[])[]): Line => {
  const apart = expected.map(([x = 0, y = 0]) => Math.min(...drawn.map(([atX = 0, atY = 0]) => Math.hypot(atX - x, atY - y))))
  const worst = Math.max(...apart)
  return { what, ours: `${expected.length} points`, theirs: `${drawn.length} drawn`, off: Number.isFinite(worst) ? `${worst.toFixed(3)} px` : '', verdict: expected.length > 0 && worst <= 1 ? 'same' : 'different' }
}

/** Voxels by their place, as `instance:index`, each with the number of its segment. */
export const compareVoxels = (what: string, ours: ReadonlyMap<string, number>, theirs: ReadonlyMap<string, number>): Line => {
  const differing = [...new Set([...ours.keys(), ...theirs.keys()])].filter((place) => ours.get(place) !== theirs.get(place)).length
  return { what, ours: `${ours.size} voxels`, theirs: `${theirs.size} voxels`, off: `${differing} voxels`, verdict: ours.size > 0 && differing === 0 ? 'same' : 'different' }
}

export const compareText = (what: string, ours: string, theirs: string): Line => ({ what, ours, theirs, off: '', verdict: ours !== '' && ours === theirs ? 'same' : 'different' })

/**
 * How far the picture of a viewport lies from where its image belongs, pixels of the canvas, and how like it is (correlation).
 * @param corners on the canvas of the image: top left, top right, bottom left, at the middle of a pixel beside each edge
 */
export const shiftOf = ({ width, height, gray }: Picture, corners: readonly (readonly number[])[], { columns, rows }: { readonly columns: number; readonly rows: number }, shown: (column: number, row: number) => number): { readonly px: number; readonly likeness: number } => {
  const [[x = 0, y = 0] = [], [rightX = 0, rightY = 0] = [], [downX = 0, downY = 0] = []] = corners
  const voxels = Array.from({ length: 96 * 96 }, (_, index) => ({ column: Math.floor((index % 96) * (columns / 96)), row: Math.floor(Math.floor(index / 96) * (rows / 96)) }))
    .map(({ column, row }) => ({ value: shown(column, row), at: [x + (column / columns) * (rightX - x) + (row / rows) * (downX - x), y + (column / columns) * (rightY - y) + (row / rows) * (downY - y)] as const }))
    .filter(({ at: [u, v] }) => u > 8 && v > 8 && u < width - 8 && v < height - 8)
  const likenessAt = (dx: number, dy: number): number => {
    // The middle of a pixel of the picture lies half a pixel from its corner.
    const pairs = voxels.map(({ value, at: [u, v] }) => [value, gray(Math.floor(u + dx), Math.floor(v + dy))] as const)
    const mean = (side: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length
    const [a, b] = [mean(0), mean(1)]
    const sum = (of: (p: number, q: number) => number): number => pairs.reduce((all, [p, q]) => all + of(p - a, q - b), 0)
    return sum((p, q) => p * q) / Math.sqrt(sum((p) => p * p) * sum((_, q) => q * q))
  }
  const steps = Array.from({ length: 25 }, (_, index) => (index - 12) / 3)
  const best = steps.flatMap((dx) => steps.map((dy) => ({ px: Math.hypot(dx, dy), likeness: likenessAt(dx, dy) }))).reduce((one, other) => (other.likeness > one.likeness + 1e-9 || (Math.abs(other.likeness - one.likeness) <= 1e-9 && other.px < one.px) ? other : one))
  return best
}

/** Pixels of a picture that a segment colours, and how many it should: within a hundredth. */
export const compareCover = (what: string, expected: number, found: number): Line => ({ what, ours: `${found} pixels`, theirs: `${expected.toFixed(0)} pixels`, off: `${((found / expected - 1) * 100).toFixed(2)} %`, verdict: expected > 0 && Math.abs(found / expected - 1) <= 0.01 ? 'same' : 'different' })
