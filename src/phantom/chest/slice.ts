import { createRandom } from '../random.ts'
import { distances, part, partCount } from './anatomy.ts'
import { paintLesion, spicules, type Form } from './lesions.ts'
import type { Person } from './person.ts'
import { boneTubes, mediastinalTubes } from './skeleton.ts'
import { airwayTubes, scarTubes, vesselTubes } from './trees.ts'
import { bundle, paintTubes, type Canvas, type Tubes } from './tubes.ts'

const block = 4

/** Smooth noise in space of about unit variance: a lattice of random numbers, linear in between, of `step` mm. */
const createSpaceNoise = (seed: number, step: number) => {
  const side = 32
  const random = createRandom(seed)
  const lattice = Float32Array.from({ length: side ** 3 }, () => (random() - 0.5) * 5.4)
  const wrap = (value: number): number => ((value % side) + side) % side
  return (x: number, y: number, z: number): number => {
    const [u, v, w] = [x / step, y / step, z / step]
    const [i, j, k] = [Math.floor(u), Math.floor(v), Math.floor(w)]
    const [a, b, c] = [u - i, v - j, w - k]
    const [i0, i1, j0, j1, k0, k1] = [wrap(i), wrap(i + 1), wrap(j) * side, wrap(j + 1) * side, wrap(k) * side * side, wrap(k + 1) * side * side]
    const at = (n: number): number => lattice[n] ?? 0
    const front = (at(i0 + j0 + k0) * (1 - a) + at(i1 + j0 + k0) * a) * (1 - b) + (at(i0 + j1 + k0) * (1 - a) + at(i1 + j1 + k0) * a) * b
    const behind = (at(i0 + j0 + k1) * (1 - a) + at(i1 + j0 + k1) * a) * (1 - b) + (at(i0 + j1 + k1) * (1 - a) + at(i1 + j1 + k1) * a) * b
    return front * (1 - c) + behind * c
  }
}

/** Everything of a person that does not depend on the slice. */
export const createChest = (person: Person, forms: readonly Form[]) => {
  const airways = airwayTubes(person)
  return {
    person, forms, broad: createSpaceNoise(person.seed + 31, 17), fine: createSpaceNoise(person.seed + 32, 5),
    vessels: bundle([...vesselTubes(person), ...scarTubes(person), ...forms.flatMap(spicules)]), walls: bundle(airways.walls), air: bundle(airways.air), bones: bundle(boneTubes(person)), great: bundle(mediastinalTubes(person)),
  }
}
export type Chest = ReturnType<typeof createChest>

type Grid = { readonly across: number; readonly down: number; readonly values: Float32Array }

/** The distances at every fourth pixel of a plane; `lift` mm above the slice's middle. */
const gridOf = (canvas: Canvas, chest: Chest, lift: number): Grid => {
  const { columns, rows, originX, columnStep, rowY, rowZ } = canvas
  const [across, down] = [Math.ceil(columns / block) + 1, Math.ceil(rows / block) + 1]
  const values = new Float32Array(across * down * partCount)
  const slope = ((rowY[rows - 1] ?? 0) - (rowY[0] ?? 0)) / (rows - 1)
  const rise = ((rowZ[rows - 1] ?? 0) - (rowZ[0] ?? 0)) / (rows - 1)
  for (let j = 0; j < down; j++) {
    const y = (rowY[0] ?? 0) + slope * j * block
    const z = (rowZ[0] ?? 0) + rise * j * block + lift
    for (let i = 0; i < across; i++) {
      const x = originX + i * block * columnStep
      const at = (j * across + i) * partCount
      distances(chest.person, x, y, z, values, at)
      if ((values[at] ?? 0) > 4) continue
      values[at + part.broad] = chest.broad(x, y, z)
      values[at + part.fine] = chest.fine(x, y, z)
    }
  }
  return { across, down, values }
}

type Block = { readonly hu: Float32Array; readonly mean: Float32Array; readonly step: Float32Array }

