import { paintStroke, type Layer } from './canvas.ts'
import type { ViewPoint } from './outline.ts'
import type { Exposure, MammographyMaker } from './plan.ts'

const most = 4095
const sigmoid = { centre: 2653, width: 900 } as const
const linear = { centre: 1850, width: 3300 } as const

/** Where a maker's values lie: background is 0 (padding up to 30), the breast above it. */
export const paddingLimit = 30

/** The stored value of a brightness (0 black to 1 white in the maker's first window). */
const storedOf = (look: MammographyMaker['look'], brightness: number): number => {
  if (brightness <= 0) return 0
  const floor = paddingLimit + 1
  if (look === 'linear') return Math.max(floor, linear.centre + (Math.min(1.1, brightness) - 0.5) * linear.width)
  const dark = 0.02
  const g = Math.min(0.992, Math.max(dark, brightness))
  const value = sigmoid.centre - (sigmoid.width / 4) * Math.log(1 / g - 1)
  return brightness >= dark ? value : floor + ((value - floor) * brightness) / dark
}

const tableSize = 4096

/** Stored values (12 bits) of a picture, its columns turned about where asked. */
export const toStored = (picture: Float32Array, columns: number, flip: boolean, { look, monochrome1 }: Pick<MammographyMaker, 'look' | 'monochrome1'>): Uint16Array<ArrayBuffer> => {
  const table = Uint16Array.from({ length: tableSize + 1 }, (_, i) => {
    const value = Math.round(Math.min(most, storedOf(look, (i * 1.1) / tableSize)))
    return monochrome1 ? most - value : value
  })
  const stored = new Uint16Array(picture.length)
  const scale = tableSize / 1.1
  for (let start = 0; start < picture.length; start += columns) {
    for (let column = 0; column < columns; column++) {
      const level = (picture[start + (flip ? columns - 1 - column : column)] ?? 0) * scale
      stored[start + column] = table[level <= 0 ? 0 : level >= tableSize ? tableSize : Math.ceil(level)] ?? 0
    }
  }
  return stored
}

/** VOI LUT attributes of a maker (PS3.3 C.11.2), turned about for MONOCHROME1. */
export const windowsOf = ({ look, monochrome1 }: Pick<MammographyMaker, 'look' | 'monochrome1'>) => {
  const { centre, width } = look === 'sigmoid' ? sigmoid : linear
  // A LINEAR window's middle lies half a value lower than its centre (C.11.2.1.2): turned about, one value more.
  const turned = (value: number) => (monochrome1 ? (look === 'sigmoid' ? most : most + 1) - value : value)
  const steps = look === 'sigmoid' ? [60, -84] : [120, -150]
  const widths = look === 'sigmoid' ? [750, 1050] : [2600, 3900]
  return {
    WindowCenter: [turned(centre), ...steps.map((step) => turned(centre + step))], WindowWidth: [width, ...widths], WindowCenterWidthExplanation: ['NORMAL', 'HARDER', 'SOFTER'],
    VOILUTFunction: look === 'sigmoid' ? 'SIGMOID' : 'LINEAR',
  }
}

const arc = (x: number, y: number, rx: number, ry: number, from: number, to: number): ViewPoint[] => Array.from({ length: 13 }, (_, i): ViewPoint => {
  const angle = ((from + ((to - from) * i) / 12) * Math.PI) / 180
  return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)]
})

/** Letters of lead, in a box of 1 high and 0.7 wide. */
const letters: Readonly<Record<string, readonly (readonly ViewPoint[])[]>> = {
  R: [[[0, 1], [0, 0], [0.35, 0]], arc(0.35, 0.25, 0.3, 0.25, -90, 90), [[0.35, 0.5], [0, 0.5]], [[0.3, 0.5], [0.65, 1]]],
  L: [[[0, 0], [0, 1], [0.6, 1]]],
  C: [arc(0.38, 0.5, 0.38, 0.5, -50, -310)],
  M: [[[0, 1], [0, 0], [0.35, 0.6], [0.7, 0], [0.7, 1]]],
  O: [arc(0.36, 0.5, 0.36, 0.5, 0, 360)],
}

/** Side and view in lead letters, away from the chest wall at the axillary (upper) end; drawn on the picture as it hangs. */
export const paintMarker = (hung: Layer, { side, view }: Exposure): void => {
  const widthMm = hung.columns * hung.pixelMm
  const heightMm = 7
  const text = [side, ...view]
  const lengthMm = text.length * heightMm * 0.95
  const left = side === 'R' ? 9 : widthMm - 9 - lengthMm
  const top = 8 - hung.nippleRow * hung.pixelMm
  text.forEach((letter, i) => {
    for (const stroke of letters[letter] ?? []) {
      paintStroke(hung, { path: stroke.map(([x, y]): ViewPoint => [left + (i * 0.95 + x) * heightMm, top + y * heightMm]), widthsMm: [0.75, 0.75], levels: [0.93, 0.93] })
    }
  })
}
