import type { Quantity, Unit, Value } from './types.ts'

const symbols: Readonly<Record<Unit, string>> = { mm: 'mm', mm2: 'mm²', px: 'px', px2: 'px²', "[hnsf'U]": 'HU', '{counts}': '', '1': '' }

/** A value with its unit, one decimal: "24.1 mm". */
const said = (numbers: string, unit: Unit): string => `${numbers} ${symbols[unit]}`.trim()
const one = ({ number }: Value): string => (number + 0).toFixed(1)

/**
 * What a mark says in numbers, one decimal, shortest form, a line for each matter: a length; long x short axis; area, mean ± SD,
 * smallest to largest, number of voxels. Pixels stay pixels ("px") where there is no calibration.
 */
export const compactValues = (values: readonly Value[]): string[] => {
  const of = (quantity: Quantity): Value | undefined => values.find((value) => value.quantity === quantity)
  const [length, long, short, area, mean, sd, min, max, voxels] = [of('length'), of('longAxis'), of('shortAxis'), of('area'), of('mean'), of('sd'), of('min'), of('max'), of('voxels')]
  return [
    ...(length ? [said(one(length), length.unit)] : []),
    ...(long ? [said(short ? `${one(long)} x ${one(short)}` : one(long), long.unit)] : []),
    ...(area ? [said(one(area), area.unit)] : []),
    ...(mean ? [said(sd ? `${one(mean)} ± ${one(sd)}` : one(mean), mean.unit)] : []),
    ...(min && max ? [said(`${one(min)} … ${one(max)}`, min.unit)] : []),
    ...(voxels ? [`n ${voxels.number}`] : []),
  ]
}