/** Share of a pixel on the inner side of a surface: 1 well inside. */
const share = (distance: number, width: number): number => {
  const inside = 0.5 - distance / width
  return inside <= 0 ? 0 : inside >= 1 ? 1 : inside
}
/** Weights of the four corners of a block at its pixels. */
const corner = Array.from({ length: 4 }, (_, c) => Float32Array.from({ length: block * block }, (__, n) => {
  const [a, b] = [(n % block) / block, Math.floor(n / block) / block]
  return (c % 2 === 0 ? 1 - a : a) * (c < 2 ? 1 - b : b)
}))
const [upperLeft = new Float32Array(0), upperRight = new Float32Array(0), lowerLeft = new Float32Array(0), lowerRight = new Float32Array(0)] = corner
/** Value of a part at pixel n of the block: linear between its four corners. */
const inside = ({ mean }: Block, what: number, n: number): number =>
  (mean[what * 4] ?? 0) * (upperLeft[n] ?? 0) + (mean[what * 4 + 1] ?? 0) * (upperRight[n] ?? 0) + (mean[what * 4 + 2] ?? 0) * (lowerLeft[n] ?? 0) + (mean[what * 4 + 3] ?? 0) * (lowerRight[n] ?? 0)
const lowest = ({ mean }: Block, what: number): number => {
  const a = Math.min(mean[what * 4] ?? 0, mean[what * 4 + 1] ?? 0)
  const b = Math.min(mean[what * 4 + 2] ?? 0, mean[what * 4 + 3] ?? 0)
  return a < b ? a : b
}
const highest = ({ mean }: Block, what: number): number => {
  const a = Math.max(mean[what * 4] ?? 0, mean[what * 4 + 1] ?? 0)
  const b = Math.max(mean[what * 4 + 2] ?? 0, mean[what * 4 + 3] ?? 0)
  return a > b ? a : b
}
/** Blends a tissue into the block where it lies inside a part; `hu` by pixel or the same for all. */
const blend = (tile: Block, what: number, width: number, hu: number, broad = 0, fine = 0): void => {
  const steep = tile.step[what] ?? 0
  const w = Math.sqrt(width * width + steep * steep)
  if (lowest(tile, what) >= w / 2) return
  const all = highest(tile, what) <= -w / 2
  for (let n = 0; n < block * block; n++) {
    const cover = all ? 1 : share(inside(tile, what, n), w)
    if (cover === 0) continue
    const goal = hu + (broad === 0 ? 0 : broad * inside(tile, part.broad, n)) + (fine === 0 ? 0 : fine * inside(tile, part.fine, n))
    tile.hu[n] = (tile.hu[n] ?? 0) + (goal - (tile.hu[n] ?? 0)) * cover
  }
}

/** Bone of a vertebral body: compact outside, a mesh of trabeculae inside. */
const blendVertebra = (tile: Block, width: number): void => {
  blend(tile, part.disc, width, 82, 4, 4)
  blend(tile, part.vertebra, width, 430)
  const w = Math.hypot(width, tile.step[part.vertebra] ?? 0)
  if (lowest(tile, part.vertebra) + 1.5 >= w / 2) return
  for (let n = 0; n < block * block; n++) {
    const cover = share(inside(tile, part.vertebra, n) + 1.5, w)
    const goal = 175 + 20 * inside(tile, part.broad, n) + 28 * inside(tile, part.fine, n)
    tile.hu[n] = (tile.hu[n] ?? 0) + (goal - (tile.hu[n] ?? 0)) * cover
  }
}

