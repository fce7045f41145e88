import { toImage, toWorld } from '../domain/geometry/plane.ts'
import type { Engine, EngineSeries, ViewportSnapshot } from '../engine/port.ts'

const nothing = (): undefined => undefined

/**
 * An engine without pictures: every viewport shows the first frame of a series, its top-left corner at the corner of the canvas and
 * `scale` CSS pixels to a pixel of the image. The values of the frame are `column + 10 * row` HU.
 */
export const createPlaneEngine = (series: EngineSeries, scale: number): Engine => {
  const [frame] = series.frames
  const plane = frame?.plane
  if (!frame || !plane) throw new Error(`the series ${series.description} has no frame with a place in the patient`)
  const { rows, columns } = plane
  const values = Float32Array.from({ length: rows * columns }, (_, at) => (at % columns) + 10 * Math.floor(at / columns))
  const snapshot: ViewportSnapshot = { revision: 1, view: 'stack', slice: 0, slices: 1, loaded: 1, waiting: false }
  return {
    show: nothing, remove: nothing, retry: nothing, setSlice: nothing, goTo: nothing, focus: nothing, plane: nothing, setWindow: nothing, pan: nothing, zoom: nothing, fit: nothing, rotate: nothing,
    setPreset: nothing, resize: nothing, dispose: nothing, subscribe: () => nothing, snapshot: () => snapshot,
    pixels: async (_, place) => (place.kind === 'image' && place.frame.sopInstanceUid === frame.ref.sopInstanceUid ? { kind: 'frame', rows, columns, values, unit: "[hnsf'U]" } : undefined),
    values: async () => values,
    toWorld: (_, [x, y]) => toWorld(plane, [x / scale, y / scale]),
    toCanvas: (_, point) => {
      const [column, row] = toImage(plane, point)
      return [column * scale, row * scale]
    },
  }
}
