import { imageLoader } from '@cornerstonejs/core'
import { dot, planeNormal, subtract, toWorld } from '../../domain/geometry/plane.ts'
import { voxelBox, type Pixels } from '../../domain/measurement/roi.ts'
import type { Place, Unit } from '../../domain/measurement/types.ts'
import type { EngineFrame, EngineSeries } from '../port.ts'
import { imageIdOf } from './metadata.ts'

type Values = { readonly values: ArrayLike<number>; readonly padding?: readonly [number, number] }

/** Values of CT are in HU unless the image says that they are something else (Rescale Type, PS3.3 C.11.1.1.2). */
const unitOf = (series: EngineSeries): Unit => (series.modality === 'CT' && series.frames.every(({ rescale: { type = 'HU' } }) => type === 'HU') ? "[hnsf'U]" : '1')

/** A frame's values after the modality LUT, from the cache where it is decoded; the loader applies slope and intercept as a rule. */
const valuesOf = async (series: EngineSeries, index: number, { rescale: { slope, intercept }, padding }: EngineFrame): Promise<Values> => {
  const image = await imageLoader.loadAndCacheImage(imageIdOf(series, index))
  const stored = image.getPixelData()
  const scaled = image.preScale?.scaled === true
  const values = scaled || (slope === 1 && intercept === 0) ? stored : Float64Array.from(stored, (value) => value * slope + intercept)
  if (!padding) return { values }
  const after = padding.map((value) => (values instanceof Float32Array ? Math.fround(value * slope + intercept) : value * slope + intercept))
  return { values, padding: [Math.min(...after), Math.max(...after)] }
}

const frameOf = async (series: EngineSeries, place: Extract<Place, { kind: 'image' }>): Promise<Pixels | undefined> => {
  const index = series.frames.findIndex(({ ref }) => ref.sopInstanceUid === place.frame.sopInstanceUid && ref.frameNumber === place.frame.frameNumber)
  const frame = series.frames[index]
  if (!frame || frame.pixels.samplesPerPixel !== 1) return undefined
  return { kind: 'frame', rows: frame.pixels.rows, columns: frame.pixels.columns, unit: unitOf(series), ...await valuesOf(series, index, frame) }
}

/** Only the voxels around the place are copied; padding, whose values may differ from frame to frame, becomes NaN. */
const volumeOf = async (series: EngineSeries, place: Extract<Place, { kind: 'plane' }>): Promise<Pixels | undefined> => {
  const [first] = series.frames
  const last = series.frames.at(-1)?.plane
  const plane = first?.plane
  if (series.notAVolume || !plane || !last || first.pixels.samplesPerPixel !== 1 || place.seriesInstanceUid !== series.seriesInstanceUid) return undefined
  const normal = planeNormal(plane)
  const spacing = dot(subtract(last.origin, plane.origin), normal) / (series.frames.length - 1)
  const spacingMm = [plane.columnSpacingMm, plane.rowSpacingMm, spacing] as const
  const directions = [plane.rowDirection, plane.columnDirection, normal] as const
  const [low, high] = voxelBox('ellipse', place.points, directions, spacingMm, plane.origin)
  const size = [plane.columns, plane.rows, series.frames.length] as const
  const from = [Math.max(0, low[0]), Math.max(0, low[1]), Math.max(0, low[2])] as const
  const count = (axis: 0 | 1 | 2): number => Math.max(0, Math.min(size[axis] - 1, high[axis]) - from[axis] + 1)
  const dimensions = [count(0), count(1), count(2)] as const
  const values = new Float64Array(dimensions[0] * dimensions[1] * dimensions[2])
  let at = 0
  for (let k = 0; k < dimensions[2]; k++) {
    const frame = series.frames[from[2] + k]
    if (!frame) return undefined
    const { values: slice, padding } = await valuesOf(series, from[2] + k, frame)
    for (let j = 0; j < dimensions[1]; j++) {
      for (let i = 0; i < dimensions[0]; i++) {
        const value = slice[(from[1] + j) * plane.columns + from[0] + i] ?? NaN
        values[at++] = padding && value >= padding[0] && value <= padding[1] ? NaN : value
      }
    }
  }
  const corner = series.frames[from[2]]?.plane ?? plane
  return { kind: 'volume', dimensions, spacingMm, directions, origin: toWorld(corner, [from[0] + 0.5, from[1] + 0.5]), unit: unitOf(series), values }
}

/** See `Engine.pixels`. */
export const pixelsAround = (series: EngineSeries, place: Place): Promise<Pixels | undefined> => (place.kind === 'image' ? frameOf(series, place) : volumeOf(series, place))