/** Aerated lung: denser towards the back, uneven, with fissures as fine lines and a thin pleura. */
const blendLung = (tile: Block, what: number, width: number, thickness: number, base: number, y: number, rowStep: number): void => {
  const w = Math.sqrt(width * width + (tile.step[what] ?? 0) ** 2)
  if (lowest(tile, what) >= w / 2) return
  const right = what === part.lungRight
  const sheet = Math.hypot(0.75, thickness * 0.3)
  const flat = Math.hypot(0.75, thickness * 0.45)
  for (let n = 0; n < block * block; n++) {
    const d = inside(tile, what, n)
    const cover = share(d, w)
    if (cover === 0) continue
    let goal = base + 0.26 * (y + Math.floor(n / block) * rowStep) + 7 * inside(tile, part.broad, n) + 6 * inside(tile, part.fine, n)
    const major = inside(tile, part.major, n)
    if (major < 3 * sheet && major > -3 * sheet) goal += (130 * 0.75 / sheet) * Math.exp(-((major / sheet) ** 2))
    const minor = right && major > 0 ? inside(tile, part.minor, n) : 999
    if (minor < 3 * flat && minor > -3 * flat) goal += (110 * 0.75 / flat) * Math.exp(-((minor / flat) ** 2))
    tile.hu[n] = (tile.hu[n] ?? 0) + (goal - (tile.hu[n] ?? 0)) * cover
  }
}

/** Strands of fat in muscle and of tissue in fat: where smooth noise crosses zero there is a line. */
const strands = (tile: Block, what: number, width: number, hu: number, amount: number): void => {
  if (lowest(tile, what) >= -width || lowest(tile, part.broad) > 0.5 || highest(tile, part.broad) < -0.5) return
  for (let n = 0; n < block * block; n++) {
    const line = Math.exp(-((inside(tile, part.broad, n) / 0.16) ** 2)) * amount * share(inside(tile, what, n) + 2, 3)
    tile.hu[n] = (tile.hu[n] ?? 0) + (hu - (tile.hu[n] ?? 0)) * line
  }
}

const paintBlock = (tile: Block, person: Person, width: number, thickness: number, y: number, rowStep: number): void => {
  const enhanced = person.contrast ? 1 : 0
  const whole = (what: number): boolean => highest(tile, what) < -(width + (tile.step[what] ?? 0)) / 2
  const lung = whole(part.lungRight) || whole(part.lungLeft)
  if (!lung) {
    if (!whole(part.cage)) paintWall(tile, person, width, enhanced)
    if (lowest(tile, part.cage) < width + 4) paintInside(tile, person, width, enhanced)
    else {
      blend(tile, part.canal, width, 26)
      blendVertebra(tile, width)
    }
    blend(tile, part.effusion, width, 16, 8, 3)
  }
  blendLung(tile, part.lungRight, width, thickness, person.lung, y, rowStep)
  blendLung(tile, part.lungLeft, width, thickness, person.lung, y, rowStep)
}

/** Skin, fat, breast and muscles around the cage. */
const paintWall = (tile: Block, person: Person, width: number, enhanced: number): void => {
  blend(tile, part.body, width, 0)
  for (let n = 0; n < block * block; n++) {
    const cover = share(inside(tile, part.body, n) + 1.9, width)
    if (cover > 0) tile.hu[n] = (tile.hu[n] ?? 0) + (-106 + 5 * inside(tile, part.broad, n) - (tile.hu[n] ?? 0)) * cover
  }
  strands(tile, part.body, 4, -40, 0.25)
  if (person.sex === 'F') blend(tile, part.gland, width, 4, 34, 26)
  blend(tile, part.muscle, width, 54 + 8 * enhanced, 5, 4)
  strands(tile, part.muscle, 1, -60, 0.5)
}

/** Nodes, thymus and loose tissue between the great vessels: where smooth noise is high there is tissue in place of fat, more of it close to them. */
const islands = (tile: Block, width: number, enhanced: number): void => {
  if (lowest(tile, part.great) > 16 || lowest(tile, part.cage) > -2) return
  for (let n = 0; n < block * block; n++) {
    const near = Math.max(0, 1 - Math.max(0, inside(tile, part.great, n)) / 14)
    const cover = share((0.75 - 1.3 * near - 0.8 * inside(tile, part.broad, n) - 0.35 * inside(tile, part.fine, n)) * 3, 2.4) * share(inside(tile, part.cage, n) + 3, width)
    if (cover > 0) tile.hu[n] = (tile.hu[n] ?? 0) + (34 + 18 * enhanced + 4 * inside(tile, part.fine, n) - (tile.hu[n] ?? 0)) * cover
  }
}

