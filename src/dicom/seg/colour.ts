const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
const gamma = (value: number): number => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055)
/** sRGB (D65) to XYZ under D50, by Bradford adaptation (ICC.1:2010), and back. */
const toXyz = [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]] as const
const toRgb = [[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.033454], [0.0719453, -0.2289914, 1.4052427]] as const
const white = [0.9642, 1, 0.8251] as const
type Triple = readonly [number, number, number]
const times = (matrix: readonly Triple[], [a, b, c]: Triple): number[] => matrix.map((row) => row[0] * a + row[1] * b + row[2] * c)
const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116)
const inverse = (t: number): number => (t ** 3 > 216 / 24389 ? t ** 3 : (116 * t - 16) / (24389 / 27))

/** sRGB 0 to 255 as Recommended Display CIELab Value: L*, a*, b* scaled to 16 bits (PS3.3 C.10.7.1.1). */
export const toDicomLab = (colour: Triple): Triple => {
  const [x, y, z] = times(toXyz, colour.map((value) => linear(value / 255)) as unknown as Triple).map((value, axis) => f(value / (white[axis] ?? 1)))
  const lab = [116 * (y ?? 0) - 16, 500 * ((x ?? 0) - (y ?? 0)), 200 * ((y ?? 0) - (z ?? 0))] as const
  const whole = (value: number): number => Math.min(65_535, Math.max(0, Math.round(value)))
  return [whole((lab[0] / 100) * 65_535), whole(((lab[1] + 128) / 255) * 65_535), whole(((lab[2] + 128) / 255) * 65_535)]
}

/** The inverse of `toDicomLab`, to the nearest of 256 steps. */
export const fromDicomLab = ([l, a, b]: Triple): Triple => {
  const y = ((l / 65_535) * 100 + 16) / 116
  const [x, z] = [y + ((a / 65_535) * 255 - 128) / 500, y - ((b / 65_535) * 255 - 128) / 200]
  const xyz = [x, y, z].map((value, axis) => inverse(value) * (white[axis] ?? 1)) as unknown as Triple
  return times(toRgb, xyz).map((value) => Math.min(255, Math.max(0, Math.round(gamma(Math.max(0, value)) * 255)))) as unknown as Triple
}
