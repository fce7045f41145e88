/** A CT as HU, slices from the feet up, with a box for each tissue that is measured: middle slice, row, column and half side. */
export type CtSample = {
  readonly columns: number
  readonly rows: number
  readonly slices: readonly Float32Array[]
  readonly boxes: Readonly<Record<'air' | 'muscle' | 'noise', { readonly row: number; readonly column: number; readonly half: number }>>
}

type Moments = { readonly mean: number; readonly sd: number }
const momentsOf = (values: readonly number[]): Moments => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)) }
}

/** Pixels of aerated lung at least `margin` pixels away from anything that is none. */
const lungOf = (hu: Float32Array, columns: number, rows: number, margin: number): number[] => {
  let inside = Uint8Array.from(hu, (value) => (value > -980 && value < -700 ? 1 : 0))
  for (let round = 0; round < margin; round++) {
    inside = inside.map((value, at) => (value && inside[at - 1] && inside[at + 1] && inside[at - columns] && inside[at + columns] ? 1 : 0))
  }
  // What lies at the edge of the picture is clothes and couch.
  const middle = (at: number): boolean => at % columns > columns * 0.12 && at % columns < columns * 0.88 && at > columns * rows * 0.23 && at < columns * rows * 0.84
  return [...hu].filter((_, at) => inside[at] && middle(at))
}

const boxOf = (hu: Float32Array, columns: number, { row, column, half }: CtSample['boxes']['air']): Float32Array => {
  const side = 2 * half
  return Float32Array.from({ length: side * side }, (_, n) => hu[(row - half + Math.floor(n / side)) * columns + column - half + (n % side)] ?? 0)
}

/** Correlation of a box's noise with itself, so many pixels along rows and columns, or slices, away; means are taken off slice by slice. */
const correlate = (boxes: readonly Float32Array[], side: number, step: number, across: boolean): number => {
  const flat = boxes.map((box) => {
    const { mean } = momentsOf([...box])
    return box.map((value) => value - mean)
  })
  let [sum, square, pairs, count] = [0, 0, 0, 0]
  flat.forEach((box, slice) => box.forEach((value, n) => {
    square += value * value
    count++
    const others = across ? [flat[slice + step]?.[n]] : [n % side + step < side ? box[n + step] : undefined, box[n + step * side]]
    for (const other of others) {
      if (other === undefined) continue
      sum += value * other
      pairs++
    }
  }))
  return sum / pairs / (square / count)
}

/** What a CT looks like in numbers: HU of lung, muscle and air, and how its noise hangs together. */
export const lookOf = ({ columns, rows, slices, boxes }: CtSample): Readonly<Record<string, number>> => {
  const box = (name: keyof CtSample['boxes']) => slices.map((hu) => boxOf(hu, columns, boxes[name]))
  const lung = momentsOf(slices.flatMap((hu) => lungOf(hu, columns, rows, 6)))
  const [muscle, air] = [momentsOf(box('muscle').flatMap((one) => [...one])), momentsOf(box('air').flatMap((one) => [...one]))]
  const noise = box('noise')
  const side = 2 * boxes.noise.half
  return {
    'lung mean, HU': lung.mean, 'lung SD, HU': lung.sd, 'muscle mean, HU': muscle.mean, 'muscle SD, HU': muscle.sd, 'air mean, HU': air.mean, 'air SD, HU': air.sd,
    'noise, 1 pixel away': correlate(noise, side, 1, false), 'noise, 2 pixels away': correlate(noise, side, 2, false), 'noise, 4 pixels away': correlate(noise, side, 4, false), 'noise, 1 slice away': correlate(noise, side, 1, true),
  }
}