/** What lies in the cage beside the lungs: fat, heart, spine and, under the diaphragm, the upper belly. */
const paintInside = (tile: Block, person: Person, width: number, enhanced: number): void => {
  blend(tile, part.cage, width, -92, 7, 5)
  strands(tile, part.cage, 6, 0, 0.35)
  islands(tile, width, enhanced)
  blend(tile, part.sac, width, -88, 8)
  blend(tile, part.myocardium, width, 48 + 52 * enhanced, 3, 3)
  blend(tile, part.chambers, width, person.blood, 2)
  if (lowest(tile, part.diaphragm) < 8) {
    // The muscle of the diaphragm lies between lung and belly.
    const steep = Math.hypot(width, tile.step[part.diaphragm] ?? 0)
    for (let n = 0; n < block * block; n++) {
      const cover = share(inside(tile, part.diaphragm, n), steep) * share(inside(tile, part.cage, n) + 1.5, width) * (1 - share(inside(tile, part.sac, n), width))
      if (cover > 0) tile.hu[n] = (tile.hu[n] ?? 0) + (50 - (tile.hu[n] ?? 0)) * cover
    }
    blend(tile, part.abdomen, width, -102, 6, 4)
    strands(tile, part.abdomen, 4, 20, 0.4)
    blend(tile, part.liver, width, 58 + 46 * enhanced, 4, 4)
    blend(tile, part.spleen, width, 50 + 62 * enhanced, 3, 3)
    blend(tile, part.stomach, width, 44, 4)
    blend(tile, part.gas, width, -990)
  }
  blend(tile, part.canal, width, 26)
  blendVertebra(tile, width)
}

/** The couch: a thin curved shell with foam under it, across the whole picture. */
const paintTable = (canvas: Canvas, height: number): void => {
  const { columns, rows, originX, columnStep, rowStep, rowY, hu } = canvas
  for (let column = 0; column < columns; column++) {
    const x = originX + column * columnStep
    const upper = height - (x * x) / 1500
    const under = height + 34 - (x * x) / 5200
    for (let row = 0; row < rows; row++) {
      const y = rowY[row] ?? 0
      if (y < upper - 3) continue
      const at = row * columns + column
      const now = hu[at] ?? 0
      if (now > -600) continue
      const shell = Math.max(share(Math.abs(y - upper) - 1.1, rowStep), share(Math.abs(y - under) - 1, rowStep))
      const foam = y > upper && y < under ? -942 : -1000
      hu[at] = Math.max(now, foam + (-220 - foam) * shell)
    }
  }
}

/** Softens the slice along rows and columns by the reconstruction kernel: a Gaussian of `sigma` pixels. */
const soften = ({ hu, columns, rows }: Canvas, sigma: number, scratch: Float32Array): void => {
  if (sigma < 0.2) return
  const near = Math.exp(-0.5 / (sigma * sigma))
  const far = Math.exp(-2 / (sigma * sigma))
  const sum = 1 + 2 * near + 2 * far
  const [w0, w1, w2] = [1 / sum, near / sum, far / sum]
  for (let row = 0; row < rows; row++) {
    const start = row * columns
    for (let column = 0; column < columns; column++) {
      const at = start + column
      const [l1, r1] = [column > 0 ? at - 1 : at, column < columns - 1 ? at + 1 : at]
      const [l2, r2] = [column > 1 ? at - 2 : l1, column < columns - 2 ? at + 2 : r1]
      scratch[at] = w0 * (hu[at] ?? 0) + w1 * ((hu[l1] ?? 0) + (hu[r1] ?? 0)) + w2 * ((hu[l2] ?? 0) + (hu[r2] ?? 0))
    }
  }
  for (let row = 0; row < rows; row++) {
    const start = row * columns
    const up1 = row > 0 ? -columns : 0
    const down1 = row < rows - 1 ? columns : 0
    const up2 = row > 1 ? -2 * columns : up1
    const down2 = row < rows - 2 ? 2 * columns : down1
    for (let at = start; at < start + columns; at++) {
      hu[at] = w0 * (scratch[at] ?? 0) + w1 * ((scratch[at + up1] ?? 0) + (scratch[at + down1] ?? 0)) + w2 * ((scratch[at + up2] ?? 0) + (scratch[at + down2] ?? 0))
    }
  }
}

/**
 * Paints slices of a chest one after another, HU without noise. Neighbouring slices share the distances of the plane between them.
 * @param kernel softness of the reconstruction in pixels
 */
export const createSlicePainter = (chest: Chest, kernel: number) => {
  const tile: Block = { hu: new Float32Array(block * block), mean: new Float32Array(partCount * 4), step: new Float32Array(partCount) }
  let kept: { readonly z: number; readonly grid: Grid } | undefined
  let scratch = new Float32Array(0)
  const edge = (canvas: Canvas, lift: number): Grid => {
    const z = (canvas.rowZ[0] ?? 0) + lift
    return kept && Math.abs(kept.z - z) < 1e-4 ? kept.grid : gridOf(canvas, chest, lift)
  }
  const layers: readonly Tubes[] = [chest.great, chest.walls, chest.air, chest.vessels, chest.bones]
  const tableY = (103 + chest.person.fat * 0.8 + 9) * chest.person.scaleY
  /** @returns how strong noise is in each block of 4 x 4 pixels, 0 to 1, `across` blocks a row: rays through much body are weak */
  return (canvas: Canvas): { strength: Float32Array; across: number } => {
    const { hu, columns, rows, columnStep, rowStep, rowY, thickness, rowZ } = canvas
    const [below, above] = [edge(canvas, -thickness / 2), edge(canvas, thickness / 2)]
    kept = { z: (rowZ[0] ?? 0) + thickness / 2, grid: above }
    const width = Math.max(columnStep, rowStep)
    hu.fill(-1000)
    for (let j = 0; j < below.down - 1; j++) {
      for (let i = 0; i < below.across - 1; i++) {
        const [first, second] = [(j * below.across + i) * partCount, ((j + 1) * below.across + i) * partCount]
        if (Math.min(below.values[first] ?? 0, below.values[first + partCount] ?? 0, below.values[second] ?? 0, below.values[second + partCount] ?? 0, above.values[first] ?? 0, above.values[second + partCount] ?? 0) > 6) continue
        for (let what = 0; what < partCount; what++) {
          let steep = 0
          for (let c = 0; c < 4; c++) {
            const at = (c < 2 ? first : second) + (c % 2) * partCount + what
            const a = below.values[at] ?? 0
            const b = above.values[at] ?? 0
            tile.mean[what * 4 + c] = (a + b) / 2
            steep += a > b ? a - b : b - a
          }
          tile.step[what] = Math.min(steep / 4, thickness)
        }
        tile.hu.fill(-1000)
        paintBlock(tile, chest.person, width, thickness, (rowY[Math.min(rows - 1, j * block)] ?? 0), rowStep)
        for (let n = 0; n < block * block; n++) {
          const [row, column] = [j * block + Math.floor(n / block), i * block + (n % block)]
          if (row < rows && column < columns) hu[row * columns + column] = tile.hu[n] ?? 0
        }
      }
    }
    paintTable(canvas, tableY)
    for (const layer of layers) paintTubes(canvas, layer)
    for (const form of chest.forms) paintLesion(canvas, form)
    if (scratch.length !== hu.length) scratch = new Float32Array(hu.length)
    soften(canvas, kernel, scratch)
    const strength = new Float32Array(below.across * below.down)
    for (let index = 0; index < strength.length; index++) strength[index] = Math.min(1, Math.max(0.34, 0.45 - (below.values[index * partCount] ?? 0) * 0.022))
    return { strength, across: below.across }
  }
}
